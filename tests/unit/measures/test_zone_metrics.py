"""Entries, visits and times in zones, and what a missing animal must not do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tracker_gui.analysis.track_table import sightings
from tracker_gui.analysis.zone_metrics import Visit, line_crossings, measure_lines, measure_zones
from tracker_gui.core.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.analysis.track_table import TrackTable
    from tracker_gui.analysis.zone_metrics import ZoneMeasures

    Make = Callable[..., TrackTable]

IN, OUT, GONE = (0.0, 0.0), (50.0, 0.0), None
NEST = Zone.model_validate({"name": "nest", "shape": {"kind": "circle", "centre": [0, 0], "radius": 10}})


def measured(make: Make, path: list, grace_s: float = 0.5, **kwargs: object) -> ZoneMeasures:
    (found,) = measure_zones(make([path], **kwargs), [NEST], grace_s)
    return found


def test_an_entry_is_from_outside_to_inside_and_an_exit_back(make_table: Make) -> None:
    found = measured(make_table, [OUT, IN, IN, OUT, OUT, IN])
    assert (found.entries, found.exits) == (2, 1)
    assert found.time_s == pytest.approx(0.3)
    assert found.latency_s == pytest.approx(0.1)


def test_visits_have_their_start_and_end(make_table: Make) -> None:
    found = measured(make_table, [OUT, IN, IN, OUT, IN])
    assert [(round(v.start_s, 6), round(v.end_s, 6), v.entered, v.left) for v in found.visits] == [
        (0.1, 0.3, True, True), (0.4, 0.5, True, False),
    ]  # fmt: skip


def test_inside_on_the_first_frame_is_no_entry_but_counts_as_time(make_table: Make) -> None:
    found = measured(make_table, [IN, IN, OUT])
    assert (found.entries, found.exits, found.inside_at_start, found.latency_s) == (0, 1, True, None)
    assert found.time_s == pytest.approx(0.2)
    assert found.visits == (Visit(0.0, pytest.approx(0.2), entered=False, left=True),)


def test_first_seen_inside_late_is_no_entry(make_table: Make) -> None:
    found = measured(make_table, [GONE] * 20 + [IN] * 3)
    assert (found.entries, found.time_s) == (0, pytest.approx(0.3))
    assert found.share_01 == 1.0


def test_a_short_gap_inside_is_held(make_table: Make) -> None:
    found = measured(make_table, [OUT, IN, GONE, GONE, IN, OUT])
    assert (found.entries, found.exits, len(found.visits)) == (1, 1, 1)
    assert found.time_s == pytest.approx(0.4)


def test_a_long_gap_inside_ends_the_visit_and_makes_no_entry(make_table: Make) -> None:
    found = measured(make_table, [OUT, IN] + [GONE] * 10 + [IN, OUT])
    assert (found.entries, found.exits) == (1, 1)
    assert [(round(v.start_s, 6), round(v.end_s, 6), v.entered, v.left) for v in found.visits] == [
        (0.1, 0.6, True, False), (1.2, 1.3, False, True),
    ]  # fmt: skip
    assert found.time_s == pytest.approx(0.6)


def test_found_inside_after_it_was_lost_outside_has_entered_when_it_is_seen(make_table: Make) -> None:
    found = measured(make_table, [OUT] + [GONE] * 10 + [IN])
    assert (found.entries, found.latency_s) == (1, pytest.approx(1.1))
    assert found.time_s == pytest.approx(0.1)


def test_an_animal_that_is_never_seen_does_nothing(make_table: Make) -> None:
    found = measured(make_table, [GONE] * 5)
    assert (found.entries, found.exits, found.time_s, found.share_01, found.visits) == (0, 0, 0.0, None, ())


def test_a_grace_time_of_zero_still_holds_to_the_next_frame(make_table: Make) -> None:
    assert measured(make_table, [OUT, IN, IN, OUT], grace_s=0.0).time_s == pytest.approx(0.2)


def test_one_frame_a_second_is_not_cut_by_the_grace_time(make_table: Make) -> None:
    assert measured(make_table, [OUT, IN, IN, OUT], rate_hz=1.0).time_s == pytest.approx(2.0)


def test_times_are_those_of_the_time_stamps(make_table: Make) -> None:
    uneven = [0.0, 0.1, 0.15, 0.4, 0.5]
    assert measured(make_table, [OUT, IN, IN, OUT, OUT], times_s=uneven).time_s == pytest.approx(0.3)


def test_a_recording_that_begins_late_has_its_latency_from_its_first_frame(make_table: Make) -> None:
    assert measured(make_table, [OUT, OUT, IN], times_s=[7.0, 7.1, 7.2]).latency_s == pytest.approx(0.2)


def test_every_animal_and_every_zone_has_its_measures(make_table: Make) -> None:
    far = Zone.model_validate({"name": "far", "shape": {"kind": "circle", "centre": [50, 0], "radius": 10}})
    found = measure_zones(make_table([[IN, OUT], [OUT, OUT]]), [NEST, far])
    assert [(m.zone, m.animal_id, m.entries) for m in found] == [
        ("nest", 1, 0), ("nest", 2, 0), ("far", 1, 1), ("far", 2, 0),
    ]  # fmt: skip


# ---- lines

UPWARD = np.array([[0.0, 10.0], [0.0, -10.0]])


def crossed(make: Make, path: list, line: np.ndarray = UPWARD) -> list[float]:
    table = make([path])
    seen = sightings(table, 0, 0.5)
    return line_crossings(table.xy_px[seen.row, 0], seen, line).tolist()


def test_a_crossing_has_its_side(make_table: Make) -> None:
    # Who walks along this line walks up the screen, and has the smaller x on the left.
    assert crossed(make_table, [(5, 0), (-5, 0), (-6, 0), (5, 1)]) == [0, 1, 0, -1]


def test_a_step_past_the_end_of_a_line_crosses_nothing(make_table: Make) -> None:
    assert crossed(make_table, [(5, 20), (-5, 20)]) == [0, 0]


def test_touching_a_line_and_turning_back_is_no_crossing(make_table: Make) -> None:
    assert crossed(make_table, [(5, 0), (0, 0), (5, 0)]) == [0, 0, 0]


def test_a_stop_on_the_line_is_one_crossing(make_table: Make) -> None:
    assert crossed(make_table, [(5, 0), (0, 0), (-5, 0)]) == [0, 0, 1]


def test_a_step_through_a_corner_of_a_line_counts_once(make_table: Make) -> None:
    bent = np.array([[0.0, 10.0], [0.0, 0.0], [3.0, -10.0]])
    assert crossed(make_table, [(5, 0), (-5, 0)], bent) == [0, 1]


def test_nobody_knows_where_a_lost_animal_went(make_table: Make) -> None:
    assert crossed(make_table, [(5, 0)] + [None] * 10 + [(-5, 0)]) == [0, 0]


def test_lines_are_counted_apart_from_zones_and_points_are_neither(make_table: Make) -> None:
    zones = [
        Zone.model_validate({"name": "door", "shape": {"kind": "line", "points": [[0, 10], [0, -10]]}}),
        Zone.model_validate({"name": "feeder", "shape": {"kind": "mark", "at": [0, 0]}}),
        NEST,
    ]
    table = make_table([[(5, 0), (-5, 0), (-6, 0), (5, 1)], [(50, 0)] * 4])
    assert [(m.line, m.animal_id, m.to_left, m.to_right) for m in measure_lines(table, zones)] == [
        ("door", 1, 1, 1), ("door", 2, 0, 0),
    ]  # fmt: skip
    assert {m.zone for m in measure_zones(table, zones)} == {"nest"}
    assert measure_lines(table, zones)[0].latency_s == pytest.approx(0.1)
    assert measure_lines(table, zones)[1].latency_s is None
