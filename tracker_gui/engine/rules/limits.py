"""How often a rule may act: a count and a clock that only what was really sent moves."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from tracker_gui.engine.rules.machine import ROUNDING_S

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tracker_gui.core.rules import Limits

MINUTE_S = 60.0
COOLDOWN, OF_MINUTE = "cooldown", "limit of the minute"
#: What is held back because it came too often, and so is worth a digest.
TOO_OFTEN = (COOLDOWN, OF_MINUTE)
#: Enough to know what the last time was before the newest few were given back.
REMEMBERED = 16


class Allowance:
    """What is left of a rule's limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._in_session = 0
        self._of_subject: dict[Hashable, int] = {}
        self._in_minute: deque[float] = deque()
        self._last: dict[Hashable, deque[float]] = {}

    def refusal(self, subject: Hashable, t_s: float) -> str:
        """Return why it may not act now; empty where it may."""
        limits = self._limits
        if limits.per_session and self._in_session >= limits.per_session:
            return "limit of the session"
        if limits.per_subject and self._of_subject.get(subject, 0) >= limits.per_subject:
            return "limit of the subject"
        if limits.cooldown_s:
            last = self._last.get(self._clock(subject))
            if last and t_s - last[-1] < limits.cooldown_s - ROUNDING_S:
                return COOLDOWN
        if limits.per_minute:
            while self._in_minute and t_s - self._in_minute[0] >= MINUTE_S - ROUNDING_S:
                self._in_minute.popleft()
            if len(self._in_minute) >= limits.per_minute:
                return OF_MINUTE
        return ""

    def take(self, subject: Hashable, t_s: float) -> int:
        """Count one; return which one it is in this session."""
        self._in_session += 1
        self._of_subject[subject] = self._of_subject.get(subject, 0) + 1
        if self._limits.per_minute:
            self._in_minute.append(t_s)
        self._last.setdefault(self._clock(subject), deque(maxlen=REMEMBERED)).append(t_s)
        return self._in_session

    def give_back(self, subject: Hashable, t_s: float) -> None:
        """Take back one of which nothing was sent."""
        self._in_session -= 1
        self._of_subject[subject] -= 1
        for times in (self._in_minute, self._last.get(self._clock(subject), deque())):
            if t_s in times:
                times.remove(t_s)

    def _clock(self, subject: Hashable) -> Hashable:
        return subject if self._limits.cooldown_of == "subject" else None
