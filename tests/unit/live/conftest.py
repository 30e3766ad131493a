"""What the tests of live measures share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.types import Frame, Motion, Snapshot, Tracks, TrackState, no_detections

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZE_PX = (400, 300)


def tracks_of(places: Sequence[tuple[float, float] | None], ids: Sequence[int] | None = None) -> Tracks:
    """Return tracks at these places; None is an animal that is lost."""
    ids = list(range(1, len(places) + 1)) if ids is None else list(ids)
    n = len(ids)
    state = [int(TrackState.LOST if place is None else TrackState.FOUND) for place in places]
    # The last known place of a lost animal, which nobody may use.
    xy_px = np.array([(777.0, 777.0) if place is None else place for place in places]).reshape(n, 2)
    return Tracks(
        roster=tuple(ids), track_id=np.array(ids, np.int64), state=np.array(state, np.int64), xy_px=xy_px,
        box_xyxy_px=np.zeros((n, 4)), velocity_px_s=np.zeros((n, 2)), area_px2=np.zeros(n), angle_rad=np.zeros(n),
        age_frames=np.zeros(n, np.int64), missed_frames=np.zeros(n, np.int64), detection_index=np.zeros(n, np.int64),
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_tracks() -> Callable[..., Tracks]:
    return tracks_of


@pytest.fixture(scope="session")
def make_snapshot() -> Callable[..., Snapshot]:
    """Return a function that makes what a tracker says of one frame."""
    picture = ArrayPicture(np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8))

    def make(index: int, places: Any, t_s: float | None = None, motion: Motion | None = None) -> Snapshot:
        frame = Frame(index, index / 10 if t_s is None else t_s, None, "test", 0, picture)
        return Snapshot(frame, Prepared(frame), no_detections(), tracks_of(places), motion)

    return make
