"""How far and how fast animals move, when they freeze, which way they go, and how near they are to each other.

Positions are smoothed first, because the jitter of a centroid adds up to a way even of an animal at rest:
a parabola through the places of a short time (Savitzky and Golay 1964, for uneven time stamps as a least
squares fit around each) gives place and velocity. Nothing is bridged for longer than the grace time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.track_table import sightings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker_gui.analysis.measure_settings import MeasureSettings
    from tracker_gui.analysis.track_table import Sightings, TrackTable
    from tracker_gui.core.arrays import F64, Bool

#: Rows of windows that are fitted at once: 4,096 of 51 frames take 15 MB.
BLOCK_ROWS = 4096
#: Frames whose distances between all animals are held at once.
BLOCK_FRAMES = 2048


@dataclass(frozen=True, slots=True)
class Way:
    """The smoothed way of one animal, at its m sightings.

    Attributes
    ----------
    xy_px, velocity_px_s : (m, 2) float64
    moving_known : (m,) bool
        Whether the velocity means something; a sighting with no other near it in time has none.
    """

    seen: Sightings
    xy_px: F64
    velocity_px_s: F64
    moving_known: Bool

    @property
    def speed_px_s(self) -> F64:
        """(m,), 0 where it is not known."""
        return np.asarray(np.hypot(self.velocity_px_s[:, 0], self.velocity_px_s[:, 1]))


@dataclass(frozen=True, slots=True)
class Bout:
    """Something that lasted; time stamps in seconds."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class AnimalMeasures:
    """One animal over one recording; None where nothing could be measured.

    Attributes
    ----------
    known_s : float
        For how long it is known where it was.
    distance_px : float
        Length of the way, without the gaps.
    mean_speed_px_s : float or None
        Distance by the time of that way.
    mean_heading_deg, heading_strength_01 : float or None
        Direction and length of the mean vector (Batschelet 1981): 1 always the same way, 0 no preferred one.
        0 degrees to the right, clockwise on screen.
    heading_of : str
        ``"body"`` where it faced, ``"way"`` where it went while it moved (tracked without headings).
    others_px, nearest_px : float or None
        Mean distance to all others and to the nearest one, over the time in which both are seen.
    """

    animal_id: int
    found_share_01: float
    known_s: float
    distance_px: float
    mean_speed_px_s: float | None
    max_speed_px_s: float | None
    freezing: tuple[Bout, ...]
    mean_heading_deg: float | None
    heading_strength_01: float | None
    heading_of: str
    others_px: float | None
    nearest_px: float | None

    @property
    def freezing_s(self) -> float:
        return sum(bout.duration_s for bout in self.freezing)


def measure_movement(
    table: TrackTable,
    settings: MeasureSettings,
    mm_per_px: float | None = None,
    arena_of: Mapping[int, str] | None = None,
) -> tuple[AnimalMeasures, ...]:
    """Return the measures of every animal.

    Parameters
    ----------
    mm_per_px : float, optional
        The thresholds of freezing are then mm/s, else px/s.
    arena_of : mapping, optional
        Animal -> arena: only animals of the same one have a distance. All are together where it names none.
    """
    arenas = np.array([(arena_of or {}).get(animal_id, "") for animal_id in table.ids])
    others_px, nearest_px = distances_to_others(table, arenas[:, None] == arenas)
    per_px = 1.0 if mm_per_px is None else mm_per_px
    made = []
    for column, animal_id in enumerate(table.ids):
        way = smooth_way(table, column, settings.smoothing_s, settings.grace_s)
        distance_px, moving_s = way_length(way)
        speed_px_s = way.speed_px_s
        frozen_still = freezing_bouts(
            way, settings.freezing_below / per_px, settings.freezing_above / per_px, settings.freezing_least_s
        )
        heading_rad, weight_s, heading_of = _headings(table, column, way, settings.freezing_above / per_px)
        mean_deg, strength = mean_direction(heading_rad, weight_s)
        made.append(
            AnimalMeasures(
                animal_id=animal_id,
                found_share_01=float(table.measured[:, column].mean()) if len(table.time_s) else 0.0,
                known_s=way.seen.known_s,
                distance_px=distance_px,
                mean_speed_px_s=distance_px / moving_s if moving_s > 0 else None,
                max_speed_px_s=float(speed_px_s[way.moving_known].max()) if way.moving_known.any() else None,
                freezing=frozen_still,
                mean_heading_deg=mean_deg,
                heading_strength_01=strength,
                heading_of=heading_of,
                others_px=_weighted(others_px[:, column], table),
                nearest_px=_weighted(nearest_px[:, column], table),
            )
        )
    return tuple(made)


def smooth_way(table: TrackTable, column: int, window_s: float, grace_s: float) -> Way:
    """Return the smoothed way of one animal.

    Parameters
    ----------
    window_s : float
        Time over which the parabola is fitted; at least three frames.
    """
    seen = sightings(table, column, grace_s)
    xy_px = table.xy_px[seen.row, column]
    half = max(1, round(window_s / 2 / table.frame_s)) if table.frame_s > 0 else 1
    stretch = np.cumsum(~seen.follows)
    smooth, velocity = xy_px.copy(), np.zeros_like(xy_px)
    known = np.zeros(len(xy_px), np.bool_)
    for first in range(0, len(xy_px), BLOCK_ROWS):
        rows = np.arange(first, min(first + BLOCK_ROWS, len(xy_px)))
        at = rows[:, None] + np.arange(-half, half + 1)
        near = np.clip(at, 0, len(xy_px) - 1)
        weight = ((at == near) & (stretch[near] == stretch[rows][:, None])).astype(np.float64)
        # In units of the window, so that the squares are of the size of the rest.
        unit_s = max((2 * half + 1) * table.frame_s, 1e-9)
        t = (seen.start_s[near] - seen.start_s[rows][:, None]) / unit_s
        place, slope, count = _fit(t, xy_px[near], weight)
        smooth[rows], velocity[rows], known[rows] = place, slope / unit_s, count > 1
    return Way(seen, smooth, velocity, known)


def _fit(t: F64, xy_px: F64, weight: F64) -> tuple[F64, F64, F64]:
    """Return place and slope at t = 0 of a parabola through each window, and how many places it had.

    Two places make a straight line, one is left as it is.

    Parameters
    ----------
    t, weight : (r, w) float64
    xy_px : (r, w, 2) float64
    """
    count = weight.sum(axis=1)
    moments = np.stack([(weight * t**power).sum(axis=1) for power in range(5)], axis=1)
    normal = moments[:, np.array([[0, 1, 2], [1, 2, 3], [2, 3, 4]])]
    sums = np.stack([(weight[..., None] * t[..., None] ** power * xy_px).sum(axis=1) for power in range(3)], axis=1)
    few = count < 3
    # A weight on curvature alone makes a straight line of two places; one more on slope leaves one as it is.
    normal[few, 2, 2] += 1e9
    normal[count < 2, 1, 1] += 1e9
    solved = np.linalg.solve(normal, sums)
    return solved[:, 0], solved[:, 1], count


def way_length(way: Way) -> tuple[float, float]:
    """Return the length of a way in px and the time it took in s, both without gaps."""
    goes_on = way.seen.follows[1:]
    step = np.diff(way.xy_px, axis=0)[goes_on]
    return float(np.hypot(step[:, 0], step[:, 1]).sum()), float(np.diff(way.seen.start_s)[goes_on].sum())


def freezing_bouts(way: Way, below_px_s: float, above_px_s: float, least_s: float) -> tuple[Bout, ...]:
    """Return when the animal froze: slower than one threshold, until it is faster than the other.

    Parameters
    ----------
    least_s : float
        A shorter bout is none.
    """
    seen, speed_px_s = way.seen, way.speed_px_s
    begins_stretch = ~seen.follows
    says = (speed_px_s < below_px_s) | (speed_px_s > above_px_s) | begins_stretch | ~way.moving_known
    still = (speed_px_s < below_px_s) & way.moving_known
    # In between the last word holds (hysteresis).
    last_word = np.maximum.accumulate(np.where(says, np.arange(len(says)), 0)) if len(says) else np.empty(0, np.int64)
    still = still[last_word]
    first = np.flatnonzero(still & (begins_stretch | ~np.append(False, still[:-1])))
    last = np.flatnonzero(still & np.append(begins_stretch[1:] | ~still[1:], True)[: len(still)])
    bouts = (Bout(float(a), float(b)) for a, b in zip(seen.start_s[first], seen.end_s[last], strict=True))
    # A millionth, because 30 frames of 1/30 s are a little less than a second.
    return tuple(bout for bout in bouts if bout.duration_s >= least_s - 1e-6)


def mean_direction(heading_rad: F64, weight_s: F64) -> tuple[float | None, float | None]:
    """Return the direction in degrees (-180, 180] and the length 0..1 of the mean vector; None, None of nothing."""
    total_s = float(weight_s.sum())
    if total_s <= 0:
        return None, None
    x, y = float((weight_s * np.cos(heading_rad)).sum()), float((weight_s * np.sin(heading_rad)).sum())
    return float(np.degrees(np.arctan2(y, x))), float(np.hypot(x, y)) / total_s


def _headings(table: TrackTable, column: int, way: Way, moving_px_s: float) -> tuple[F64, F64, str]:
    lasts_s = way.seen.end_s - way.seen.start_s
    known = table.heading_known[way.seen.row, column]
    if known.any():
        return table.heading_rad[way.seen.row, column][known], lasts_s[known], "body"
    moves = way.moving_known & (way.speed_px_s > moving_px_s)
    velocity = way.velocity_px_s[moves]
    return np.arctan2(velocity[:, 1], velocity[:, 0]), lasts_s[moves], "way"


def distances_to_others(table: TrackTable, together: Bool) -> tuple[F64, F64]:
    """Return the mean distance to all others and that to the nearest, each (n, a) px; NaN where there is none.

    Parameters
    ----------
    together : (a, a) bool
        Which animals can meet.
    """
    frames, animals = table.measured.shape
    mean_px, nearest_px = np.full((frames, animals), np.nan), np.full((frames, animals), np.nan)
    if animals < 2:
        return mean_px, nearest_px
    for first in range(0, frames, BLOCK_FRAMES):
        part = slice(first, first + BLOCK_FRAMES)
        xy, seen = table.xy_px[part], table.measured[part]
        apart = xy[:, :, None] - xy[:, None]
        both = seen[:, :, None] & seen[:, None] & together & ~np.eye(animals, dtype=np.bool_)
        distance = np.hypot(apart[..., 0], apart[..., 1])
        count = both.sum(axis=2)
        some = count > 0
        mean_px[part][some] = np.where(both, distance, 0.0).sum(axis=2)[some] / count[some]
        nearest_px[part][some] = np.where(both, distance, np.inf).min(axis=2)[some]
    return mean_px, nearest_px


def _weighted(value: F64, table: TrackTable) -> float | None:
    """Return the mean over time of what is known on some frames."""
    known = np.isfinite(value)
    if not known.any():
        return None
    lasts_s = np.append(np.diff(table.time_s), table.frame_s)
    # After a gap in the frames the last one does not stand for all of it.
    lasts_s = np.minimum(lasts_s, 2 * table.frame_s) if table.frame_s > 0 else np.ones_like(lasts_s)
    return float((value[known] * lasts_s[known]).sum() / lasts_s[known].sum())
