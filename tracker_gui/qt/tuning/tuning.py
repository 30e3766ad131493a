"""Tuning on the whole source: which frames are looked at, and the settings that the present ones are compared with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.engine.finds_loop import FindsLoop, FindsState, Sample
from tracker_gui.engine.live_samples import EVERY_S
from tracker_gui.engine.sampled_finds import USUAL_FRAMES
from tracker_gui.engine.screen_feed import Beside, ScreenFeed, Shown
from tracker_gui.engine.second_look import SecondLook
from tracker_gui.exchange.preset_difference import Difference, Part, differences, take
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from tracker_gui.core.errors import TrackerError
    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.session import Session

#: The settings of now, and those that were kept to be compared with them.
NOW, KEPT = "B", "A"
#: What is compared: the steps on which it depends what is found.
PARTS = (Part.IMAGE, Part.DETECT, Part.TRACK)


class Tuning(QObject):
    """One for each session, made by `tuning_of` when it is first asked for.

    Signals
    -------
    finds_changed()
        `finds` says more about the sampled frames.
    compared()
        A comparison began, ended, or is with other settings: `kept`.
    kept_shown(Shown)
        The present frame as the kept settings see it.
    """

    finds_changed = Signal()
    compared = Signal()
    kept_shown = Signal(object)
    _finds_wake = Signal()
    _shown_wake = Signal()
    _problem_arrived = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.finds = FindsState()
        self.count, self.draw = USUAL_FRAMES, 0
        self.kept: Preset | None = None
        self.kept_name = ""
        #: The settings of the comparison that ended last, with their name.
        self.last: tuple[Preset, str] | None = None
        self.problem: TrackerError | None = None
        self._camera = 0
        self._watchers: set[str] = set()
        self._offered_s = 0.0
        self._threads: list[EngineThread] = []
        self.loop = FindsLoop(self._finds_wake.emit, lambda: session.is_playing or session.is_tracking)
        self.feed = ScreenFeed(self._shown_wake.emit)
        self.look = SecondLook(self.feed, self._problem_arrived.emit)
        self._finds_wake.connect(self._take_finds)
        self._shown_wake.connect(self._take_shown)
        self._problem_arrived.connect(self._take_problem)
        session.document.changed.connect(self._follow)
        session.state_changed.connect(self._follow)
        session.shown.connect(self._see)
        session.view_changed.connect(self._follow_view)
        session.end_with(self)

    # ---- the sampled frames

    def watch(self, on: bool, who: str = "panel") -> None:
        """Keep the finds up to date while somebody looks at them; where nobody does, give back all memory."""
        if on:
            self._watchers.add(who)
        else:
            self._watchers.discard(who)
        self._follow()

    @property
    def _watched(self) -> bool:
        return bool(self._watchers)

    def sample(self, count: int, draw: int) -> None:
        """Look at other frames."""
        self.count, self.draw = count, draw
        self._follow()

    def _follow(self) -> None:
        session, preset = self._session, self._session.document.preset
        if self.kept is not None and session.document.camera != self._camera:
            self.end()
        info = session.info
        if not self._watched or info is None or preset.source is None:
            wish = Sample()
        else:
            presets = {NOW: preset} if self.kept is None else {KEPT: self._with_source(self.kept), NOW: preset}
            wish = Sample(preset.source, info if session.is_live else None, presets, self.count, self.draw)
        if wish.source is not None or self._threads:
            self._begin_threads()
            self.loop.use(wish)
        if wish.source is None and self.finds.frames:
            self.finds = FindsState()
            self.finds_changed.emit()
        if self.kept is not None and info is not None and preset.source is not None:
            self.look.use(preset.source, info, self._with_source(self.kept))

    def _with_source(self, kept: Preset) -> Preset:
        return take(self._session.document.preset, kept, PARTS)

    def _take_finds(self) -> None:
        state = self.loop.take()
        if state is not None and self._watched:
            self.finds = state
            self.finds_changed.emit()

    def _see(self, shown: Shown) -> None:
        if self.kept is not None:
            self.look.see(shown.snapshot.frame)
        if self._watched and self._session.is_live and time.monotonic() - self._offered_s >= EVERY_S:
            self._offered_s = time.monotonic()
            self.loop.offer(shown.snapshot.frame)

    # ---- comparing

    def keep(self, preset: Preset, name: str) -> None:
        """Compare the present settings with these from now on."""
        self._begin_threads()
        self.kept, self.kept_name = self._with_source(preset), name
        self._camera = self._session.document.camera
        self.problem = None
        self.feed.beside = self._session.feed.beside
        newest = self._session.newest
        self._follow()
        if newest is not None:
            self.look.see(newest.snapshot.frame)
        self.compared.emit()
        self._session.view_changed.emit()

    def end(self) -> None:
        """Compare no more; the settings stay as they are."""
        if self.kept is None:
            return
        self.last = (self.kept, self.kept_name)
        self.kept = None
        self.look.leave()
        self._follow()
        self.compared.emit()
        self._session.view_changed.emit()

    def use_kept(self) -> None:
        """Put the kept settings in force as one undo step, and compare no more."""
        if self.kept is None:
            return
        document, kept = self._session.document, self.kept
        now = document.preset
        name = self.kept_name
        document.change(self._with_source(kept), f"use the settings A ({name})")
        self.end()
        self.last = (now, "settings B of before")

    def swap(self) -> None:
        """Make the present settings the kept ones and the kept ones the present ones, as one undo step."""
        if self.kept is None:
            return
        document, kept = self._session.document, self.kept
        self.last = (kept, self.kept_name)
        now = document.preset
        document.change(self._with_source(kept), "swap A and B")
        self.keep(now, "settings before the swap")

    def differences(self) -> tuple[Difference, ...]:
        """Return in what the present settings differ from the kept ones."""
        if self.kept is None:
            return ()
        return tuple(d for d in differences(self.kept, self._session.document.preset) if d.part in PARTS)

    def show_beside(self, beside: Beside) -> None:
        """Choose which picture the kept settings show beside the frame."""
        if self.feed.beside is not beside:
            self.feed.beside = beside
            if self.kept is not None:
                self.look.again()

    def _follow_view(self) -> None:
        self.show_beside(self._session.feed.beside)

    def _take_shown(self) -> None:
        shown = self.feed.take()
        if shown is not None and self.kept is not None:
            self.kept_shown.emit(shown)

    def _take_problem(self, problem: TrackerError | None) -> None:
        self.problem = problem
        self.compared.emit()

    # ---- threads

    def _begin_threads(self) -> None:
        if self._threads:
            return
        for name, loop in (("sampled frames", self.loop.loop), ("second look", self.look.loop)):
            thread = EngineThread(name, loop, self)
            self._threads.append(thread)
            thread.start(EngineThread.Priority.LowPriority)

    def begin_close(self) -> None:
        """End the threads soon."""
        self._watchers.clear()
        self.loop.close()
        self.look.close()

    def wait(self, timeout_ms: int) -> bool:
        """Return whether they ended in time."""
        ended = [thread.wait(timeout_ms) for thread in self._threads]
        return all(ended)


def tuning_of(session: Session) -> Tuning:
    """Return the session's tuning, made on first use."""
    there = session.findChild(Tuning)
    return there if isinstance(there, Tuning) else Tuning(session)
