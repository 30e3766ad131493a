"""One rule's two states for one subject: idle and active, with dwell, release and rest."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.rules import Timing

#: What is so within this time of the start was so already.
START_S = 1.0
#: Times come from files with rounded stamps; a tenth frame at 30 Hz is then 0.333333 s, not 1/3.
ROUNDING_S = 1e-6


class Change(enum.Enum):
    """What one frame did to a machine."""

    NONE = 0
    ENTER = 1
    EXIT = 2
    SILENT = 3


@dataclass(slots=True)
class Machine:
    """The state of one rule for one subject.

    Attributes
    ----------
    active : bool
    silent : bool
        Active without having acted, because it was so already at the start.
    sent : bool
        What it does on entering was sent, so what it does on leaving is due.
    known_s : float
        When the truth was known last.
    run_start_s, run_frames
        The unbroken run of frames that differ from `active`.
    """

    known_s: float
    start_s: float
    active: bool = False
    silent: bool = False
    sent: bool = False
    spent: bool = False
    ever_known: bool = False
    run_start_s: float = 0.0
    run_frames: int = 0
    next_repeat_s: float = 0.0
    acted_s: float = 0.0

    @property
    def settled(self) -> bool:
        """Whether nothing happens as long as the truth stays as it is."""
        return self.ever_known and self.run_frames == 0

    def effective(self, raw: Truth, t_s: float, timing: Timing) -> Truth:
        """Return what counts for a subject whose truth may be unknown; None leaves everything as it is."""
        if raw is not None:
            self.known_s = t_s
            return raw
        if timing.missing == "ignore":
            return None
        if timing.missing == "hold" and t_s - self.known_s <= timing.grace_s + ROUNDING_S:
            return None
        return False

    def step(self, truth: Truth, known: bool, t_s: float, timing: Timing, is_moment: bool) -> Change:
        """Go on by one frame.

        Parameters
        ----------
        truth : Truth
            The effective one.
        known : bool
            Whether it was really known on this frame. What is not cannot begin anything.
        """
        if truth is None:
            return Change.NONE
        if known and not self.ever_known:
            self.ever_known = True
            if truth and timing.at_start == "wait" and not is_moment and t_s - self.start_s <= START_S:
                self.active = self.silent = True
                return Change.SILENT
        if truth == self.active:
            self.run_frames = 0
            return Change.NONE
        if self.run_frames == 0:
            self.run_start_s = t_s
        self.run_frames += 1
        if not self._lasted(truth, t_s, timing):
            return Change.NONE
        self.active, self.run_frames = truth, 0
        return Change.ENTER if truth else Change.EXIT

    def _lasted(self, truth: bool, t_s: float, timing: Timing) -> bool:
        needed, unit = (timing.on_for, timing.on_unit) if truth else (timing.off_for, timing.off_unit)
        if unit == "frames":
            return self.run_frames >= needed
        return t_s - self.run_start_s >= needed - ROUNDING_S

    def break_run(self) -> None:
        """Forget a run that was seen from both ends only."""
        self.run_frames = 0
