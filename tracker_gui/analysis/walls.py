"""How far places are from the border of a shape, or from a line or a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import affinity

from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Polygon, Rectangle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.arrays import F64

    DistanceTo = Callable[[F64], F64]

#: Corners of a quarter: an ellipse of 200 px is then off by 0.06 px.
QUARTER = 32


def distance_to(shape: Any) -> DistanceTo:
    """Return a function of (n, 2) positions that gives their (n,) distances in px.

    Parameters
    ----------
    shape
        Of a zone. Of one with an inside the distance is that to its border, from either side.
    """
    if isinstance(shape, Circle):
        (cx, cy), radius = shape.centre, shape.radius
        return lambda xy_px: np.abs(np.hypot(xy_px[:, 0] - cx, xy_px[:, 1] - cy) - radius)
    if isinstance(shape, HalfPlane):
        (ax, ay), (bx, by) = shape.start, shape.end
        ux, uy = np.array([bx - ax, by - ay]) / np.hypot(bx - ax, by - ay)
        return lambda xy_px: np.abs(ux * (xy_px[:, 1] - ay) - uy * (xy_px[:, 0] - ax))
    border = _border(shape)
    return lambda xy_px: np.asarray(shapely.distance(border, shapely.points(xy_px)))


def _border(shape: Any) -> shapely.Geometry:
    if isinstance(shape, Polygon):
        return shapely.Polygon(shape.points).exterior
    if isinstance(shape, Rectangle | Ellipse):
        x, y = shape.centre
        if isinstance(shape, Rectangle):
            w, h = shape.width / 2, shape.height / 2
            flat = shapely.box(x - w, y - h, x + w, y + h)
        else:
            circle = shapely.Point(x, y).buffer(1.0, quad_segs=QUARTER)
            flat = affinity.scale(circle, shape.radius_x, shape.radius_y)
        return affinity.rotate(flat, shape.angle_deg, origin=(x, y)).exterior
    if hasattr(shape, "at"):
        return shapely.Point(shape.at)
    if hasattr(shape, "area"):
        return shapely.make_valid(shape.area).boundary
    return shapely.LineString(shape.points)
