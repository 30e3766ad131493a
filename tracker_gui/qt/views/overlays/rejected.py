"""What the detector saw and did not take, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from tracker_gui.qt.theme.colours import CHIP, CHIP_TEXT
from tracker_gui.qt.views.overlays.overlay import Overlay, draw_chip, line_pen

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from tracker_gui.core.types import Explanation

MARK_PX = 4.0
# More words than these would hide the picture; the largest blobs are the ones in question.
MOST_WORDS = 12
MOST_MARKS = 300


class RejectedOverlay(Overlay):
    """A small cross on each rejected blob; the reason beside the largest of them."""

    def __init__(self) -> None:
        super().__init__()
        self._blobs: list[tuple[float, float, str]] = []

    def show_explanation(self, explanation: Explanation | None) -> None:
        self._blobs = []
        if explanation is not None:
            order = explanation.rejected_area_px2.argsort()[::-1][:MOST_MARKS].tolist()
            places = explanation.rejected_xy_px.tolist()
            self._blobs = [(*places[i], explanation.rejected_reason[i]) for i in order]
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        radius = MARK_PX / scale
        for pen in (line_pen(CHIP, 3), line_pen(CHIP_TEXT, 1)):
            painter.setPen(pen)
            for x, y, _ in self._blobs:
                painter.drawLine(QPointF(x - radius, y - radius), QPointF(x + radius, y + radius))
                painter.drawLine(QPointF(x - radius, y + radius), QPointF(x + radius, y - radius))
        taken: list[QRectF] = []
        for x, y, reason in self._blobs[:MOST_WORDS]:
            draw_chip(painter, x, y, reason, CHIP_TEXT, taken, bold=False)
