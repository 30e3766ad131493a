"""Keep what is open on disk, and offer it again after a crash or a power cut."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from tracker_gui.engine.open_state import LeftBehind, OpenFile, OpenState, left_behind
from tracker_gui.engine.recording_files import recover
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.source_words import source_name
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import pixmap
from tracker_gui.qt.words import day_in_words
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from tracker_gui.engine.recording_files import Finished
    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.session import Session

AFTER_MS = 1500


class Autosave(QObject):
    """Keeps what is open a moment after each change, on a thread of its own.

    Signals
    -------
    kept()
        What is on disk is what is open.
    """

    kept = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._file = OpenFile()
        self._number = 0
        self._kept: OpenState | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self.write)
        document = session.document
        for changed in (document.changed, document.path_changed, document.undo_stack.cleanChanged, session.run_changed):
            changed.connect(self._look)

    def state(self) -> OpenState:
        """Return what is open now."""
        document, session = self._session.document, self._session
        folders = (session.output_folder(), document.whole.recording.second_folder) if session.is_recording else ()
        return OpenState(document.whole, document.path, document.is_saved, tuple(f for f in folders if f is not None))

    def _look(self) -> None:
        # A timer that is running is not begun anew: a long drag is kept, too.
        if not self._timer.isActive() and self.state() != self._kept:
            self._timer.start()

    def write(self) -> None:
        """Begin to write, if there is anything new."""
        self._timer.stop()
        state = self.state()
        if state == self._kept:
            return
        self._kept = state
        self._number += 1
        read_in_background(functools.partial(self._file.keep, state, self._number), self._written)

    def _written(self, done: bool) -> None:
        if done:
            self.kept.emit()
        else:
            self._kept = None

    def stop(self, forget: bool = True) -> None:
        """End; without `forget` what was not saved is left for the next start."""
        self._timer.stop()
        state = self.state()
        if forget or state.is_saved:
            self._file.close(forget=True)
            return
        self._file.keep(state, self._number + 1)
        self._file.close(forget=False)


class RestoreBar(QFrame):
    """One quiet line that says what a session that was cut off had open: restore it, not now, or discard it."""

    def __init__(self, window: MainWindow, left: LeftBehind) -> None:
        super().__init__()
        self._window = window
        self._left = left
        self.setProperty("notice", True)
        self.setAccessibleName("A session that was cut off")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        self._sign = QLabel()
        self.words = QLabel(offer_in_words(left))
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.restore = QPushButton("Restore")
        self.restore.setProperty("primary", True)
        self.restore.setToolTip("Open all of it again, and finish the recordings")
        self.later = QPushButton("Not now")
        self.later.setToolTip("Offer it again at the next start")
        self.discard = QPushButton("Discard")
        self.discard.setToolTip("Throw the settings away for good; recordings stay where they are")
        for button, act in ((self.restore, self._restore), (self.later, self._later), (self.discard, self._discard)):
            button.clicked.connect(act)
        row.addWidget(self._sign)
        row.addWidget(self.words, 1)
        row.addWidget(self.discard)
        row.addWidget(self.later)
        row.addWidget(self.restore)
        window.closing.connect(left.put_back)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self._sign.setPixmap(pixmap("history", "accent"))

    def _restore(self) -> None:
        window, state = self._window, self._left.state
        if not window.may_replace():
            return
        window.session.begin(state.preset, state.path, saved=state.is_saved)
        # On disk under its own name before the old one goes.
        window.autosave.kept.connect(self._restored)
        window.autosave.write()
        if self._left.segments:
            read_in_background(functools.partial(recover, self._left.segments), self._recovered)
        self.hide()

    def _restored(self) -> None:
        self._window.autosave.kept.disconnect(self._restored)
        self._left.discard()

    def _recovered(self, answer: tuple[list[Finished], list[str]]) -> None:
        finished, problems = answer
        if finished:
            count = "1 recording was" if len(finished) == 1 else f"{len(finished)} recordings were"
            text = f"{count} finished: {'; '.join(map(str, finished))}."
            self._window.session.remarked.emit(Remark("recover", "ok", text))
        for problem in problems:
            self._window.session.remarked.emit(Remark("recover", "warn", problem))

    def _later(self) -> None:
        self._left.put_back()
        self.hide()

    def _discard(self) -> None:
        self._left.discard()
        self.hide()


def offer_in_words(left: LeftBehind) -> str:
    """Return what a session that was cut off had open."""
    state = left.state
    things = [f"“{state.path.name if state.path is not None else state.preset.name}”"]
    if not state.is_saved:
        things[0] += " with changes that were not saved"
    if state.preset.source is not None:
        things.append(source_name(state.preset.source))
    if left.segments:
        count = len(left.segments)
        things.append("1 unfinished recording" if count == 1 else f"{count} unfinished recordings")
    listed = things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
    text = f"The last session was cut off ({day_in_words(left.kept_s)}). It had open: {listed}."
    if left.problems:
        some = "1 setting" if len(left.problems) == 1 else f"{len(left.problems)} settings"
        text += f" {some} could not be read; the rest is there."
    return text


class RestoreOffer(QObject):
    """Looks for what a session that was cut off had open, and offers it above the picture."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.bar: RestoreBar | None = None
        read_in_background(left_behind, self._offer)

    def _offer(self, left: LeftBehind | None) -> None:
        if left is not None:
            self.bar = RestoreBar(self._window, left)
            self._window.show_above_picture(self.bar)
