"""The search for a lens, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.lens_estimate import LensProgress, estimate_lens
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from tracker_gui.analysis.lens_calibration import Checkerboard, LensFit
    from tracker_gui.core.preset import StageChoice

log = logging.getLogger(__name__)


class LensRun(QObject):
    """Looks through a source; `fit` or `error` is there when `finished` is sent, neither when it was cancelled."""

    progressed = Signal(object)
    finished = Signal()

    def __init__(self, source: StageChoice, board: Checkerboard, frames: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source, self._board, self._frames = source, board, frames
        self._cancelled = threading.Event()
        self.fit: LensFit | None = None
        self.error: TrackerError | None = None
        self._thread = EngineThread("lens", self._run, self)
        self._thread.finished.connect(self.finished)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Give up after the present frame."""
        self._cancelled.set()

    def wait(self, timeout_ms: int) -> bool:
        return self._thread.wait(timeout_ms)

    def _run(self) -> None:
        try:
            self.fit = estimate_lens(self._source, self._board, self._frames, self._tell, self._cancelled.is_set)
        except TrackerError as error:
            self.error = error
        except Exception as error:
            log.exception("the lens could not be estimated")
            problem = f"stopped by an unexpected problem ({error})"
            self.error = TrackerError("Lens correction", problem, "The log has details.")

    def _tell(self, progress: LensProgress) -> None:
        self.progressed.emit(progress)
