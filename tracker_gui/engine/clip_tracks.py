"""Where the animals were on the last frames, for clips that show it."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from tracker_gui.engine.clip_view import Tracked

if TYPE_CHECKING:
    from tracker_gui.core.types import Snapshot


class ClipTracks:
    """Remembers the time of each tracked frame, and what was found on it where that is wanted.

    Attributes
    ----------
    keep_s : float
        How long; may grow at any time.
    keeps_tracks : bool
        Whether any clip needs more than the times.
    """

    def __init__(self) -> None:
        self.keep_s = 0.0
        self.keeps_tracks = False
        self.newest: Tracked | None = None
        self._lock = threading.Lock()
        self._times_s: dict[int, float] = {}
        self._tracked: dict[int, Tracked] = {}
        self._order: deque[int] = deque()
        self._last = -1

    def add(self, snapshot: Snapshot) -> None:
        """Take the newest tracked frame."""
        frame = snapshot.frame
        tracked = Tracked.of(snapshot)
        with self._lock:
            self.newest = tracked
            self._last = frame.index
            self._order.append(frame.index)
            self._times_s[frame.index] = frame.t_capture_s
            if self.keeps_tracks:
                self._tracked[frame.index] = tracked
            while frame.t_capture_s - self._times_s[self._order[0]] > self.keep_s:
                gone = self._order.popleft()
                del self._times_s[gone]
                self._tracked.pop(gone, None)

    def forget(self) -> None:
        """Begin anew, because the next frame does not follow on."""
        with self._lock:
            self._times_s.clear()
            self._tracked.clear()
            self._order.clear()
            self._last = -1

    def reaches(self, index: int) -> bool:
        """Return whether a frame was tracked, or will never be."""
        return self._last >= index

    def of(self, index: int) -> Tracked | None:
        """Return what was found on a frame; None where it was not tracked."""
        with self._lock:
            return self._tracked.get(index)

    def time_s(self, index: int) -> float | None:
        """Return the time of a tracked frame; of the newest where that one is not known."""
        with self._lock:
            if index in self._times_s:
                return self._times_s[index]
            return self._times_s[self._order[-1]] if self._order else None
