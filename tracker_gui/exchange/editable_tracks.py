"""Tables of finished tracks to correct: those of this program, written again word for word, and those of others."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from tracker_gui.analysis.track_grid import LOST, TrackGrid
from tracker_gui.core.errors import InputError
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import F64, I64

STATES = {state.name.lower(): int(state) for state in TrackState}
#: More places than these (frames times animals) do not fit into memory together with their corrections.
MOST_CELLS = 20_000_000
#: A table whose animals come and go is filled up between its frames as long as it grows by no more than this.
MOST_GROWTH = 4
#: Length of a body three times as long as wide over the square root of its area.
BODY_LENGTHS = 1.8
WHAT_IS_READ = "Choose a track table of this program, TracktorLive, Tracktor, idTracker or ToxTrac."


@dataclass(frozen=True, slots=True)
class LongColumns:
    """Which column of a table with one row for each animal and frame holds what; -1 for none."""

    frame: int
    animal: int
    x: int
    y: int
    time: int = -1
    state: int = -1
    speed: int = -1


@dataclass(frozen=True, slots=True)
class EditableTracks:
    """A track file as it was read.

    Attributes
    ----------
    style : str
        ``"tidy"``, ``"frame-id-x-y"``, ``"tracktorlive"``: written again as they are. ``"tracktor"``,
        ``"idtracker"``, ``"toxtrac"``: written as frame-id-x-y.
    columns : tuple of pyarrow.Array
        The words of the file, column by column; empty for the styles of others.
    long : LongColumns or None
        None for tracktorlive, whose rows are frames.
    """

    path: Path
    style: str
    sha256: str
    header: tuple[str, ...]
    table: TrackGrid
    columns: tuple[Any, ...] = ()
    long: LongColumns | None = None


def read_editable_tracks(path: Path, first_frame: int = 0) -> EditableTracks:
    """Read a track file in any of the known styles.

    Parameters
    ----------
    first_frame : int
        Number of the first row's frame in styles whose rows have none (tracktorlive, idTracker).

    Raises
    ------
    InputError
        It is none of them, or holds what cannot be read: names the file and the row.
    """
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise InputError(str(path), "is a folder, not a track file", WHAT_IS_READ) from error
    except FileNotFoundError as error:
        raise InputError(str(path), "there is no such file", "Check the name.") from error
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "Check the drive and your rights.") from error
    sha256 = hashlib.sha256(data).hexdigest()
    first_line = data.partition(b"\n")[0].decode("utf-8-sig", "replace").strip("\r")
    names = [name.strip().strip('"') for name in first_line.split(",")]
    if {"frame", "id"} <= set(names) and ({"x_px", "y_px"} <= set(names) or {"x", "y"} <= set(names)):
        return _read_long(path, sha256, data)
    if re.match(r"time,x0,y0(,|$)", first_line):
        return _read_wide(path, sha256, data, first_frame)
    if {"frame", "pos_x", "pos_y"} <= set(names):
        return _read_tracktor(path, sha256, data)
    if re.match(r"X1\tY1(\t|$)", first_line):
        return _read_idtracker(path, sha256, data, first_frame)
    if re.fullmatch(r"\d+\t\d+\t\d+\t[^\t]+\t[^\t]+\t\S+", first_line.strip()):
        return _read_toxtrac(path, sha256, data)
    raise InputError(str(path), "is no track table in a style that is known", WHAT_IS_READ)


# ---- text and numbers


def _words(path: Path, data: bytes, delimiter: str = ",", header: bool = True) -> tuple[tuple[str, ...], list[Any]]:
    """Return the names of the columns and their words, not yet taken for numbers."""
    import pyarrow
    from pyarrow import csv

    first_line = data.partition(b"\n")[0].decode("utf-8-sig", "replace").rstrip("\r")
    cells = first_line.split(delimiter)
    # Numbered, because other programs leave names empty or use one twice.
    second_line = data.split(b"\n", 2)[int(header) : int(header) + 1]
    count = len(cells) if not second_line else second_line[0].count(delimiter.encode("ascii")) + 1
    if header and count == len(cells) - 1 and not cells[-1]:
        cells.pop()  # idTracker ends the line of names with a tab, and no other
    names = [str(number) for number in range(len(cells))]
    try:
        table = csv.read_csv(
            pyarrow.BufferReader(data),
            read_options=csv.ReadOptions(column_names=names, skip_rows=int(header)),
            parse_options=csv.ParseOptions(delimiter=delimiter),
            convert_options=csv.ConvertOptions(
                column_types={name: pyarrow.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pyarrow.ArrowInvalid as error:
        problem = f"is damaged ({str(error).splitlines()[0].rstrip('.')})"
        if "Empty CSV" in problem:
            problem = "holds no tracks"
        raise InputError(str(path), problem, "Cut the file off before that row, or track again.") from error
    if not table.num_rows:
        raise InputError(str(path), "holds no tracks", "Choose another file.")
    return tuple(cell.strip().strip('"') for cell in cells), [c.combine_chunks() for c in table.columns]


def _numbers(path: Path, name: str, words: Any, whole: bool = False) -> F64:
    """Return words as numbers, NaN where there is none."""
    import pyarrow
    from pyarrow import compute

    try:
        empty = compute.equal(words, "")
        cast = compute.cast(compute.if_else(empty, "nan", words), pyarrow.float64())
    except pyarrow.ArrowInvalid:
        _tell_bad_number(path, name, words.to_pylist())
    values: F64 = np.array(cast.to_numpy(zero_copy_only=False), dtype=np.float64)
    if whole:
        bad = np.flatnonzero(~(np.abs(values) < 2**53) | (values != np.rint(values)))
        if bad.size:
            row = int(bad[0])
            raise InputError(
                f"{path}: row {row + 2}, {name}", f"must be a whole number, got {words[row].as_py()!r}", WHAT_IS_READ
            )
    return values


def _tell_bad_number(path: Path, name: str, words: list[str]) -> NoReturn:
    for row, word in enumerate(words):
        try:
            float(word or "nan")
        except ValueError as error:
            raise InputError(f"{path}: row {row + 2}, {name}", f"must be a number, got {word!r}") from error
    raise InputError(f"{path}: {name}", "holds what is no number")


# ---- one row for each animal and frame


def _read_long(path: Path, sha256: str, data: bytes) -> EditableTracks:
    header, columns = _words(path, data)
    tidy = "x_px" in header

    def at(name: str) -> int:
        return header.index(name) if name in header else -1

    long = LongColumns(
        at("frame"), at("id"), at("x_px" if tidy else "x"), at("y_px" if tidy else "y"), at("time_s"), at("state"),
        at("speed_px_s"),
    )  # fmt: skip
    x, y = (_numbers(path, header[k], columns[k]) for k in (long.x, long.y))
    state = np.zeros(len(x), np.int8) if long.state < 0 else _states(path, columns[long.state])
    time_s = None if long.time < 0 else _numbers(path, "time_s", columns[long.time])
    frame = _numbers(path, "frame", columns[long.frame], whole=True).astype(np.int64)
    animal = _numbers(path, "id", columns[long.animal], whole=True).astype(np.int64)
    table = _dense(path, frame, animal, np.column_stack([x, y]), state, time_s, whole=tidy)
    return EditableTracks(path, "tidy" if tidy else "frame-id-x-y", sha256, header, table, tuple(columns), long)


def _states(path: Path, words: Any) -> Any:
    coded = words.dictionary_encode()
    known = coded.dictionary.to_pylist()
    for word in known:
        if word not in STATES:
            row = words.to_pylist().index(word) + 2
            raise InputError(
                f"{path}: row {row}, state", f"there is no state {word!r}", f"There are: {', '.join(STATES)}."
            )
    return np.array([STATES[word] for word in known], np.int8)[coded.indices.to_numpy()]


def _dense(
    path: Path, frame: I64, animal: I64, xy_px: F64, state: Any, time_s: F64 | None = None, whole: bool = False
) -> TrackGrid:
    """Return rows of animals and frames in any order as a table of frames by animals.

    Parameters
    ----------
    whole : bool
        Every animal of a frame that was seen at all has a row: a frame without any was not seen, as a live source
        loses some. Else it is one in which no animal was found.
    """
    frames, row = np.unique(frame, return_inverse=True)
    ids, column = np.unique(animal, return_inverse=True)
    span = int(frames[-1]) - int(frames[0]) + 1
    whole = whole and len(frame) == len(frames) * len(ids)
    if not whole and len(frames) < span <= MOST_GROWTH * len(frames):
        row = row + (frames - frames[0] - np.arange(len(frames)))[row]
        frames = np.arange(frames[0], frames[0] + span)
    if len(frames) * len(ids) > MOST_CELLS:
        raise InputError(
            str(path), f"has {len(ids)} animals in {len(frames)} frames, which is too much to look through at once",
            "Cut the table into parts of fewer frames.",
        )  # fmt: skip
    cell = row * len(ids) + column
    if len(np.unique(cell)) < len(cell):
        order = np.argsort(cell, kind="stable")
        twice = int(order[1:][np.diff(cell[order]) == 0][0])
        raise InputError(
            f"{path}: row {twice + 2}", f"animal {animal[twice]} is in frame {frame[twice]} a second time",
            "An animal can be in one place only: remove one of the two rows.",
        )  # fmt: skip
    shape = (len(frames), len(ids))
    placed = np.isfinite(xy_px).all(axis=1) & (state != LOST)
    full_state = np.full(shape, LOST, np.int8)
    full_state[row, column] = np.where(placed, state, LOST)
    full_xy = np.full((*shape, 2), np.nan)
    full_xy[row[placed], column[placed]] = xy_px[placed]
    origin = np.full(shape, -1, np.int32)
    origin[row, column] = np.arange(len(frame))
    full_time = None
    if time_s is not None:
        known = np.full(len(frames), np.nan)
        known[row] = time_s
        there = np.isfinite(known)
        if there.any():
            full_time = np.interp(frames, frames[there], known[there])
    return TrackGrid(
        frames, full_time, ids, full_state, full_xy, origin >= 0, origin, np.zeros(shape, np.bool_),
        is_full=len(frame) == len(frames) * len(ids),
    )  # fmt: skip


# ---- one row for each frame


def _read_wide(path: Path, sha256: str, data: bytes, first_frame: int) -> EditableTracks:
    header, columns = _words(path, data)
    n = (len(header) - 1) // 2
    if header != ("time", *(f"{axis}{i}" for i in range(n) for axis in "xy")):
        raise InputError(str(path), "its columns must be time,x0,y0,x1,y1 and so on", WHAT_IS_READ)
    values = np.stack([_numbers(path, header[k], columns[k]) for k in range(len(header))])
    xy = np.moveaxis(values[1:].reshape(n, 2, -1), 2, 0)
    table = _by_frame(xy, (xy == -1.0).all(axis=2), first_frame, values[0])
    return EditableTracks(path, "tracktorlive", sha256, header, table, tuple(columns))


def _by_frame(xy_px: F64, lost: Any, first_frame: int, time_s: F64 | None = None) -> TrackGrid:
    frames, n = xy_px.shape[:2]
    lost = lost | ~np.isfinite(xy_px).all(axis=2)
    return TrackGrid(
        frame=np.arange(first_frame, first_frame + frames),
        time_s=None if time_s is None else np.array(time_s),
        ids=np.arange(1, n + 1),
        state=np.where(lost, LOST, 0).astype(np.int8),
        xy_px=np.where(lost[..., None], np.nan, xy_px),
        listed=np.ones((frames, n), np.bool_),
        origin=np.arange(frames * n, dtype=np.int32).reshape(frames, n),
        edited=np.zeros((frames, n), np.bool_),
        is_full=True,
    )


# ---- what other programs write

PLAIN_HEADER = ("frame", "id", "x", "y")


def _read_tracktor(path: Path, sha256: str, data: bytes) -> EditableTracks:
    header, columns = _words(path, data)
    at = header.index
    frame = _numbers(path, "frame", columns[at("frame")], whole=True).astype(np.int64) - 1
    if "id" in header:
        names = np.array(columns[at("id")].to_pylist())
        animal = np.unique(names, return_inverse=True)[1] + 1
    else:
        animal = np.ones(len(frame), np.int64)
    xy = np.column_stack([_numbers(path, name, columns[at(name)]) for name in ("pos_x", "pos_y")])
    table = _dense(path, frame, animal, xy, np.zeros(len(frame), np.int8))
    return EditableTracks(path, "tracktor", sha256, PLAIN_HEADER, table)


def _read_idtracker(path: Path, sha256: str, data: bytes, first_frame: int) -> EditableTracks:
    header, columns = _words(path, data, "\t")
    n = len([name for name in header if re.fullmatch(r"X\d+", name)])
    wanted = [header.index(f"{axis}{i}") for i in range(1, n + 1) for axis in "XY" if f"{axis}{i}" in header]
    if len(wanted) != 2 * n:
        raise InputError(str(path), "its columns must be X1 Y1 ProbId1 X2 and so on", WHAT_IS_READ)
    values = np.stack([_numbers(path, header[k], columns[k]) for k in wanted])
    xy = np.moveaxis(values.reshape(n, 2, -1), 2, 0)
    table = _by_frame(xy, np.zeros(xy.shape[:2], np.bool_), first_frame)
    return EditableTracks(path, "idtracker", sha256, PLAIN_HEADER, table)


def _read_toxtrac(path: Path, sha256: str, data: bytes) -> EditableTracks:
    _, columns = _words(path, data, "\t", header=False)
    frame, arena, animal = (
        _numbers(path, name, columns[k], whole=True).astype(np.int64) for k, name in enumerate(("frame", "arena", "id"))
    )
    # Each arena counts its own animals from 1 on.
    numbered = np.unique(np.column_stack([arena, animal]), axis=0, return_inverse=True)[1].reshape(-1) + 1
    xy = np.column_stack([_numbers(path, name, columns[k]) for k, name in ((3, "x"), (4, "y"))])
    table = _dense(path, frame, numbered, xy, np.zeros(len(frame), np.int8))
    return EditableTracks(path, "toxtrac", sha256, PLAIN_HEADER, table)


def body_px(file: EditableTracks) -> float | None:
    """Return about how long an animal is, from the areas in the file; None where it has none."""
    if file.long is None or "area_px2" not in file.header:
        return None
    at = file.header.index("area_px2")
    area = _numbers(file.path, "area_px2", file.columns[at])
    area = area[np.isfinite(area)]
    return BODY_LENGTHS * float(np.sqrt(np.median(area))) if area.size else None
