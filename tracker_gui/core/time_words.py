"""Times as people read them."""

from __future__ import annotations


def time_in_words(t_s: float) -> str:
    """Return m:ss.mmm, h:mm:ss.mmm from an hour on."""
    minutes, ms = divmod(max(0, round(t_s * 1000)), 60_000)
    hours, minutes_left = divmod(minutes, 60)
    seconds = f"{ms / 1000:06.3f}"
    return f"{hours}:{minutes_left:02d}:{seconds}" if hours else f"{minutes}:{seconds}"
