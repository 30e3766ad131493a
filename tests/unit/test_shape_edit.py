"""Drawn shapes: moved, turned, resized, mirrored, their vertices, several of them, and painted ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tracker_gui.core.arena_grid import ArenaGrid, well_name
from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Painted, Polygon, Rectangle, ZoneShape
from tracker_gui.core.painting import area_of, brushed, can_be_painted, erased, stroke
from tracker_gui.core.shape_edit import (
    Bounds,
    aligned,
    bounds,
    centre,
    distance_px,
    free_name,
    holds,
    in_order,
    lies_in,
    mirrored,
    moved,
    nearest_edge,
    outline,
    points_of,
    rotated,
    scaled,
    spread,
    with_vertex,
    without_vertex,
)
from tracker_gui.core.shape_handles import dragged, figures, handles, with_figure

adapter: TypeAdapter[Any] = TypeAdapter(ZoneShape)
places = st.integers(-2000, 8000).map(lambda v: v / 4)
points = st.tuples(places, places)
sides = st.integers(4, 2000).map(lambda v: v / 4)
turns = st.integers(-1799, 1800).map(lambda v: v / 10)
some_points = st.lists(points, min_size=3, max_size=7, unique=True).map(tuple)
strokes = st.tuples(st.lists(points, min_size=1, max_size=5), st.integers(4, 60))
painted_shapes = strokes.map(lambda s: brushed(None, *s))
rectangles = st.builds(Rectangle, centre=points, width=sides, height=sides, angle_deg=turns)
ellipses = st.builds(Ellipse, centre=points, radius_x=sides, radius_y=sides, angle_deg=turns)
polygons = st.builds(Polygon, points=some_points)
lines = st.builds(Line, points=some_points)
half_planes = st.lists(points, min_size=2, max_size=2, unique=True).map(lambda p: HalfPlane(start=p[0], end=p[1]))
shapes = st.one_of(
    rectangles, st.builds(Circle, centre=points, radius=sides), ellipses, polygons, half_planes, lines,
    st.builds(Mark, at=points), painted_shapes,
)  # fmt: skip
quick = settings(max_examples=60, deadline=None)


def close(one: Any, other: Any, within: float = 0.05) -> bool:
    """Return whether two shapes are the same but for the rounding of figures."""
    if type(one) is not type(other):
        return False
    if len(points_of(one)) != len(points_of(other)):
        return False
    return bool(np.allclose(np.array(points_of(one)), np.array(points_of(other)), atol=within)) and np.allclose(
        bounds(one), bounds(other), atol=within
    )


@given(shapes, places, places)
@quick
def test_a_shape_moved_and_moved_back_is_where_it_was(shape: Any, dx: float, dy: float) -> None:
    there = moved(shape, dx, dy)
    assert np.allclose(np.subtract(bounds(there), bounds(shape)), (dx, dy, dx, dy), atol=0.03)
    assert close(moved(there, -dx, -dy), shape)


@given(shapes)
def test_a_shape_moved_too_far_stays_whole_within_what_can_be_drawn_on(shape: Any) -> None:
    far = moved(shape, 1e9, -1e9)
    before, after = bounds(shape), bounds(far)
    assert (after.width, after.height) == pytest.approx((before.width, before.height), abs=0.05)
    assert after.x1 <= 100_000.1
    assert after.y0 >= -100_000.1


@given(shapes, turns, points)
@quick
def test_a_shape_turned_and_turned_back_is_as_it_was(shape: Any, by: float, about: Any) -> None:
    assert close(rotated(rotated(shape, by, about), -by, about), shape, 0.2)


@given(rectangles | polygons | ellipses | half_planes, turns, points)
@quick
def test_what_is_inside_is_inside_the_turned_shape_too(shape: Any, by: float, xy: Any) -> None:
    if distance_px(shape, xy) < 1.0 or (isinstance(shape, HalfPlane) and _side(shape, xy) < 1.0):
        return  # on the border, rounding decides
    turn = math.radians(by)
    there = (xy[0] * math.cos(turn) - xy[1] * math.sin(turn), xy[0] * math.sin(turn) + xy[1] * math.cos(turn))
    assert holds(rotated(shape, by, (0, 0)), there) == holds(shape, xy)


def _side(shape: HalfPlane, xy: Any) -> float:
    (ax, ay), (bx, by) = shape.start, shape.end
    return abs((bx - ax) * (xy[1] - ay) - (by - ay) * (xy[0] - ax)) / math.dist(shape.start, shape.end)


@given(shapes, st.sampled_from(["x", "y"]), places)
@quick
def test_the_mirror_image_of_the_mirror_image_is_the_shape(shape: Any, across: Any, at: float) -> None:
    assert close(mirrored(mirrored(shape, across, at), across, at), shape)


@given(rectangles | polygons | half_planes, points)
@quick
def test_the_mirror_image_holds_the_mirrored_points(shape: Any, xy: Any) -> None:
    if distance_px(shape, xy) < 1.0 or (isinstance(shape, HalfPlane) and _side(shape, xy) < 1.0):
        return
    assert holds(mirrored(shape, "x", 100), (200 - xy[0], xy[1])) == holds(shape, xy)


@given(shapes, st.sampled_from([0.01, 0.5, 1.0, 3.0, 1000.0]), st.sampled_from([0.01, 1.0, 2.0]), points)
@quick
def test_whatever_is_done_leaves_a_shape_that_can_be_saved(shape: Any, fx: float, fy: float, about: Any) -> None:
    for made in (scaled(shape, fx, fy, about), rotated(shape, 77.7), mirrored(shape, "y", 9), moved(shape, fx, -fy)):
        assert adapter.validate_json(made.model_dump_json()) == made


# ---- handles


@given(shapes, st.data(), points, st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_handle_dragged_anywhere_leaves_a_shape_that_can_be_saved(
    shape: Any, data: st.DataObject, to: Any, even: bool, from_centre: bool
) -> None:
    held = handles(shape)
    assert bool(held) == (not isinstance(shape, Mark))
    if held:
        made = dragged(shape, data.draw(st.sampled_from(held)), to, even=even, from_centre=from_centre)
        assert adapter.validate_json(made.model_dump_json()) == made
        assert made.name == shape.name


@given(rectangles, st.integers(0, 3), points)
@quick
def test_a_dragged_corner_lies_where_it_is_dropped_and_the_opposite_one_stays(
    shape: Rectangle, corner: int, to: Any
) -> None:
    there = [h for h in handles(shape) if h.role == "corner"]
    opposite = there[(corner + 2) % 4].at
    after = dragged(shape, there[corner], to)
    at = [h.at for h in handles(after) if h.role == "corner"]
    assert min(math.dist(opposite, place) for place in at) < 0.1
    if min(after.width, after.height) > 1.01:  # else it was held at the smallest size
        assert min(math.dist(to, place) for place in at) < 0.1


@given(rectangles | ellipses, st.integers(0, 3), points)
@quick
def test_a_dragged_side_leaves_the_other_axis_alone(shape: Any, side: int, to: Any) -> None:
    after = dragged(shape, [h for h in handles(shape) if h.role == "side"][side], to)
    names = ("Height", "Width")
    before = {figure.name: figure.value for figure in figures(shape)}
    now = {figure.name: figure.value for figure in figures(after)}
    kept = names[(side + 1) % 2]
    assert now[kept] == pytest.approx(before[kept], abs=0.02)
    assert now["Turn"] == before["Turn"]


def test_a_corner_dragged_evenly_keeps_the_proportions() -> None:
    shape = Rectangle(centre=(0, 0), width=40, height=20)
    corner = next(h for h in handles(shape) if h.role == "corner" and h.number == 2)
    after = dragged(shape, corner, (60, 11), even=True)
    assert (after.width, after.height) == (80, 40)
    assert after.centre == (20, 10)


def test_turning_goes_in_steps_where_it_is_wanted() -> None:
    shape = Ellipse(centre=(10, 10), radius_x=8, radius_y=4)
    turn = next(h for h in handles(shape) if h.role == "turn")
    assert dragged(shape, turn, (30, 12), even=False).angle_deg == pytest.approx(95.71, abs=0.01)
    assert dragged(shape, turn, (30, 12), even=True).angle_deg == 90


@given(shapes)
@quick
def test_typing_the_figures_that_are_there_changes_nothing(shape: Any) -> None:
    for figure in figures(shape):
        assert close(with_figure(shape, figure.name, figure.value), shape)


@given(shapes, st.data(), st.integers(2, 500))
@quick
def test_a_figure_that_is_typed_is_the_one_that_is_read(shape: Any, data: st.DataObject, value: int) -> None:
    figure = data.draw(st.sampled_from(figures(shape)))
    after = with_figure(shape, figure.name, value if figure.unit == "px" else value % 180)
    if after is shape:
        return  # it would have left nothing of the shape, or it has no extent to stretch
    now = next(f.value for f in figures(after) if f.name == figure.name)
    assert now == pytest.approx(value if figure.unit == "px" else value % 180, abs=0.05)


# ---- vertices, finding


@given(polygons | lines | rectangles, st.integers(0, 6), st.floats(0.1, 0.9))
@quick
def test_a_vertex_added_on_an_edge_and_taken_away_changes_nothing(shape: Any, number: int, share: float) -> None:
    corners = points_of(shape)
    edge = number % (len(corners) - (1 if isinstance(shape, Line) else 0))
    (ax, ay), (bx, by) = corners[edge], corners[(edge + 1) % len(corners)]
    xy = (ax + share * (bx - ax), ay + share * (by - ay))
    nearest = nearest_edge(shape, xy)
    assert nearest is not None
    assert nearest[1] < 0.01
    more = with_vertex(shape, xy)
    assert len(points_of(more)) == len(corners) + 1
    back = without_vertex(more, nearest[0] + 1)
    assert np.allclose(points_of(back), corners, atol=0.01)


def test_no_vertex_is_taken_that_is_needed() -> None:
    triangle, line = Polygon(points=((0, 0), (9, 0), (0, 9))), Line(points=((0, 0), (9, 0)))
    assert without_vertex(triangle, 1) is triangle
    assert without_vertex(line, 0) is line


@given(shapes)
@quick
def test_a_shape_is_found_where_it_is_drawn(shape: Any) -> None:
    x, y = outline(shape).interpolate(0.3, normalized=True).coords[0] if not isinstance(shape, Mark) else shape.at
    assert distance_px(shape, (x, y)) < 1e-6
    assert distance_px(shape, (90_000, 90_000)) > 1000
    box = bounds(shape)
    assert lies_in(shape, box)
    assert not lies_in(shape, Bounds(box.x0 + 0.5, box.y0 + 0.5, box.x1, box.y1))


# ---- several


@given(st.lists(shapes, min_size=2, max_size=4), st.sampled_from(["left", "right", "top", "bottom"]))
@quick
def test_aligned_shapes_share_the_outermost_edge(listed: list[Any], how: Any) -> None:
    at = ("left", "top", "right", "bottom").index(how)
    edges = [bounds(shape)[at] for shape in listed]
    wanted = min(edges) if how in ("left", "top") else max(edges)
    assert [bounds(shape)[at] for shape in aligned(listed, how)] == pytest.approx([wanted] * len(listed), abs=0.05)


@given(st.lists(shapes, min_size=3, max_size=6))
@quick
def test_shapes_are_spread_at_equal_distances_between_the_outermost(listed: list[Any]) -> None:
    before = sorted(bounds(shape).centre[0] for shape in listed)
    after = sorted(bounds(shape).centre[0] for shape in spread(listed, "x"))
    assert (after[0], after[-1]) == pytest.approx((before[0], before[-1]), abs=0.05)
    assert np.ptp(np.diff(after)) < 0.2


@pytest.mark.parametrize(
    ("to", "wanted"),
    [("front", [0, 2, 4, 1, 3]), ("back", [1, 3, 0, 2, 4]), ("up", [0, 2, 1, 4, 3]), ("down", [1, 0, 3, 2, 4])],
)
def test_order(to: Any, wanted: list[int]) -> None:
    assert in_order(5, (1, 3), to) == wanted


def test_what_is_in_front_cannot_go_farther() -> None:
    assert in_order(4, (2, 3), "up") == [0, 1, 2, 3]
    assert in_order(4, (0, 1), "down") == [0, 1, 2, 3]


def test_a_free_name_counts_on() -> None:
    assert free_name("nest", ["food"]) == "nest"
    assert free_name("nest", ["nest", "nest 2"]) == "nest 3"
    assert free_name("nest 2", ["nest", "nest 2"]) == "nest 3"


# ---- painting


@given(st.one_of(rectangles, ellipses, painted_shapes, st.builds(Circle, centre=points, radius=sides)), strokes)
@quick
def test_brush_and_eraser_add_and_take_what_they_go_over(shape: Any, way: Any) -> None:
    before, covered = area_of(shape), stroke(*way)
    more = brushed(shape, *way)
    assert more is not None
    slack = 0.4 * (before.length + covered.length) + 10  # as much as simplifying may take away
    assert area_of(more).area == pytest.approx(before.union(covered).area, abs=slack)
    less = erased(shape, *way)
    left = 0.0 if less is None else area_of(less).area
    assert left == pytest.approx(before.difference(covered).area, abs=slack)


def test_an_eraser_inside_makes_a_hole_and_the_brush_fills_it() -> None:
    disc = Circle(name="dish", centre=(50, 50), radius=40)
    ring = erased(disc, [(50, 50)], 10)
    assert isinstance(ring, Painted)
    assert ring.name == "dish"
    assert [len(part.holes) for part in ring.parts] == [1]
    assert not holds(ring, (50, 50))
    assert holds(ring, (50, 70))
    filled = brushed(ring, [(50, 50)], 12)
    assert filled is not None
    assert [len(part.holes) for part in filled.parts] == [0]


def test_an_eraser_that_misses_changes_nothing_and_one_over_all_leaves_nothing() -> None:
    disc = Circle(centre=(50, 50), radius=10)
    assert erased(disc, [(200, 200)], 5) is disc
    assert erased(disc, [(50, 50)], 30) is None


def test_a_long_stroke_stays_small_in_the_file() -> None:
    turns = np.linspace(0, 6 * math.pi, 2000)
    way = [(300 + 8 * t * math.cos(t), 300 + 8 * t * math.sin(t)) for t in turns.tolist()]
    shape = brushed(None, way, 12)
    assert shape is not None
    assert len(shape.model_dump_json()) < 12_000
    shapely_area = area_of(shape).symmetric_difference(shapely.LineString(way).buffer(12)).area
    assert shapely_area < 0.02 * area_of(shape).area


def test_lines_points_and_half_planes_cannot_be_painted() -> None:
    assert not any(
        can_be_painted(shape)
        for shape in (Line(points=((0, 0), (1, 1))), Mark(at=(1, 1)), HalfPlane(start=(0, 0), end=(1, 0)))
    )


# ---- well plates


def test_a_plate_that_lies_straight_takes_two_corner_wells() -> None:
    grid = ArenaGrid(rows=4, columns=6, first=(10, 20), last=(110, 80), width_px=18, height_px=18)
    wells = grid.arenas()
    assert len(wells) == 24
    assert [wells[n].name for n in (0, 1, 6, 23)] == ["A1", "A2", "B1", "D6"]
    assert [wells[n].centre for n in (0, 1, 6, 23)] == [(10, 20), (30, 20), (10, 40), (110, 80)]


@given(turns, st.integers(2, 9), st.integers(2, 13))
@quick
def test_a_plate_that_lies_askew_takes_three(turn: float, rows: int, columns: int) -> None:
    straight = ArenaGrid(
        rows=rows, columns=columns, first=(0, 0), last=(30.0 * (columns - 1), 30.0 * (rows - 1)),
        kind="rectangle", width_px=20, height_px=24,
    )  # fmt: skip
    wanted = [rotated(well, turn, (0, 0)) for well in straight.arenas()]
    corners = [wanted[n].centre for n in (0, columns - 1, len(wanted) - 1)]
    askew = straight.model_copy(update={"first": corners[0], "top_right": corners[1], "last": corners[2]})
    for one, other in zip(askew.arenas(), wanted, strict=True):
        assert one.name == other.name
        assert math.dist(centre(one), centre(other)) < 0.1
        assert abs(math.remainder(one.angle_deg - other.angle_deg, 360)) < 0.2


def test_a_single_row_or_column_goes_from_the_first_to_the_last() -> None:
    row = ArenaGrid(rows=1, columns=3, first=(0, 0), last=(20, 10), width_px=5, height_px=5).arenas()
    column = ArenaGrid(rows=3, columns=1, first=(0, 0), last=(10, 20), width_px=5, height_px=5).arenas()
    assert [well.centre for well in row] == [(0, 0), (10, 5), (20, 10)]
    assert [well.centre for well in column] == [(0, 0), (5, 10), (10, 20)]


def test_wells_beyond_z_go_on_with_two_letters() -> None:
    assert [well_name(row, 0) for row in (0, 25, 26, 27)] == ["A1", "Z1", "AA1", "AB1"]
