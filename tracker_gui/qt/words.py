"""Numbers as people read them: always with a unit."""

from __future__ import annotations

import time
from datetime import datetime

from tracker_gui.core.time_words import time_in_words

__all__ = ["bytes_in_words", "clock_in_words", "day_in_words", "duration_in_words", "time_in_words"]


def clock_in_words(t_s: float) -> str:
    """Return hh:mm:ss of something that runs for long."""
    whole = int(t_s)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def duration_in_words(t_s: float) -> str:
    """Return a duration with the precision it deserves."""
    if t_s < 60:
        return f"{t_s:.1f} s"
    minutes, seconds = divmod(round(t_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"


def bytes_in_words(count: float) -> str:
    """Return a size in decimal units."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def day_in_words(t_wall_s: float, now_s: float | None = None) -> str:
    """Return when something was, in local time: the hour of today and yesterday, else the day."""
    then = datetime.fromtimestamp(t_wall_s)
    today = datetime.fromtimestamp(time.time() if now_s is None else now_s).date()
    days = (today - then.date()).days
    if days in (0, 1):
        return f"{'today' if days == 0 else 'yesterday'} {then:%H:%M}"
    return f"{then.day} {then:%b %Y}"


def counted(count: int, word: str) -> str:
    """Return a number with its noun: "1 rule", "3 rules"."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
