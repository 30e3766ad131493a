"""What the present settings find on frames of the whole source: counted anew whenever they change."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.sampled_finds import USUAL_FRAMES, Finds, find_on_samples
from tracker_gui.qt.found_count import wanted_animals
from tracker_gui.qt.wizard.judgement import FoundOn, Judgement
from tracker_gui.qt.wizard.page import PageState
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session
    from tracker_gui.qt.wizard.wizard import Wizard

log = logging.getLogger(__name__)

#: A slider that is dragged does not begin a count at each of its steps.
SETTLED_MS = 300
#: A camera cannot be sampled: pictures this far apart stand for its scene.
LIVE_EVERY_S = 0.5


class SampleCount(QObject):
    """Counts on frames spread over a video, or on pictures of a camera as they come.

    Attributes
    ----------
    judgement : Judgement or None
        Of the settings that are in force; None while they are counted and where they cannot be used.
    done, total : int
    error : str
        Why it could not be counted.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._on = False
        self._of: tuple[object, ...] | None = None
        self._run: _Run | None = None
        self._live: list[FoundOn] = []
        self._live_due_s = 0.0
        self.judgement: Judgement | None = None
        self.done, self.total = 0, USUAL_FRAMES
        self.error = ""
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._begin)
        session.shown.connect(self._take_live)

    def follow(self) -> None:
        """Count with the settings of now, if that was not done yet."""
        preset, self._on = self._session.document.preset, True
        # Zones, outputs and so on change nothing of what is found.
        of = (preset.source, preset.image, preset.detector, preset.tracker)
        if of == self._of or self._session.info is None:
            return
        self._cancel()
        self._of, self.judgement, self.error, self.done = of, None, "", 0
        self._live.clear()
        self._settled.start()
        self.changed.emit()

    def stop(self) -> None:
        """Give the count up; what was counted is still good while the settings are the same."""
        self._on = False
        if self._run is not None or self._settled.isActive():
            self._of = None
        self._cancel()

    def _cancel(self) -> None:
        self._settled.stop()
        if self._run is not None:
            self._run.cancelled.set()
            self._run = None

    def wait(self, timeout_ms: int) -> None:
        """Wait until no thread of it is left."""
        for thread in self.findChildren(EngineThread):
            thread.wait(timeout_ms)

    # ---- a source that can seek

    def _begin(self) -> None:
        source = self._session.document.preset.source
        if source is None or self._session.is_live or not self._on:
            return
        self._run = _Run(source, self._session.document.preset, self)
        self._run.told.connect(self._take)
        self._run.worker.start()

    def _take(self) -> None:
        run = self._run
        if run is None or self.sender() is not run:
            return
        self.done, self.total, self.error = run.done, run.total, run.error
        if run.found is not None:
            self._run = None
            self.judgement = Judgement(run.found, run.wanted)
        self.changed.emit()

    # ---- a camera

    def _take_live(self, shown: Shown) -> None:
        if not (self._on and self._session.is_live) or self._settled.isActive():
            return
        snapshot = shown.snapshot
        if snapshot.frame.t_capture_s < self._live_due_s or len(self._live) >= USUAL_FRAMES:
            return
        self._live_due_s = snapshot.frame.t_capture_s + LIVE_EVERY_S
        wanted = wanted_animals(self._session.document.preset)
        finds = Finds(snapshot.detections, wanted, max(1, wanted or 1))
        self._live.append(FoundOn(snapshot.frame.index, finds))
        self.done = len(self._live)
        self.judgement = Judgement(tuple(self._live), wanted) if self.done == USUAL_FRAMES else None
        self.changed.emit()


class _Run(QObject):
    """One count on a thread of its own."""

    told = Signal()

    def __init__(self, source: StageChoice, preset: Preset, parent: QObject) -> None:
        super().__init__(parent)
        self.cancelled = threading.Event()
        self.done, self.total, self.error = 0, USUAL_FRAMES, ""
        self.found: tuple[FoundOn, ...] | None = None
        self.wanted = wanted_animals(preset)
        self._source, self._preset = source, preset
        self.worker = EngineThread("count", self._count, parent)
        self.worker.finished.connect(self.told)
        self.worker.finished.connect(self.deleteLater)

    def _count(self) -> None:
        try:
            sample = find_on_samples(
                self._source, self._preset, progress=self._progress, cancelled=self.cancelled.is_set
            )
            self.found = tuple(FoundOn(frame.index, finds) for frame, finds in sample)
        except TrackerError as error:
            self.error = str(error)
        except Exception as error:
            log.exception("counting on sampled frames failed")
            self.error = f"The count stopped by an unexpected problem ({error}). The log has details."

    def _progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self.told.emit()


def count_page_state(wizard: Wizard, judge: Callable[[Judgement], PageState]) -> PageState:
    """Return what `judge` says of the count, or how far that is."""
    counted = wizard.finds
    if wizard.window.session.info is None:
        return PageState("missing", "Nothing is open yet.")
    if counted.error:
        return PageState("problem", counted.error)
    if counted.judgement is not None and counted.judgement.frames:
        return judge(counted.judgement)
    if not wizard.page.counts:
        return PageState("missing", "Not looked at yet.")
    waits = "pictures of the camera" if wizard.window.session.is_live else "frames of the whole source"
    return PageState("busy", f"Looking at {waits}: {counted.done} of {counted.total}.")
