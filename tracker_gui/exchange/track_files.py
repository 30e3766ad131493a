"""Tables of tracks, ours and other programs', read row by row into what a tracker gives for each frame.

Known are our own two CSV styles, TracktorLive's and Tracktor's. What a program writes for "not found"
(-1, empty, NaN) becomes a missing animal, never a place.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.core.arrays import frozen
from tracker_gui.core.errors import InputError
from tracker_gui.core.types import Tracks, TrackState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker_gui.core.arrays import F64

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TrackRow:
    """One frame of a table: its number from 0, its time, and who was where."""

    index: int
    t_s: float
    source_id: str
    tracks: Tracks


@dataclass(frozen=True, slots=True)
class TrackFile:
    """A table of tracks that was read."""

    style: str
    roster: tuple[int, ...]
    rows: tuple[TrackRow, ...]


def read_track_file(path: Path, rate_hz: float) -> TrackFile:
    """Read a table.

    Parameters
    ----------
    rate_hz : float
        Gives the times where the table has none.

    Raises
    ------
    InputError
        Names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            return _read(path, [name.strip() for name in header], rows, rate_hz)
    except FileNotFoundError as error:
        raise InputError(str(path), "there is no such file", "Check the name.") from error
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "Check the drive and your rights.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), "is not a table of text (CSV)", "Export it again as CSV.") from error


def _read(path: Path, header: list[str], rows: Iterator[list[str]], rate_hz: float) -> TrackFile:
    columns = set(header)
    frames: dict[int, dict[int, Place]] = {}
    times_s: dict[int, float] = {}
    ids: set[int] = set()
    if {"frame", "pos_x", "pos_y"} <= columns:
        style, first = "tracktor", 1
    elif {"frame", "id", "x_px", "y_px"} <= columns:
        style, first = "tidy", 0
    elif {"frame", "id", "x", "y"} <= columns:
        style, first = "frame-id-x-y", 0
    elif header[:3] == ["time", "x0", "y0"]:
        style, first = "tracktorlive", 0
    else:
        raise InputError(
            str(path), "is no table of tracks that is known",
            "Known are the tables of this program, of TracktorLive and of Tracktor.",
        )  # fmt: skip
    at = {name: header.index(name) for name in header}
    last = -1
    for line, cells in enumerate(rows, 2):
        if not cells:
            continue
        try:
            if style == "tracktorlive":
                index = line - 2
                times_s[index] = float(cells[0])
                for animal in range((len(header) - 1) // 2):
                    _put(frames, ids, index, animal, cells[1 + 2 * animal], cells[2 + 2 * animal])
                continue
            index = int(float(cells[at["frame"]])) - first
            if index < last:
                raise ValueError("its frame comes before that of the line above")
            last = index
            animal = int(float(cells[at["id"]])) if "id" in at else 0
            x, y = ("x_px", "y_px") if style == "tidy" else ("pos_x", "pos_y") if style == "tracktor" else ("x", "y")
            lost = style == "tidy" and "state" in at and cells[at["state"]] not in ("found", "merged")
            _put(frames, ids, index, animal, "" if lost else cells[at[x]], cells[at[y]])
            if "time_s" in at and cells[at["time_s"]]:
                times_s[index] = float(cells[at["time_s"]])
        except (ValueError, IndexError, OverflowError) as error:
            reason = "has too few columns" if isinstance(error, IndexError) else str(error)
            raise InputError(f"{path}: line {line}", reason, "Mend the line or export the table again.") from error
    if not frames:
        raise InputError(str(path), "holds no frame", "Export the table again.")
    roster = tuple(sorted(ids))
    listed = tuple(
        TrackRow(index, times_s.get(index, index / rate_hz), path.stem, _tracks(roster, places))
        for index, places in sorted(frames.items())
    )
    return TrackFile(style, roster, listed)


def _put(frames: dict[int, dict[int, Place]], ids: set[int], index: int, animal: int, x: str, y: str) -> None:
    if index < 0:
        raise ValueError("its frame is below the first one")
    ids.add(animal)
    places = frames.setdefault(index, {})
    if x == "" or y == "":
        return
    place = float(x), float(y)
    if all(math.isfinite(value) for value in place) and place != (-1.0, -1.0):
        places[animal] = place


def _tracks(roster: tuple[int, ...], places: dict[int, Place]) -> Tracks:
    """Return the tracks of one frame; a place is all that is known of an animal."""
    n = len(roster)
    xy_px = np.array([places.get(animal, (0.0, 0.0)) for animal in roster]).reshape(n, 2)
    state = [TrackState.FOUND if animal in places else TrackState.LOST for animal in roster]

    def zeros(*shape: int) -> F64:
        return frozen(np.zeros(shape))

    whole = frozen(np.zeros(n, np.int64))
    return Tracks(
        roster=roster, track_id=frozen(np.array(roster, np.int64)), state=frozen(np.array(state, np.int64)),
        xy_px=frozen(xy_px), box_xyxy_px=frozen(np.hstack([xy_px, xy_px])), velocity_px_s=zeros(n, 2),
        area_px2=zeros(n), angle_rad=zeros(n), age_frames=whole, missed_frames=whole,
        detection_index=frozen(np.full(n, -1, np.int64)),
    )  # fmt: skip
