"""An output that takes the pictures themselves, written beside live tracking: what it cannot take is left out."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.stage import Sink, SinkContext
    from tracker_gui.core.types import Snapshot

log = logging.getLogger(__name__)

#: A picture may hold its colour (3 bytes per pixel) and its luma.
BYTES_PER_PIXEL = 4
MOST_WAITING_BYTES = 64_000_000
LEAST_WAITING = 2
SILENT_S = 1.5
CLOSE_WITHIN_S = 1.5


class PictureSink:
    """Opens, writes and closes a sink on a thread of its own; a few frames may wait, more are dropped and counted."""

    def __init__(self, sink: Sink[Any]) -> None:
        self._sink = sink
        self._wake = threading.Condition()
        # Everything below is read and written under its lock.
        self._waiting: deque[Snapshot] = deque()
        self._busy_since_s: float | None = None
        self._dropped = 0
        self._error: OutputError | None = None
        self._is_closing = False
        self._path: Path | None = None
        self._thread: threading.Thread | None = None

    @property
    def ending(self) -> str:
        return self._sink.ending

    @property
    def trouble(self) -> str:
        """What is the matter, as a sentence; empty while all is well."""
        with self._wake:
            silent_s = 0.0 if self._busy_since_s is None else time.monotonic() - self._busy_since_s
            if silent_s > SILENT_S:
                return f"{self._path}: the disk has not answered for {silent_s:.0f} s; {self._dropped} frames are lost."
            if self._dropped:
                return f"{self._path}: the disk or the processor is too slow, {self._dropped} frames are not in it."
            return ""

    def open(self, context: SinkContext) -> Path:
        """Return the path of the file, which is created meanwhile."""
        self._path = context.folder / (context.stem + self.ending)
        self._thread = threading.Thread(target=self._work, args=(context,), name=f"output {self.ending}", daemon=True)
        self._thread.start()
        return self._path

    def write(self, snapshot: Snapshot) -> None:
        """Hand over a frame; returns at once.

        Raises
        ------
        OutputError
            The file takes no more; said once.
        """
        width, height = snapshot.frame.size_px
        most = max(LEAST_WAITING, MOST_WAITING_BYTES // (width * height * BYTES_PER_PIXEL))
        with self._wake:
            self._raise_error()
            if len(self._waiting) >= most:
                self._dropped += 1
                return
            self._waiting.append(snapshot)
            self._wake.notify()

    def close(self) -> None:
        """Make the file final, as far as that is done within a second and a half.

        Raises
        ------
        OutputError
            Frames are missing.
        """
        if self._thread is None:
            return
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join(CLOSE_WITHIN_S)
        with self._wake:
            self._raise_error()
            missing = self._dropped + len(self._waiting)
            if self._thread.is_alive():
                raise OutputError(
                    str(self._path),
                    f"is not final and lacks {missing} frames: the disk has not taken them in {CLOSE_WITHIN_S:g} s",
                    "It plays up to there.",
                )
            if missing:
                raise OutputError(
                    str(self._path),
                    f"{missing} frames are missing: the disk or the processor was too slow",
                    "Record instead, or choose less effort for the video.",
                )

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _work(self, context: SinkContext) -> None:
        error: OutputError | None = None
        try:
            with self._wake:
                self._busy_since_s = time.monotonic()
            with contextlib.closing(self._sink):
                self._sink.open(context)
                while (snapshot := self._next()) is not None:
                    self._sink.write(snapshot)
        except OutputError as raised:
            error = raised
        except Exception as raised:
            log.exception("%s is given up", self._path)
            error = OutputError(str(self._path), f"is given up ({raised})", "The log has more.")
        with self._wake:
            self._error, self._busy_since_s = error, None
            self._waiting.clear()

    def _next(self) -> Snapshot | None:
        """Wait for a frame; None when no more will come."""
        with self._wake:
            self._busy_since_s = None
            self._wake.wait_for(lambda: self._waiting or self._is_closing)
            self._busy_since_s = time.monotonic()
            return self._waiting.popleft() if self._waiting else None
