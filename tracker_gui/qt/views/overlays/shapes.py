"""Zones, regions and arenas of the preset."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPolygonF, QTransform

from tracker_gui.analysis.lettering import Lettering
from tracker_gui.analysis.overlay_texts import NAME_OFF_PX, label_places, letters_of
from tracker_gui.core.annotation import FAINT_01
from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Painted, Polygon, Rectangle
from tracker_gui.core.overlays import ZonesLook
from tracker_gui.qt.theme.colours import CHIP
from tracker_gui.qt.views.overlays.overlay import StillOverlay, draw_patch, line_pen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QPainter

FAR_PX = 20_000.0
LINE_PX = 2.0
MARK_PX = 7.0
ARROW_PX = 12.0


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A shape with the colour, word and line it is drawn with.

    Attributes
    ----------
    arrow : bool
        A line or half-plane shows which way it goes.
    key : Any
        By which it can be hidden while it is being changed.
    filling_01 : float
        Opacity of its inside.
    """

    shape: Any
    label: str
    colour: str
    dashed: bool = False
    filling_01: float = FAINT_01
    key: Any = None
    arrow: bool = True


class ShapesOverlay(StillOverlay):
    """Outlines with a faint filling and a name."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[tuple[QPainterPath, DrawnShape, QPointF]] = []
        self._hidden: frozenset[Any] = frozenset()
        self._frame = QRectF()
        self._look = ZonesLook()
        self.lettering = Lettering(reads=False)

    @property
    def look(self) -> ZonesLook:
        return self._look

    @look.setter
    def look(self, look: ZonesLook) -> None:
        if look != self._look:
            self._look = look
            self.redraw()

    def set_frame_size(self, size_px: tuple[int, int]) -> None:
        """Fill nothing beyond a frame of this size."""
        frame = QRectF(-0.5, -0.5, *size_px)
        if frame != self._frame:
            self._frame, self.frame_px = frame, size_px
            self.redraw()

    def show_shapes(self, shapes: Sequence[DrawnShape]) -> None:
        self._paths = [(outline(drawn.shape), drawn, label_place(drawn.shape)) for drawn in shapes]
        self.redraw()

    def hide_shapes(self, keys: Iterable[Any]) -> None:
        """Leave some out, because they are drawn elsewhere."""
        hidden = frozenset(keys)
        if hidden != self._hidden:
            self._hidden = hidden
            self.redraw()

    def is_empty(self) -> bool:
        return not self._paths or not self._look.on

    def _is_shown(self, drawn: DrawnShape) -> bool:
        if drawn.key is None:
            return True
        return drawn.key not in self._hidden and (drawn.key.role == "zone" or not self._look.only_zones)

    def draw(self, painter: QPainter, scale: float) -> None:
        shown = [each for each in self._paths if self._is_shown(each[1])]
        unit, look = self.unit(painter), self._look
        painter.setOpacity(look.opacity_percent / 100)
        for path, drawn, _ in shown:
            endless = isinstance(drawn.shape, HalfPlane) and not self._frame.isEmpty()
            if endless:
                painter.save()
                painter.setClipRect(self._frame)
            draw_shape(painter, path, drawn, scale, look.width_px * unit)
            if endless:
                painter.restore()
        painter.setOpacity(1.0)
        if look.names and shown:
            self._write_names(painter, unit, [(drawn, place) for _, drawn, place in shown])

    def _write_names(self, painter: QPainter, unit: float, named: list[tuple[DrawnShape, QPointF]]) -> None:
        ratio = painter.device().devicePixelRatioF()
        patches = [
            self.lettering.patch(drawn.label, letters_of(self._look, unit * ratio, drawn.colour)) for drawn, _ in named
        ]
        places = [painter.worldTransform().map(place) for _, place in named]
        corners = label_places(
            (NAME_OFF_PX, NAME_OFF_PX), [(place.x(), place.y()) for place in places],
            [(patch.shape[1] / ratio, patch.shape[0] / ratio) for patch in patches], self.room(painter), unit,
        )  # fmt: skip
        for patch, (left, top) in zip(patches, corners, strict=True):
            draw_patch(painter, patch, left, top)


def draw_shape(
    painter: QPainter, path: QPainterPath, drawn: DrawnShape, scale: float, width_px: float = LINE_PX
) -> None:
    """Draw one shape without its name."""
    shape = drawn.shape
    style = Qt.PenStyle.DashLine if drawn.dashed else Qt.PenStyle.SolidLine
    if isinstance(shape, Mark):
        _draw_mark(painter, shape, drawn.colour, scale)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not isinstance(shape, Line):
        filling = QColor(drawn.colour)
        filling.setAlphaF(drawn.filling_01)
        painter.fillPath(path, filling)
    for pen in (line_pen(CHIP, width_px + 2), line_pen(drawn.colour, width_px, style)):
        painter.setPen(pen)
        painter.drawPath(path)
    if not drawn.arrow:
        return
    if isinstance(shape, HalfPlane):
        _draw_arrow(painter, shape.start, shape.end, drawn.colour, scale)
    elif isinstance(shape, Line):
        _draw_arrow(painter, shape.points[-2], shape.points[-1], drawn.colour, scale)


def _draw_mark(painter: QPainter, shape: Mark, colour: str, scale: float) -> None:
    x, y = shape.at
    reach = MARK_PX / scale
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (line_pen(CHIP, 4), line_pen(colour, 2)):
        painter.setPen(pen)
        painter.drawEllipse(QPointF(x, y), reach * 0.6, reach * 0.6)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(
                QPointF(x + 0.3 * reach * dx, y + 0.3 * reach * dy), QPointF(x + reach * dx, y + reach * dy)
            )


def _draw_arrow(painter: QPainter, start: Any, end: Any, colour: str, scale: float) -> None:
    """Draw the head of the arrow by which left and right are told."""
    reach = ARROW_PX / scale
    turn = math.atan2(end[1] - start[1], end[0] - start[0])
    head = [
        QPointF(end[0] - reach * math.cos(turn + side), end[1] - reach * math.sin(turn + side))
        for side in (-math.pi / 7, math.pi / 7)
    ]
    painter.setPen(line_pen(CHIP, 2))
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF([head[0], QPointF(*end), head[1]]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


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
        _add_ring(path, shape.points)
    elif isinstance(shape, Painted):
        for part in shape.parts:
            for ring in (part.outline, *part.holes):
                _add_ring(path, ring)
    elif isinstance(shape, Line):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in shape.points]))
    elif isinstance(shape, HalfPlane):
        (ax, ay), (bx, by) = shape.start, shape.end
        length = math.hypot(bx - ax, by - ay)
        ux, uy = (bx - ax) / length * FAR_PX, (by - ay) / length * FAR_PX
        # Its side is to the left of the arrow as seen on screen, where y points down.
        corners = [(ax - ux, ay - uy), (bx + ux, by + uy), (bx + ux + uy, by + uy - ux), (ax - ux + uy, ay - uy - ux)]
        _add_ring(path, corners)
    return path


def _add_ring(path: QPainterPath, points: Iterable[Any]) -> None:
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()


def label_place(shape: Any) -> QPointF:
    """Return where the name of a shape stands."""
    if isinstance(shape, HalfPlane):
        return QPointF((shape.start[0] + shape.end[0]) / 2, (shape.start[1] + shape.end[1]) / 2)
    if isinstance(shape, Mark):
        return QPointF(*shape.at)
    if isinstance(shape, Line):
        return QPointF(*shape.points[len(shape.points) // 2])
    bounds = outline(shape).boundingRect()
    return QPointF(bounds.center().x(), bounds.top())
