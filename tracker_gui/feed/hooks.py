"""Functions that hang on a run by a decorator, in TracktorLive's words, and what a running one is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tracker_gui.feed.tracks import MEASURED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.core.arrays import F64
    from tracker_gui.feed.tracks import FeedFrame

F = TypeVar("F", bound="Callable[..., Any]")
#: In `data`: the animal was not found. In `clock`: the server has stopped.
NOT_FOUND = STOPPED = -1.0


class Flag:
    """A value that both sides may change, as ``flag.value``."""

    def __init__(self, value: bool) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Flag({self.value})"


class Hooks:
    """Takes functions as ``@it`` (each frame), ``@it.startfunc`` and ``@it.stopfunc``; several of a name all stay."""

    def __init__(self) -> None:
        self.each_frame: list[Callable[..., Any]] = []
        self.at_start: list[Callable[..., Any]] = []
        self.at_stop: list[Callable[..., Any]] = []

    def __call__(self, function: F) -> F:
        """Call it for each frame."""
        self.each_frame.append(_checked(function))
        return function

    def startfunc(self, function: F) -> F:
        """Call it once, before the first frame."""
        self.at_start.append(_checked(function))
        return function

    def stopfunc(self, function: F) -> F:
        """Call it once, after the last frame."""
        self.at_stop.append(_checked(function))
        return function

    @property
    def any(self) -> bool:
        """Whether any function hangs here."""
        return bool(self.each_frame or self.at_start or self.at_stop)


def _checked(function: F) -> F:
    if not callable(function):
        raise TypeError(f"only a function can be decorated, got {function!r}")
    return function


class History:
    """The places of a known number of animals over the last frames, as TracktorLive's functions want them.

    Parameters
    ----------
    animals : sequence of int
        Ids, in the order of the rows.
    frames : int
        How far it goes back.
    """

    def __init__(self, animals: Sequence[int], frames: int) -> None:
        self._rows = {animal: row for row, animal in enumerate(animals)}
        self._frames = frames
        # Twice as long as it has to be, so that a frame costs a column and not a shift of all.
        self._data = np.full((len(self._rows), 2, 2 * frames), np.nan)
        self._clock = np.full(2 * frames, np.nan)
        self._end = frames

    def add(self, ids: Sequence[int], xy_px: F64, found: Sequence[bool], t_s: float) -> None:
        """Take one frame; an animal that was not found, or has no row, leaves -1."""
        if self._end == 2 * self._frames:
            self._data[:, :, : self._frames] = self._data[:, :, self._frames :]
            self._clock[: self._frames] = self._clock[self._frames :]
            self._end = self._frames
        column = self._data[:, :, self._end]
        column[:] = NOT_FOUND
        for animal, place, is_found in zip(ids, xy_px, found, strict=True):
            row = self._rows.get(animal)
            if is_found and row is not None:
                column[row] = place
        self._clock[self._end] = t_s
        self._end += 1

    def add_frame(self, frame: FeedFrame) -> None:
        """Take one frame of a feed."""
        t_s = frame.t_capture_s if frame.t_wall_s is None else frame.t_wall_s
        self.add(frame.track_id.tolist(), frame.xy_px, (frame.state == MEASURED).tolist(), t_s)

    def stop(self) -> None:
        """Say in the clock that no more will come."""
        self._clock[:] = STOPPED

    @property
    def data(self) -> F64:
        """(n, 2, frames) float64, the newest at -1: NaN before the first frame, -1 where not found."""
        return self._data[:, :, self._end - self._frames : self._end].copy()

    @property
    def clock(self) -> F64:
        """(frames,) float64 of seconds, the newest at -1; -1 everywhere once the server has stopped."""
        return self._clock[self._end - self._frames : self._end].copy()
