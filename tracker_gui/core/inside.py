"""Fast tests of "inside?" for a few points on every frame, against the same shapes as `geometry`.

With ten animals, numpy's overhead of a dozen small array operations per zone is the whole cost; plain
numbers need a tenth of it. A polygon or a painted region is left to shapely, prepared once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely

from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Polygon, Rectangle

if TYPE_CHECKING:
    from tracker_gui.core.geometry import ZoneShape

Inside = Callable[[Sequence[tuple[float, float]]], list[bool]]


def inside_of(shape: ZoneShape, margin_px: float = 0.0) -> Inside:
    """Return a test which of some points are inside a shape, or no further than `margin_px` outside it.

    Nothing is ever inside a line or a mark.
    The margin of a rectangle keeps its corners and that of an ellipse lengthens its radii.
    """
    if isinstance(shape, Circle):
        return _circle(shape, margin_px)
    if isinstance(shape, Rectangle):
        return _rectangle(shape, margin_px)
    if isinstance(shape, Ellipse):
        return _ellipse(shape, margin_px)
    if isinstance(shape, HalfPlane):
        return _half_plane(shape, margin_px)
    if isinstance(shape, Line | Mark):
        return lambda points: [False] * len(points)
    return _outline(shapely.Polygon(shape.points) if isinstance(shape, Polygon) else shape.area, margin_px)


def _circle(shape: Circle, margin_px: float) -> Inside:
    cx, cy = shape.centre
    radius = shape.radius + margin_px

    def inside(points: Sequence[tuple[float, float]]) -> list[bool]:
        return [math.hypot(x - cx, y - cy) <= radius for x, y in points]

    return inside


def _rectangle(shape: Rectangle, margin_px: float) -> Inside:
    cx, cy = shape.centre
    half_w, half_h = shape.width / 2 + margin_px, shape.height / 2 + margin_px
    c, s = math.cos(math.radians(shape.angle_deg)), math.sin(math.radians(shape.angle_deg))

    def inside(points: Sequence[tuple[float, float]]) -> list[bool]:
        return [
            abs((x - cx) * c + (y - cy) * s) <= half_w and abs((y - cy) * c - (x - cx) * s) <= half_h for x, y in points
        ]

    return inside


def _ellipse(shape: Ellipse, margin_px: float) -> Inside:
    cx, cy = shape.centre
    rx, ry = shape.radius_x + margin_px, shape.radius_y + margin_px
    c, s = math.cos(math.radians(shape.angle_deg)), math.sin(math.radians(shape.angle_deg))

    def inside(points: Sequence[tuple[float, float]]) -> list[bool]:
        return [
            (((x - cx) * c + (y - cy) * s) / rx) ** 2 + (((y - cy) * c - (x - cx) * s) / ry) ** 2 <= 1.0
            for x, y in points
        ]

    return inside


def _half_plane(shape: HalfPlane, margin_px: float) -> Inside:
    (ax, ay), (bx, by) = shape.start, shape.end
    dx, dy = bx - ax, by - ay
    reach = margin_px * math.hypot(dx, dy)

    def inside(points: Sequence[tuple[float, float]]) -> list[bool]:
        return [dx * (y - ay) - dy * (x - ax) <= reach for x, y in points]

    return inside


def _outline(area: shapely.Geometry, margin_px: float) -> Inside:
    outline = shapely.make_valid(area)
    if margin_px:
        outline = outline.buffer(margin_px)
    shapely.prepare(outline)

    def inside(points: Sequence[tuple[float, float]]) -> list[bool]:
        if not points:
            return []
        xy_px = np.array(points)
        found: list[bool] = shapely.intersects_xy(outline, xy_px[:, 0], xy_px[:, 1]).tolist()
        return found

    return inside
