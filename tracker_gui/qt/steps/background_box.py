"""The background that was learnt: from which frames, how far that is, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.steps.step import dim_label
from tracker_gui.qt.words import time_in_words

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from tracker_gui.qt.session import Session


class BackgroundBox(QWidget):
    """Below the settings of the step; `other_wanted` when the user wants it learnt from other frames."""

    other_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._session: Session | None = None
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        self.words = dim_label("")
        rows.addWidget(self.words)
        learning = QHBoxLayout()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setText("Cancel")
        self.cancel.setToolTip("Learn it no further; the settings from before stay in force")
        learning.addWidget(self.progress, 1)
        learning.addWidget(self.cancel)
        rows.addLayout(learning)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        self.show_it = QPushButton("Show it")
        self.show_it.setToolTip("Show the background that was learnt beside the picture")
        self.frames = QPushButton("Frames")
        self.frames.setToolTip("The frames that it was learnt from: choose one to see it")
        self.frames.setMenu(QMenu(self.frames))
        self.again = QPushButton("Learn again")
        self.again.setToolTip("Learn it from other frames, drawn at random; from a camera, of the frames that come now")
        self.save = QPushButton("Save…")
        self.save.setToolTip("Save the background, the picture of the empty scene, to be used as 'Picture' later")
        for number, button in enumerate((self.show_it, self.frames, self.again, self.save)):
            buttons.addWidget(button, number // 2, number % 2)
            buttons.setColumnStretch(number % 2, 1)
        rows.addLayout(buttons)
        self.show_it.clicked.connect(self._show_it)
        self.again.clicked.connect(self.other_wanted)
        self.cancel.clicked.connect(self._cancel)
        self.frames.menu().triggered.connect(self._go_to)
        self.frames.menu().aboutToShow.connect(self._fill)

    def follow(self, session: Session) -> None:
        """Show how the background of a session stands."""
        self._session = session
        session.state_changed.connect(self._show)
        session.ticked.connect(self._show)
        session.document.changed.connect(self._show)
        self._show()

    # ---- acts

    def _show_it(self) -> None:
        if self._session is not None:
            self._session.beside_wanted.emit(Beside.BACKGROUND)

    def _cancel(self) -> None:
        if self._session is not None:
            self._session.view.player.cancel_learning()

    def _fill(self) -> None:
        menu = self.frames.menu()
        menu.clear()
        assert self._session is not None
        rate_hz = self._session.info.rate_hz if self._session.info is not None else 0.0
        for index in self._session.state.background_frames:
            when = f"{time_in_words(index / rate_hz)}   " if rate_hz else ""
            menu.addAction(f"{when}frame {index}").setData(index)

    def _go_to(self, action: QAction) -> None:
        if self._session is not None:
            self._session.view.pause()
            self._session.view.player.seek(action.data())

    # ---- what is shown

    def _show(self) -> None:
        session = self._session
        if session is None:
            return
        state, live = session.state, session.is_live
        learning = session.view.live.state().learning if session.view.live is not None else state.learning
        self.progress.setVisible(learning is not None)
        self.cancel.setVisible(learning is not None and not live)
        if learning is not None:
            self.progress.setRange(0, max(1, learning[1]))
            self.progress.setValue(learning[0])
        self.words.setText(self._sentence(learning))
        there = session.info is not None and learning is None
        self.show_it.setEnabled(there)
        self.save.setEnabled(there)
        self.frames.setVisible(not live)
        self.frames.setEnabled(bool(state.background_frames) and not session.is_tracking)
        self.again.setEnabled(there and not session.document.locked)

    def _sentence(self, learning: tuple[int, int] | None) -> str:
        assert self._session is not None
        info, frames = self._session.info, self._session.state.background_frames
        if info is None:
            return "It is learnt as soon as a source is open."
        if learning is not None:
            return f"Learning the empty scene: {learning[0]} of {learning[1]} frames."
        if not frames:
            return "Learnt from frames of the camera." if self._session.is_live else "Not learnt from this source."
        many = "one frame" if len(frames) == 1 else f"{len(frames)} frames"
        if not info.rate_hz:
            return f"Learnt from {many}."
        first, last = (time_in_words(index / info.rate_hz) for index in (frames[0], frames[-1]))
        return f"Learnt from {many} between {first} and {last}."
