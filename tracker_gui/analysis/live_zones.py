"""Time in zones, entries and exits, and crossings of lines, while animals are tracked.

What counts is what the measures of a finished table count: an animal enters where it was last measured
outside and is now measured inside, whatever lies between; where it is first seen inside it has entered
nothing. A missing animal stays where it was seen last for the grace time and is then nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.core.geometry import Line, Mark
from tracker_gui.core.inside import inside_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import F64, I64, Bool
    from tracker_gui.core.inside import Inside
    from tracker_gui.core.types import Tracks
    from tracker_gui.core.zones import Zone

GRACE_S = 0.5
#: Where ids come and go, the figures of the one that is gone longest are kept in the sum of all only.
MOST_ANIMALS = 500
COLUMNS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class AnimalInZone:
    """One animal in one zone.

    Attributes
    ----------
    time_s : float
        Sum of all visits, up to the newest frame.
    latency_s : float or None
        From the first frame to the first entry; None without one.
    """

    animal_id: int
    present: bool
    entries: int
    exits: int
    time_s: float
    latency_s: float | None


@dataclass(frozen=True, slots=True)
class ZoneFigures:
    """One zone, and each animal in it.

    Attributes
    ----------
    since_s : float or None
        Time stamp of the first frame that counts; None before it.
    entries, exits, time_s
        Of all animals together, also of those not listed any more.
    """

    name: str
    since_s: float | None
    animals: tuple[AnimalInZone, ...]
    entries: int
    exits: int
    time_s: float

    @property
    def present(self) -> tuple[int, ...]:
        return tuple(animal.animal_id for animal in self.animals if animal.present)

    @property
    def latency_s(self) -> float | None:
        """Until the first entry of any animal."""
        return min((a.latency_s for a in self.animals if a.latency_s is not None), default=None)


@dataclass(frozen=True, slots=True)
class LineFigures:
    """How often a line was crossed; its left is that of one who walks along it, as seen on the screen.

    Attributes
    ----------
    animals : tuple of (id, to left, to right)
    """

    name: str
    since_s: float | None
    animals: tuple[tuple[int, int, int], ...]
    to_left: int
    to_right: int


class _Area:
    """What is counted for one zone with an inside; one column for each animal."""

    def __init__(self, zone: Zone, columns: int) -> None:
        self.name = zone.name
        self.shape = zone.shape
        self.since_s: float | None = None
        self._holds: Inside = inside_of(zone.shape)
        self._known = np.zeros(columns, np.bool_)
        self._inside = np.zeros(columns, np.bool_)
        self._entries = np.zeros(columns, np.int64)
        self._exits = np.zeros(columns, np.int64)
        self._time_s = np.zeros(columns)
        self._first_s = np.full(columns, np.nan)
        self._gone = (0, 0, 0.0)

    def widen(self, columns: int) -> None:
        for name in ("_known", "_inside", "_entries", "_exits", "_time_s", "_first_s"):
            array = getattr(self, name)
            fill = np.nan if name == "_first_s" else 0
            setattr(self, name, np.append(array, np.full(columns, fill, array.dtype)))

    def empty(self, column: int) -> None:
        """Let another animal have a column."""
        entries, exits, time_s = self._gone
        gone = int(self._entries[column]), int(self._exits[column]), float(self._time_s[column])
        self._gone = entries + gone[0], exits + gone[1], time_s + gone[2]
        self._known[column] = self._inside[column] = False
        self._entries[column] = self._exits[column] = 0
        self._time_s[column], self._first_s[column] = 0.0, np.nan

    def add(
        self, t_s: float, spent_s: F64, columns: I64, xy_px: F64, points: list[tuple[float, float]], _: Bool
    ) -> None:
        if self.since_s is None:
            self.since_s = t_s
        self._time_s += np.where(self._inside, spent_s, 0.0)
        now = np.array(self._holds(points), np.bool_)
        was, known = self._inside[columns], self._known[columns]
        entered, left = now & ~was & known, was & ~now
        self._entries[columns] += entered
        self._exits[columns] += left
        first = columns[entered & np.isnan(self._first_s[columns])]
        self._first_s[first] = t_s - self.since_s
        self._inside[columns] = now
        self._known[columns] = True

    def figures(self, columns: dict[int, int], held: Bool) -> ZoneFigures:
        animals = tuple(
            AnimalInZone(
                animal_id=each,
                present=bool(self._inside[at] & held[at]),
                entries=int(self._entries[at]),
                exits=int(self._exits[at]),
                time_s=float(self._time_s[at]),
                latency_s=None if np.isnan(self._first_s[at]) else float(self._first_s[at]),
            )
            for each, at in sorted(columns.items())
            if self._known[at]
        )
        entries, exits, time_s = self._gone
        return ZoneFigures(
            self.name, self.since_s, animals, entries + int(self._entries.sum()), exits + int(self._exits.sum()),
            time_s + float(self._time_s.sum()),
        )  # fmt: skip


class LineCount:
    """What is counted for one line.

    Parameters
    ----------
    columns : int
        Room for animals.
    """

    def __init__(self, name: str, shape: Line, columns: int = 0) -> None:
        self.name = name
        self.shape = shape
        self.since_s: float | None = None
        points_px = np.array(shape.points)
        self._start, self._end = points_px[:-1, None], points_px[1:, None]
        segments = len(points_px) - 1
        # The last place beside each segment, and on which side that was: 0 for none.
        self._xy_px = np.zeros((segments, columns, 2))
        self._side = np.zeros((segments, columns))
        self._ways = np.zeros((2, columns), np.int64)
        self._gone = np.zeros(2, np.int64)

    def widen(self, columns: int) -> None:
        segments = len(self._side)
        self._xy_px = np.append(self._xy_px, np.zeros((segments, columns, 2)), axis=1)
        self._side = np.append(self._side, np.zeros((segments, columns)), axis=1)
        self._ways = np.append(self._ways, np.zeros((2, columns), np.int64), axis=1)

    def empty(self, column: int) -> None:
        """Let another animal have a column."""
        self._gone += self._ways[:, column]
        self._ways[:, column] = 0
        self._side[:, column] = 0

    def add(
        self, t_s: float, _: F64, columns: I64, xy_px: F64, points: list[tuple[float, float]], follows: Bool
    ) -> None:
        if self.since_s is None:
            self.since_s = t_s
        # Nobody knows which way an animal went that was away.
        self._side[:, columns[~follows]] = 0
        side = -np.sign(_cross(self._end - self._start, xy_px - self._start))
        before, last = self._side[:, columns], self._xy_px[:, columns]
        step = xy_px - last
        # Half open at one end, so that a step through a corner of the line counts once.
        of_start, of_end = _cross(step, self._start - last) >= 0, _cross(step, self._end - last) >= 0
        crossed = (side * before < 0) & (of_start != of_end)
        way = np.where(crossed, side, 0.0).sum(axis=0)
        self._ways[0, columns] += way > 0
        self._ways[1, columns] += way < 0
        beside = side != 0
        self._side[:, columns] = np.where(beside, side, before)
        self._xy_px[:, columns] = np.where(beside[..., None], xy_px, last)

    def figures(self, columns: dict[int, int], _: Bool) -> LineFigures:
        animals = tuple((each, int(self._ways[0, at]), int(self._ways[1, at])) for each, at in sorted(columns.items()))
        to_left, to_right = (self._gone + self._ways.sum(axis=1)).tolist()
        return LineFigures(self.name, self.since_s, animals, to_left, to_right)


def _cross(one: F64, other: F64) -> F64:
    """Return the third component of the cross product of vectors in the plane."""
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


class LiveZones:
    """Counts for every zone and animal of one camera. Not safe between threads: its owner locks.

    Parameters
    ----------
    grace_s : float
        How long a missing animal stays where it was.
    """

    def __init__(self, zones: Sequence[Zone] = (), grace_s: float = GRACE_S) -> None:
        self.grace_s = grace_s
        self._counts: list[_Area | LineCount] = []
        self._column: dict[int, int] = {}
        self._room = 0
        self._seen_s = np.zeros(0)
        self._credited_s = np.zeros(0)
        self._ids_bytes = b"none yet"
        self._columns = np.zeros(0, np.int64)
        self._now_s = 0.0
        self._hold_s = grace_s
        self.use(zones)

    def use(self, zones: Sequence[Zone]) -> None:
        """Count for these zones; one that is the same as before goes on, all others begin now."""
        before = {count.name: count for count in self._counts}
        self._counts = []
        for zone in zones:
            same = before.get(zone.name)
            if same is not None and same.shape == zone.shape:
                self._counts.append(same)
            elif (made := _count_of(zone, self._room)) is not None:
                self._counts.append(made)

    def add(self, t_s: float, hold_s: float, tracks: Tracks) -> None:
        """Take one frame; time stamps ascend.

        Parameters
        ----------
        hold_s : float
            How long a sighting holds at this rate; the grace time at least.
        """
        self._hold_s = hold_s = max(hold_s, self.grace_s)
        if tracks.track_id.tobytes() != self._ids_bytes:
            self._meet(tracks.track_id)
        self._now_s = t_s
        if not self._counts:
            return
        until_s = np.minimum(t_s, self._seen_s + hold_s)
        spent_s = np.maximum(0.0, until_s - self._credited_s)
        self._credited_s += spent_s
        here = np.flatnonzero(tracks.measured & (self._columns >= 0))
        columns, xy_px = self._columns[here], tracks.xy_px[here]
        points = xy_px.tolist()
        follows = self._seen_s[columns] + hold_s >= t_s
        for count in self._counts:
            count.add(t_s, spent_s, columns, xy_px, points, follows)
        self._seen_s[columns] = self._credited_s[columns] = t_s

    def _meet(self, track_id: I64) -> None:
        present = track_id.tolist()
        for each in present:
            if each not in self._column:
                self._give_column(each, present)
        self._ids_bytes = track_id.tobytes()
        self._columns = np.array([self._column.get(each, -1) for each in present], np.int64)

    def _give_column(self, track_id: int, present: list[int]) -> None:
        if len(self._column) == self._room < MOST_ANIMALS:
            for count in self._counts:
                count.widen(COLUMNS_AT_ONCE)
            self._room += COLUMNS_AT_ONCE
            # As if seen never: what was never seen stays nowhere, and nothing is credited for it.
            self._seen_s = np.append(self._seen_s, np.full(COLUMNS_AT_ONCE, -np.inf))
            self._credited_s = np.append(self._credited_s, np.zeros(COLUMNS_AT_ONCE))
        if len(self._column) < self._room:
            self._column[track_id] = len(self._column)
            return
        gone = [each for each in self._column if each not in present]
        if not gone:
            return
        longest = min(gone, key=lambda each: float(self._seen_s[self._column[each]]))
        column = self._column[track_id] = self._column.pop(longest)
        self._seen_s[column], self._credited_s[column] = -np.inf, 0.0
        for count in self._counts:
            count.empty(column)

    def figures(self) -> tuple[ZoneFigures | LineFigures, ...]:
        """Return all counts up to the newest frame, in the order of the zones."""
        held = self._seen_s + self._hold_s >= self._now_s
        return tuple(count.figures(self._column, held) for count in self._counts)


def _count_of(zone: Zone, columns: int) -> _Area | LineCount | None:
    """Return what counts for a zone; None for a point, which nobody can be in."""
    if isinstance(zone.shape, Line):
        return LineCount(zone.name, zone.shape, columns)
    return None if isinstance(zone.shape, Mark) else _Area(zone, columns)
