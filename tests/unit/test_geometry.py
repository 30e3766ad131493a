"""Rectangles of pixels and drawn shapes."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Polygon, Rect, Rectangle, Shape

SIZE_PX = (47, 33)
shape_adapter: TypeAdapter[Shape] = TypeAdapter(Shape)

small = st.integers(-30, 60)
rects = st.builds(lambda x, y, w, h: Rect(x, y, x + w, y + h), small, small, st.integers(0, 40), st.integers(0, 40))
filled_rects = rects.filter(lambda rect: rect.area_px2 > 0)
# Halves and whole numbers too: most drawn points lie exactly on pixel centres or borders.
coordinates = st.one_of(st.integers(-20, 70).map(float), st.integers(-40, 140).map(lambda v: v / 2), st.floats(-20, 70))
points = st.tuples(coordinates, coordinates)
lengths = st.one_of(st.integers(1, 60).map(float), st.floats(0.1, 60))
angles = st.one_of(st.sampled_from([0.0, 45.0, 90.0, -180.0]), st.floats(-360, 360))
shapes = st.one_of(
    st.builds(Rectangle, centre=points, width=lengths, height=lengths, angle_deg=angles),
    st.builds(Circle, centre=points, radius=lengths),
    st.builds(Ellipse, centre=points, radius_x=lengths, radius_y=lengths, angle_deg=angles),
    st.builds(Polygon, points=st.lists(points, min_size=3, max_size=8).map(tuple)),
    st.tuples(points, points).filter(lambda p: p[0] != p[1]).map(lambda p: HalfPlane(start=p[0], end=p[1])),
)


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x0, rect.x1) for y in range(rect.y0, rect.y1)}


@given(rects, rects)
def test_clip_holds_exactly_the_common_pixels(a: Rect, b: Rect) -> None:
    assert pixels(a.clip(b)) == pixels(a) & pixels(b)


@given(rects, rects)
def test_clip_is_never_reversed(a: Rect, b: Rect) -> None:
    clipped = a.clip(b)
    assert clipped.x0 <= clipped.x1
    assert clipped.y0 <= clipped.y1


@given(filled_rects, filled_rects)
def test_rectangles_overlap_when_they_share_a_pixel(a: Rect, b: Rect) -> None:
    assert a.overlaps(b) == bool(pixels(a) & pixels(b))


@given(filled_rects, filled_rects)
def test_rectangle_contains_another_when_it_has_all_its_pixels(a: Rect, b: Rect) -> None:
    assert a.contains(b) == (pixels(b) <= pixels(a))


@given(filled_rects, filled_rects)
def test_union_is_the_smallest_rectangle_that_contains_both(a: Rect, b: Rect) -> None:
    union = a.union(b)
    assert union.contains(a)
    assert union.contains(b)
    assert (union.x0, union.y0) == (min(a.x0, b.x0), min(a.y0, b.y0))
    assert (union.x1, union.y1) == (max(a.x1, b.x1), max(a.y1, b.y1))


@given(rects, st.integers(0, 20))
def test_growing_adds_the_margin_on_every_side(rect: Rect, margin_px: int) -> None:
    grown = rect.grow(margin_px)
    assert (grown.width, grown.height) == (rect.width + 2 * margin_px, rect.height + 2 * margin_px)
    assert grown.contains(rect)


@given(st.data())
def test_slices_find_a_rectangle_in_an_array_that_starts_elsewhere(data: st.DataObject) -> None:
    origin = data.draw(filled_rects)
    x0 = data.draw(st.integers(origin.x0, origin.x1 - 1))
    y0 = data.draw(st.integers(origin.y0, origin.y1 - 1))
    rect = Rect(x0, y0, data.draw(st.integers(x0 + 1, origin.x1)), data.draw(st.integers(y0 + 1, origin.y1)))
    ys, xs = np.mgrid[origin.y0 : origin.y1, origin.x0 : origin.x1]
    assert xs[rect.slices(origin)].tolist() == [list(range(rect.x0, rect.x1))] * rect.height
    assert ys[rect.slices(origin)][:, 0].tolist() == list(range(rect.y0, rect.y1))


@given(shapes)
@settings(deadline=None)
def test_mask_is_white_at_exactly_the_pixel_centres_inside(shape: Shape) -> None:
    width, height = SIZE_PX
    ys, xs = np.mgrid[:height, :width]
    inside = shape.contains(np.stack([xs.ravel(), ys.ravel()], axis=1).astype(float)).reshape(height, width)
    np.testing.assert_array_equal(shape.mask(SIZE_PX), np.where(inside, 255, 0))


@given(shapes)
def test_shape_survives_json(shape: Shape) -> None:
    assert shape_adapter.validate_python(json.loads(shape.model_dump_json())) == shape


def inside(shape: Shape, *xy: tuple[float, float]) -> list[bool]:
    return shape.contains(np.array(xy, float)).tolist()


def test_rectangle_ends_at_half_its_sides() -> None:
    rectangle = Rectangle(centre=(10, 20), width=8, height=4)
    assert inside(rectangle, (14, 22), (14.1, 20), (10, 22.1)) == [True, False, False]


def test_positive_angle_turns_clockwise_on_the_screen() -> None:
    bar = Rectangle(centre=(0, 0), width=20, height=2, angle_deg=45)
    assert inside(bar, (6, 6), (6, -6)) == [True, False]


def test_circle_includes_its_border() -> None:
    assert inside(Circle(centre=(0, 0), radius=5), (3, 4), (3.01, 4)) == [True, False]


def test_turned_ellipse_is_long_along_its_turned_axis() -> None:
    upright = Ellipse(centre=(0, 0), radius_x=10, radius_y=3, angle_deg=90)
    assert inside(upright, (0, 9.9), (9.9, 0), (2.9, 0)) == [True, False, True]


def test_polygon_includes_its_border_and_not_its_notch() -> None:
    notched = Polygon(points=((0, 0), (10, 0), (10, 10), (5, 5), (0, 10)))
    assert inside(notched, (0, 0), (5, 5), (5, 8), (2, 5)) == [True, True, False, True]


def test_polygon_that_crosses_itself_holds_both_wings() -> None:
    bow = Polygon(points=((0, 0), (10, 10), (10, 0), (0, 10)))
    assert inside(bow, (1, 5), (9, 5), (5, 1)) == [True, True, False]


def test_polygon_without_an_area_holds_only_its_line() -> None:
    line = Polygon(points=((0, 0), (5, 5), (10, 10)))
    assert inside(line, (5, 5), (5, 6)) == [True, False]


def test_half_plane_is_on_the_left_of_the_arrow() -> None:
    to_the_right = HalfPlane(start=(0, 10), end=(20, 10))
    assert inside(to_the_right, (5, 9), (5, 10), (5, 11)) == [True, True, False]


def test_half_plane_without_a_direction_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs two different points"):
        HalfPlane(start=(3, 3), end=(3, 3))


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "circle", "centre": [1, 1], "radius": 0},
        {"kind": "circle", "centre": [1, math.nan], "radius": 4},
        {"kind": "rectangle", "centre": [1, 1], "width": 4, "height": -1},
        {"kind": "polygon", "points": [[0, 0], [1, 1]]},
        {"kind": "triangle", "points": [[0, 0], [1, 1], [2, 0]]},
        {"kind": "circle", "centre": [1, 1], "radius": 4, "colour": "red"},
    ],
    ids=["radius 0", "nan", "side below 0", "two points", "unknown kind", "unknown key"],
)
def test_shape_that_makes_no_sense_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        shape_adapter.validate_python(broken)
