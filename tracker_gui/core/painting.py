"""A brush and an eraser over regions: strokes are joined to shapes, as polygons with holes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from tracker_gui.core.geometry import HalfPlane, Line, Mark, Painted, PaintedPart, Polygon
from tracker_gui.core.shape_edit import DECIMALS, outline, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.geometry import Point

# What a hand draws is not finer; a stroke of a hundred points leaves some forty corners.
TOLERANCE_PX = 0.4
SMALLEST_PX2 = 4.0
MOST_POINTS = 3000
ROUND_CORNERS = 6


def stroke(points: Sequence[Point], radius_px: float) -> shapely.Geometry:
    """Return what a round brush covers on its way through some points."""
    way = shapely.Point(points[0]) if len(set(points)) == 1 else shapely.LineString(points)
    return way.buffer(radius_px, quad_segs=ROUND_CORNERS)


def can_be_painted(shape: Any) -> bool:
    """Return whether a brush can add to a shape and an eraser take from it."""
    return not isinstance(shape, HalfPlane | Line | Mark)


def area_of(shape: Any) -> shapely.Geometry:
    """Return what lies inside a shape that has an end."""
    if isinstance(shape, Painted):
        return shapely.make_valid(shape.area)
    if isinstance(shape, Polygon):
        return shapely.make_valid(shapely.Polygon(shape.points))
    return shapely.Polygon(outline(shape))


def painted(area: shapely.Geometry, name: str = "") -> Painted | None:
    """Return the region with few corners and figures; None where nothing worth keeping is left."""
    tolerance = TOLERANCE_PX
    while True:
        simple = shapely.set_precision(shapely.simplify(area, tolerance), 10.0**-DECIMALS)
        pieces = [piece for piece in _polygons(simple) if piece.area >= SMALLEST_PX2]
        if sum(shapely.get_num_coordinates(piece) for piece in pieces) <= MOST_POINTS:
            break
        tolerance *= 2
    parts = tuple(
        PaintedPart(
            outline=_ring(piece.exterior),
            holes=tuple(
                _ring(hole) for hole in piece.interiors if shapely.Polygon(hole).area >= SMALLEST_PX2
            ),
        )
        for piece in pieces
    )  # fmt: skip
    return Painted(name=name, parts=parts) if parts else None


def brushed(shape: Any, points: Sequence[Point], radius_px: float) -> Painted | None:
    """Return a shape (None for none yet) with a stroke added to it."""
    covered = stroke(points, radius_px)
    if shape is None:
        return painted(covered)
    return painted(shapely.union(area_of(shape), covered), shape.name)


def erased(shape: Any, points: Sequence[Point], radius_px: float) -> Any:
    """Return a shape with a stroke taken away: the same where the stroke missed it, None where nothing is left."""
    before = area_of(shape)
    covered = stroke(points, radius_px)
    if not shapely.intersects(before, covered):
        return shape
    return painted(shapely.difference(before, covered), shape.name)


def _polygons(area: shapely.Geometry) -> list[shapely.Polygon]:
    return [piece for piece in shapely.get_parts(area).tolist() if isinstance(piece, shapely.Polygon)]


def _ring(ring: Any) -> tuple[Point, ...]:
    return tuple(rounded(x, y) for x, y in list(ring.coords)[:-1])
