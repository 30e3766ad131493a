"""The outlines of what the detector takes for animals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from tracker_gui.qt.theme.colours import CHIP
from tracker_gui.qt.views.overlays.overlay import Overlay, line_pen

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from tracker_gui.core.arrays import I32
    from tracker_gui.core.types import Detections

SINGLE = "#56B4E9"
SEVERAL = "#E69F00"


def outlines(detections: Detections) -> tuple[QPainterPath, QPainterPath]:
    """Return the outlines of single blobs and of those large enough for several animals, in pixels of the frame."""
    single, several = QPainterPath(), QPainterPath()
    for number, oversize in enumerate(detections.oversize.tolist()):
        path = several if oversize else single
        if number < len(detections.contour_px):
            path.addPolygon(_polygon(detections.contour_px[number]))
            path.closeSubpath()
        else:
            x0, y0, x1, y1 = detections.box_xyxy_px[number].tolist()
            path.addRect(x0, y0, x1 - x0, y1 - y0)
    return single, several


class ContoursOverlay(Overlay):
    """Solid for one animal, dashed for a blob large enough for several."""

    def __init__(self) -> None:
        super().__init__()
        self._single = QPainterPath()
        self._several = QPainterPath()

    def show_detections(self, detections: Detections) -> None:
        self._single, self._several = outlines(detections)
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(CHIP, 3))
        painter.drawPath(self._single)
        painter.drawPath(self._several)
        painter.setPen(line_pen(SINGLE, 1.5))
        painter.drawPath(self._single)
        painter.setPen(line_pen(SEVERAL, 1.5, Qt.PenStyle.DashLine))
        painter.drawPath(self._several)


def _polygon(contour: I32) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in contour.reshape(-1, 2).tolist()])
