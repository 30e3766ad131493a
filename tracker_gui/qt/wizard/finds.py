"""What the present settings find on frames of the whole source: counted anew whenever they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.engine.sampled_finds import USUAL_FRAMES
from tracker_gui.qt.found_count import wanted_animals
from tracker_gui.qt.tuning.tuning import NOW, Tuning, tuning_of
from tracker_gui.qt.wizard.judgement import FoundOn, Judgement
from tracker_gui.qt.wizard.page import PageState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.engine.finds_loop import FindsState
    from tracker_gui.qt.session import Session
    from tracker_gui.qt.wizard.wizard import Wizard

WATCHER = "wizard"
#: A camera cannot be sampled beforehand: so many of its pictures are enough to say something.
LIVE_LEAST = 3


class SampleCount(QObject):
    """Counts on the sampled frames of the tuning: spread over a video, or pictures of a camera as they come.

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
        self._tuning: Tuning | None = None
        self.judgement: Judgement | None = None
        self.done, self.total, self.error = 0, USUAL_FRAMES, ""

    def follow(self) -> None:
        """Count with the settings of now."""
        if self._tuning is None:
            self._tuning = tuning_of(self._session)
            self._tuning.finds_changed.connect(self._take)
            self._tuning.watch(True, WATCHER)
        self._look(self._tuning.finds)

    def close(self) -> None:
        """End the count, and give back its memory."""
        if self._tuning is not None:
            self._tuning.finds_changed.disconnect(self._take)
            self._tuning.watch(False, WATCHER)
            self._tuning = None
            self._forget()

    def _forget(self) -> None:
        self.judgement, self.done, self.total, self.error = None, 0, USUAL_FRAMES, ""

    def _take(self) -> None:
        if self._tuning is not None:
            self._look(self._tuning.finds)
            self.changed.emit()

    def _look(self, state: FindsState) -> None:
        preset, live = self._session.document.preset, self._session.is_live
        slot = state.slots.get(NOW)
        if slot is None or not slot.is_of(preset):
            self._forget()
            self.error = "" if state.problem is None else str(state.problem)
            return
        problem = state.problem or slot.problem
        self.error = "" if problem is None else str(problem)
        least = LIVE_LEAST if live else 1
        self.done, self.total = len(slot.fresh), max(state.total, least)
        if problem is not None:
            self.judgement = None
        elif self.done >= self.total:
            found = tuple(FoundOn(frame.index, slot.finds[frame.index]) for frame in state.frames)
            self.judgement = Judgement(found, wanted_animals(preset))
        elif not live:
            # New pictures of a camera come all the time: what was said of the others stays till then.
            self.judgement = None


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
