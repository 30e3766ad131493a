"""Under the picture: step, play, and where in the video it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from tracker_gui.qt.words import time_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

BUTTONS = ("first", "step_back", "play", "step_on", "last")
BUTTON = QSize(20, 20)


class ReviewTransport(QFrame):
    """Buttons of the actions that go somewhere, the time, and who is where."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 16, 4)
        self._row.setSpacing(4)
        self.time = QLabel()
        self.frame = QLabel()
        self.frame.setProperty("dim", True)
        self.state = QLabel()
        self.state.setProperty("dim", True)

    def add_buttons(self, actions: Mapping[str, QAction]) -> None:
        """Make a button of each action that goes somewhere."""
        for name in BUTTONS:
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setIconSize(BUTTON)
            self._row.addWidget(button)
        self._row.addSpacing(8)
        self._row.addWidget(self.time)
        self._row.addSpacing(12)
        self._row.addWidget(self.frame)
        self._row.addStretch(1)
        self._row.addWidget(self.state)

    def show_place(self, frame: int, t_s: float | None, state: str) -> None:
        """Say which frame is shown, and how the chosen animal is in it."""
        self.time.setText("" if t_s is None else time_in_words(t_s))
        self.frame.setText(f"frame {frame}")
        self.state.setText(state)
