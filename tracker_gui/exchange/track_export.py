"""Corrected tracks as a file in the style they came in: what was not corrected comes out word for word."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.line_speed import USUAL_WINDOW_S, changed_speeds
from tracker_gui.analysis.track_grid import LOST
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker_gui.analysis.track_grid import TrackGrid
    from tracker_gui.core.arrays import I64
    from tracker_gui.exchange.editable_tracks import EditableTracks, LongColumns

ROWS_AT_ONCE = 50_000
STATE_WORDS = tuple(state.name.lower() for state in TrackState)


def write_tracks(file: EditableTracks, table: TrackGrid, path: Path, window_s: float = USUAL_WINDOW_S) -> None:
    """Write a corrected table in the style of the file it came from.

    Parameters
    ----------
    window_s : float
        Over which time a speed is measured, where the file has speeds.

    Raises
    ------
    OutputError
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    if file.long is not None:
        rows.writerow(file.header)
        rows.writerows(_long_rows(file, file.long, table, window_s))
    elif file.style == "tracktorlive":
        rows.writerow(["time", *(f"{axis}{i}" for i in range(len(table.ids)) for axis in "xy")])
        rows.writerows(_wide_rows(file, table))
    else:
        rows.writerow(file.header)
        rows.writerows(_plain_rows(table))
    write_atomically(path, text.getvalue())


def _long_rows(file: EditableTracks, long: LongColumns, table: TrackGrid, window_s: float) -> Iterator[list[str]]:
    """Yield the rows as lists of words, those of the file in its own order."""
    import pyarrow

    n = len(table.ids)
    speeds = changed_speeds(file.table, table, window_s) if long.speed >= 0 else {}
    cells = _in_order(file.table, table)
    ids, frames, times = table.ids.tolist(), table.frame.tolist(), _times(file, long)
    for start in range(0, len(cells), ROWS_AT_ONCE):
        part = cells[start : start + ROWS_AT_ONCE]
        origin = table.origin.reshape(-1)[part]
        kept = pyarrow.array(np.maximum(origin, 0))
        words = [column.take(kept).to_pylist() for column in file.columns]
        for place, (cell, source) in enumerate(zip(part.tolist(), origin.tolist(), strict=True)):
            row, column = divmod(cell, n)
            if source >= 0:
                out = [column_words[place] for column_words in words]
                out[long.animal] = str(ids[column])
            else:
                out = [""] * len(words)
                out[long.frame], out[long.animal] = str(frames[row]), str(ids[column])
                if long.time >= 0:
                    out[long.time] = times[row]
                if long.state >= 0:
                    out[long.state] = STATE_WORDS[table.state[row, column]]
                if table.state[row, column] != LOST:
                    x, y = table.xy_px[row, column].tolist()
                    out[long.x], out[long.y] = f"{x:.3f}", f"{y:.3f}"
            if cell in speeds:
                out[long.speed] = "" if math.isnan(speeds[cell]) else f"{speeds[cell]:.2f}"
            yield out


def _in_order(original: TrackGrid, table: TrackGrid) -> I64:
    """Return the cells of a table that have a row, each where the file has it, added ones behind those of the frame."""
    rows, columns = np.nonzero(table.listed)
    order = np.full(table.listed.shape, np.iinfo(np.int32).max, np.int64)
    at = np.searchsorted(table.ids, original.ids)
    order[:, at] = np.where(original.origin >= 0, original.origin, np.iinfo(np.int32).max)
    if not _frames_rise(original):
        # The file is not sorted by frame: its own order is the only one there is.
        keep = np.lexsort((columns, rows, order[rows, columns]))
    else:
        keep = np.lexsort((columns, order[rows, columns], rows))
    return np.asarray((rows * len(table.ids) + columns)[keep])


def _frames_rise(original: TrackGrid) -> bool:
    first = np.where(original.origin >= 0, original.origin, np.iinfo(np.int32).max).min(axis=1)
    last = original.origin.max(axis=1)
    there = last >= 0
    return bool((first[there][1:] > last[there][:-1]).all())


def _times(file: EditableTracks, long: LongColumns) -> list[str]:
    """Return the time of each frame as the file has it, or between those of its neighbours."""
    if long.time < 0 or file.table.time_s is None:
        return [""] * len(file.table)
    words = file.columns[long.time]
    first = file.table.origin.max(axis=1).tolist()
    return [
        words[row].as_py() if row >= 0 else f"{t_s:.6f}"
        for row, t_s in zip(first, file.table.time_s.tolist(), strict=True)
    ]


def _wide_rows(file: EditableTracks, table: TrackGrid) -> Iterator[list[str]]:
    times = file.columns[0].to_pylist()
    lost = (table.state == LOST).tolist()
    for time, places, gone in zip(times, table.xy_px.tolist(), lost, strict=True):
        out = [time]
        for (x, y), is_lost in zip(places, gone, strict=True):
            out += ["-1.000", "-1.000"] if is_lost else [f"{x:.3f}", f"{y:.3f}"]
        yield out


def _plain_rows(table: TrackGrid) -> Iterator[list[str]]:
    ids, lost = table.ids.tolist(), (table.state == LOST).tolist()
    for frame, places, gone in zip(table.frame.tolist(), table.xy_px.tolist(), lost, strict=True):
        for animal, (x, y), is_lost in zip(ids, places, gone, strict=True):
            yield [str(frame), str(animal), *(("", "") if is_lost else (f"{x:.3f}", f"{y:.3f}"))]
