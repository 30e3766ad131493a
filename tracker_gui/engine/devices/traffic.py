"""What went to and fro between the computer and one board, the newest of it."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Literal

from tracker_gui.core.byte_text import shown_bytes

MOST_KEPT = 500
LONGEST_SHOWN = 120

Direction = Literal["to", "from", "note"]


@dataclass(frozen=True, slots=True)
class Traffic:
    """One line.

    Attributes
    ----------
    number : int
        Counts from 1, also those that are no longer kept.
    t_wall_s : float
        Seconds since 1970 UTC.
    """

    number: int
    t_wall_s: float
    direction: Direction
    text: str


class TrafficLog:
    """Keeps the newest lines. Keep-alives and their answers are left out. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Traffic] = deque(maxlen=MOST_KEPT)
        self._count = 0

    def sent(self, data: bytes) -> None:
        self._add("to", shown_bytes(data.removesuffix(b"\n"), LONGEST_SHOWN))

    def came(self, data: bytes) -> None:
        self._add("from", shown_bytes(data.removesuffix(b"\n"), LONGEST_SHOWN))

    def note(self, text: str) -> None:
        self._add("note", text)

    def _add(self, direction: Direction, text: str) -> None:
        with self._lock:
            self._count += 1
            self._kept.append(Traffic(self._count, time.time(), direction, text))

    def since(self, number: int) -> list[Traffic]:
        """Return the lines behind a number, oldest first."""
        with self._lock:
            return [each for each in self._kept if each.number > number]
