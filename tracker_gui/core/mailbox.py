"""Hand-over between threads that keeps only the newest value."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds the newest value; one that was never taken is dropped and counted."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._value: T | None = None
        self._closed = False
        self.dropped = 0

    def put(self, value: T) -> bool:
        """Leave a value; return True when the box was empty (so one wake-up signal is due)."""
        with self._ready:
            was_empty = self._value is None
            if not was_empty:
                self.dropped += 1
            self._value = value
            self._ready.notify()
            return was_empty

    def take(self, timeout_s: float | None = 0.0) -> T | None:
        """Take the newest value; wait up to `timeout_s` (None: until there is one or it is closed)."""
        with self._ready:
            self._ready.wait_for(lambda: self._value is not None or self._closed, timeout_s)
            value, self._value = self._value, None
            return value

    def close(self) -> None:
        """Wake whoever waits; `take` then returns what is left, after that None."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
