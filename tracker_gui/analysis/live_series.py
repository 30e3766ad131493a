"""What the animals of one camera do, as time series that are fed with every tracked frame and last for hours."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tracker_gui.analysis.pyramid import FULL_ROWS, Excerpt, Pyramid
from tracker_gui.analysis.walls import distance_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from tracker_gui.analysis.measure_settings import MeasureSettings
    from tracker_gui.analysis.pyramid import F32
    from tracker_gui.analysis.quantities import Key, Target
    from tracker_gui.analysis.walls import DistanceTo
    from tracker_gui.core.arrays import I64, Bool
    from tracker_gui.core.types import Motion, Tracks

#: Where ids come and go, a new one gets the columns of the one that is gone longest.
MOST_ANIMALS = 32
#: Time over which speed is measured where the tracker's own is not switched on.
SPEED_OVER_S = 0.2
#: Of a place that was just chosen, the distances of so many rows are made up for; of a pair, all that are kept.
PLACE_ROWS = 1000

X, Y, SPEED, HEADING, NEAREST, FROZEN, STATE = range(7)
OF_ANIMAL = ("x", "y", "speed", "heading", "nearest", "frozen", "state")


@dataclass(frozen=True, slots=True)
class FreezingRule:
    """Slower than one speed for some time is freezing, until the animal is faster than the other."""

    below_px_s: float = 5.0
    above_px_s: float = 8.0
    least_s: float = 1.0

    @staticmethod
    def of(settings: MeasureSettings, mm_per_px: float | None) -> FreezingRule:
        """Return the rule of finished tables, whose speeds are in mm/s where there is a scale."""
        per_px = 1.0 if mm_per_px is None else mm_per_px
        return FreezingRule(
            settings.freezing_below / per_px, settings.freezing_above / per_px, settings.freezing_least_s
        )


class LiveSeries:
    """Columns of a `Pyramid` for animals, pairs, places and the camera. Not safe between threads: its owner locks.

    An animal that is not measured on a frame has NaN there, in every series but its state: no position
    is made up, and none is kept. These NaN never leave plots and their files.

    Parameters
    ----------
    freezing : FreezingRule, optional
    arena_of : mapping, optional
        Animal -> arena: only animals of the same one are near each other. All are together where it names none.
    """

    def __init__(self, freezing: FreezingRule | None = None, arena_of: Mapping[int, str] | None = None) -> None:
        self.freezing = freezing or FreezingRule()
        self._arena_of = dict(arena_of or {})
        self._apart: Bool | None = None
        #: In the order in which they were first seen.
        self.ids: list[int] = []
        self._table = Pyramid()
        count, activity = self._table.add_columns(2).tolist()
        self._column: dict[Key, int] = {("count", None): count, ("activity", None): activity}
        self._spare: list[int] = []
        self._own: dict[int, I64] = {}
        self._last_row: dict[int, int] = {}
        self._in_frame: list[int] = []
        self._pairs: tuple[tuple[int, int], ...] = ()
        self._places: dict[str, tuple[Any, DistanceTo]] = {}
        self._ids_bytes = b"none yet"
        self._rows: I64 | None = None
        self._columns = np.zeros((len(OF_ANIMAL), 0), np.int64)
        self._values = np.zeros((len(OF_ANIMAL), 0), np.float32)
        self._pair_rows: list[tuple[int, int, int]] = []
        self._place_columns: list[tuple[DistanceTo, I64]] = []
        self._past: deque[tuple[float, NDArray[np.complex64]]] = deque()
        self._slow = np.zeros(0, np.bool_)
        self._slow_since_s = np.zeros(0)

    # ---- every frame

    def add(self, t_s: float, tracks: Tracks, motion: Motion | None = None) -> None:
        """Take one frame; time stamps ascend."""
        if tracks.track_id.tobytes() != self._ids_bytes:
            self._meet(tracks.track_id)
        seen, state, xy_px = tracks.measured, tracks.state, tracks.xy_px
        if self._rows is not None:
            seen, state, xy_px = seen[self._rows], state[self._rows], xy_px[self._rows]
            motion = None if motion is None else _rows_of(motion, self._rows)
        values = self._values
        values.fill(np.nan)
        values[X][seen] = xy_px[seen, 0]
        values[Y][seen] = xy_px[seen, 1]
        values[STATE] = state
        z = values[X] + 1j * values[Y]
        if motion is None:
            values[SPEED] = self._own_speed(t_s, z)
        else:
            known, sure = motion.speed_known & seen, motion.heading_sure & seen
            values[SPEED][known] = motion.speed_px_s[known]
            values[HEADING][sure] = np.degrees(motion.heading_rad[sure])
        apart = np.abs(z[:, None] - z)
        if len(z) > 1:
            apart.ravel()[:: len(z) + 1] = np.nan
            near = apart if self._apart is None else np.where(self._apart, np.nan, apart)
            values[NEAREST] = np.fmin.reduce(near, axis=1)
        moving_known = values[SPEED] == values[SPEED]
        self._judge(t_s, values[SPEED], moving_known, seen)
        row = self._table.row
        row.fill(np.nan)
        row[self._columns] = values
        row[self._column["count", None]] = np.count_nonzero(tracks.measured)
        if moving_known.any():
            row[self._column["activity", None]] = 100 * (
                1 - np.count_nonzero(self._slow & moving_known) / moving_known.sum()
            )
        for one, other, column in self._pair_rows:
            row[column] = apart[one, other]
        for distance, columns in self._place_columns:
            row[columns[seen]] = distance(xy_px[seen])
        self._table.put(t_s)

    def break_off(self, t_s: float) -> None:
        """Note a time in which nothing is known, so that no line is drawn across it."""
        self._table.row.fill(np.nan)
        self._table.put(t_s)
        self._past.clear()
        self._slow[:] = False

    def _judge(self, t_s: float, speed_px_s: F32, known: Bool, seen: Bool) -> None:
        rule = self.freezing
        # Comparing with NaN says no, so that an animal whose speed is not known stays what it was while it is seen.
        begins = (speed_px_s < rule.below_px_s) & ~self._slow
        self._slow_since_s[begins] = t_s
        self._slow |= begins
        self._slow &= ~(speed_px_s > rule.above_px_s) & seen
        freezes = self._slow & (t_s - self._slow_since_s >= rule.least_s)
        self._values[FROZEN][known] = freezes[known]

    def _own_speed(self, t_s: float, z: NDArray[np.complex64]) -> F32 | float:
        past = self._past
        while len(past) > 1 and t_s - past[1][0] >= SPEED_OVER_S - 1e-9:
            past.popleft()
        past.append((t_s, z))
        since_s, before = past[0]
        if t_s - since_s < SPEED_OVER_S / 2:
            return np.nan
        speed: F32 = np.abs(z - before) / np.float32(t_s - since_s)
        return speed

    # ---- who and what has a column

    def _meet(self, track_id: I64) -> None:
        """Give every track of the frame its columns, and carry over what is known of it."""
        wanted = track_id.tolist()
        before = {each: row for row, each in enumerate(self._in_frame)}
        self._last_row |= dict.fromkeys(self._in_frame, self._table.rows)
        for each in wanted:
            if each not in self._own:
                self._give_columns(each, wanted)
        rows = [row for row, each in enumerate(wanted) if each in self._own]
        self._ids_bytes = track_id.tobytes()
        self._rows = None if len(rows) == len(wanted) else np.array(rows, np.int64)
        self._in_frame = [wanted[row] for row in rows]
        self._columns = np.array([self._own[each] for each in self._in_frame], np.int64).reshape(-1, len(OF_ANIMAL)).T
        self._values = np.empty(self._columns.shape, np.float32)
        came_from = np.array([before.get(each, -1) for each in self._in_frame], np.int64)
        # The row of those who were not there is one behind the last.
        self._slow = np.append(self._slow, False)[came_from]
        self._slow_since_s = np.append(self._slow_since_s, 0.0)[came_from]
        nowhere = np.complex64(complex(np.nan, np.nan))
        self._past = deque((t_s, np.append(z, nowhere)[came_from]) for t_s, z in self._past)
        if self._arena_of:
            arenas = np.array([self._arena_of.get(each, "") for each in self._in_frame])
            self._apart = arenas[:, None] != arenas
        self._find_chosen()

    def _give_columns(self, track_id: int, present: list[int]) -> None:
        if len(self._own) < MOST_ANIMALS:
            columns = self._table.add_columns(len(OF_ANIMAL), sampled=(HEADING,))
        else:
            gone = [each for each in self._own if each not in present]
            if not gone:
                return
            longest = min(gone, key=lambda each: self._last_row.get(each, -1))
            columns = self._own.pop(longest)
            self._table.wipe(columns)
            self.ids.remove(longest)
            self._drop_keys(lambda target: target == longest or (isinstance(target, tuple) and longest in target))
        self._own[track_id] = columns
        self.ids.append(track_id)
        self._column |= {(name, track_id): int(column) for name, column in zip(OF_ANIMAL, columns, strict=True)}

    def _drop_keys(self, drops: Callable[[Target], bool]) -> None:
        for key in [key for key in self._column if drops(key[1])]:
            column = self._column.pop(key)
            if key[0] not in OF_ANIMAL:
                self._spare.append(column)

    def _extra_column(self, key: Key) -> int:
        """Return the column of a pair or of a place, a new one where it has none yet."""
        if key not in self._column:
            if self._spare:
                column = self._spare.pop()
                self._table.wipe(np.array([column]))
            else:
                column = int(self._table.add_columns(1)[0])
            self._column[key] = column
            self._make_up_for(key, column)
        return self._column[key]

    def _make_up_for(self, key: Key, column: int) -> None:
        """Fill a new column from the positions that are kept."""
        name, target = key
        if name == "pair" and isinstance(target, tuple):
            places = [self._places_of(each, FULL_ROWS) for each in target if isinstance(each, int)]
            if len(places) == 2 and len(places[0][1]):
                apart = np.hypot(*(places[0][1] - places[1][1]).T)
                self._table.backfill(column, places[0][0], apart)
        elif isinstance(target, tuple) and isinstance(target[1], int):
            first, xy_px = self._places_of(target[1], PLACE_ROWS)
            values = np.full(len(xy_px), np.nan, np.float32)
            seen = np.isfinite(xy_px[:, 0])
            if seen.any():
                values[seen] = self._places[str(target[0])][1](xy_px[seen].astype(np.float64))
            self._table.backfill(column, first, values)

    def _places_of(self, track_id: int, most: int) -> tuple[int, F32]:
        if track_id not in self._own:
            return 0, np.empty((0, 2), np.float32)
        first, _, xy_px = self._table.last_rows(self._own[track_id][[X, Y]], most)
        return first, xy_px

    def choose_pairs(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Measure the distances of these pairs from now on, and of the last minutes."""
        self._pairs = tuple(pairs)
        self._drop_keys(lambda target: _is_pair(target) and target not in self._pairs)
        self._find_chosen()

    def choose_places(self, shapes: Mapping[str, Any]) -> None:
        """Measure the distance of every animal to these shapes, by the names of their zones, from now on."""
        kept = {name for name, shape in shapes.items() if name in self._places and self._places[name][0] == shape}
        self._drop_keys(
            lambda target: isinstance(target, tuple) and isinstance(target[0], str) and target[0] not in kept
        )
        self._places = {
            name: self._places[name] if name in kept else (shape, distance_to(shape)) for name, shape in shapes.items()
        }
        self._find_chosen()

    def _find_chosen(self) -> None:
        rows = {each: row for row, each in enumerate(self._in_frame)}
        self._pair_rows = [
            (rows[one], rows[other], self._extra_column(("pair", (one, other))))
            for one, other in self._pairs
            if one in rows and other in rows
        ]
        self._place_columns = [
            (distance, np.array([self._extra_column(("place", (name, each))) for each in self._in_frame], np.int64))
            for name, (_, distance) in self._places.items()
        ]

    # ---- reading

    @property
    def rows(self) -> int:
        """How many frames were taken; gaps count as one."""
        return self._table.rows

    def has(self, key: Key) -> bool:
        """Return whether there is such a series, be it empty."""
        return key in self._column

    def excerpt(self, keys: Sequence[Key], since_s: float, most: int = 500) -> Excerpt:
        """Return some series since a time stamp.

        Parameters
        ----------
        keys : sequence
            A series there is not is one without values.
        most : int
            Entries wanted, about; 0 for the finest record that reaches back so far.
        """
        known = [number for number, key in enumerate(keys) if key in self._column]
        columns = np.array([self._column[keys[number]] for number in known], np.int64)
        found = self._table.excerpt(columns, since_s, most)
        if len(known) == len(keys):
            return found
        low = np.full((len(found.t_s), len(keys)), np.nan, np.float32)
        high = low.copy()
        low[:, known], high[:, known] = found.low, found.high
        return Excerpt(found.t_s, low, high, found.rows_per_block)


def _is_pair(target: Target) -> bool:
    return isinstance(target, tuple) and isinstance(target[0], int)


def _rows_of(motion: Motion, rows: I64) -> Motion:
    return replace(
        motion,
        speed_px_s=motion.speed_px_s[rows],
        speed_known=motion.speed_known[rows],
        heading_rad=motion.heading_rad[rows],
        heading_sure=motion.heading_sure[rows],
    )
