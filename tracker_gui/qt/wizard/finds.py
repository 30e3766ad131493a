"""What the present settings find on frames of the whole source: counted anew whenever they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.engine.finds_loop import FindsLoop, Sample
from tracker_gui.engine.sampled_finds import USUAL_FRAMES
from tracker_gui.qt.found_count import wanted_animals
from tracker_gui.qt.wizard.judgement import FoundOn, Judgement
from tracker_gui.qt.wizard.page import PageState
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.engine.finds_loop import FindsState
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session
    from tracker_gui.qt.wizard.wizard import Wizard

SLOT = "now"
#: A camera cannot be sampled: pictures this far apart stand for its scene, and so many are enough to say something.
LIVE_EVERY_S = 1.0
LIVE_LEAST = 5


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
    _wake = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._loop: FindsLoop | None = None
        self._live_due_s = 0.0
        self._forget()
        self._wake.connect(self._take)
        session.shown.connect(self._offer)

    def _forget(self) -> None:
        self._of: tuple[object, ...] | None = None
        self.judgement: Judgement | None = None
        self.done, self.total, self.error = 0, USUAL_FRAMES, ""

    def follow(self) -> None:
        """Count with the settings of now, if that was not done yet."""
        session, preset = self._session, self._session.document.preset
        # Zones, outputs and so on change nothing of what is found.
        of = (preset.source, preset.image, preset.detector, preset.tracker)
        if of == self._of or session.info is None:
            return
        self._forget()
        self._of = of
        if self._loop is None:
            self._loop = FindsLoop(self._wake.emit, lambda: session.is_playing)
            EngineThread("wizard", self._loop.loop, self).start()
        live = session.info if session.is_live else None
        self._loop.use(Sample(preset.source, live, {SLOT: preset}))
        self.changed.emit()

    def close(self) -> None:
        """End the count, and give the source back."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None
            self._of = None

    def wait(self, timeout_ms: int) -> None:
        """Wait until no thread of it is left."""
        for thread in self.findChildren(EngineThread):
            thread.wait(timeout_ms)

    def _take(self) -> None:
        state = None if self._loop is None else self._loop.take()
        if state is None or self._of is None:
            return
        slot = state.slots.get(SLOT)
        problem = state.problem or (None if slot is None else slot.problem)
        self.error = "" if problem is None else str(problem)
        self.done, self.total = state.done, state.total or USUAL_FRAMES
        if self._session.is_live:
            self.total = max(self.total, LIVE_LEAST)
        self.judgement = None if problem is not None else self._judged(state)
        self.changed.emit()

    def _judged(self, state: FindsState) -> Judgement | None:
        """Return what is known of the present settings once all frames were looked at with them."""
        slot = state.slots.get(SLOT)
        least = LIVE_LEAST if self._session.is_live else 1
        if slot is None or state.total < least or len(slot.fresh) < state.total:
            # New pictures of a camera come all the time: what was said of the others stays till then.
            return self.judgement if self._session.is_live else None
        found = tuple(FoundOn(frame.index, slot.finds[frame.index]) for frame in state.frames)
        return Judgement(found, wanted_animals(self._session.document.preset))

    def _offer(self, shown: Shown) -> None:
        t_s = shown.snapshot.frame.t_capture_s
        if self._loop is not None and self._session.is_live and abs(t_s - self._live_due_s) >= LIVE_EVERY_S:
            self._live_due_s = t_s
            self._loop.offer(shown.snapshot.frame)


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
