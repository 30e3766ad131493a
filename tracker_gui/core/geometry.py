"""Rectangles of pixels and the shapes people draw (regions, arenas, zones).

Coordinates are image pixels, origin at the top left, x to the right, y downward; the centre of the
first pixel is (0, 0), as OpenCV's contours and moments have it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import F64, U8, Bool

STRIP_ROWS = 64
MOST_POINTS = 10_000


class Rect(NamedTuple):
    """A block of pixels, ``x0 <= x < x1`` and ``y0 <= y < y1``."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return max(0, self.x1 - self.x0)

    @property
    def height(self) -> int:
        return max(0, self.y1 - self.y0)

    @property
    def area_px2(self) -> int:
        return self.width * self.height

    def grow(self, margin_px: int) -> Rect:
        """Move every side outward by `margin_px`."""
        return Rect(self.x0 - margin_px, self.y0 - margin_px, self.x1 + margin_px, self.y1 + margin_px)

    def clip(self, other: Rect) -> Rect:
        """Return the part that lies in `other` (empty, never reversed, where there is none)."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Rect(x0, y0, max(x0, min(self.x1, other.x1)), max(y0, min(self.y1, other.y1)))

    def union(self, other: Rect) -> Rect:
        """Return the smallest rectangle that holds both."""
        return Rect(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def overlaps(self, other: Rect) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def contains(self, other: Rect) -> bool:
        return self.x0 <= other.x0 and self.y0 <= other.y0 and self.x1 >= other.x1 and self.y1 >= other.y1

    def slices(self, origin: Rect) -> tuple[slice, slice]:
        """Return the (rows, columns) of this rectangle in an array whose first pixel is `origin`'s."""
        return (
            slice(self.y0 - origin.y0, self.y1 - origin.y0),
            slice(self.x0 - origin.x0, self.x1 - origin.x0),
        )


Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e6)]
Point = tuple[Finite, Finite]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    label: ClassVar[str]
    name: str = ""

    def contains(self, xy_px: F64) -> Bool:
        """Return for each of the (n, 2) points whether it lies inside or on the border."""
        raise TypeError(f"{type(self).__name__} does not say what lies inside it")

    def bounds_px(self) -> Rect | None:
        """Return the pixels among which all that are inside lie; None where there is no bound."""
        return None

    def mask(self, size_px: tuple[int, int]) -> U8:
        """Return a (height, width) picture, 255 where the pixel centre is inside, else 0."""
        frame = Rect(0, 0, *size_px)
        picture = np.zeros((frame.height, frame.width), np.uint8)
        bounds = self.bounds_px()
        part = frame if bounds is None else bounds.clip(frame)
        # In strips, because the coordinates of a whole 1080p frame take 33 MB.
        for y0 in range(part.y0, part.y1, STRIP_ROWS):
            strip = Rect(part.x0, y0, part.x1, y0 + STRIP_ROWS).clip(part)
            y, x = np.mgrid[strip.y0 : strip.y1, strip.x0 : strip.x1]
            inside = self.contains(np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float64))
            picture[strip.slices(frame)][inside.reshape(y.shape)] = 255
        return picture


def _turned(xy_px: F64, centre: Point, angle_deg: float) -> F64:
    """Return the points in the axes of a shape at `centre`, turned by `angle_deg` (clockwise on screen)."""
    turn = math.radians(angle_deg)
    dx, dy = xy_px[:, 0] - centre[0], xy_px[:, 1] - centre[1]
    return np.stack([dx * math.cos(turn) + dy * math.sin(turn), dy * math.cos(turn) - dx * math.sin(turn)], axis=1)


def _pixels(x0: float, y0: float, x1: float, y1: float) -> Rect:
    """Return the pixels whose centres may lie in these bounds."""
    return Rect(math.floor(x0), math.floor(y0), math.ceil(x1) + 1, math.ceil(y1) + 1)


def _around(centre: Point, reach_px: float) -> Rect:
    x, y = centre
    return _pixels(x - reach_px, y - reach_px, x + reach_px, y + reach_px)


class Rectangle(_Shape):
    """A rectangle given by its centre, sides and turn."""

    label: ClassVar[str] = "Rectangle"
    kind: Literal["rectangle"] = "rectangle"
    centre: Point
    width: Positive
    height: Positive
    angle_deg: Annotated[float, Field(ge=-360, le=360)] = 0.0

    def contains(self, xy_px: F64) -> Bool:
        local = _turned(xy_px, self.centre, self.angle_deg)
        return (np.abs(local[:, 0]) <= self.width / 2) & (np.abs(local[:, 1]) <= self.height / 2)

    def bounds_px(self) -> Rect:
        return _around(self.centre, math.hypot(self.width, self.height) / 2)


class Circle(_Shape):
    """A circle given by its centre and radius."""

    label: ClassVar[str] = "Circle"
    kind: Literal["circle"] = "circle"
    centre: Point
    radius: Positive

    def contains(self, xy_px: F64) -> Bool:
        return np.hypot(xy_px[:, 0] - self.centre[0], xy_px[:, 1] - self.centre[1]) <= self.radius

    def bounds_px(self) -> Rect:
        return _around(self.centre, self.radius)


class Ellipse(_Shape):
    """An ellipse given by its centre, two radii and turn."""

    label: ClassVar[str] = "Ellipse"
    kind: Literal["ellipse"] = "ellipse"
    centre: Point
    radius_x: Positive
    radius_y: Positive
    angle_deg: Annotated[float, Field(ge=-360, le=360)] = 0.0

    def contains(self, xy_px: F64) -> Bool:
        local = _turned(xy_px, self.centre, self.angle_deg)
        return (local[:, 0] / self.radius_x) ** 2 + (local[:, 1] / self.radius_y) ** 2 <= 1.0

    def bounds_px(self) -> Rect:
        return _around(self.centre, max(self.radius_x, self.radius_y))


class Polygon(_Shape):
    """A closed polygon of at least three points."""

    label: ClassVar[str] = "Polygon"
    kind: Literal["polygon"] = "polygon"
    points: Annotated[tuple[Point, ...], Field(min_length=3, max_length=MOST_POINTS)]

    def contains(self, xy_px: F64) -> Bool:
        return _inside(shapely.Polygon(self.points), xy_px)

    def bounds_px(self) -> Rect:
        return _pixels_of(self.points)


def _inside(area: shapely.Geometry, xy_px: F64) -> Bool:
    outline = shapely.make_valid(area)
    shapely.prepare(outline)
    return np.asarray(shapely.intersects_xy(outline, xy_px[:, 0], xy_px[:, 1]), dtype=np.bool_)


def _pixels_of(points: Sequence[Point]) -> Rect:
    xs, ys = zip(*points, strict=True)
    return _pixels(min(xs), min(ys), max(xs), max(ys))


Ring = Annotated[tuple[Point, ...], Field(min_length=3, max_length=MOST_POINTS)]


class PaintedPart(BaseModel):
    """One piece of a painted region: what its outline encloses, without the holes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outline: Ring
    holes: tuple[Ring, ...] = ()


class Painted(_Shape):
    """What a brush went over and no eraser: pieces with holes."""

    label: ClassVar[str] = "Painted region"
    kind: Literal["painted"] = "painted"
    parts: Annotated[tuple[PaintedPart, ...], Field(min_length=1, max_length=1000)]

    @property
    def area(self) -> shapely.MultiPolygon:
        """As shapely has it; not always valid."""
        return shapely.MultiPolygon([(part.outline, part.holes) for part in self.parts])

    def contains(self, xy_px: F64) -> Bool:
        return _inside(self.area, xy_px)

    def bounds_px(self) -> Rect:
        return _pixels_of([point for part in self.parts for point in part.outline])


class HalfPlane(_Shape):
    """All that lies to the left of the arrow from `start` to `end`, as one walks along it on screen."""

    label: ClassVar[str] = "Half-plane"
    kind: Literal["half_plane"] = "half_plane"
    start: Point
    end: Point

    @model_validator(mode="after")
    def _has_a_direction(self) -> HalfPlane:
        if self.start == self.end:
            raise ValueError("needs two different points, else it has no side")
        return self

    def contains(self, xy_px: F64) -> Bool:
        (ax, ay), (bx, by) = self.start, self.end
        cross = (bx - ax) * (xy_px[:, 1] - ay) - (by - ay) * (xy_px[:, 0] - ax)
        return cross <= 0


class _WithoutArea(_Shape):
    """Drawn like a shape, but nothing lies inside of it."""

    def contains(self, xy_px: F64) -> Bool:
        return np.zeros(len(xy_px), np.bool_)

    def bounds_px(self) -> Rect:
        return Rect(0, 0, 0, 0)


class Line(_WithoutArea):
    """A line through two or more points, to count who crosses it; its left is that of one who walks along it."""

    label: ClassVar[str] = "Line"
    kind: Literal["line"] = "line"
    points: Annotated[tuple[Point, ...], Field(min_length=2, max_length=MOST_POINTS)]

    @model_validator(mode="after")
    def _has_a_length(self) -> Line:
        if len(set(self.points)) < 2:
            raise ValueError("needs two different points, else it has no length")
        return self


class Mark(_WithoutArea):
    """One point, to measure distances from."""

    label: ClassVar[str] = "Point"
    kind: Literal["mark"] = "mark"
    at: Point


#: What has an inside: regions and arenas.
Shape = Annotated[Rectangle | Circle | Ellipse | Polygon | HalfPlane | Painted, Field(discriminator="kind")]
SHAPE_KINDS: tuple[type[_Shape], ...] = (Rectangle, Circle, Ellipse, Polygon, HalfPlane, Painted)
#: What a zone can be.
ZoneShape = Annotated[
    Rectangle | Circle | Ellipse | Polygon | HalfPlane | Painted | Line | Mark, Field(discriminator="kind")
]
ZONE_SHAPE_KINDS: tuple[type[_Shape], ...] = (*SHAPE_KINDS, Line, Mark)
