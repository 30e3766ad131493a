"""The outlines of what the detector takes for animals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPolygonF

from tracker_gui.analysis.overlay import SEVERAL, SINGLE, outline_of
from tracker_gui.core.overlays import MaskLook, OutlinesLook
from tracker_gui.qt.theme.colours import CHIP, identity_colour
from tracker_gui.qt.views.overlays.overlay import Overlay, line_pen

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from tracker_gui.core.arrays import I32
    from tracker_gui.core.types import Detections, Tracks


def outlines(detections: Detections) -> tuple[QPainterPath, QPainterPath]:
    """Return the outlines of single blobs and of those large enough for several animals, in pixels of the frame."""
    single, several = QPainterPath(), QPainterPath()
    for row, oversize in enumerate(detections.oversize.tolist()):
        _add_outline(several if oversize else single, detections, row)
    return single, several


class ContoursOverlay(Overlay):
    """Of all that is found, solid for one animal, dashed for a blob large enough for several; or each in its colour."""

    def __init__(self) -> None:
        super().__init__()
        self.look = OutlinesLook()
        self.mask_look = MaskLook()
        self._paths: dict[tuple[str, bool], QPainterPath] = {}
        self._mask: QPainterPath | None = None

    def show_detections(self, detections: Detections, tracks: Tracks | None = None) -> None:
        self._paths, self._mask = {}, None
        if self.mask_look.on:
            self._mask = QPainterPath()
            self._mask.setFillRule(Qt.FillRule.WindingFill)
            for row in range(len(detections)):
                self._mask.addPolygon(_polygon(outline_of(detections, row)))
        if self.look.on:
            for row, colour, several in self._listed(detections, tracks):
                path = self._paths.setdefault((colour, several), QPainterPath())
                _add_outline(path, detections, row)
        self.update()

    def _listed(self, detections: Detections, tracks: Tracks | None) -> list[tuple[int, str, bool]]:
        """Return (row, colour, whether it may be several) of each detection that is drawn."""
        colour = self.look.colour
        if self.look.of == "all that is found" or tracks is None:
            several = detections.oversize.tolist()
            return [(row, colour or (SEVERAL if many else SINGLE), many) for row, many in enumerate(several)]
        rows = zip(tracks.detection_index.tolist(), tracks.track_id.tolist(), strict=True)
        return [(row, colour or identity_colour(n), False) for row, n in rows if 0 <= row < len(detections)]

    def draw(self, painter: QPainter, scale: float) -> None:
        if self._mask is not None:
            filling = QColor(self.mask_look.colour or SINGLE)
            filling.setAlphaF(self.mask_look.opacity_percent / 100)
            painter.fillPath(self._mask, filling)
        width = self.look.width_px * self.unit(painter)
        painter.setOpacity(self.look.opacity_percent / 100)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(CHIP, width + 1.5))
        for path in self._paths.values():
            painter.drawPath(path)
        for (colour, several), path in self._paths.items():
            painter.setPen(line_pen(colour, width, Qt.PenStyle.DashLine if several else Qt.PenStyle.SolidLine))
            painter.drawPath(path)


def _add_outline(path: QPainterPath, detections: Detections, row: int) -> None:
    if row < len(detections.contour_px):
        path.addPolygon(_polygon(detections.contour_px[row]))
        path.closeSubpath()
    else:
        x0, y0, x1, y1 = detections.box_xyxy_px[row].tolist()
        path.addRect(x0, y0, x1 - x0, y1 - y0)


def _polygon(contour: I32) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in contour.reshape(-1, 2).tolist()])
