"""Rates and latencies of something that runs for days, as plain numbers over the last seconds."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

RATE_WINDOW_S = 2.0
MOST_MARKS = 2000
LATENCY_WINDOW = 1000


class RateMeter:
    """Events per second over the last two seconds. May be asked from another thread."""

    def __init__(self) -> None:
        self._at_s: deque[float] = deque(maxlen=MOST_MARKS)
        self._lock = threading.Lock()

    def mark(self, now_s: float) -> None:
        with self._lock:
            self._at_s.append(now_s)
            self._forget(now_s)

    def rate_hz(self, now_s: float) -> float:
        """Return the rate; 0 where nothing happened lately."""
        with self._lock:
            self._forget(now_s)
            if len(self._at_s) < 2:
                return 0.0
            # Up to now where the next one is overdue: a stopped source must not keep its rate for two seconds.
            first_s, last_s = self._at_s[0], self._at_s[-1]
            mean_s = (last_s - first_s) / (len(self._at_s) - 1)
            end_s = last_s if now_s - last_s <= 2 * mean_s else now_s
            return (len(self._at_s) - 1) / max(1e-9, end_s - first_s)

    def _forget(self, now_s: float) -> None:
        while self._at_s and self._at_s[0] < now_s - RATE_WINDOW_S:
            self._at_s.popleft()


class LatencyMeter:
    """The newest latency and the 99th percentile of the last thousand. May be asked from another thread."""

    def __init__(self) -> None:
        self._ms: deque[float] = deque(maxlen=LATENCY_WINDOW)
        self._lock = threading.Lock()

    def add(self, spent_s: float) -> None:
        with self._lock:
            self._ms.append(1e3 * spent_s)

    def now_ms(self) -> float | None:
        with self._lock:
            return self._ms[-1] if self._ms else None

    def p99_ms(self) -> float | None:
        with self._lock:
            values = list(self._ms)
        return float(np.percentile(values, 99)) if values else None
