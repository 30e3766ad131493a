"""Time series for hours in a memory that does not grow: every row of the last minutes, then ever wider extremes.

A plot is some five hundred points wide. Of a long time it shows, for each of them, the smallest and the
largest value; so rows that leave the full record need to be known by those two alone, over blocks that
widen by a factor from level to level.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import F64, I64

F32 = NDArray[np.float32]

#: 2.3 minutes at 60 rows per second; with the blocks behind it a column takes 98 kB.
FULL_ROWS = 8192
#: At 60 rows per second the levels reach back 4.5 minutes, 36 minutes, 4.8 hours and 38 hours.
BLOCK_ROWS, WIDER, LEVELS = 2048, 8, 4
COLUMNS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some columns over some time, in m rows or blocks of rows.

    Attributes
    ----------
    t_s : (m,) float64
        Time stamp of the row, or of the first row of the block.
    low, high : (m, k) float32
        Smallest and largest value; NaN where there was none.
    rows_per_block : int
        1 where each entry is one row: then `low` and `high` are the same.
    """

    t_s: F64
    low: F32
    high: F32
    rows_per_block: int


class _Ring:
    """The last rows of one level; row n lies at n modulo the number that is kept."""

    def __init__(self, rows: int, columns: int) -> None:
        self.kept = rows
        self.count = 0
        self.t_s = np.zeros(rows)
        # Touched at once, so that the memory a long run needs is seen at its beginning.
        self.low = np.full((rows, columns), np.nan, np.float32)
        self.high = self.low

    @property
    def first(self) -> int:
        return max(0, self.count - self.kept)

    def put(self, t_s: float, low: F32, high: F32) -> None:
        at = self.count % self.kept
        self.t_s[at] = t_s
        self.low[at] = low
        if self.high is not self.low:
            self.high[at] = high
        self.count += 1

    def row_at(self, since_s: float) -> int:
        """Return the number of the first row that is not earlier."""
        return bisect_left(range(self.count), since_s, lo=self.first, key=self._t_of)

    def _t_of(self, row: int) -> float:
        return float(self.t_s[row % self.kept])

    def widen(self, columns: int) -> None:
        def wider(table: F32) -> F32:
            more = np.full((self.kept, columns), np.nan, np.float32)
            return np.concatenate([table, more], axis=1)

        same = self.high is self.low
        self.low = wider(self.low)
        self.high = self.low if same else wider(self.high)


class _Level(_Ring):
    """Blocks of rows, and the one that is being filled."""

    def __init__(self, columns: int) -> None:
        super().__init__(BLOCK_ROWS, columns)
        self.high = np.full((BLOCK_ROWS, columns), np.nan, np.float32)
        self.filling = 0
        self.begun_s = 0.0
        self.now_low = np.full(columns, np.nan, np.float32)
        self.now_high = np.full(columns, np.nan, np.float32)

    def widen(self, columns: int) -> None:
        super().widen(columns)
        more = np.full(columns, np.nan, np.float32)
        self.now_low, self.now_high = np.append(self.now_low, more), np.append(self.now_high, more)


class Pyramid:
    """A table that only grows at its end. Not safe between threads: its owner locks.

    Notes
    -----
    Of a sampled column (an angle, which has no extremes) a block keeps the last value.
    """

    def __init__(self) -> None:
        self._used = 0
        self._sampled = np.zeros(0, np.int64)
        self._full = _Ring(FULL_ROWS, COLUMNS_AT_ONCE)
        self._levels = [_Level(COLUMNS_AT_ONCE) for _ in range(LEVELS)]
        self.row = np.full(COLUMNS_AT_ONCE, np.nan, np.float32)

    @property
    def rows(self) -> int:
        """How many rows were put in, kept or not."""
        return self._full.count

    def add_columns(self, count: int, sampled: Sequence[int] = ()) -> I64:
        """Add columns, empty so far, and return their numbers.

        Parameters
        ----------
        sampled : sequence of int
            Which of the new ones, counted from 0, are sampled.
        """
        first, self._used = self._used, self._used + count
        missing = self._used - len(self.row)
        if missing > 0:
            more = -(-missing // COLUMNS_AT_ONCE) * COLUMNS_AT_ONCE
            for ring in (self._full, *self._levels):
                ring.widen(more)
            self.row = np.full(len(self.row) + more, np.nan, np.float32)
        self._sampled = np.append(self._sampled, first + np.array(sampled, np.int64))
        return np.arange(first, self._used)

    def wipe(self, columns: I64) -> None:
        """Empty columns that get another meaning."""
        for ring in (self._full, *self._levels):
            ring.low[:, columns] = np.nan
            ring.high[:, columns] = np.nan
        for level in self._levels:
            level.now_low[columns] = np.nan
            level.now_high[columns] = np.nan

    def put(self, t_s: float) -> None:
        """Take `row`, which the caller has filled, as the next one; time stamps ascend."""
        low = high = self.row
        self._full.put(t_s, low, high)
        for level in self._levels:
            if level.filling == 0:
                level.begun_s = t_s
            np.fmin(level.now_low, low, out=level.now_low)
            np.fmax(level.now_high, high, out=level.now_high)
            if len(self._sampled):
                last = low[self._sampled]
                level.now_low[self._sampled] = last
                level.now_high[self._sampled] = last
            level.filling += 1
            if level.filling < WIDER:
                return
            level.put(level.begun_s, level.now_low, level.now_high)
            # Copies, because what the next level takes is being emptied here.
            low, high, t_s = level.now_low.copy(), level.now_high.copy(), level.begun_s
            level.filling = 0
            level.now_low.fill(np.nan)
            level.now_high.fill(np.nan)

    def backfill(self, column: int, first_row: int, values: F32) -> None:
        """Give a column its values from before it was there, as far as all rows are still kept.

        Parameters
        ----------
        first_row : int
            Number of the row the values begin with.
        values : (m,) float32
        """
        rows = np.arange(first_row, first_row + len(values))
        kept = rows >= self._full.first
        rows, values = rows[kept], values[kept]
        if not len(rows):
            return
        self._full.low[rows % self._full.kept, column] = values
        low = high = values
        start = int(rows[0])
        for level in self._levels:
            skipped = -start % WIDER
            blocks = (len(low) - skipped) // WIDER
            if blocks <= 0:
                return
            part = slice(skipped, skipped + blocks * WIDER)
            low = np.fmin.reduce(low[part].reshape(blocks, WIDER), axis=1)
            high = np.fmax.reduce(high[part].reshape(blocks, WIDER), axis=1)
            start = (start + skipped) // WIDER
            numbers = np.arange(start, start + blocks)
            here = numbers >= level.first
            level.low[numbers[here] % level.kept, column] = low[here]
            level.high[numbers[here] % level.kept, column] = high[here]

    def last_rows(self, columns: I64, most: int) -> tuple[int, F64, F32]:
        """Return the number of the first of the last rows, their time stamps and values (m, k)."""
        first = max(self._full.first, self._full.count - most)
        at = np.arange(first, self._full.count) % self._full.kept
        return first, self._full.t_s[at], self._full.low[at[:, None], columns]

    def excerpt(self, columns: I64, since_s: float, most: int) -> Excerpt:
        """Return some columns since a time stamp, from the coarsest record that is fine enough.

        Parameters
        ----------
        columns : (k,) int64
        most : int
            Entries wanted, about; 0 takes the finest record that reaches back so far.
        """
        rings = [self._full, *self._levels]
        reaches = [n for n, ring in enumerate(rings) if ring.first == 0 or ring.t_s[ring.first % ring.kept] <= since_s]
        chosen = reaches[0] if reaches else len(rings) - 1
        for number in reversed(reaches):
            if most and rings[number].count - rings[number].row_at(since_s) >= most:
                chosen = number
                break
        ring = rings[chosen]
        first = ring.row_at(since_s)
        if isinstance(ring, _Level):
            first = max(ring.first, first - 1)  # the block before may reach into the time that is asked for
        at = np.arange(first, ring.count) % ring.kept
        t_s, low, high = ring.t_s[at], ring.low[at[:, None], columns], ring.high[at[:, None], columns]
        tail = [level for level in self._levels[:chosen] if level.filling]
        if tail:
            # What is not yet part of a whole block belongs to the picture as well.
            t_s = np.append(t_s, min(level.begun_s for level in tail))
            low = np.vstack([low, np.fmin.reduce([level.now_low[columns] for level in tail])])
            high = np.vstack([high, np.fmax.reduce([level.now_high[columns] for level in tail])])
            for number, column in enumerate(columns):
                if column in self._sampled:
                    low[-1, number] = high[-1, number] = tail[0].now_low[column]
        return self._in_bins(Excerpt(t_s, low, high, WIDER**chosen), columns, first, most)

    def _in_bins(self, found: Excerpt, columns: I64, first: int, most: int) -> Excerpt:
        """Return an excerpt joined to about `most` entries."""
        count = len(found.t_s)
        # A joined entry is drawn as two points, so twice as many single rows are no more to draw.
        if not most or count <= 2 * most:
            return found
        per_bin = -(-count // most)
        # Bins begin at whole multiples, or the same extremes would jump between neighbours as time goes on.
        starts = np.arange(-(first % per_bin), count, per_bin).clip(0)
        low = np.fmin.reduceat(found.low, starts, axis=0)
        high = np.fmax.reduceat(found.high, starts, axis=0)
        sampled = np.isin(columns, self._sampled)
        if sampled.any():
            ends = np.append(starts[1:], count) - 1
            low[:, sampled] = high[:, sampled] = found.high[ends][:, sampled]
        return Excerpt(found.t_s[starts], low, high, found.rows_per_block * per_bin)
