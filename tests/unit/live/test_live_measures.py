"""What is measured while a source plays begins anew where frames do not follow on, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracker_gui.analysis.heat_map import HeatMap
from tracker_gui.core.geometry import Circle
from tracker_gui.core.preset import Preset
from tracker_gui.core.zones import Zone
from tracker_gui.engine.live_measures import LiveMeasures
from tracker_gui.engine.screen_feed import ScreenFeed
from tracker_gui.engine.trails import MOST_POINTS, Trails

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tracker_gui.core.types import Snapshot, Tracks

    Make = Callable[..., Snapshot]


def frames_of(measures: LiveMeasures) -> int:
    span = measures.span()
    return 0 if span is None else span.frames


def test_every_frame_is_measured_from_the_first_on(make_snapshot: Make) -> None:
    measures = LiveMeasures()
    for index in range(20):
        measures.see(make_snapshot(index, [(index, 5.0)]))
    span = measures.span()
    assert span is not None
    assert (span.begin_s, span.end_s, span.frames) == (0.0, 1.9, 20)
    assert measures.excerpt([("x", 1)], None, 0).low[:, 0].tolist() == list(range(20))


def test_looking_at_single_frames_leaves_what_was_measured(make_snapshot: Make) -> None:
    measures = LiveMeasures()
    for index in range(20):
        measures.see(make_snapshot(index, [(index, 5.0)]))
    for index in (3, 17, 5):
        measures.break_off()
        measures.see(make_snapshot(index, [(index, 5.0)]))
    assert frames_of(measures) == 20
    measures.see(make_snapshot(6, [(6, 5.0)]))
    assert measures.excerpt([("x", 1)], None, 0).low[:, 0].tolist() == [5.0, 6.0]


def test_a_clock_that_goes_back_and_another_number_of_animals_begin_anew(make_snapshot: Make) -> None:
    measures = LiveMeasures()
    for index in (10, 11, 12, 4, 5, 6, 7):
        measures.see(make_snapshot(index, [(1.0, 1.0)]))
    assert frames_of(measures) == 4
    for index in (8, 9):
        measures.see(make_snapshot(index, [(1.0, 1.0), (2.0, 2.0)]))
    assert frames_of(measures) == 2
    assert measures.animals() == (1, 2)


def test_a_camera_that_was_away_leaves_a_gap_in_every_plot(make_snapshot: Make) -> None:
    measures = LiveMeasures()
    times_s = [0.0, 0.1, 0.2, 5.0, 5.1]
    for index, t_s in enumerate(times_s):
        measures.see(make_snapshot(index, [(1.0, 1.0)], t_s))
    found = measures.excerpt([("x", 1), ("count", None)], None, 0)
    assert np.isnan(found.low[:, 0]).tolist() == [False, False, False, True, False, False]
    assert np.isnan(found.low[:, 1]).tolist() == [False, False, False, True, False, False]


def test_one_frame_per_second_is_no_gap(make_snapshot: Make) -> None:
    measures = LiveMeasures()
    measures.use(Preset(zones=(Zone(name="here", shape=Circle(centre=(1, 1), radius=5)),)))
    for index in range(30):
        measures.see(make_snapshot(index, [(1.0, 1.0)], float(index)))
    (figures,) = measures.zone_figures()
    # The first two steps are held for no longer than the grace time: the rate is not known before.
    assert figures.time_s >= 28.0  # type: ignore[union-attr]


def test_what_was_chosen_stays_chosen_when_it_begins_anew(make_snapshot: Make) -> None:
    measures = LiveMeasures()
    measures.choose([(1, 2)], {"nest": Circle(centre=(0, 0), radius=10)})
    for index in (5, 6, 0, 1, 2):
        measures.see(make_snapshot(index, [(30.0, 0.0), (0.0, 40.0)]))
    found = measures.excerpt([("pair", (1, 2)), ("place", ("nest", 1))], None, 0)
    np.testing.assert_allclose(found.low, [[50.0, 20.0]] * 3)


def test_a_watcher_that_fails_is_left_out_and_the_picture_goes_on(
    make_snapshot: Make, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(LiveMeasures):
        def see(self, snapshot: Snapshot) -> None:
            raise ZeroDivisionError

    measures = LiveMeasures()
    feed = ScreenFeed(lambda: None, [Broken(), measures])
    for index in range(3):
        feed.offer(make_snapshot(index, [(1.0, 1.0)]), now=True)
    assert feed.take() is not None
    assert frames_of(measures) == 3
    assert caplog.text.count("Broken failed") == 1


def test_a_heat_map_adds_up_the_time_in_each_cell(make_tracks: Callable[..., Tracks]) -> None:
    heat = HeatMap((400, 300))
    for places in ([(10.0, 10.0), None], [(10.0, 10.0), (399.4, 299.4)], [(-5.0, 10.0), (500.0, 10.0)]):
        heat.add(0.5, make_tracks(places))
    seconds = heat.seconds()
    cell = int(10.5 / heat.cell_px)
    assert seconds[cell, cell] == 1.0
    assert seconds[-1, -1] == 0.5
    assert seconds.sum() == 1.5
    assert heat.seconds(2).sum() == 0.5


def test_a_long_trail_keeps_its_ends_and_not_every_place(make_snapshot: Make) -> None:
    trails = Trails()
    trails.length_s = 60.0
    for index in range(3000):
        trails.add(make_snapshot(index, [(index / 10, 5.0)], index / 60))
    (trail,) = trails.shown()
    (part,) = trail.parts
    assert len(part) <= MOST_POINTS
    assert part[0, 0] == 0.0
    assert part[-1, 0] == 299.9


def test_no_trail_is_longer_than_was_chosen(make_snapshot: Make) -> None:
    trails = Trails()
    trails.length_s = 1.0
    places: list[Any] = [[(float(index), 5.0)] for index in range(50)]
    for index, each in enumerate(places):
        trails.add(make_snapshot(index, each))
    (trail,) = trails.shown()
    assert trail.parts[0][:, 0].tolist() == [float(x) for x in range(40, 50)]
