"""Time in zones, entries, exits and visits, and crossings of lines.

What counts is the same as for live rules without a margin. An animal enters where it was last measured
outside and is now measured inside, whatever lies between; where it is first seen inside it has entered
nothing, but is there. A missing animal stays where it was seen last for the grace time and is then
nowhere: its visit ends, and goes into the time of no zone. Found again inside, another visit begins,
which is no entry.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.track_table import sightings
from tracker_gui.core.geometry import Line, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.analysis.track_table import Sightings, TrackTable
    from tracker_gui.core.arrays import F64, Bool
    from tracker_gui.core.zones import Zone


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a zone.

    Attributes
    ----------
    start_s, end_s : float
        Time stamps of the first frame inside and of the first one not inside.
    entered, left : bool
        It was seen outside before, or afterwards; else the recording or a gap begins or ends the visit.
    """

    start_s: float
    end_s: float
    entered: bool
    left: bool


@dataclass(frozen=True, slots=True)
class ZoneMeasures:
    """One animal in one zone.

    Attributes
    ----------
    time_s : float
        Sum of all visits.
    share_01 : float or None
        Of the time in which it is known where the animal was; None where that is none.
    latency_s : float or None
        From the first frame of the recording to the first entry; None without one.
    inside_at_start : bool
        Where it was first seen was inside.
    """

    animal_id: int
    zone: str
    entries: int
    exits: int
    time_s: float
    share_01: float | None
    latency_s: float | None
    inside_at_start: bool
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class LineMeasures:
    """One animal and one line; its left is that of one who walks along it, as seen on the screen."""

    animal_id: int
    line: str
    to_left: int
    to_right: int
    latency_s: float | None


def measure_zones(table: TrackTable, zones: Sequence[Zone], grace_s: float = 0.5) -> tuple[ZoneMeasures, ...]:
    """Return what every animal did in every zone, zone by zone; lines and points are passed over."""
    made = []
    for zone in zones:
        if isinstance(zone.shape, Line | Mark):
            continue
        for column, animal_id in enumerate(table.ids):
            seen = sightings(table, column, grace_s)
            inside = zone.shape.contains(table.xy_px[seen.row, column])
            made.append(zone_measures(animal_id, zone.name, inside, seen, _start_s(table)))
    return tuple(made)


def zone_measures(animal_id: int, zone: str, inside: Bool, seen: Sightings, begin_s: float) -> ZoneMeasures:
    """Return the measures of one animal in one zone.

    Parameters
    ----------
    inside : (m,) bool
        Whether it was inside on each sighting.
    begin_s : float
        When the recording begins; latency counts from there.
    """
    entered, left = crossings(inside)
    begins = inside & (entered | ~seen.follows)
    begins[:1] = inside[:1]
    # A visit ends with the sighting before the one that is outside, or that comes after a gap.
    ends = np.ones(len(inside), np.bool_)
    ends[:-1] = ~inside[1:] | ~seen.follows[1:]
    ends &= inside
    leaves = np.zeros(len(inside), np.bool_)
    leaves[:-1] = left[1:]
    first, last = np.flatnonzero(begins), np.flatnonzero(ends)
    visits = tuple(
        Visit(float(start_s), float(end_s), bool(came), bool(went))
        for start_s, end_s, came, went in zip(
            seen.start_s[first], seen.end_s[last], entered[first], leaves[last], strict=True
        )
    )
    time_s = float((seen.end_s - seen.start_s)[inside].sum())
    known_s = seen.known_s
    entries = np.flatnonzero(entered)
    return ZoneMeasures(
        animal_id=animal_id,
        zone=zone,
        entries=len(entries),
        exits=int(left.sum()),
        time_s=time_s,
        share_01=time_s / known_s if known_s > 0 else None,
        latency_s=float(seen.start_s[entries[0]]) - begin_s if len(entries) else None,
        inside_at_start=bool(inside[:1].any()),
        visits=visits,
    )


def crossings(inside: Bool) -> tuple[Bool, Bool]:
    """Return (entered, left), (m,) bool each, of the m frames on which an animal was measured.

    This is the whole definition of an entry; everything else here is about time.
    """
    entered, left = np.zeros(len(inside), np.bool_), np.zeros(len(inside), np.bool_)
    entered[1:] = inside[1:] & ~inside[:-1]
    left[1:] = ~inside[1:] & inside[:-1]
    return entered, left


def measure_lines(table: TrackTable, zones: Sequence[Zone], grace_s: float = 0.5) -> tuple[LineMeasures, ...]:
    """Return how often every animal crossed every line; what is no line is passed over."""
    made = []
    for zone in zones:
        if not isinstance(zone.shape, Line):
            continue
        points_px = np.array(zone.shape.points)
        for column, animal_id in enumerate(table.ids):
            seen = sightings(table, column, grace_s)
            way = line_crossings(table.xy_px[seen.row, column], seen, points_px)
            crossed = np.flatnonzero(way)
            latency_s = float(seen.start_s[crossed[0]]) - _start_s(table) if len(crossed) else None
            made.append(LineMeasures(animal_id, zone.name, int((way > 0).sum()), int((way < 0).sum()), latency_s))
    return tuple(made)


def line_crossings(xy_px: F64, seen: Sightings, points_px: F64) -> F64:
    """Return for each sighting how often the step to it crosses a line: to its left > 0, to its right < 0.

    A place on the line itself belongs to neither side: the step is that from the last place beside it.
    A step over a gap longer than the grace time crosses nothing, for nobody knows which way it went.

    Parameters
    ----------
    xy_px : (m, 2) float64
        Places of the sightings.
    points_px : (k, 2) float64
        Corners of the line, k >= 2.

    Returns
    -------
    (m,) float64
        Crossings of one step in opposite directions cancel out.
    """
    way = np.zeros(len(xy_px))
    stretch = np.cumsum(~seen.follows)
    for start, end in itertools.pairwise(points_px):
        # Positive to the left on screen, where y points down.
        left = -_cross(end - start, xy_px - start)
        beside = np.flatnonzero(left != 0)
        before, after = beside[:-1], beside[1:]
        step = xy_px[after] - xy_px[before]
        # Half open at one end, so that a step through a corner of the line counts once.
        of_start, of_end = _cross(step, start - xy_px[before]) >= 0, _cross(step, end - xy_px[before]) >= 0
        over = (left[before] > 0) != (left[after] > 0)
        crossed = over & (of_start != of_end) & (stretch[before] == stretch[after])
        way[after[crossed]] += np.sign(left[after[crossed]])
    return way


def _cross(one: F64, other: F64) -> F64:
    """Return the third component of the cross product of vectors in the plane."""
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def _start_s(table: TrackTable) -> float:
    return float(table.time_s[0]) if len(table.time_s) else 0.0
