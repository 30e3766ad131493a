"""Finished tracks as arrays, frames by animals: what is looked through and corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tracker_gui.core.arrays import I32, frozen
from tracker_gui.core.types import LAST_MEASURED, TrackState

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64, I64, Bool

I8 = NDArray[np.int8]

LOST = int(TrackState.LOST)
#: Frames per second of a table that says nothing of time.
USUAL_RATE_HZ = 30.0


@dataclass(frozen=True, slots=True)
class TrackGrid:
    """Where n animals were in f frames; every array is read-only.

    Attributes
    ----------
    frame : (f,) int64
        Numbers of the frames, rising; those a live source lost are missing.
    time_s : (f,) float64 or None
        None where the file does not say.
    ids : (n,) int64
        Rising.
    state : (f, n) int8 of TrackState
    xy_px : (f, n, 2) float64
        NaN where the state is LOST: there is no place that could be taken for one.
    listed : (f, n) bool
        Whether the file has a row for the animal in that frame.
    origin : (f, n) int32
        Row of the file whose further columns (area, heading) belong to the position, -1 for none.
    edited : (f, n) bool
        Deleted, interpolated or placed by hand.
    is_full : bool
        Whether the file has a row for every animal in every frame, as a tracker of a fixed number writes them.
    """

    frame: I64
    time_s: F64 | None
    ids: I64
    state: I8
    xy_px: F64
    listed: Bool
    origin: I32
    edited: Bool
    is_full: bool

    def __post_init__(self) -> None:
        for array in (self.frame, self.ids, self.state, self.xy_px, self.listed, self.origin, self.edited):
            frozen(array)
        if self.time_s is not None:
            frozen(self.time_s)

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def measured(self) -> Bool:
        """(f, n) bool: seen in that very frame."""
        return np.asarray(self.state <= LAST_MEASURED)

    @property
    def rate_hz(self) -> float:
        """Frames per second, from the usual time between two of them."""
        if self.time_s is None or len(self) < 2:
            return USUAL_RATE_HZ
        steps_s = np.diff(self.time_s) / np.diff(self.frame)
        usual_s = float(np.median(steps_s))
        return 1.0 / usual_s if usual_s > 0 else USUAL_RATE_HZ

    def column(self, animal: int) -> int | None:
        """Return the column of an animal, None where there is no such animal."""
        place = int(np.searchsorted(self.ids, animal))
        return place if place < len(self.ids) and self.ids[place] == animal else None

    def row(self, frame: int) -> int | None:
        """Return the row of a frame, None where the table has none of that number."""
        place = int(np.searchsorted(self.frame, frame))
        return place if place < len(self) and self.frame[place] == frame else None

    def rows(self, first_frame: int, last_frame: int | None) -> slice:
        """Return the rows of the frames first..last, both included; None for the end."""
        start = int(np.searchsorted(self.frame, first_frame))
        stop = len(self) if last_frame is None else int(np.searchsorted(self.frame, last_frame, side="right"))
        return slice(start, max(start, stop))

    def nearest_row(self, frame: int) -> int:
        """Return the row of the frame, or of the one before it that the table has (0 before the first)."""
        return max(0, int(np.searchsorted(self.frame, frame, side="right")) - 1)


def gap_around(table: TrackGrid, animal: int, frame: int) -> tuple[int, int] | None:
    """Return first and last frame of the stretch around `frame` in which an animal was not measured."""
    column, row = table.column(animal), table.row(frame)
    if column is None or row is None:
        return None
    seen = table.measured[:, column]
    if seen[row]:
        return None
    before, behind = np.flatnonzero(seen[:row]), np.flatnonzero(seen[row:])
    first = int(before[-1]) + 1 if before.size else 0
    last = row + int(behind[0]) - 1 if behind.size else len(table) - 1
    return int(table.frame[first]), int(table.frame[last])
