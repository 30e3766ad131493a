"""All cameras at once: a strip above the one that is enlarged, or a grid that fills the room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tracker_gui.qt.source_words import doing, source_name
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.icons import pixmap
from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.views.canvas import Canvas
from tracker_gui.qt.views.lost_badge import VEILED_OPACITY, LostBadge
from tracker_gui.qt.views.overlays.tracks import TracksOverlay

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.camera_view import CameraView
    from tracker_gui.qt.session import Session

STRIP_SIZE = QSize(200, 150)
HEAD_PX = 24
SIGN_PX = 14
GAP_PX = 8
WIDE_PX = 300
#: Pictures per second of a camera that is not enlarged.
STRIP_HZ, GRID_HZ = 10.0, 20.0


class TileCanvas(Canvas):
    """A picture that cannot be moved: a click on it is for the tile."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(40, 30)
        self.tracks = TracksOverlay()
        self.add_overlay(self.tracks)
        self.lost = LostBadge(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lost.centre()


class CameraTile(QFrame):
    """One camera: its name, how it is doing, and its picture. A click, Space or Return enlarges it."""

    clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.view: CameraView | None = None
        self.is_present = False
        self._doing: object = None
        self.setProperty("surface", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(3, 3, 3, 3)
        rows.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(6, 0, 6, 0)
        head.setSpacing(6)
        self._name, self._sign, self._word = QLabel(), QLabel(), QLabel()
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._name.setProperty("strong", True)
        for label in (self._name, self._sign, self._word):
            grow_with_text(label.setFixedHeight, HEAD_PX)
        head.addWidget(self._name, 1)
        head.addWidget(self._sign)
        head.addWidget(self._word)
        rows.addLayout(head)
        self.canvas = TileCanvas()
        rows.addWidget(self.canvas, 1)
        appearance().changed.connect(self._recolour)

    def show_view(self, number: int, view: CameraView, present: bool) -> None:
        """Be the tile of this camera."""
        if view is not self.view:
            self.canvas.frame.show_picture(None)
        self.number, self.view = number, view
        if present != self.is_present:
            self.is_present = present
            self.update()
        self.show_state()
        if view.newest is not None:
            self.show_picture(view.newest)

    def show_picture(self, shown: Shown) -> None:
        """Show a new picture with who is on it."""
        self.canvas.show_picture(shown.bgra_u8, shown.snapshot.frame.size_px)
        self.canvas.tracks.show_tracks(shown.snapshot.tracks)

    def show_state(self) -> None:
        """Show how the camera is doing now."""
        view = self.view
        if view is None or view.preset.source is None:
            return
        now = doing(view)
        if now != self._doing:
            self._doing = now
            self._word.setText(now.word)
            self._word.setProperty("tone", now.tone)
            self._word.style().unpolish(self._word)
            self._word.style().polish(self._word)
            self._sign.setVisible(bool(now.sign))
            self._recolour()
        # In a strip the sign and what lies on the picture say it; the room is for the name.
        wide = self.width() >= WIDE_PX
        self._word.setVisible(wide)
        name = f"{self.number + 1}  {source_name(view.preset.source)}"
        taken = 3 * GAP_PX + SIGN_PX + (self._word.sizeHint().width() if wide else 0)
        elided = QFontMetrics(self._name.font()).elidedText(name, Qt.TextElideMode.ElideRight, self.width() - taken)
        self._name.setText(elided)
        figures = view.figures()
        self.setToolTip(f"{name}\n{figures.status.sentence if figures is not None else now.word}\nClick to enlarge it")
        self.setAccessibleName(f"Camera {name}, {now.word}")
        lost = self.canvas.lost.show_figures(figures, short=self.canvas.width() < WIDE_PX)
        self.canvas.lost.centre()
        self.canvas.frame.setOpacity(VEILED_OPACITY if lost else 1.0)
        self.canvas.tracks.setVisible(not lost)

    def _recolour(self) -> None:
        tone, sign = getattr(self._doing, "tone", ""), getattr(self._doing, "sign", "")
        if sign:
            self._sign.setPixmap(pixmap(sign, tone or "dim", SIGN_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.is_present or self.hasFocus():
            painter = QPainter(self)
            style = Qt.PenStyle.SolidLine if self.is_present else Qt.PenStyle.DotLine
            painter.setPen(QPen(QColor(colours().accent), 2, style))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit(self.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit(self.number)
        else:
            super().keyPressEvent(event)


class CameraTiles(QWidget):
    """A tile for each camera; hidden where there is one only."""

    chosen = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._as_grid = False
        self.tiles: list[CameraTile] = []
        self._places = QGridLayout(self)
        self._places.setContentsMargins(0, 0, 0, 0)
        self._places.setSpacing(GAP_PX)
        session.cameras_changed.connect(self.show_cameras)
        session.shown_anywhere.connect(self._show_picture)
        session.ticked.connect(self._show_states)
        self.show_cameras()

    @property
    def as_grid(self) -> bool:
        """Whether all are equally large."""
        return self._as_grid and len(self._session.views) > 1

    def set_grid(self, on: bool) -> None:
        """Show all equally large, or as a strip."""
        self._as_grid = on
        self._arrange()
        self.show_cameras()

    def show_cameras(self) -> None:
        """Show the cameras that there are now."""
        views = self._session.views
        while len(self.tiles) < len(views):
            tile = CameraTile()
            tile.clicked.connect(self.chosen)
            self.tiles.append(tile)
            self._arrange()
        while len(self.tiles) > len(views):
            tile = self.tiles.pop()
            self._places.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
            self._arrange()
        self.setVisible(len(views) > 1)
        present = self._session.view
        for number, (tile, view) in enumerate(zip(self.tiles, views, strict=True)):
            enlarged = view is present and not self.as_grid
            view.feed.screen_hz = None if enlarged or len(views) == 1 else GRID_HZ if self._as_grid else STRIP_HZ
            tile.show_view(number, view, enlarged)

    def _arrange(self) -> None:
        count = len(self.tiles)
        columns = max(1, math.ceil(math.sqrt(count))) if self._as_grid else max(1, count)
        for tile in self.tiles:
            self._places.removeWidget(tile)
        for number, tile in enumerate(self.tiles):
            self._places.addWidget(tile, number // columns, number % columns)
            if self._as_grid:
                tile.setMinimumSize(120, 90)
                tile.setMaximumSize(16_777_215, 16_777_215)
            else:
                tile.setMinimumSize(80, STRIP_SIZE.height())
                tile.setMaximumSize(STRIP_SIZE)
        for column in range(self._places.columnCount() + 1):
            # In a strip the room that is left stays at the right.
            spare = not self._as_grid and column == count
            self._places.setColumnStretch(column, 1 if spare or (self._as_grid and column < columns) else 0)

    def _show_picture(self, view: CameraView, shown: Shown) -> None:
        for tile in self.tiles:
            if tile.view is view and self.isVisible():
                tile.show_picture(shown)

    def _show_states(self) -> None:
        if self.isVisible():
            for tile in self.tiles:
                tile.show_state()
