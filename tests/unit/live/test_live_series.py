"""Series of every tracked frame: an animal that is missing leaves a gap, never a position."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.analysis.live_series import MOST_ANIMALS, FreezingRule, LiveSeries
from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.analysis.walls import distance_to
from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Painted, PaintedPart, Polygon, Rectangle
from tracker_gui.core.types import Motion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.core.types import Tracks

PLACE = st.one_of(st.none(), st.tuples(st.floats(0, 400), st.floats(0, 300)))
SQUARE = Rectangle(centre=(100, 100), width=80, height=80)


def column(series: LiveSeries, name: str, target: Any = None) -> np.ndarray:
    return series.excerpt([(name, target)], -1.0, 0).low[:, 0]


def fed(frames: Sequence[Any], make_tracks: Callable[..., Tracks], rate_hz: float = 10.0) -> LiveSeries:
    series = LiveSeries()
    for number, places in enumerate(frames):
        series.add(number / rate_hz, make_tracks(places))
    return series


@given(frames=st.lists(st.lists(PLACE, min_size=3, max_size=3), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_every_series_is_what_a_plain_loop_makes_of_the_frames(
    frames: list[list[tuple[float, float] | None]], make_tracks: Callable[..., Tracks]
) -> None:
    series = LiveSeries()
    series.choose_pairs([(1, 3)])
    series.choose_places({"square": SQUARE})
    for number, places in enumerate(frames):
        series.add(number / 10, make_tracks(places))
    expected: dict[tuple[str, Any], list[float]] = {}
    for places in frames:
        here = {number: place for number, place in enumerate(places, 1) if place is not None}
        expected.setdefault(("count", None), []).append(len(here))
        between = math.dist(here[1], here[3]) if {1, 3} <= here.keys() else math.nan
        expected.setdefault(("pair", (1, 3)), []).append(between)
        for animal in (1, 2, 3):
            x, y = here.get(animal, (math.nan, math.nan))
            others = [math.dist(place, (x, y)) for other, place in here.items() if other != animal]
            nearest = min(others) if animal in here and others else math.nan
            for name, value in (("x", x), ("y", y), ("nearest", nearest)):
                expected.setdefault((name, animal), []).append(value)
            expected.setdefault(("state", animal), []).append(0 if animal in here else 3)
            wall = distance_to(SQUARE)(np.array([[x, y]]))[0] if animal in here else math.nan
            expected.setdefault(("place", ("square", animal)), []).append(wall)
    for (name, target), values in expected.items():
        np.testing.assert_allclose(column(series, name, target), values, rtol=1e-5, atol=1e-3, err_msg=f"{name}")


def test_speed_is_that_of_the_last_fifth_of_a_second_and_unknown_beside_a_gap(
    make_tracks: Callable[..., Tracks],
) -> None:
    way = [(3.0 * number, 4.0 * number) for number in range(20)]
    frames: list[Any] = [[place] for place in way]
    frames[10] = [None]
    speed = column(fed(frames, make_tracks), "speed", 1)
    known = np.isfinite(speed)
    np.testing.assert_allclose(speed[known], 50.0, rtol=1e-5)  # 5 px in each of ten frames per second
    assert np.flatnonzero(~known).tolist() == [0, 10, 12]


def test_the_trackers_own_speed_and_heading_are_taken_where_they_are_known(make_tracks: Callable[..., Tracks]) -> None:
    series = LiveSeries()
    motion = Motion(
        np.array([12.0, 99.0]), np.array([True, False]), np.array([math.pi / 2, 1.0]), np.array([True, False])
    )
    series.add(0.0, make_tracks([(1, 1), (2, 2)]), motion)
    series.add(0.1, make_tracks([None, (2, 2)]), motion)
    np.testing.assert_array_equal(column(series, "speed", 1), [12.0, np.nan])
    np.testing.assert_allclose(column(series, "heading", 1), [90.0, np.nan], rtol=1e-6)
    assert np.isnan(column(series, "speed", 2)).all()
    assert np.isnan(column(series, "heading", 2)).all()


def test_freezing_begins_after_its_time_and_ends_above_the_other_speed(make_tracks: Callable[..., Tracks]) -> None:
    series = LiveSeries(FreezingRule(below_px_s=5, above_px_s=8, least_s=1.0))
    speeds = [20.0] * 5 + [2.0] * 15 + [6.0] * 5 + [20.0] * 5
    for number, speed in enumerate(speeds):
        motion = Motion(np.array([speed]), np.array([True]), np.zeros(1), np.zeros(1, np.bool_))
        series.add(number / 10, make_tracks([(1, 1)]), motion)
    frozen = column(series, "frozen", 1)
    assert frozen.tolist() == [0.0] * 15 + [1.0] * 10 + [0.0] * 5
    assert column(series, "activity").tolist() == [100.0] * 5 + [0.0] * 20 + [100.0] * 5


def test_a_time_without_frames_is_a_gap(make_tracks: Callable[..., Tracks]) -> None:
    series = fed([[(1, 1)]] * 5, make_tracks)
    series.break_off(3.0)
    series.add(6.0, make_tracks([(2, 2)]))
    assert np.isnan(column(series, "x", 1)).tolist() == [False] * 5 + [True, False]
    assert np.isnan(column(series, "count")).tolist() == [False] * 5 + [True, False]


def test_a_distance_chosen_late_is_made_up_for(make_tracks: Callable[..., Tracks]) -> None:
    frames = [[(float(number), 0.0), (0.0, 0.0)] for number in range(30)]
    series = fed(frames, make_tracks)
    series.choose_pairs([(1, 2)])
    series.choose_places({"square": SQUARE})
    series.add(3.0, make_tracks([(30.0, 0.0), (0.0, 0.0)]))
    np.testing.assert_allclose(column(series, "pair", (1, 2)), np.arange(31))
    assert np.isfinite(column(series, "place", ("square", 1))).all()
    series.choose_pairs([])
    assert not series.has(("pair", (1, 2)))


def test_a_column_that_was_given_up_comes_back_empty(make_tracks: Callable[..., Tracks]) -> None:
    series = fed([[(1.0, 0.0), None]] * 30, make_tracks)
    series.choose_places({"square": SQUARE})
    series.choose_places({})
    series.choose_pairs([(1, 2)])
    assert np.isnan(column(series, "pair", (1, 2))).all()


def test_a_new_animal_gets_the_columns_of_the_one_that_is_gone_longest(make_tracks: Callable[..., Tracks]) -> None:
    series = LiveSeries()
    for number in range(MOST_ANIMALS + 5):
        series.add(number / 10, make_tracks([(float(number), 5.0)], ids=[number + 1]))
    assert sorted(series.ids) == list(range(6, MOST_ANIMALS + 6))
    newest = column(series, "x", MOST_ANIMALS + 5)
    assert newest[-1] == MOST_ANIMALS + 4
    assert np.isnan(newest[:-1]).all()
    assert not series.has(("x", 1))


def test_what_is_known_of_an_animal_survives_the_coming_of_another(make_tracks: Callable[..., Tracks]) -> None:
    series = LiveSeries(FreezingRule(least_s=0.5))
    for number in range(20):
        alone = number < 10
        tracks = make_tracks([(50, 50)], ids=[4]) if alone else make_tracks([(9, 9), (50, 50)], ids=[2, 4])
        series.add(number / 10, tracks)
    assert (column(series, "speed", 4)[2:] == 0).all()
    assert column(series, "frozen", 4)[-8:].tolist() == [1.0] * 8


@pytest.mark.parametrize(
    ("shape", "place", "wanted"),
    [
        (Circle(centre=(100, 100), radius=50), (100, 120), 30.0),
        (Rectangle(centre=(100, 100), width=80, height=40, angle_deg=90), (100, 170), 30.0),
        (Ellipse(centre=(100, 100), radius_x=80, radius_y=40, angle_deg=90), (100, 210), 30.0),
        (Polygon(points=((0, 0), (100, 0), (100, 100), (0, 100))), (50, 130), 30.0),
        (HalfPlane(start=(0, 10), end=(10, 10)), (500, 40), 30.0),
        (Line(points=((0, 0), (100, 0))), (50, 30), 30.0),
        (Mark(at=(50, 0)), (50, 30), 30.0),
        (Painted(parts=(PaintedPart(outline=((0, 0), (100, 0), (100, 100), (0, 100))),)), (50, 130), 30.0),
    ],
)
def test_the_distance_to_a_shape_is_that_to_its_border(shape: Any, place: tuple[float, float], wanted: float) -> None:
    assert distance_to(shape)(np.array([place], np.float64))[0] == pytest.approx(wanted, abs=0.1)


def test_the_nearest_animal_is_one_of_the_same_arena(make_tracks: Callable[..., Tracks]) -> None:
    series = LiveSeries(arena_of={1: "a", 2: "a", 3: "b", 4: "c"})
    series.add(0.0, make_tracks([(0, 0), (100, 0), (10, 0), (20, 0)]))
    assert column(series, "nearest", 1).tolist() == [100.0]
    assert np.isnan(column(series, "nearest", 3)).all()


def test_freezing_is_judged_in_millimetres_where_there_is_a_scale() -> None:
    assert FreezingRule.of(MeasureSettings(), None) == FreezingRule()
    assert FreezingRule.of(MeasureSettings(), 0.5) == FreezingRule(10.0, 16.0, 1.0)
