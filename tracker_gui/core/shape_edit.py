"""What can be done to a drawn shape: move, turn, resize, mirror, vertices, align, order. Every act makes a new one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import shapely

from tracker_gui.core.geometry import (
    Circle,
    Ellipse,
    HalfPlane,
    Line,
    Mark,
    Painted,
    PaintedPart,
    Point,
    Polygon,
    Rectangle,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: No point is taken farther out than this, whatever is done to its shape.
FARTHEST_PX = 100_000.0
SMALLEST_PX = 1.0
#: Finer than anybody can draw; more digits would only make the files longer.
DECIMALS = 2
ELLIPSE_CORNERS = 72

Align = Literal["left", "right", "top", "bottom", "centre x", "centre y"]


class Bounds(NamedTuple):
    """The smallest upright rectangle around a shape; of a half-plane: around its two points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def centre(self) -> Point:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0


def rounded(x: float, y: float) -> Point:
    """Return a point with the digits and within the bounds that drawn points have."""
    limit = FARTHEST_PX
    return round(min(max(x, -limit), limit), DECIMALS), round(min(max(y, -limit), limit), DECIMALS)


def length(px: float) -> float:
    """Return a side or radius with the digits and within the bounds that drawn ones have."""
    return round(min(max(abs(px), SMALLEST_PX), 2 * FARTHEST_PX), DECIMALS)


def angle(deg: float) -> float:
    """Return the same turn, above -180 and up to 180 degrees."""
    turned = round(math.remainder(deg, 360.0), DECIMALS)
    return 180.0 if turned == -180.0 else turned


def points_of(shape: Any) -> list[Point]:
    """Return the points a shape is given by; the corners of a rectangle, the centre where it is given by that."""
    if isinstance(shape, Rectangle):
        return corners(shape)
    if isinstance(shape, Polygon | Line):
        return list(shape.points)
    if isinstance(shape, HalfPlane):
        return [shape.start, shape.end]
    if isinstance(shape, Painted):
        return [point for part in shape.parts for ring in (part.outline, *part.holes) for point in ring]
    if isinstance(shape, Mark):
        return [shape.at]
    return [shape.centre]


def corners(shape: Rectangle) -> list[Point]:
    """Return the four corners, from the top left clockwise before it was turned."""
    w, h = shape.width / 2, shape.height / 2
    return [from_axes(shape, (x, y)) for x, y in ((-w, -h), (w, -h), (w, h), (-w, h))]


def from_axes(shape: Rectangle | Ellipse, local: Point) -> Point:
    """Return where a place in the axes of a turned shape is in the picture."""
    x, y = _turned(local, shape.angle_deg)
    return shape.centre[0] + x, shape.centre[1] + y


def to_axes(shape: Rectangle | Ellipse, xy: Point) -> Point:
    """Return a place of the picture in the axes of a turned shape."""
    return _turned((xy[0] - shape.centre[0], xy[1] - shape.centre[1]), -shape.angle_deg)


def _turned(xy: Point, angle_deg: float) -> Point:
    turn = math.radians(angle_deg)
    return xy[0] * math.cos(turn) - xy[1] * math.sin(turn), xy[0] * math.sin(turn) + xy[1] * math.cos(turn)


def bounds(shape: Any) -> Bounds:
    """Return the smallest upright rectangle around a shape."""
    if isinstance(shape, Circle):
        (x, y), r = shape.centre, shape.radius
        return Bounds(x - r, y - r, x + r, y + r)
    if isinstance(shape, Ellipse):
        (x, y), turn = shape.centre, math.radians(shape.angle_deg)
        half_x = math.hypot(shape.radius_x * math.cos(turn), shape.radius_y * math.sin(turn))
        half_y = math.hypot(shape.radius_x * math.sin(turn), shape.radius_y * math.cos(turn))
        return Bounds(x - half_x, y - half_y, x + half_x, y + half_y)
    xs, ys = zip(*points_of(shape), strict=True)
    return Bounds(min(xs), min(ys), max(xs), max(ys))


def centre(shape: Any) -> Point:
    """Return what a shape turns around."""
    return shape.centre if isinstance(shape, Rectangle | Circle | Ellipse) else bounds(shape).centre


def _mapped(shape: Any, to: Callable[[Point], Point]) -> Any:
    """Return a shape with each of its points elsewhere; the same where that would leave nothing of it."""

    def each(points: Iterable[Point]) -> tuple[Point, ...]:
        return tuple(rounded(*to(point)) for point in points)

    if isinstance(shape, Polygon):
        return shape.model_copy(update={"points": each(shape.points)})
    if isinstance(shape, Line):
        points = each(shape.points)
        return shape.model_copy(update={"points": points}) if len(set(points)) > 1 else shape
    if isinstance(shape, HalfPlane):
        start, end = each((shape.start, shape.end))
        return shape.model_copy(update={"start": start, "end": end}) if start != end else shape
    if isinstance(shape, Mark):
        return shape.model_copy(update={"at": each((shape.at,))[0]})
    if isinstance(shape, Painted):
        parts = tuple(
            PaintedPart(outline=each(part.outline), holes=tuple(each(hole) for hole in part.holes))
            for part in shape.parts
        )
        return shape.model_copy(update={"parts": parts})
    return shape.model_copy(update={"centre": each((shape.centre,))[0]})


def moved(shape: Any, dx: float, dy: float) -> Any:
    """Return the shape elsewhere, as a whole within what can be drawn on."""
    box = bounds(shape)
    dx = min(max(dx, -FARTHEST_PX - box.x0), FARTHEST_PX - box.x1)
    dy = min(max(dy, -FARTHEST_PX - box.y0), FARTHEST_PX - box.y1)
    return _mapped(shape, lambda point: (point[0] + dx, point[1] + dy))


def rotated(shape: Any, angle_deg: float, about: Point | None = None) -> Any:
    """Return the shape turned (clockwise on screen) about a point, its own centre by default."""
    x, y = centre(shape) if about is None else about

    def turn(point: Point) -> Point:
        dx, dy = _turned((point[0] - x, point[1] - y), angle_deg)
        return x + dx, y + dy

    turned = _mapped(shape, turn)
    if isinstance(turned, Rectangle | Ellipse):
        turned = turned.model_copy(update={"angle_deg": angle(shape.angle_deg + angle_deg)})
    return turned


def scaled(shape: Any, factor_x: float, factor_y: float, about: Point) -> Any:
    """Return the shape with its points so many times as far from a point; what has sides gets them so in its axes."""
    x, y = about
    grown = _mapped(shape, lambda point: (x + (point[0] - x) * factor_x, y + (point[1] - y) * factor_y))
    if isinstance(grown, Circle):
        return grown.model_copy(update={"radius": length(shape.radius * math.sqrt(abs(factor_x * factor_y)))})
    if isinstance(grown, Rectangle):
        sides = {"width": length(shape.width * factor_x), "height": length(shape.height * factor_y)}
        return grown.model_copy(update=sides)
    if isinstance(grown, Ellipse):
        radii = {"radius_x": length(shape.radius_x * factor_x), "radius_y": length(shape.radius_y * factor_y)}
        return grown.model_copy(update=radii)
    return grown


def mirrored(shape: Any, across: Literal["x", "y"], at: float) -> Any:
    """Return the mirror image: left for right across the line x = `at`, or top for bottom across y = `at`."""
    if across == "x":
        flipped = _mapped(shape, lambda point: (2 * at - point[0], point[1]))
    else:
        flipped = _mapped(shape, lambda point: (point[0], 2 * at - point[1]))
    if isinstance(flipped, Rectangle | Ellipse):
        return flipped.model_copy(update={"angle_deg": angle(-shape.angle_deg)})
    if isinstance(flipped, HalfPlane) and flipped is not shape:
        # Else its inside would be on the other side.
        return flipped.model_copy(update={"start": flipped.end, "end": flipped.start})
    return flipped


# ---- vertices


def edges(shape: Any) -> list[tuple[Point, Point]]:
    """Return the straight pieces between vertices, piece k from vertex k; none of a shape that has no vertices."""
    if isinstance(shape, Polygon | Rectangle):
        points = points_of(shape)
        return list(zip(points, [*points[1:], points[0]], strict=True))
    if isinstance(shape, Line):
        return list(zip(shape.points[:-1], shape.points[1:], strict=True))
    return []


def nearest_edge(shape: Any, xy: Point) -> tuple[int, float] | None:
    """Return the number and distance in pixels of the edge nearest to a point; None of a shape without edges."""
    found = [(shapely.LineString(edge).distance(shapely.Point(xy)), number) for number, edge in enumerate(edges(shape))]
    if not found:
        return None
    distance_px, number = min(found)
    return number, float(distance_px)


def with_vertex(shape: Any, xy: Point) -> Any:
    """Return the shape with one more vertex on its nearest edge; a rectangle becomes a polygon."""
    nearest = nearest_edge(shape, xy)
    if nearest is None:
        return shape
    points = [rounded(*point) for point in points_of(shape)]
    points.insert(nearest[0] + 1, rounded(*xy))
    if isinstance(shape, Rectangle):
        return Polygon(name=shape.name, points=tuple(points))
    return shape.model_copy(update={"points": tuple(points)})


def without_vertex(shape: Any, number: int) -> Any:
    """Return the shape without one of its vertices; the same where too few would be left."""
    if not isinstance(shape, Polygon | Line):
        return shape
    points = shape.points[:number] + shape.points[number + 1 :]
    least = 3 if isinstance(shape, Polygon) else 2
    if len(points) < least or len(set(points)) < 2:
        return shape
    return shape.model_copy(update={"points": points})


# ---- finding


def outline(shape: Any) -> shapely.Geometry:
    """Return the line along which a shape is drawn; of a half-plane, what lies between its two points."""
    if isinstance(shape, Mark):
        return shapely.Point(shape.at)
    if isinstance(shape, Line):
        return shapely.LineString(shape.points)
    if isinstance(shape, HalfPlane):
        return shapely.LineString((shape.start, shape.end))
    if isinstance(shape, Painted):
        return shapely.MultiLineString([ring for part in shape.parts for ring in (part.outline, *part.holes)])
    if isinstance(shape, Circle):
        return shapely.Point(shape.centre).buffer(shape.radius, quad_segs=ELLIPSE_CORNERS // 4).exterior
    if isinstance(shape, Ellipse):
        turns = [2 * math.pi * k / ELLIPSE_CORNERS for k in range(ELLIPSE_CORNERS)]
        local = [(shape.radius_x * math.cos(turn), shape.radius_y * math.sin(turn)) for turn in turns]
        return shapely.LinearRing([from_axes(shape, point) for point in local])
    return shapely.LinearRing(points_of(shape))


def distance_px(shape: Any, xy: Point) -> float:
    """Return how far a point lies from the line along which a shape is drawn."""
    return float(outline(shape).distance(shapely.Point(xy)))


def holds(shape: Any, xy: Point) -> bool:
    """Return whether a point lies inside."""
    return bool(shape.contains(np.array([xy], np.float64))[0])


def lies_in(shape: Any, frame: Bounds) -> bool:
    """Return whether a whole shape lies in an upright rectangle."""
    box = bounds(shape)
    return frame.x0 <= box.x0 and frame.y0 <= box.y0 and frame.x1 >= box.x1 and frame.y1 >= box.y1


# ---- several


def aligned(shapes: Sequence[Any], how: Align) -> list[Any]:
    """Return the shapes moved so that they share the outermost edge, or the mean of their centres."""
    boxes = [bounds(shape) for shape in shapes]
    if how.startswith("centre"):
        axis = "xy".index(how[-1])
        places = [box.centre[axis] for box in boxes]
        at = float(np.mean(places))
    else:
        side = ("left", "top", "right", "bottom").index(how)
        axis = side % 2
        places = [box[side] for box in boxes]
        at = min(places) if side < 2 else max(places)
    return [
        moved(shape, at - place if axis == 0 else 0, at - place if axis == 1 else 0)
        for shape, place in zip(shapes, places, strict=True)
    ]


def spread(shapes: Sequence[Any], along: Literal["x", "y"]) -> list[Any]:
    """Return the shapes moved so that their centres stand at equal distances between the two outermost ones."""
    axis = 0 if along == "x" else 1
    order = sorted(range(len(shapes)), key=lambda number: bounds(shapes[number]).centre[axis])
    places = [bounds(shapes[number]).centre[axis] for number in order]
    made = list(shapes)
    for place, number in enumerate(order[1:-1], 1):
        wanted = places[0] + (places[-1] - places[0]) * place / (len(order) - 1)
        by = wanted - places[place]
        made[number] = moved(shapes[number], by if axis == 0 else 0, by if axis == 1 else 0)
    return made


def in_order(count: int, chosen: Iterable[int], to: Literal["front", "back", "up", "down"]) -> list[int]:
    """Return the numbers of `count` things in a new order, where what comes later lies in front."""
    picked = set(chosen)
    order = list(range(count))
    if to in ("front", "back"):
        rest, moving = [n for n in order if n not in picked], [n for n in order if n in picked]
        return rest + moving if to == "front" else moving + rest
    places = range(count - 2, -1, -1) if to == "up" else range(1, count)
    step = 1 if to == "up" else -1
    for place in places:
        if order[place] in picked and order[place + step] not in picked:
            order[place], order[place + step] = order[place + step], order[place]
    return order


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return the name, or with the next number where it is taken."""
    known = set(taken)
    if name not in known:
        return name
    stem = name.rstrip("0123456789").rstrip() or name
    number = 2
    while f"{stem} {number}" in known:
        number += 1
    return f"{stem} {number}"
