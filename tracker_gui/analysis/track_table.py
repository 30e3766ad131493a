"""Tracks of a whole recording as arrays: what all measures are taken from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import F64, I64, Bool

COLUMNS = ("frame", "time_s", "id", "state", "x_px", "y_px", "heading_deg")
MEASURED = ("found", "merged")
#: Nothing is held for less than this many frames: at 1 frame/s each one would end before the next begins.
LEAST_HOLD_FRAMES = 1.5


@dataclass(frozen=True, slots=True)
class TrackTable:
    """Where a animals were in n frames.

    Attributes
    ----------
    frame : (n,) int64
        Number of each frame in its source, ascending.
    time_s : (n,) float64
        Time stamps, strictly ascending.
    ids : tuple of int
        The animals, in the order of the second axis.
    xy_px : (n, a, 2) float64
        Means something only where `measured`.
    measured : (n, a) bool
        Seen on this very frame; a position that was predicted is none.
    heading_rad : (n, a) float64
        Where the animal faces, 0 along +x, clockwise on screen; means something only where `heading_known`.
    heading_known : (n, a) bool
    """

    frame: I64
    time_s: F64
    ids: tuple[int, ...]
    xy_px: F64
    measured: Bool
    heading_rad: F64
    heading_known: Bool

    @property
    def frame_s(self) -> float:
        """Length of a frame: the median of all; 0 where there is only one."""
        return float(np.median(np.diff(self.time_s))) if len(self.time_s) > 1 else 0.0

    @property
    def end_s(self) -> float:
        """When the last frame ends."""
        return float(self.time_s[-1]) + self.frame_s if len(self.time_s) else 0.0

    @property
    def duration_s(self) -> float:
        return self.end_s - float(self.time_s[0]) if len(self.time_s) else 0.0


@dataclass(frozen=True, slots=True)
class Sightings:
    """The m frames on which one animal was measured, and how long each of them stands for.

    Attributes
    ----------
    row : (m,) int64
        Rows of the table.
    start_s, end_s : (m,) float64
        A sighting holds until the next one, but no longer than the grace time; then the animal is nowhere.
    follows : (m,) bool
        Goes on from the one before without a gap.
    """

    row: I64
    start_s: F64
    end_s: F64
    follows: Bool

    @property
    def known_s(self) -> float:
        """For how long it is known where the animal was."""
        return float((self.end_s - self.start_s).sum())


def sightings(table: TrackTable, column: int, grace_s: float) -> Sightings:
    """Return the sightings of the animal in one column.

    Parameters
    ----------
    grace_s : float
        How long the last sighting stands for an animal that is missing.
    """
    row = np.flatnonzero(table.measured[:, column])
    start_s = table.time_s[row]
    hold_s = max(grace_s, LEAST_HOLD_FRAMES * table.frame_s)
    following_s = np.append(start_s[1:], table.end_s) if len(row) else start_s
    end_s = np.minimum(following_s, start_s + hold_s)
    follows = np.zeros(len(row), np.bool_)
    follows[1:] = end_s[:-1] >= start_s[1:]
    return Sightings(row, start_s, end_s, follows)


def read_tidy(path: Path) -> TrackTable:
    """Read a tidy table, as the output "Track table (CSV)" writes it.

    Raises
    ------
    InputError
        It cannot be read, or is another kind of table.
    """
    import pyarrow
    from pyarrow import csv

    try:
        types = {"frame": pyarrow.int64(), "id": pyarrow.int64(), "state": pyarrow.string()}
        types |= {name: pyarrow.float64() for name in COLUMNS if name not in types}
        options = csv.ConvertOptions(column_types=types, include_columns=list(COLUMNS))
        read = csv.read_csv(path, convert_options=options)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror or error})", "Track the video again.") from error
    except (pyarrow.ArrowInvalid, pyarrow.ArrowKeyError) as error:
        raise InputError(str(path), f"is no tidy table of tracks ({error})", "Track the video again.") from error
    plain = {name: read[name].to_numpy() for name in ("frame", "time_s", "id", "x_px", "y_px", "heading_deg")}
    return table_of(
        plain["frame"], plain["time_s"], plain["id"], np.isin(read["state"].to_numpy(), MEASURED),
        np.stack([plain["x_px"], plain["y_px"]], axis=1), plain["heading_deg"],
    )  # fmt: skip


def table_of(frame: I64, time_s: F64, animal_id: I64, measured: Bool, xy_px: F64, heading_deg: F64) -> TrackTable:
    """Return the arrays of k rows, one for each animal and frame, in any order.

    Parameters
    ----------
    frame, animal_id : (k,) int64
    time_s, heading_deg : (k,) float64
        A heading that is not known is NaN.
    measured : (k,) bool
    xy_px : (k, 2) float64
        NaN is taken as not measured.
    """
    frames, first, row = np.unique(frame, return_index=True, return_inverse=True)
    ids, column = np.unique(animal_id, return_inverse=True)
    size = (len(frames), len(ids))
    here = measured & np.isfinite(xy_px).all(axis=1)
    seen = np.zeros(size, np.bool_)
    seen[row[here], column[here]] = True
    places = np.zeros((*size, 2))
    places[row[here], column[here]] = xy_px[here]
    faces = np.isfinite(heading_deg) & here
    heading, known = np.zeros(size), np.zeros(size, np.bool_)
    heading[row[faces], column[faces]] = np.radians(heading_deg[faces])
    known[row[faces], column[faces]] = True
    times_s = np.asarray(time_s[first], np.float64)
    # A frame that claims to be no later than one before it has no length and no speed.
    later = np.ones(len(frames), np.bool_)
    later[1:] = times_s[1:] > np.maximum.accumulate(times_s)[:-1]
    return TrackTable(
        frames[later], times_s[later], tuple(ids.tolist()), places[later], seen[later], heading[later], known[later]
    )
