"""Tables of tracks made of plain lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tracker_gui.analysis.track_table import TrackTable, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Place = tuple[float, float] | None


def table_from(
    paths: Sequence[Sequence[Place]], times_s: Sequence[float] | None = None, rate_hz: float = 10.0
) -> TrackTable:
    """Return the table of animals 1, 2, ..; a place that is None is a frame on which the animal is missing."""
    frames = len(paths[0])
    times = [k / rate_hz for k in range(frames)] if times_s is None else list(times_s)
    rows = [(k, times[k], i + 1, place) for i, path in enumerate(paths) for k, place in enumerate(path)]
    return table_of(
        np.array([r[0] for r in rows]),
        np.array([r[1] for r in rows]),
        np.array([r[2] for r in rows]),
        np.array([r[3] is not None for r in rows]),
        np.array([r[3] or (np.nan, np.nan) for r in rows]),
        np.full(len(rows), np.nan),
    )


@pytest.fixture
def make_table() -> Callable[..., TrackTable]:
    return table_from
