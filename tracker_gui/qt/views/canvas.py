"""A picture that can be zoomed and moved, with one layer per kind of overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.views.frame_item import FrameItem
from tracker_gui.qt.views.overlays.overlay import MARGIN_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QResizeEvent, QShowEvent, QWheelEvent

    from tracker_gui.core.arrays import U8
    from tracker_gui.qt.views.overlays.overlay import Overlay

ZOOM_STEP = 1.2
LARGEST_SCALE = 40.0


class Canvas(QGraphicsView):
    """Wheel zooms about the cursor, drag moves, double click fits the picture again.

    Where tools sit before it (`editors/picture_input.py`), they take the left button.

    `navigated(scale, x, y)` is sent when the user moves or zooms, in pixels of the frame; a scale of 0
    means "fit". `follow` takes it on another canvas, so that two stay linked.
    """

    navigated = Signal(float, float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._space = QGraphicsScene(self)
        self._space.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(self._space)
        self.frame = FrameItem()
        self._space.addItem(self.frame)
        self._size_px = (0, 0)
        self._fits = True
        self._drag_from: QPointF | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(120, 90)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.setBackgroundBrush(QColor(colours().canvas))

    def add_overlay(self, overlay: Overlay) -> None:
        self._space.addItem(overlay)

    @property
    def has_picture(self) -> bool:
        return self._size_px != (0, 0) and self.frame.is_shown

    @property
    def scale_factor(self) -> float:
        """Screen pixels per pixel of the frame."""
        return float(self.transform().m11())

    def show_picture(self, pixels: U8 | None, size_px: tuple[int, int], origin_px: tuple[int, int] = (0, 0)) -> None:
        """Show a picture that lies at `origin_px` of a frame of `size_px`."""
        self.frame.show_picture(pixels, origin_px)
        if size_px != self._size_px:
            self._size_px = size_px
            width, height = size_px
            # Room around it, so that a zoomed picture can be moved to its edge and beyond.
            self._space.setSceneRect(QRectF(-width, -height, 3 * width, 3 * height))
            self.fit()

    def fit(self) -> None:
        """Show the whole frame."""
        width, height = self._size_px
        if width <= 0 or height <= 0:
            return
        self._fits = True
        room = self.viewport().rect()
        scale = min((room.width() - 2 * MARGIN_PX) / width, (room.height() - 2 * MARGIN_PX) / height)
        self._look_at(max(scale, 0.01), (width - 1) / 2, (height - 1) / 2)

    def follow(self, scale: float, x: float, y: float) -> None:
        """Show the same place as another canvas."""
        if scale <= 0:
            self.fit()
        else:
            self._fits = False
            self._look_at(scale, x, y)

    def _look_at(self, scale: float, x: float, y: float) -> None:
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(x, y)

    def _tell(self) -> None:
        centre = self.mapToScene(self.viewport().rect().center())
        self.navigated.emit(0.0 if self._fits else self.scale_factor, centre.x(), centre.y())

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom by `factor` about a place of the viewport (its centre by default)."""
        place = QPointF(self.viewport().rect().center()) if about is None else about
        scale = min(LARGEST_SCALE, max(0.02, self.scale_factor * factor))
        before = self.mapToScene(place.toPoint())
        centre = QPointF(self.viewport().rect().center())
        offset = (centre - place) / scale
        self._fits = False
        self._look_at(scale, before.x() + offset.x(), before.y() + offset.y())
        self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._size_px != (0, 0) and event.angleDelta().y():
            self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag_from = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is None:
            return
        moved = (event.position() - self._drag_from) / self.scale_factor
        self._drag_from = event.position()
        centre = self.mapToScene(self.viewport().rect().center()) - moved
        self._fits = False
        self._look_at(self.scale_factor, centre.x(), centre.y())
        self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag_from = None
        self.viewport().unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._drag_from = None
        self.fit()
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._fits:
            self.fit()


def link(*canvases: Canvas) -> None:
    """Let all show the same place, whichever of them is zoomed or moved."""
    for one in canvases:
        for other in canvases:
            if other is not one:
                one.navigated.connect(other.follow)
