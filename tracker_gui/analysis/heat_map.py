"""Where animals spent their time, as a grid over the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tracker_gui.core.types import Tracks

#: Cells along the longer side: fine enough for a body's length, coarse enough to fill within minutes.
LONGER_SIDE_CELLS = 120
#: Animals with a grid of their own, for looking at one alone; those beyond are in the sum of all.
MOST_ANIMALS = 32


class HeatMap:
    """Seconds spent in each cell. Not safe between threads: its owner locks.

    Parameters
    ----------
    size_px : tuple of int
        Width and height of the picture.
    """

    def __init__(self, size_px: tuple[int, int]) -> None:
        self.size_px = size_px
        self.cell_px = max(1.0, max(size_px) / LONGER_SIDE_CELLS)
        self.columns = int(np.ceil(size_px[0] / self.cell_px))
        self.rows = int(np.ceil(size_px[1] / self.cell_px))
        self._all_s = np.zeros(self.rows * self.columns, np.float32)
        self._each_s: dict[int, NDArray[np.float32]] = {}

    def add(self, spent_s: float, tracks: Tracks) -> None:
        """Take one frame.

        Parameters
        ----------
        spent_s : float
            Time since the frame before, for which a measured animal was about here.
        """
        here = np.flatnonzero(tracks.measured)
        # Pixel centres are whole numbers, so the picture begins at -0.5.
        cell = np.floor((tracks.xy_px[here] + 0.5) / self.cell_px).astype(np.int64)
        inside = ((cell >= 0) & (cell < (self.columns, self.rows))).all(axis=1)
        flat = (cell[:, 1] * self.columns + cell[:, 0])[inside].tolist()
        ids = tracks.track_id[here][inside].tolist()
        for track_id, at in zip(ids, flat, strict=True):
            self._all_s[at] += spent_s
            own = self._each_s.get(track_id)
            if own is None:
                if len(self._each_s) >= MOST_ANIMALS:
                    continue
                own = self._each_s[track_id] = np.zeros_like(self._all_s)
            own[at] += spent_s

    def seconds(self, track_id: int | None = None) -> NDArray[np.float32]:
        """Return the (rows, columns) seconds of one animal, or of all together."""
        found = self._all_s if track_id is None else self._each_s.get(track_id, np.zeros_like(self._all_s))
        return found.reshape(self.rows, self.columns).copy()
