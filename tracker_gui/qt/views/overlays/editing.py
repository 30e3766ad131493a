"""What is selected and what is just being drawn: outlines, handles, rubber band, brush."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF

from tracker_gui.qt.theme.colours import CHIP, CHIP_TEXT
from tracker_gui.qt.views.overlays.overlay import StillOverlay, draw_chip, line_pen
from tracker_gui.qt.views.overlays.shapes import DrawnShape, draw_shape, outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from tracker_gui.core.geometry import Point
    from tracker_gui.core.shape_edit import Bounds

HANDLE_PX = 4.5
TURN_PX = 24.0
SELECTED = "#ffffff"
ERASER = "#E4572E"
STROKE_01 = 0.45


@dataclass(frozen=True, slots=True)
class HandleMark:
    """A handle as it is drawn: square for a corner or side, round for a vertex, on a stalk for turning.

    Attributes
    ----------
    outward : Point
        Of length 1; (0, 0) for one that stands at its place.
    """

    at: Point
    outward: Point = (0.0, 0.0)
    round: bool = False
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Editing:
    """All that this layer shows."""

    selected: tuple[Any, ...] = ()
    handles: tuple[HandleMark, ...] = ()
    shapes: tuple[DrawnShape, ...] = ()
    points: tuple[Point, ...] = ()
    band: Bounds | None = None
    stroke: tuple[Point, ...] = ()
    stroke_px: float = 0.0
    stroke_colour: str = SELECTED
    ring_px: float = 0.0
    at: Point = (0.0, 0.0)
    words: str = ""
    marks: tuple[tuple[Point, str], ...] = ()


NOTHING = Editing()


class EditingOverlay(StillOverlay):
    """Drawn over everything else."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = Editing()
        self._selected: list[QPainterPath] = []
        self._shapes: list[tuple[QPainterPath, DrawnShape]] = []
        self._stroke: QPolygonF | None = None

    def show_editing(self, shown: Editing) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        painted = [drawn.shape for drawn in shown.shapes]
        self._selected = [outline(shape) for shape in shown.selected if shape not in painted]
        self._shapes = [(outline(drawn.shape), drawn) for drawn in shown.shapes]
        self._stroke = _line(shown.stroke) if shown.stroke else None
        self.redraw()

    @property
    def shown(self) -> Editing:
        return self._shown

    def is_empty(self) -> bool:
        return self._shown == NOTHING

    def draw(self, painter: QPainter, scale: float) -> None:
        shown = self._shown
        for path, drawn in self._shapes:
            draw_shape(painter, path, drawn, scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path in self._selected:
            for pen in (line_pen(CHIP, 3), line_pen(SELECTED, 1.5)):
                painter.setPen(pen)
                painter.drawPath(path)
        if self._stroke is not None:
            self._draw_stroke(painter, shown)
        for handle in shown.handles:
            _draw_handle(painter, handle, scale)
        for point in shown.points:
            _draw_handle(painter, HandleMark(point, round=True), scale)
        if shown.band is not None:
            self._draw_band(painter, shown.band)
        if shown.ring_px > 0:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (line_pen(CHIP, 3), line_pen(shown.stroke_colour, 1.2)):
                painter.setPen(pen)
                painter.drawEllipse(QPointF(*shown.at), shown.ring_px, shown.ring_px)
        taken: list[QRectF] = []
        for place, words in shown.marks:
            _draw_handle(painter, HandleMark(place, round=True), scale)
            draw_chip(painter, *place, words, CHIP_TEXT, taken, bold=True)
        if shown.words:
            draw_chip(painter, *shown.at, shown.words, CHIP_TEXT, taken, bold=False)

    def _draw_stroke(self, painter: QPainter, shown: Editing) -> None:
        assert self._stroke is not None
        colour = QColor(shown.stroke_colour)
        colour.setAlphaF(STROKE_01)
        pen = QPen(colour, abs(shown.stroke_px), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap,
                   Qt.PenJoinStyle.RoundJoin)  # fmt: skip
        painter.setPen(pen)
        painter.drawPolyline(self._stroke)

    def _draw_band(self, painter: QPainter, band: Bounds) -> None:
        filling = QColor(SELECTED)
        filling.setAlphaF(0.12)
        area = QRectF(band.x0, band.y0, band.width, band.height)
        painter.fillRect(area, filling)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (line_pen(CHIP, 2.5), line_pen(SELECTED, 1, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawRect(area)


def _line(points: Sequence[Point]) -> QPolygonF:
    # Of one point nothing would be drawn.
    listed = points if len(points) > 1 else (points[0], (points[0][0] + 0.01, points[0][1]))
    return QPolygonF([QPointF(x, y) for x, y in listed])


def _draw_handle(painter: QPainter, handle: HandleMark, scale: float) -> None:
    x, y = handle.at
    reach = HANDLE_PX / scale
    if handle.outward != (0.0, 0.0):
        off = TURN_PX / scale
        there = QPointF(x + handle.outward[0] * off, y + handle.outward[1] * off)
        for pen in (line_pen(CHIP, 3), line_pen(SELECTED, 1)):
            painter.setPen(pen)
            painter.drawLine(QPointF(x, y), there)
        x, y = there.x(), there.y()
    painter.setPen(line_pen(CHIP, 1.5))
    painter.setBrush(QColor("#56B4E9" if handle.touched else SELECTED))
    if handle.round or handle.outward != (0.0, 0.0):
        painter.drawEllipse(QPointF(x, y), reach, reach)
    else:
        painter.drawRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach))
