"""Regions and arenas of the preset."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPolygonF, QTransform

from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Polygon, Rectangle
from tracker_gui.qt.theme.colours import CHIP
from tracker_gui.qt.views.overlays.overlay import Overlay, draw_chip, line_pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

FAR_PX = 20_000.0
# Enough to tell the inside from the outside, too little to change what is seen of the animals.
FILLING_ALPHA = 16


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A shape with the colour, word and line it is drawn with."""

    shape: Any
    label: str
    colour: str
    dashed: bool = False


class ShapesOverlay(Overlay):
    """Outlines with a faint filling and a name."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[tuple[QPainterPath, DrawnShape, QPointF]] = []

    def show_shapes(self, shapes: Sequence[DrawnShape]) -> None:
        self._paths = [(outline(drawn.shape), drawn, _label_place(drawn.shape)) for drawn in shapes]
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        for path, drawn, _ in self._paths:
            filling = QColor(drawn.colour)
            filling.setAlpha(FILLING_ALPHA)
            painter.setBrush(filling)
            painter.setPen(line_pen(CHIP, 4))
            painter.drawPath(path)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            style = Qt.PenStyle.DashLine if drawn.dashed else Qt.PenStyle.SolidLine
            painter.setPen(line_pen(drawn.colour, 2, style))
            painter.drawPath(path)
        taken: list[QRectF] = []
        for _, drawn, place in self._paths:
            draw_chip(painter, place.x(), place.y(), drawn.label, drawn.colour, taken, bold=False)


def outline(shape: Any) -> QPainterPath:
    """Return the outline of a shape in pixels of the frame."""
    path = QPainterPath()
    if isinstance(shape, Circle):
        path.addEllipse(QPointF(*shape.centre), shape.radius, shape.radius)
    elif isinstance(shape, Rectangle | Ellipse):
        if isinstance(shape, Rectangle):
            path.addRect(-shape.width / 2, -shape.height / 2, shape.width, shape.height)
        else:
            path.addEllipse(QPointF(0, 0), shape.radius_x, shape.radius_y)
        turn = QTransform().translate(*shape.centre).rotate(shape.angle_deg)
        path = turn.map(path)
    elif isinstance(shape, Polygon):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in shape.points]))
        path.closeSubpath()
    elif isinstance(shape, HalfPlane):
        (ax, ay), (bx, by) = shape.start, shape.end
        length = math.hypot(bx - ax, by - ay)
        ux, uy = (bx - ax) / length * FAR_PX, (by - ay) / length * FAR_PX
        # Its side is to the left of the arrow as seen on screen, where y points down.
        corners = [(ax - ux, ay - uy), (bx + ux, by + uy), (bx + ux + uy, by + uy - ux), (ax - ux + uy, ay - uy - ux)]
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        path.closeSubpath()
    return path


def _label_place(shape: Any) -> QPointF:
    if isinstance(shape, HalfPlane):
        return QPointF((shape.start[0] + shape.end[0]) / 2, (shape.start[1] + shape.end[1]) / 2)
    bounds = outline(shape).boundingRect()
    return QPointF(bounds.center().x(), bounds.top())
