"""How far places are from the border of a shape, or from a line or a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from tracker_gui.core.geometry import Circle, HalfPlane
from tracker_gui.core.shape_edit import outline

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.arrays import F64
    from tracker_gui.core.geometry import ZoneShape

    DistanceTo = Callable[[F64], F64]


def distance_to(shape: ZoneShape) -> DistanceTo:
    """Return a function of (n, 2) positions that gives their (n,) distances in px.

    Parameters
    ----------
    shape : ZoneShape
        Of one with an inside the distance is that to its border, from either side.
    """
    if isinstance(shape, Circle):
        (cx, cy), radius = shape.centre, shape.radius
        return lambda xy_px: np.abs(np.hypot(xy_px[:, 0] - cx, xy_px[:, 1] - cy) - radius)
    if isinstance(shape, HalfPlane):
        (ax, ay), (bx, by) = shape.start, shape.end
        ux, uy = np.array([bx - ax, by - ay]) / np.hypot(bx - ax, by - ay)
        return lambda xy_px: np.abs(ux * (xy_px[:, 1] - ay) - uy * (xy_px[:, 0] - ax))
    border = outline(shape)
    return lambda xy_px: np.asarray(shapely.distance(border, shapely.points(xy_px)))
