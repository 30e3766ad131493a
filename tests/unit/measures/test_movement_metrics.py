"""Distance, speed, freezing, heading and neighbours, against what can be said without a program."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.analysis.movement_metrics import measure_movement, smooth_way

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.analysis.movement_metrics import AnimalMeasures
    from tracker_gui.analysis.track_table import TrackTable

    Make = Callable[..., TrackTable]

HZ = 10.0
USUAL = MeasureSettings()


def line(frames: int, step_px: float = 2.0, start: float = 0.0) -> list:
    return [(start + step_px * k, 0.0) for k in range(frames)]


def one(make: Make, path: list, settings: MeasureSettings = USUAL, **kwargs: object) -> AnimalMeasures:
    scale = kwargs.pop("mm_per_px", None)
    (found,) = measure_movement(make([path], **kwargs), settings, scale)
    return found


def test_a_straight_way_has_its_length_and_speed(make_table: Make) -> None:
    found = one(make_table, line(51))
    assert found.distance_px == pytest.approx(100.0)
    assert found.mean_speed_px_s == pytest.approx(20.0)
    assert found.max_speed_px_s == pytest.approx(20.0)


def test_a_circle_keeps_its_length_though_it_is_smoothed(make_table: Make) -> None:
    turns = [(40 * math.cos(k / 15), 40 * math.sin(k / 15)) for k in range(200)]
    assert one(make_table, turns).distance_px == pytest.approx(40 * 199 / 15, rel=0.002)


def test_jitter_of_an_animal_at_rest_adds_up_to_less_than_half_of_its_steps(make_table: Make) -> None:
    rng = np.random.default_rng(3)
    path = [tuple(place) for place in rng.normal(50, 0.2, (600, 2))]
    raw = np.hypot(*np.diff(np.array(path), axis=0).T).sum()
    smooth = MeasureSettings(smoothing_s=0.5)
    assert one(make_table, path, smooth, rate_hz=30.0).distance_px < raw / 2


def test_speed_follows_uneven_time_stamps(make_table: Make) -> None:
    times_s = np.cumsum(np.random.default_rng(1).uniform(0.02, 0.2, 60))
    path = [(30.0 * t, -40.0 * t) for t in times_s]
    found = one(make_table, path, times_s=times_s.tolist())
    assert found.mean_speed_px_s == pytest.approx(50.0)
    assert found.max_speed_px_s == pytest.approx(50.0)


def test_a_leap_over_a_long_gap_is_neither_way_nor_speed(make_table: Make) -> None:
    found = one(make_table, line(20) + [None] * 10 + line(20, start=500.0))
    assert found.distance_px == pytest.approx(2 * 38.0)
    assert found.max_speed_px_s == pytest.approx(20.0)


def test_a_short_gap_is_bridged_in_a_straight_line(make_table: Make) -> None:
    path = line(20)
    path[8:11] = [None] * 3
    assert one(make_table, path).distance_px == pytest.approx(38.0)


def test_an_animal_that_is_never_seen_has_no_speed(make_table: Make) -> None:
    found = one(make_table, [None] * 9)
    assert (found.distance_px, found.mean_speed_px_s, found.max_speed_px_s, found.known_s) == (0.0, None, None, 0.0)
    assert (found.found_share_01, found.freezing, found.mean_heading_deg) == (0.0, (), None)


def test_a_single_sighting_is_a_place_without_a_speed(make_table: Make) -> None:
    found = one(make_table, [None, (3.0, 4.0), None, None])
    assert (found.distance_px, found.max_speed_px_s) == (0.0, None)
    way = smooth_way(make_table([[None, (3.0, 4.0), None]]), 0, 0.2, 0.5)
    assert way.xy_px.tolist() == [[3.0, 4.0]]


def test_freezing_is_from_the_lower_threshold_to_the_upper_one(make_table: Make) -> None:
    # 20 px/s, then at rest, then 6.5 px/s (between the thresholds), then 20 px/s again
    path = line(20)
    path += [path[-1]] * 20
    path += [(path[-1][0] + 0.65 * k, 0.0) for k in range(1, 21)]
    path += [(path[-1][0] + 2.0 * k, 0.0) for k in range(1, 21)]
    (bout,) = one(make_table, path).freezing
    assert bout.start_s == pytest.approx(2.0, abs=0.11)
    assert bout.end_s == pytest.approx(6.0, abs=0.11)


def test_a_short_rest_is_no_freezing(make_table: Make) -> None:
    path = line(20)
    path += [path[-1]] * 8
    path += [(path[-1][0] + 2.0 * k, 0.0) for k in range(1, 21)]
    assert one(make_table, path).freezing == ()


def test_a_missing_animal_does_not_freeze(make_table: Make) -> None:
    path = line(20) + [None] * 50 + line(20, start=40.0)
    assert one(make_table, path).freezing == ()


def test_with_a_scale_the_thresholds_of_freezing_are_millimetres(make_table: Make) -> None:
    slow = [(0.3 * k, 0.0) for k in range(40)]  # 3 px/s
    assert len(one(make_table, slow).freezing) == 1
    assert one(make_table, slow, mm_per_px=10.0).freezing == ()


def test_the_heading_is_the_way_it_goes_where_none_was_tracked(make_table: Make) -> None:
    found = one(make_table, [(10.0, 5.0 * k) for k in range(20)])
    assert (found.heading_of, found.mean_heading_deg) == ("way", pytest.approx(90.0))
    assert found.heading_strength_01 == pytest.approx(1.0)


def test_distances_to_others_leave_out_who_is_missing(make_table: Make) -> None:
    table = make_table([[(0, 0)] * 4, [(3, 4)] * 4, [(0, 100), (0, 100), None, None]])
    first, second, third = measure_movement(table, USUAL)
    assert first.nearest_px == pytest.approx(5.0)
    assert first.others_px == pytest.approx((2 * (5 + 100) / 2 + 2 * 5) / 4)
    assert third.nearest_px == pytest.approx(math.hypot(3, 96))
    assert second.nearest_px == pytest.approx(5.0)


def test_one_animal_alone_has_no_neighbour(make_table: Make) -> None:
    assert one(make_table, line(5)).nearest_px is None


def test_animals_in_separate_arenas_have_no_distance(make_table: Make) -> None:
    table = make_table([[(0, 0)] * 3, [(3, 4)] * 3, [(0, 1)] * 3])
    first, _, alone = measure_movement(table, USUAL, arena_of={1: "A", 2: "A", 3: "B"})
    assert first.nearest_px == pytest.approx(5.0)
    assert (alone.nearest_px, alone.others_px) == (None, None)
