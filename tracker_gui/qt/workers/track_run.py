"""One tracking run with outputs, on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.session_plan import FrameRange
from tracker_gui.engine.track_job import TrackJob, TrackResult
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.preset import Preset
    from tracker_gui.core.types import Snapshot
    from tracker_gui.engine.screen_feed import ScreenFeed

log = logging.getLogger(__name__)


class TrackRun(QObject):
    """Tracks every frame into a folder as fast as it can; the screen looks on.

    Attributes
    ----------
    result : TrackResult or None
    error : TrackerError or None
        Why it ended early; `job.files` lists what is there all the same.
    """

    finished = Signal()

    def __init__(self, preset: Preset, folder: Path, feed: ScreenFeed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if preset.source is None:
            raise TrackerError("source", "there is none", "Open a video or the simulated arena first.")
        self.folder = folder
        part = preset.range or FrameRange()
        self.job = TrackJob(preset.source, preset, folder, part.first_frame, part.stop_frame)
        self.result: TrackResult | None = None
        self.error: TrackerError | None = None
        self._feed = feed
        self._last: Snapshot | None = None
        self._waited = False
        self._started_s = time.monotonic()
        self._cancelled = threading.Event()
        self._thread = EngineThread("track run", self._run, self)
        self._thread.finished.connect(self.finished)

    def start(self) -> None:
        self._feed.forget()
        self._started_s = time.monotonic()
        self._thread.start()

    def cancel(self) -> None:
        """End after the present frame, with complete files."""
        self._cancelled.set()

    def wait(self, timeout_ms: int) -> bool:
        return self._thread.wait(timeout_ms)

    @property
    def seconds(self) -> float:
        """Return how long it has been running, or ran."""
        return self.job.counts.wall_s or time.monotonic() - self._started_s

    @property
    def last_index(self) -> int | None:
        return None if self._last is None else self._last.frame.index

    def _run(self) -> None:
        try:
            self.result = self.job.run(
                cancelled=self._cancelled.is_set, on_snapshot=self._see, explain=lambda: self._feed.explain
            )
        except TrackerError as error:
            self.error = error
        except Exception as error:
            log.exception("tracking failed")
            problem = f"stopped by an unexpected problem ({error})"
            self.error = TrackerError("tracking", problem, "What was written before is kept. The log has details.")

    def _see(self, snapshot: Snapshot) -> None:
        self._last = snapshot
        waits = bool(self.job.waiting)
        if self._waited and not waits:
            # What is counted beside the files counts from their first frame, too.
            self._feed.forget()
        self._waited = waits
        self._feed.offer(snapshot)
