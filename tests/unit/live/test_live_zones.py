"""Live counts are those a slow, plain reading of the rules gives."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.analysis import live_zones
from tracker_gui.analysis.live_zones import LineCount, LiveZones
from tracker_gui.analysis.track_table import TrackTable
from tracker_gui.analysis.zone_metrics import measure_lines, measure_zones
from tracker_gui.core.geometry import Circle, Line, Mark, Polygon, Rectangle
from tracker_gui.core.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.types import Tracks

GRACE_S = 0.5
SHAPES = (
    Circle(centre=(100, 100), radius=60),
    Rectangle(centre=(160, 100), width=100, height=60, angle_deg=20),
    Polygon(points=((0, 0), (200, 20), (120, 180))),
)
ZONES = [Zone(name=f"zone {number}", shape=shape) for number, shape in enumerate(SHAPES)]
PLACE = st.one_of(st.none(), st.tuples(st.integers(0, 250), st.integers(0, 250)))
FRAMES = st.lists(
    st.tuples(st.sampled_from([0.02, 0.1, 0.4, 0.7]), st.lists(PLACE, min_size=2, max_size=2)), min_size=1, max_size=40
)


@dataclass
class Plain:
    """One animal in one zone, counted as the rules are read."""

    entries: int = 0
    exits: int = 0
    time_s: float = 0.0
    latency_s: float | None = None
    seen: list[tuple[float, bool]] = field(default_factory=list)

    def see(self, t_s: float, inside: bool) -> None:
        if self.seen:
            before_s, was = self.seen[-1]
            if was:
                self.time_s += min(t_s - before_s, GRACE_S)
            if inside and not was:
                self.entries += 1
                self.latency_s = t_s if self.latency_s is None else self.latency_s
            self.exits += was and not inside
        self.seen.append((t_s, inside))

    def end(self, t_s: float) -> bool:
        """Count up to the newest frame; return whether it is there."""
        if not self.seen or not self.seen[-1][1]:
            return False
        self.time_s += min(t_s - self.seen[-1][0], GRACE_S)
        return t_s - self.seen[-1][0] <= GRACE_S


@given(frames=FRAMES)
@settings(max_examples=80, deadline=None)
def test_counts_are_those_of_a_plain_reading_of_the_rules(
    frames: list[tuple[float, list[tuple[int, int] | None]]], make_tracks: Callable[..., Tracks]
) -> None:
    zones = LiveZones(ZONES, GRACE_S)
    plain = {(zone, animal): Plain() for zone in range(3) for animal in (1, 2)}
    t_s = begin_s = frames[0][0]
    for number, (step_s, places) in enumerate(frames):
        t_s = begin_s if number == 0 else t_s + step_s
        zones.add(t_s, GRACE_S, make_tracks(places))
        for (zone, animal), each in plain.items():
            place = places[animal - 1]
            if place is not None:
                each.see(t_s, bool(SHAPES[zone].contains(np.array([place], np.float64))[0]))
    for zone, figures in enumerate(zones.figures()):
        assert isinstance(figures, live_zones.ZoneFigures)
        assert figures.since_s == begin_s
        listed = {animal.animal_id: animal for animal in figures.animals}
        for animal in (1, 2):
            each = plain[zone, animal]
            there = each.end(t_s)
            if not each.seen:
                assert animal not in listed
                continue
            found = listed[animal]
            assert (found.entries, found.exits, found.present) == (each.entries, each.exits, there)
            assert found.time_s == pytest.approx(each.time_s)
            wanted = None if each.latency_s is None else pytest.approx(each.latency_s - begin_s)
            assert found.latency_s == wanted
        assert figures.entries == sum(plain[zone, animal].entries for animal in (1, 2))


def test_first_seen_inside_is_no_entry_and_a_gap_is_none_either(make_tracks: Callable[..., Tracks]) -> None:
    zones = LiveZones(ZONES[:1], GRACE_S)
    inside, outside = (100, 100), (300, 300)
    for number, place in enumerate([inside, None, inside, outside, None, inside, inside]):
        zones.add(number * 1.0, GRACE_S, make_tracks([place]))
    (figures,) = zones.figures()
    assert isinstance(figures, live_zones.ZoneFigures)
    assert (figures.entries, figures.exits, figures.latency_s) == (1, 1, 5.0)
    assert figures.time_s == pytest.approx(0.5 + 0.5 + 0.5)
    assert figures.present == (1,)


def test_an_animal_that_is_missing_too_long_is_nowhere(make_tracks: Callable[..., Tracks]) -> None:
    zones = LiveZones(ZONES[:1], GRACE_S)
    present = []
    for t_s, place in ((0.0, (100, 100)), (0.4, None), (0.6, None)):
        zones.add(t_s, GRACE_S, make_tracks([place]))
        present.append(zones.figures()[0].present)  # type: ignore[union-attr]
    assert present == [(1,), (1,), ()]


def test_a_zone_that_is_moved_counts_anew_and_the_others_go_on(make_tracks: Callable[..., Tracks]) -> None:
    zones = LiveZones(ZONES, GRACE_S)
    ways = [(300, 300), (100, 100), (300, 300), (100, 100)]
    for number, place in enumerate(ways):
        zones.add(number * 0.1, GRACE_S, make_tracks([place]))
    moved = ZONES[0].model_copy(update={"shape": Circle(centre=(100, 100), radius=61)})
    zones.use([ZONES[2], moved])
    for number, place in enumerate(ways):
        zones.add(0.4 + number * 0.1, GRACE_S, make_tracks([place]))
    kept, new = zones.figures()
    assert (kept.name, kept.since_s, kept.entries) == ("zone 2", 0.0, 4)  # type: ignore[union-attr]
    assert (new.name, new.since_s, new.entries) == ("zone 0", 0.4, 2)  # type: ignore[union-attr]


def test_the_sum_keeps_animals_that_left_the_list(
    make_tracks: Callable[..., Tracks], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_zones, "MOST_ANIMALS", 16)
    zones = LiveZones(ZONES[:1], GRACE_S)
    for number in range(40):
        for step, place in enumerate(((300, 300), (100, 100))):
            zones.add(number + step / 10, GRACE_S, make_tracks([place], ids=[number + 1]))
    (figures,) = zones.figures()
    assert isinstance(figures, live_zones.ZoneFigures)
    assert len(figures.animals) == 16
    assert figures.entries == 40


def crossings(places: list[tuple[float, float] | None], line: list[tuple[float, float]]) -> tuple[int, int]:
    """Return how often an animal crosses a line to the left and to the right; None is a gap."""
    count = LineCount("line", Line(points=tuple(line)), columns=1)
    follows = False
    for number, place in enumerate(places):
        if place is not None:
            column, xy_px = np.zeros(1, np.int64), np.array([place], np.float64)
            count.add(number / 10, np.zeros(1), column, xy_px, [place], np.array([follows]))
        follows = place is not None
    found = count.figures({1: 0}, np.zeros(1, np.bool_))
    assert found.animals == ((1, found.to_left, found.to_right),)
    return found.to_left, found.to_right


UPWARD = [(100.0, 200.0), (100.0, 0.0)]


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ([(150, 100), (50, 100)], (1, 0)),
        ([(50, 100), (150, 100)], (0, 1)),
        ([(50, 100), (100, 100), (150, 100)], (0, 1)),
        ([(50, 100), (100, 100), (50, 90)], (0, 0)),
        ([(50, 100), None, (150, 100)], (0, 0)),
        ([(50, 300), (150, 300)], (0, 0)),
        ([(50, 100), (150, 100), (50, 100), (150, 100)], (1, 2)),
    ],
)
def test_a_line_counts_who_crosses_it_by_direction(
    places: list[tuple[float, float] | None], wanted: tuple[int, int]
) -> None:
    assert crossings(places, UPWARD) == wanted


def test_a_step_through_the_corner_of_a_line_counts_once() -> None:
    assert crossings([(50, 100), (150, 100)], [(100.0, 200.0), (100.0, 100.0), (100.0, 0.0)]) == (0, 1)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
def test_crossings_of_an_endless_line_are_changes_of_side(places: list[tuple[int, int]]) -> None:
    line = [(100.5, 10_000.0), (100.5, -10_000.0)]
    sides = [x > 100.5 for x, _ in places]
    to_right = sum(now and not was for was, now in itertools.pairwise(sides))
    to_left = sum(was and not now for was, now in itertools.pairwise(sides))
    assert crossings(list(places), line) == (to_left, to_right)


@pytest.mark.parametrize("seed", range(5))
def test_live_counts_are_those_of_the_finished_table(seed: int, make_tracks: Callable[..., Tracks]) -> None:
    random = np.random.default_rng(seed)
    frames, animals = 300, 3
    xy_px = np.abs((np.cumsum(random.normal(0, 15, (frames, animals, 2)), axis=0) + 100) % 400 - 200)
    measured = np.repeat(random.random((frames // 5, animals)) < 0.75, 5, axis=0)
    measured[-1] = True
    time_s = np.arange(frames) / 10
    no_heading = np.zeros((frames, animals))
    table = TrackTable(
        np.arange(frames), time_s, (1, 2, 3), xy_px, measured, no_heading, no_heading.astype(np.bool_)
    )  # fmt: skip
    line = Zone(name="line", shape=Line(points=((0, 50), (100, 120), (200, 60))))
    every = [*ZONES, line, Zone(name="point", shape=Mark(at=(5, 5)))]
    live = LiveZones(every, GRACE_S)
    for t_s, places, seen in zip(time_s, xy_px.tolist(), measured, strict=True):
        live.add(t_s, GRACE_S, make_tracks([place if here else None for place, here in zip(places, seen, strict=True)]))
    *areas, counted = live.figures()
    found = {(area.name, each.animal_id): each for area in areas for each in area.animals}  # type: ignore[union-attr]
    measures = measure_zones(table, every, GRACE_S)
    assert len(found) == len(measures) == 9
    for each in measures:
        animal = found[each.zone, each.animal_id]
        assert (animal.entries, animal.exits, animal.latency_s) == (each.entries, each.exits, each.latency_s)
        # The table counts its last frame to the end of it, which is still to come when it is live.
        assert animal.time_s == pytest.approx(each.time_s - (table.frame_s if animal.present else 0.0))
    assert isinstance(counted, live_zones.LineFigures)
    assert counted.animals == tuple((m.animal_id, m.to_left, m.to_right) for m in measure_lines(table, every, GRACE_S))
    assert counted.to_left > 0
