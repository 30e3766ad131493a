"""Rules over a whole recording, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.rules.simulation import Simulated, simulate_source
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.engine.runner import Counts

log = logging.getLogger(__name__)


class SimulateRun(QObject):
    """Tracks a source and lets the rules decide; nothing is sent.

    Attributes
    ----------
    result : Simulated or None
    error : TrackerError or None
    frames : int
        Looked at so far.
    """

    finished = Signal()

    def __init__(
        self, preset: Preset, source: StageChoice, camera: int, stop_frame: int | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.preset, self.source, self.camera = preset, source, camera
        self.result: Simulated | None = None
        self.error: TrackerError | None = None
        self.frames = 0
        self._stop_frame = stop_frame
        self._cancelled = threading.Event()
        self._thread = EngineThread("simulation of rules", self._run, self)
        self._thread.finished.connect(self.finished)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """End after the present frame."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def wait(self, timeout_ms: int) -> bool:
        return self._thread.wait(timeout_ms)

    def _count(self, counts: Counts) -> None:
        self.frames = counts.frames

    def _run(self) -> None:
        try:
            self.result = simulate_source(
                self.preset, self.source, self.camera, 0, self._stop_frame, self._count, self._cancelled.is_set
            )
        except TrackerError as error:
            self.error = error
        except Exception as error:
            log.exception("the rules could not be simulated")
            self.error = TrackerError(
                "simulation", f"stopped by an unexpected problem ({error})", "The log has details."
            )
