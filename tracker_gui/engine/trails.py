"""Where animals went in the last seconds, for the screen."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.core.arrays import F64, frozen

if TYPE_CHECKING:
    from tracker_gui.core.types import Snapshot

TRAIL_S = 2.0
#: Of a long trail not every place is kept: more points than these cost time on every picture and show nothing.
MOST_POINTS = 300


@dataclass(frozen=True, slots=True)
class Trail:
    """Where an animal was measured in the last seconds, newest last; a new part begins after each gap.

    Attributes
    ----------
    parts : tuple of (k, 2) float64
    """

    track_id: int
    parts: tuple[F64, ...]


@dataclass(slots=True)
class _Place:
    """One place of an animal; `part` counts the gaps before it."""

    index: int
    t_s: float
    part: int
    x_px: float
    y_px: float


class Trails:
    """The places of all animals; belongs to the tracking thread."""

    def __init__(self) -> None:
        #: May be set from any thread; 0 for no trails.
        self.length_s = TRAIL_S
        self._places: dict[int, deque[_Place]] = {}

    def clear(self) -> None:
        self._places.clear()

    def add(self, snapshot: Snapshot) -> None:
        """Take the measured places of one frame."""
        index, t_s, tracks = snapshot.frame.index, snapshot.frame.t_capture_s, snapshot.tracks
        least_s = self.length_s / MOST_POINTS
        here = np.flatnonzero(tracks.measured)
        ids, places = tracks.track_id[here].tolist(), tracks.xy_px[here].tolist()
        for track_id, (x, y) in zip(ids, places, strict=True):
            trail = self._places.setdefault(track_id, deque())
            if trail and trail[-1].index >= index:
                trail.clear()
            part = 0 if not trail else trail[-1].part + (trail[-1].index < index - 1)
            if len(trail) > 1 and trail[-2].part == part and t_s - trail[-2].t_s < least_s:
                trail.pop()
            trail.append(_Place(index, t_s, part, x, y))
        oldest_s = t_s - self.length_s
        for track_id, trail in list(self._places.items()):
            while trail and trail[0].t_s <= oldest_s:
                trail.popleft()
            if not trail:
                del self._places[track_id]

    def shown(self) -> tuple[Trail, ...]:
        """Return the trails of now, in the order of the ids."""
        trails = []
        for track_id, trail in sorted(self._places.items()):
            if len(trail) < 2:
                continue
            xy_px = np.array([(place.x_px, place.y_px) for place in trail])
            breaks = np.flatnonzero(np.diff([place.part for place in trail])) + 1
            trails.append(Trail(track_id, tuple(frozen(part) for part in np.split(xy_px, breaks))))
        return tuple(trails)
