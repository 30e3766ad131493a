"""The places of a shape that can be taken hold of, and what becomes of it when one is dragged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Painted, Point, Polygon, Rectangle
from tracker_gui.core.shape_edit import (
    DECIMALS,
    SMALLEST_PX,
    Bounds,
    angle,
    bounds,
    centre,
    from_axes,
    length,
    moved,
    points_of,
    rotated,
    rounded,
    scaled,
    to_axes,
)

SNAP_DEG = 15.0
#: Corners from the top left clockwise, then the sides from the top clockwise; each as a sign in x and y.
CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))
SIDES = ((0, -1), (1, 0), (0, 1), (-1, 0))


@dataclass(frozen=True, slots=True)
class Handle:
    """One place to take hold of.

    Attributes
    ----------
    number : int
        Which corner, side or vertex.
    at : Point
        In pixels of the frame.
    outward : Point
        Of length 1: the handle for turning stands off in this direction, by so much of the screen at any zoom.
    """

    role: Literal["corner", "side", "vertex", "turn"]
    number: int
    at: Point
    outward: Point = (0.0, 0.0)


def handles(shape: Any) -> list[Handle]:
    """Return the handles of a shape; none of a point, which is moved as a whole."""
    if isinstance(shape, Mark):
        return []
    if isinstance(shape, Circle):
        (x, y), r = shape.centre, shape.radius
        return [Handle("side", n, (x + sx * r, y + sy * r)) for n, (sx, sy) in enumerate(SIDES)]
    if isinstance(shape, Rectangle | Ellipse):
        w, h = _half_sides(shape)
        made = [Handle("side", n, from_axes(shape, (sx * w, sy * h))) for n, (sx, sy) in enumerate(SIDES)]
        if isinstance(shape, Rectangle):
            made += [Handle("corner", n, from_axes(shape, (sx * w, sy * h))) for n, (sx, sy) in enumerate(CORNERS)]
        top = from_axes(shape, (0, -h))
        turn = math.radians(shape.angle_deg)
        return [*made, Handle("turn", 0, top, (math.sin(turn), -math.cos(turn)))]
    if isinstance(shape, HalfPlane):
        return [Handle("vertex", n, point) for n, point in enumerate(points_of(shape))]
    box = bounds(shape)
    turn_handle = Handle("turn", 0, (box.centre[0], box.y0), (0.0, -1.0))
    if isinstance(shape, Painted):
        return [
            *(Handle("side", n, _on_box(box, sign)) for n, sign in enumerate(SIDES)),
            *(Handle("corner", n, _on_box(box, sign)) for n, sign in enumerate(CORNERS)),
            turn_handle,
        ]
    made = [Handle("vertex", n, point) for n, point in enumerate(shape.points)]
    return made if isinstance(shape, Line) and len(shape.points) == 2 else [*made, turn_handle]


def _half_sides(shape: Rectangle | Ellipse) -> Point:
    if isinstance(shape, Rectangle):
        return shape.width / 2, shape.height / 2
    return shape.radius_x, shape.radius_y


def _on_box(box: Bounds, sign: tuple[int, int]) -> Point:
    x, y = box.centre
    return x + sign[0] * box.width / 2, y + sign[1] * box.height / 2


def dragged(shape: Any, handle: Handle, to: Point, *, even: bool = False, from_centre: bool = False) -> Any:
    """Return the shape with one of its handles at another place.

    Parameters
    ----------
    to : Point
        Where the handle is now, in pixels of the frame.
    even : bool
        Keep the proportions; turn in steps of 15 degrees; keep an edge level, upright or diagonal.
    from_centre : bool
        The centre stays, instead of the opposite side.
    """
    if handle.role == "turn":
        return _turned_to(shape, to, even)
    if handle.role == "vertex":
        return with_vertex_at(shape, handle.number, _level(shape, handle.number, to) if even else to)
    if isinstance(shape, Circle):
        return shape.model_copy(update={"radius": length(math.dist(shape.centre, to))})
    sign = (CORNERS if handle.role == "corner" else SIDES)[handle.number]
    if isinstance(shape, Painted):
        return _painted_resized(shape, sign, to, even, from_centre)
    return _resized(shape, sign, to, even, from_centre)


def _turned_to(shape: Any, to: Point, even: bool) -> Any:
    x, y = centre(shape)
    if math.dist((x, y), to) < SMALLEST_PX:
        return shape
    turn = math.degrees(math.atan2(to[1] - y, to[0] - x)) + 90.0
    if even:
        turn = round(turn / SNAP_DEG) * SNAP_DEG
    if isinstance(shape, Rectangle | Ellipse):
        return shape.model_copy(update={"angle_deg": angle(turn)})
    return rotated(shape, turn)


def _level(shape: Any, number: int, to: Point) -> Point:
    """Return the point nearest to `to` in a straight or diagonal direction from the vertex before."""
    points = points_of(shape)
    return snapped(points[number - 1 if number or not isinstance(shape, Line) else 1], to)


def snapped(start: Point, to: Point) -> Point:
    """Return the place at the same distance in the nearest direction of 45 degrees."""
    reach = math.dist(start, to)
    turn = round(math.atan2(to[1] - start[1], to[0] - start[0]) / (math.pi / 4)) * (math.pi / 4)
    return start[0] + reach * math.cos(turn), start[1] + reach * math.sin(turn)


def with_vertex_at(shape: Any, number: int, to: Point) -> Any:
    """Return the shape with one vertex elsewhere; the same where nothing would be left of it."""
    place = rounded(*to)
    if isinstance(shape, HalfPlane):
        start, end = (place, shape.end) if number == 0 else (shape.start, place)
        return shape if start == end else shape.model_copy(update={"start": start, "end": end})
    if not isinstance(shape, Polygon | Line):
        return shape
    points = (*shape.points[:number], place, *shape.points[number + 1 :])
    if isinstance(shape, Line) and len(set(points)) < 2:
        return shape
    return shape.model_copy(update={"points": points})


def _resized(shape: Rectangle | Ellipse, sign: tuple[int, int], to: Point, even: bool, from_centre: bool) -> Any:
    half = _half_sides(shape)
    local = to_axes(shape, rounded(*to))
    sides = [2 * half[0], 2 * half[1]]
    fixed = [0.0 if from_centre else -sign[axis] * half[axis] for axis in (0, 1)]
    for axis in (0, 1):
        if sign[axis]:
            sides[axis] = length((local[axis] - fixed[axis]) * (2 if from_centre else 1))
    if even and 0 not in sign:
        factor = max(sides[0] / half[0], sides[1] / half[1]) / 2
        sides = [length(2 * half[axis] * factor) for axis in (0, 1)]
    shift = [0.0, 0.0]
    for axis in (0, 1):
        if sign[axis] and not from_centre:
            shift[axis] = fixed[axis] + math.copysign(sides[axis] / 2, local[axis] - fixed[axis])
    at = rounded(*from_axes(shape, (shift[0], shift[1])))
    if isinstance(shape, Rectangle):
        return shape.model_copy(update={"centre": at, "width": sides[0], "height": sides[1]})
    return shape.model_copy(update={"centre": at, "radius_x": length(sides[0] / 2), "radius_y": length(sides[1] / 2)})


def _painted_resized(shape: Painted, sign: tuple[int, int], to: Point, even: bool, from_centre: bool) -> Any:
    box = bounds(shape)
    about = box.centre if from_centre else _on_box(box, (-sign[0], -sign[1]))
    factors = []
    for axis in (0, 1):
        before = _on_box(box, sign)[axis] - about[axis]
        now = to[axis] - about[axis]
        least = SMALLEST_PX / max(abs(before), SMALLEST_PX)
        factors.append(1.0 if sign[axis] == 0 else max(now / before, least) if before else 1.0)
    if even and 0 not in sign:
        factors = [max(factors)] * 2
    return scaled(shape, factors[0], factors[1], about)


# ---- figures


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a shape, for a box to type in.

    Attributes
    ----------
    name : str
        ``"x"``, ``"y"``, ``"Width"``, ``"Height"``, ``"Radius"``, ``"Turn"``, or ``"x 1"``, ``"y 1"``, ... of points.
    unit : str
        ``"px"`` or ``"°"``.
    """

    name: str
    value: float
    unit: Literal["px", "°"] = "px"


def figures(shape: Any) -> list[Figure]:
    """Return what can be typed of a shape."""
    if isinstance(shape, HalfPlane) or (isinstance(shape, Line) and len(shape.points) == 2):
        pairs = enumerate(points_of(shape), 1)
        return [Figure(f"{axis} {n}", value) for n, point in pairs for axis, value in zip("xy", point, strict=True)]
    x, y = centre(shape)
    made = [Figure("x", x), Figure("y", y)]
    if isinstance(shape, Circle):
        return [*made, Figure("Radius", shape.radius)]
    if isinstance(shape, Rectangle | Ellipse):
        w, h = _half_sides(shape)
        return [*made, Figure("Width", 2 * w), Figure("Height", 2 * h), Figure("Turn", shape.angle_deg, "°")]
    if isinstance(shape, Mark):
        return made
    box = bounds(shape)
    return [*made, Figure("Width", box.width), Figure("Height", box.height)]


def with_figure(shape: Any, name: str, value: float) -> Any:
    """Return the shape with one of its figures changed; its centre stays where it is not that which is changed."""
    x, y = centre(shape)
    if name == "x":
        return moved(shape, value - x, 0)
    if name == "y":
        return moved(shape, 0, value - y)
    if name == "Radius":
        return shape.model_copy(update={"radius": length(value)})
    if name == "Turn":
        return shape.model_copy(update={"angle_deg": angle(value)})
    if name in ("Width", "Height"):
        before = next(figure.value for figure in figures(shape) if figure.name == name)
        if before < 1e-6:
            return shape
        factor = max(abs(value), 10.0**-DECIMALS) / before
        return scaled(shape, factor if name == "Width" else 1.0, factor if name == "Height" else 1.0, (x, y))
    axis, number = name.split()
    place = list(points_of(shape)[int(number) - 1])
    place["xy".index(axis)] = value
    return with_vertex_at(shape, int(number) - 1, (place[0], place[1]))
