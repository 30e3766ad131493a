"""All measures of one video, and what its plots need: small enough to be sent between processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.movement_metrics import measure_movement
from tracker_gui.analysis.track_table import sightings
from tracker_gui.analysis.zone_metrics import measure_lines, measure_zones

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker_gui.analysis.measure_settings import MeasureSettings
    from tracker_gui.analysis.movement_metrics import AnimalMeasures
    from tracker_gui.analysis.track_table import TrackTable
    from tracker_gui.analysis.zone_metrics import LineMeasures, ZoneMeasures
    from tracker_gui.core.zones import Zone

#: Points of one animal's path in a drawing of it.
MOST_POINTS = 400

Stretch = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class VideoMeasures:
    """What was measured on one video.

    Attributes
    ----------
    mm_per_px : float or None
        None where the preset has no scale.
    paths_px : tuple
        For each animal its path with few points, in one stretch for each time it was seen without a gap.
    """

    frames: int
    duration_s: float
    mm_per_px: float | None
    animals: tuple[AnimalMeasures, ...]
    zones: tuple[ZoneMeasures, ...]
    lines: tuple[LineMeasures, ...]
    paths_px: tuple[tuple[Stretch, ...], ...]


def measure_video(
    table: TrackTable,
    zones: Sequence[Zone],
    mm_per_px: float | None,
    settings: MeasureSettings,
    arena_of: Mapping[int, str],
) -> VideoMeasures:
    """Return all measures of a table of tracks; `arena_of` names the arena of each animal where there are several."""
    return VideoMeasures(
        frames=len(table.time_s),
        duration_s=table.duration_s,
        mm_per_px=mm_per_px,
        animals=measure_movement(table, settings, mm_per_px, arena_of),
        zones=measure_zones(table, zones, settings.grace_s),
        lines=measure_lines(table, zones, settings.grace_s),
        paths_px=tuple(_path(table, column, settings.grace_s) for column in range(len(table.ids))),
    )


def _path(table: TrackTable, column: int, grace_s: float) -> tuple[Stretch, ...]:
    seen = sightings(table, column, grace_s)
    xy_px = table.xy_px[seen.row, column].round(1)
    every = max(1, -(-len(xy_px) // MOST_POINTS))
    stretches = np.split(np.arange(len(xy_px)), np.flatnonzero(~seen.follows)[1:])
    return tuple(
        tuple((float(x), float(y)) for x, y in xy_px[np.append(rows[:-1:every], rows[-1])])
        for rows in stretches
        if len(rows)
    )
