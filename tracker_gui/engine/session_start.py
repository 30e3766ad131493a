"""When a run begins: the clock or the animals decide, and meanwhile it is told what is waited for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracker_gui.core.errors import SettingsError, TrackerError
from tracker_gui.core.inside import inside_of
from tracker_gui.core.session_plan import AFTER_TIME, WHEN_SEEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.session_plan import SessionPlan
    from tracker_gui.core.types import Snapshot
    from tracker_gui.core.zones import Zone


class StartCancelled(TrackerError):
    """A run was stopped before it began; nothing was written."""

    def __init__(self) -> None:
        super().__init__("tracking", "was stopped before it had begun", "Nothing was written.")


class StartWait:
    """What one run waits for.

    Parameters
    ----------
    zones : sequence of Zone
        Of the camera.
    now_s : float
        On the clock that `is_time` is asked with.

    Raises
    ------
    SettingsError
        The zone in which an animal must be is not there.
    """

    def __init__(self, plan: SessionPlan, zones: Sequence[Zone], now_s: float) -> None:
        self._plan = plan
        self._begin_s = now_s + plan.start_after_s if plan.start == AFTER_TIME else math.inf
        self._in_a_row = 0
        self._inside = None
        if plan.start == WHEN_SEEN and plan.seen_zone:
            zone = next((zone for zone in zones if zone.name == plan.seen_zone), None)
            if zone is None:
                known = ", ".join(zone.name for zone in zones) or "none"
                raise SettingsError(
                    "session: seen_zone", f"there is no zone called '{plan.seen_zone}' (there are: {known})",
                    "Choose one of them, or leave it empty for anywhere.",
                )  # fmt: skip
            self._inside = inside_of(zone.shape)

    def is_time(self, now_s: float) -> bool:
        """Return whether the time is over; False where none is waited for."""
        return now_s >= self._begin_s

    def sees(self, snapshot: Snapshot) -> bool:
        """Take one tracked frame; return whether an animal was there for as long as it must be."""
        if self._plan.start != WHEN_SEEN:
            return False
        tracks = snapshot.tracks
        there = tracks.xy_px[tracks.measured]
        seen = len(there) > 0 if self._inside is None else any(self._inside(there.tolist()))
        self._in_a_row = self._in_a_row + 1 if seen else 0
        return self._in_a_row >= self._plan.seen_frames

    def sentence(self, now_s: float) -> str:
        """Return what is waited for, in a few words."""
        if self._plan.start == AFTER_TIME:
            left_s = max(0, math.ceil(self._begin_s - now_s))
            minutes, seconds = divmod(left_s, 60)
            return f"starts in {left_s} s" if left_s < 100 else f"starts in {minutes} min {seconds:02d} s"
        where = f" in “{self._plan.seen_zone}”" if self._plan.seen_zone else ""
        count = f" ({self._in_a_row} of {self._plan.seen_frames} frames)" if self._in_a_row else ""
        return f"waiting for an animal{where}{count}"
