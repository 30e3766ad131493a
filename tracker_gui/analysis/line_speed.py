"""Speeds of corrected tracks, derived again where a correction has changed what they were made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.track_grid import LOST, TrackGrid

if TYPE_CHECKING:
    from tracker_gui.core.arrays import I64, Bool

#: What a frame without a row is taken for: it is followed by whatever was there before.
ABSENT = -2
USUAL_WINDOW_S = 0.2


def changed_speeds(original: TrackGrid, table: TrackGrid, window_s: float = USUAL_WINDOW_S) -> dict[int, float]:
    """Return the speeds (px/s) that are no longer what the file says.

    Speed is the slope of the least-squares line through the positions measured within `window_s`, as while
    tracking (`stages/enrich/kinematics.py`).

    Parameters
    ----------
    original, table : TrackGrid
        As the file was read, and as it is corrected.

    Returns
    -------
    dict
        {row * number of animals + column: speed}, NaN where none is known.
    """
    if table.time_s is None:
        return {}
    home = _home(original, table)
    breaks = _breaks(table, home)
    speeds: dict[int, float] = {}
    for column in range(len(table.ids)):
        at = np.flatnonzero(breaks[:, column]).tolist()
        done_to = -1
        for start in at:
            row = max(start, done_to + 1)
            while row < len(table):
                speed, oldest = _speed(table, row, column, window_s)
                was = int(home[row, column])
                _, oldest_was = _speed(original, row, was, window_s) if was != ABSENT else (None, None)
                if oldest is not None and oldest_was is not None and min(oldest, oldest_was) >= start:
                    break  # all that it is and was made of lies behind the break, and so it does for the next ones
                if table.state[row, column] != LOST:
                    speeds[row * len(table.ids) + column] = speed
                elif not table.edited[row, column] and row > start:
                    break  # the file lost it here, and began anew
                row += 1
            done_to = row - 1
    return speeds


def _home(original: TrackGrid, table: TrackGrid) -> I64:
    """Return (f, n) in which column of the file each position stands, ABSENT for none."""
    rows, columns = np.nonzero(original.origin >= 0)
    home_of = np.full(int(original.origin.max(initial=-1)) + 1, ABSENT)
    home_of[original.origin[rows, columns]] = columns
    return np.asarray(np.where(table.origin >= 0, home_of[table.origin], ABSENT))


def _breaks(table: TrackGrid, home: I64) -> Bool:
    """Return (f, n) where a position does not follow on the one that it followed in the file."""
    # The last home that is known, carried over frames without a row.
    at = np.where(home == ABSENT, -1, np.arange(len(table))[:, None])
    last = np.maximum.accumulate(at, axis=0)
    carried = np.where(last < 0, ABSENT, np.take_along_axis(home, np.maximum(last, 0), axis=0))
    breaks = table.edited.copy()
    breaks[1:] |= table.edited[:-1] | ((carried[1:] != carried[:-1]) & (carried[:-1] != ABSENT))
    return np.asarray(breaks)


def _speed(table: TrackGrid, row: int, column: int, window_s: float) -> tuple[float, int | None]:
    """Return the speed in a row, NaN for none, and the row of the oldest position it is made of."""
    assert table.time_s is not None
    state, measured = table.state[:, column], table.state[:, column] < 2
    if not measured[row]:
        return math.nan, None
    now_s = float(table.time_s[row])
    rows = [row]
    for before in range(row - 1, -1, -1):
        if state[before] == LOST:
            break
        if measured[before]:
            rows.append(before)
            # One older than the window stays, so that a window shorter than a frame still has two positions.
            if now_s - float(table.time_s[before]) >= window_s - 1e-9:
                break
    oldest = rows[-1]
    if len(rows) < 2 or now_s - float(table.time_s[oldest]) < window_s / 2:
        return math.nan, oldest
    t_s = table.time_s[rows] - table.time_s[rows].mean()
    spread = float((t_s**2).sum())
    vx, vy = ((t_s @ (table.xy_px[rows, column] - table.xy_px[rows, column].mean(axis=0))) / spread).tolist()
    return math.hypot(vx, vy), oldest
