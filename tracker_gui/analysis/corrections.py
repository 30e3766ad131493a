"""Corrections of finished tracks: a list that is applied to the table as it was, so that none of it is ever lost."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from tracker_gui.analysis.track_grid import LOST, TrackGrid
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker_gui.core.arrays import F64, I32, I64, Bool

FOUND, PREDICTED = int(TrackState.FOUND), int(TrackState.PREDICTED)
MOST_FRAMES = 2**53
FrameNumber = Annotated[int, Field(ge=0, le=MOST_FRAMES)]
AnimalId = Annotated[int, Field(ge=-MOST_FRAMES, le=MOST_FRAMES)]


class _Correction(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    made_utc: str = ""


class _Stretch(_Correction):
    """The frames first..last, both included; without a last one up to the end."""

    first_frame: FrameNumber
    last_frame: FrameNumber | None = None

    @model_validator(mode="after")
    def _is_not_empty(self) -> _Stretch:
        if self.last_frame is not None and self.last_frame < self.first_frame:
            raise ValueError(f"the last frame {self.last_frame} lies before the first {self.first_frame}")
        return self

    @property
    def when(self) -> str:
        if self.last_frame is None:
            return f"from frame {self.first_frame} on"
        if self.last_frame == self.first_frame:
            return f"in frame {self.first_frame}"
        return f"in frames {self.first_frame} to {self.last_frame}"


class Swap(_Stretch):
    """Two animals were taken for one another."""

    kind: Literal["swap"] = "swap"
    animal: AnimalId
    other: AnimalId

    def __str__(self) -> str:
        return f"Swap {self.animal} and {self.other} {self.when}"


class Change(_Stretch):
    """What was taken for one animal is another, which has no position of its own there."""

    kind: Literal["change"] = "change"
    animal: AnimalId
    to: AnimalId

    def __str__(self) -> str:
        return f"Change {self.animal} to {self.to} {self.when}"


class Delete(_Stretch):
    """What was taken for an animal is none."""

    kind: Literal["delete"] = "delete"
    animal: AnimalId

    def __str__(self) -> str:
        return f"Delete {self.animal} {self.when}"


class Interpolate(_Stretch):
    """A straight line through the frames in which an animal was not measured."""

    kind: Literal["interpolate"] = "interpolate"
    animal: AnimalId

    def __str__(self) -> str:
        return f"Interpolate {self.animal} {self.when}"


class Place(_Correction):
    """Somebody saw where an animal is in a frame."""

    kind: Literal["place"] = "place"
    animal: AnimalId
    frame: FrameNumber
    x_px: FiniteFloat
    y_px: FiniteFloat

    def __str__(self) -> str:
        return f"Place {self.animal} at ({self.x_px:.1f}, {self.y_px:.1f}) px in frame {self.frame}"


class Shift(_Correction):
    """Every position was measured from another corner than that of the picture, as ToxTrac does."""

    kind: Literal["shift"] = "shift"
    x_px: FiniteFloat
    y_px: FiniteFloat

    def __str__(self) -> str:
        return f"Shift all animals by ({self.x_px:g}, {self.y_px:g}) px"


Correction = Annotated[Swap | Change | Delete | Interpolate | Place | Shift, Field(discriminator="kind")]


def corrected(table: TrackGrid, corrections: Iterable[Correction]) -> TrackGrid:
    """Return what a table becomes by corrections, applied one after the other; the table stays as it is.

    Raises
    ------
    SettingsError
        A correction does not fit: names it, why, and what would.
    """
    draft = _Draft(table)
    for correction in corrections:
        draft.apply(correction)
    return draft.table()


class _Draft:
    """A table that may still be written into."""

    def __init__(self, table: TrackGrid) -> None:
        self._table = table
        self._full = table.is_full
        self._ids: I64 = table.ids
        self._state = table.state.copy()
        self._xy: F64 = table.xy_px.copy()
        self._listed: Bool = table.listed.copy()
        self._origin: I32 = table.origin.copy()
        self._edited: Bool = table.edited.copy()

    def table(self) -> TrackGrid:
        return dataclasses.replace(
            self._table, ids=self._ids, state=self._state, xy_px=self._xy, listed=self._listed, origin=self._origin,
            edited=self._edited,
        )  # fmt: skip

    def apply(self, correction: Correction) -> None:
        if isinstance(correction, Place):
            self._place(correction)
            return
        if isinstance(correction, Shift):
            self._shift(correction)
            return
        rows = self._table.rows(correction.first_frame, correction.last_frame)
        if rows.start == rows.stop:
            first, last = int(self._table.frame[0]), int(self._table.frame[-1])
            raise SettingsError(str(correction), f"the tracks have frames {first} to {last} only")
        if isinstance(correction, Swap):
            self._swap(correction, rows)
        elif isinstance(correction, Change):
            self._change(correction, rows)
        elif isinstance(correction, Delete):
            self._clear(rows, self._column(correction, correction.animal))
        else:
            self._interpolate(correction, rows)

    def _find(self, animal: int) -> int | None:
        found = np.flatnonzero(self._ids == animal)
        return int(found[0]) if found.size else None

    def _column(self, correction: Correction, animal: int) -> int:
        column = self._find(animal)
        if column is None:
            known = ", ".join(map(str, self._ids[:20].tolist()))
            raise SettingsError(str(correction), f"there is no animal {animal}", f"There are: {known}")
        return column

    def _swap(self, correction: Swap, rows: slice) -> None:
        if correction.animal == correction.other:
            raise SettingsError(str(correction), "an animal cannot be swapped with itself", "Choose another one.")
        self._exchange(rows, self._column(correction, correction.animal), self._column(correction, correction.other))

    def _exchange(self, rows: slice, one: int, other: int) -> None:
        for array in (self._state, self._xy, self._listed, self._origin, self._edited):
            array[rows, [one, other]] = array[rows, [other, one]]

    def _change(self, correction: Change, rows: slice) -> None:
        if correction.animal == correction.to:
            raise SettingsError(str(correction), "it is that animal already", "Choose another one.")
        column = self._column(correction, correction.animal)
        target = self._find(correction.to)
        if target is None:
            column += int(correction.to < correction.animal)
            target = self._add(correction.to)
        has = np.flatnonzero(self._state[rows, target] != LOST)
        if has.size:
            at = int(self._table.frame[rows.start + has[0]])
            raise SettingsError(
                str(correction), f"{correction.to} has a position of its own in frame {at}",
                "Swap the two, or delete that position first.",
            )  # fmt: skip
        self._exchange(rows, column, target)
        if self._full:
            self._listed[rows, [column, target]] = True

    def _add(self, animal: int) -> int:
        """Add an animal without any position; return its column."""
        at = int(np.searchsorted(self._ids, animal))
        self._ids = np.insert(self._ids, at, animal)
        self._state = np.insert(self._state, at, LOST, axis=1)
        self._xy = np.insert(self._xy, at, np.nan, axis=1)
        self._listed = np.insert(self._listed, at, self._full, axis=1)
        self._origin = np.insert(self._origin, at, -1, axis=1)
        self._edited = np.insert(self._edited, at, False, axis=1)
        return at

    def _clear(self, rows: slice, column: int) -> None:
        self._state[rows, column] = LOST
        self._xy[rows, column] = np.nan
        self._origin[rows, column] = -1
        self._edited[rows, column] = True
        self._listed[rows, column] = self._full

    def _interpolate(self, correction: Interpolate, rows: slice) -> None:
        column = self._column(correction, correction.animal)
        around = slice(max(0, rows.start - 1), min(len(self._table), rows.stop + 1))
        t_s = np.asarray(self._table.frame if self._table.time_s is None else self._table.time_s, np.float64)[around]
        seen = self._state[around, column] < PREDICTED
        if not (seen[0] and seen[-1] and len(seen) >= 2):
            raise SettingsError(
                str(correction), f"{correction.animal} was not measured on both sides",
                "Choose the whole gap, or place it by clicking in the frames beside it.",
            )  # fmt: skip
        gap = ~seen
        if not gap.any():
            raise SettingsError(str(correction), f"{correction.animal} was measured in all of them")
        for axis in (0, 1):
            along = self._xy[around, column, axis]
            along[gap] = np.interp(t_s[gap], t_s[seen], along[seen])
        self._mark(np.flatnonzero(gap) + around.start, column, PREDICTED)

    def _place(self, correction: Place) -> None:
        column = self._find(correction.animal)
        row = self._table.row(correction.frame)
        if row is None:
            raise SettingsError(str(correction), "the tracks have no such frame", "Go to one that they have.")
        if column is None:
            column = self._add(correction.animal)
        self._xy[row, column] = correction.x_px, correction.y_px
        self._mark(np.array([row]), column, FOUND)

    def _shift(self, correction: Shift) -> None:
        self._xy += np.array([correction.x_px, correction.y_px])
        there = self._state != LOST
        # What the file says of such a position holds no longer.
        self._origin[there] = -1
        self._edited |= there

    def _mark(self, rows: I64, column: int, state: int) -> None:
        self._state[rows, column] = state
        self._origin[rows, column] = -1
        self._edited[rows, column] = True
        self._listed[rows, column] = True
