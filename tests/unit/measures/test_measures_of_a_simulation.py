"""What is measured on tracks of a simulated scene is what really happened there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.analysis.movement_metrics import measure_movement
from tracker_gui.analysis.track_table import read_tidy, table_of
from tracker_gui.analysis.zone_metrics import measure_zones
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.zones import Zone
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.simulate.arena import Arena

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.analysis.track_table import TrackTable
    from tracker_gui.core.arrays import F64
    from tracker_gui.core.preset import StageChoice

ZONES = tuple(
    Zone.model_validate({"name": name, "shape": shape})
    for name, shape in {
        "middle": {"kind": "circle", "centre": [160, 120], "radius": 45},
        "left": {"kind": "half_plane", "start": [110, 240], "end": [110, 0]},
        "corner": {"kind": "rectangle", "centre": [215, 160], "width": 80, "height": 60, "angle_deg": 20},
        "wedge": {"kind": "polygon", "points": [[160, 20], [260, 60], [200, 130]]},
    }.items()
)


class Known(NamedTuple):
    """What an animal really did in a zone."""

    entries: int
    exits: int
    time_s: float
    latency_s: float | None


def truth_of(places: list[tuple[float, float]], zone: Zone, rate_hz: float) -> Known:
    """Count in the plainest way, frame by frame."""
    entries = exits = frames = 0
    latency_s = None
    was: bool | None = None
    for k, place in enumerate(places):
        inside = bool(zone.shape.contains(np.array([place]))[0])
        frames += inside
        if was is False and inside:
            entries += 1
            latency_s = k / rate_hz if latency_s is None else latency_s
        if was is True and not inside:
            exits += 1
        was = inside
    return Known(entries, exits, frames / rate_hz, latency_s)


def tracked(source: StageChoice, folder: Path) -> TrackTable:
    wall = source.params.walls()[0].model_dump()
    preset = Preset(
        image=(choice("image", "region_mask", keep=[wall]),),
        detector=choice("detectors", "blobs", block_size_px=41, offset=18, min_area_px2=30, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=source.params.animals),
    )
    return read_tidy(TrackJob(source, preset, folder).run().files[0])


def scene(seed: int) -> StageChoice:
    return choice(
        "sources", "simulated", animals=3, duration_s=40, width_px=320, height_px=240, body_length_px=20, seed=seed
    )


def true_places(source: StageChoice) -> F64:
    """Return the (frames, animals, 2) places in which the animals really are."""
    arena = Arena(source.params)
    return np.array([arena.truth(k).xy_px for k in range(source.params.frame_count)])


def assert_zones_are(table: TrackTable, places: F64, of_column: list[int], rate_hz: float) -> None:
    """Entries exactly; the time in each zone and to the first entry within one frame."""
    for measured in measure_zones(table, ZONES):
        zone = next(z for z in ZONES if z.name == measured.zone)
        path = places[:, of_column[table.ids.index(measured.animal_id)]].tolist()
        known = truth_of([(x, y) for x, y in path], zone, rate_hz)
        assert (measured.entries, measured.exits) == (known.entries, known.exits)
        assert measured.time_s == pytest.approx(known.time_s, abs=1.01 / rate_hz)
        assert measured.latency_s == (None if known.latency_s is None else pytest.approx(known.latency_s, abs=1 / 29))
        assert sum(v.end_s - v.start_s for v in measured.visits) == pytest.approx(measured.time_s)
        assert sum(v.entered for v in measured.visits) == known.entries


@pytest.mark.parametrize("seed", [1, 5, 6, 9])
def test_zones_of_the_true_places_are_counted_as_frame_by_frame(seed: int) -> None:
    source = scene(seed)
    places = true_places(source)
    frames, animals, _ = places.shape
    index, animal = np.repeat(np.arange(frames), animals), np.tile(np.arange(animals) + 1, frames)
    rate_hz = source.params.rate_hz
    table = table_of(
        index,
        index / rate_hz,
        animal,
        np.ones(len(index), np.bool_),
        places.reshape(-1, 2),
        np.full(len(index), np.nan),
    )
    assert_zones_are(table, places, [0, 1, 2], rate_hz)


@pytest.mark.parametrize("seed", [3, 8])
def test_zones_and_distances_of_a_tracked_scene_are_the_truth(seed: int, tmp_path: Path) -> None:
    source = scene(seed)
    table, places, rate_hz = tracked(source, tmp_path), true_places(source), source.params.rate_hz
    of_column = [int(np.hypot(*(places[0] - table.xy_px[0, column]).T).argmin()) for column in range(3)]
    assert sorted(of_column) == [0, 1, 2]
    assert_zones_are(table, places, of_column, rate_hz)
    for column, animal in enumerate(measure_movement(table, MeasureSettings())):
        path = places[:, of_column[column]]
        length_px = np.hypot(*np.diff(path, axis=0).T).sum()
        assert animal.distance_px == pytest.approx(length_px, rel=0.01)
        assert animal.mean_speed_px_s == pytest.approx(length_px * rate_hz / (len(path) - 1), rel=0.01)
