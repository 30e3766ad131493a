"""Time stamps and other words at their places of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTransform

from tracker_gui.analysis.lettering import Lettering
from tracker_gui.analysis.overlay_texts import letters_of, text_place
from tracker_gui.qt.theme.colours import CHIP
from tracker_gui.qt.views.overlays.overlay import Overlay, draw_patch, line_pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from tracker_gui.core.overlays import TextLook

TOUCHED = "#56B4E9"


class TextsOverlay(Overlay):
    """Texts as recordings have them: the same letters at the same places."""

    def __init__(self) -> None:
        super().__init__()
        self.lettering = Lettering(reads=False)
        #: Which text is in hand or under the mouse; None for none.
        self.touched: TextLook | None = None
        self._texts: list[tuple[TextLook, str]] = []
        self._boxes: list[tuple[TextLook, QRectF]] = []
        self._unit = 1.0
        # Else two that stand apart in a recording would lie over each other here.
        self.least_unit = 0.5

    def show_texts(self, texts: Sequence[tuple[TextLook, str]]) -> None:
        self._texts = list(texts)
        self._boxes = []
        self.update()

    @property
    def boxes(self) -> list[tuple[TextLook, QRectF]]:
        """Where each text was drawn last, in pixels of the screen."""
        return self._boxes

    @property
    def shown_unit(self) -> float:
        """Pixels of the screen in one of the looks', as it was drawn last."""
        return self._unit

    def frame_box(self, painter: QPainter) -> QRectF:
        """Return where the picture is, in pixels of the screen."""
        return painter.worldTransform().mapRect(QRectF(-0.5, -0.5, *self.frame_px))

    def draw(self, painter: QPainter, scale: float) -> None:
        self._boxes = []
        if self.frame_px == (0, 0):
            return
        ratio = painter.device().devicePixelRatioF()
        unit = self._unit = self.unit(painter)
        frame = self.frame_box(painter)
        for look, text in self._texts:
            patch = self.lettering.patch(text, letters_of(look, unit * ratio))
            size = (patch.shape[1] / ratio, patch.shape[0] / ratio)
            x, y = text_place(look, size, (frame.width(), frame.height()), unit)
            box = QRectF(frame.x() + x, frame.y() + y, *size)
            draw_patch(painter, patch, box.x(), box.y())
            self._boxes.append((look, box))
            if look == self.touched:
                self._draw_frame(painter, box)

    def _draw_frame(self, painter: QPainter, box: QRectF) -> None:
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (line_pen(CHIP, 3), line_pen(TOUCHED, 1.5)):
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 3, 3)
        painter.restore()

    def text_under(self, place: QPointF) -> tuple[TextLook, QRectF] | None:
        """Return the text at a place of the screen, the uppermost first."""
        return next(((look, box) for look, box in reversed(self._boxes) if box.contains(place)), None)
