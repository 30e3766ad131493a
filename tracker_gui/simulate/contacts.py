"""Crossings, counted from the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker_gui.simulate.arena import Truth


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two animals whose bodies overlapped and came apart again.

    Attributes
    ----------
    pair : (int, int)
    first, last : int
        First and last frame of the overlap.
    """

    pair: tuple[int, int]
    first: int
    last: int


def crossings(truths: Iterable[Truth], apart_frames: int = 5) -> tuple[Crossing, ...]:
    """Return all crossings, in the order in which they end.

    A crossing begins when two bodies share a pixel and ends when they have shared none for
    `apart_frames` frames on end, so that flickering contact counts once. A pair that is still in
    contact in the first frames, or has not come apart by the last frame, is not counted.

    Parameters
    ----------
    truths : iterable of Truth
        Consecutive frames.
    """
    open_since: dict[tuple[int, int], int] = {}
    last_seen: dict[tuple[int, int], int] = {}
    from_the_start: set[tuple[int, int]] = set()
    found = []
    first_index: int | None = None
    for truth in truths:
        if first_index is None:
            first_index = truth.index
            from_the_start = set(truth.overlaps)
        for pair in truth.overlaps:
            open_since.setdefault(pair, truth.index)
            last_seen[pair] = truth.index
        for pair in [pair for pair in open_since if truth.index - last_seen[pair] >= apart_frames]:
            if pair in from_the_start:
                from_the_start.discard(pair)
            else:
                found.append(Crossing(pair, open_since[pair], last_seen[pair]))
            del open_since[pair], last_seen[pair]
    return tuple(found)
