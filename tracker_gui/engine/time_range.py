"""Where a run begins and ends, in the words of a user: a frame, seconds, or minutes and seconds."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import SettingsError

if TYPE_CHECKING:
    from tracker_gui.core.stage import Source
    from tracker_gui.core.types import SourceInfo

CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d*)?)")


def parse_time(text: str, place: str) -> int | float:
    """Return a frame number (int) or seconds (float).

    Raises
    ------
    SettingsError
        Names `place`, the option in which it was written.
    """
    text = text.strip().lower()
    if text.isascii() and text.isdigit():
        return int(text)
    if re.fullmatch(r"(\d+(\.\d*)?|\.\d+)\s*s", text):
        return float(text[:-1])
    clock = CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return 3600 * hours + 60 * minutes + seconds
    raise SettingsError(place, f"'{text}' is no time", "Write a frame (120), seconds (4s, 4.5s) or minutes (1:30).")


def frame_of(time: int | float, source: Source[Any], info: SourceInfo) -> int:
    """Return the first frame at or after a time, by the time stamps of an opened source where they are uneven."""
    if isinstance(time, int):
        return time
    index = source.index_at(time)
    # A millionth of a frame, because 0.1 s * 30 Hz is a little more than 3.
    return math.ceil(time * info.rate_hz - 1e-6) if index is None else index
