"""One batch on a thread of its own; what it tells waits until the window looks."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.core.errors import TrackerError
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from tracker_gui.engine.batch import Batch, BatchResult, Runner
    from tracker_gui.engine.batch_job import Outcome, Progress

log = logging.getLogger(__name__)


class BatchRun(QObject):
    """Runs a batch.

    Attributes
    ----------
    result : BatchResult or None
    error : TrackerError or None
        Why there is no result.
    """

    finished = Signal()

    def __init__(self, batch: Batch, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.batch = batch
        self.result: BatchResult | None = None
        self.error: TrackerError | None = None
        self._runner = runner
        self._news: dict[int, Progress | Outcome] = {}
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._thread = EngineThread("batch", self._run, self)
        self._thread.finished.connect(self.finished)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """End the videos that run, with complete files, and begin no other."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def wait(self) -> None:
        self._thread.wait()

    def take_news(self) -> dict[int, Progress | Outcome]:
        """Return the newest word on each video since the last time."""
        with self._lock:
            news, self._news = self._news, {}
        return news

    def _hear(self, number: int, what: Progress | Outcome) -> None:
        with self._lock:
            self._news[number] = what

    def _run(self) -> None:
        try:
            self.result = self.batch.run(self._runner, self._hear, self._cancelled.is_set)
        except TrackerError as error:
            self.error = error
        except Exception as error:
            log.exception("the batch failed")
            problem = f"stopped by an unexpected problem ({error})"
            self.error = TrackerError("batch", problem, "What is finished is kept: resume it. The log has details.")
