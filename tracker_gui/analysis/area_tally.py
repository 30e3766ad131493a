"""How large the blobs of the last frames are, counted in classes of a logarithmic scale."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker_gui.core.arrays import F64

MOST_FRAMES = 90
CLASSES_PER_DECADE = 8
MOST_DECADES = 9


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame's blobs: counted when they come, because they are painted more often."""

    index: int
    counts: F64
    largest_px2: float


class AreaTally:
    """Areas of the newest frame, and of others: up to `MOST_FRAMES` before it, or frames of the whole source."""

    def __init__(self) -> None:
        self._before: deque[_Frame] = deque(maxlen=MOST_FRAMES)
        self._newest: _Frame | None = None
        self._spread: tuple[_Frame, ...] = ()

    def spread(self, areas_px2: Iterable[F64]) -> None:
        """Take the blobs of frames from all over the source instead of those before the newest; none: these again."""
        self._spread = tuple(_Frame(0, _counted(areas), float(areas.max(initial=0.0))) for areas in areas_px2)

    def add(self, frame_index: int, area_px2: F64) -> None:
        """Take the blobs of a frame, (n,) areas; the same frame again takes the place of what it had."""
        newest = self._newest
        if newest is not None and newest.index != frame_index:
            self._before.append(newest)
        self._newest = _Frame(frame_index, _counted(area_px2), float(area_px2.max(initial=0.0)))

    def clear(self) -> None:
        self._before.clear()
        self._newest = None
        self._spread = ()

    @property
    def frames(self) -> int:
        """How many frames there are beside the newest one: of all the source, else before it."""
        return len(self._beside)

    @property
    def is_spread(self) -> bool:
        """Whether these are of all the source."""
        return bool(self._spread)

    @property
    def _beside(self) -> tuple[_Frame, ...]:
        return self._spread or tuple(self._before)

    @property
    def largest_px2(self) -> float:
        held = self._beside if self._newest is None else (*self._beside, self._newest)
        return max((frame.largest_px2 for frame in held), default=0.0)

    def counts(self, decades: int) -> tuple[F64, F64]:
        """Return blobs per class on the newest frame, and per class and frame on those beside it.

        Parameters
        ----------
        decades : int
            The scale goes from 1 to 10 ** decades px²; what lies beyond is in its first and last class.

        Returns
        -------
        now, before : (decades * CLASSES_PER_DECADE,) float64
        """
        nothing = np.zeros(MOST_DECADES * CLASSES_PER_DECADE)
        now = nothing if self._newest is None else self._newest.counts
        before = sum((frame.counts for frame in self._beside), nothing)
        return _shortened(now, decades), _shortened(before / max(1, self.frames), decades)


def decades_for(area_px2: float) -> int:
    """Return how many powers of ten a scale needs to hold an area, 3 at the least."""
    return min(max(3, math.ceil(math.log10(max(area_px2, 1.0)) + 1e-9)), MOST_DECADES)


def _counted(areas: F64) -> F64:
    classes = np.floor(np.log10(np.maximum(areas, 1.0)) * CLASSES_PER_DECADE).astype(np.int64)
    many = MOST_DECADES * CLASSES_PER_DECADE
    return np.bincount(np.minimum(classes, many - 1), minlength=many).astype(np.float64)


def _shortened(counts: F64, decades: int) -> F64:
    many = decades * CLASSES_PER_DECADE
    shown = counts[:many].copy()
    shown[-1] += counts[many:].sum()
    return shown
