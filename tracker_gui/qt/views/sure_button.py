"""A button that can be bumped without harm: what ends something wants a second click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton

from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

WITHIN_MS = 3000
QUESTION = "Really stop?"


class SureButton(QPushButton):
    """Begins something at one click, ends it only at a second one within three seconds.

    Signals
    -------
    begun(), ended()
        What the user wants.
    """

    begun = Signal()
    ended = Signal()

    def __init__(self, begin: str, end: str, begin_tip: str, end_tip: str, begin_icon: str, tone: str) -> None:
        super().__init__(begin)
        self._words, self._tips = (begin, end), (begin_tip, end_tip)
        self._looks = ((begin_icon, tone), ("stop", "bad"))
        self._runs = self._asks = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(WITHIN_MS)
        self._patience.timeout.connect(self.withdraw)
        self.clicked.connect(self._click)
        self.recolour()

    @property
    def is_asking(self) -> bool:
        return self._asks

    def show_running(self, runs: bool) -> None:
        """Offer to end what runs, or to begin it."""
        if runs != self._runs:
            self._runs, self._asks = runs, False
            self.recolour()

    def withdraw(self) -> None:
        """Ask no longer."""
        self._asks = False
        self._patience.stop()
        self.recolour()

    def recolour(self) -> None:
        """Show words, icon and colour of what a click does now."""
        self.setText(QUESTION if self._asks else self._words[self._runs])
        self.setToolTip("Click once more to stop it" if self._asks else self._tips[self._runs])
        self.setIcon(icon("alert-octagon", "bad") if self._asks else icon(*self._looks[self._runs]))
        if self.property("stop") != self._asks:
            self.setProperty("stop", self._asks)
            self.style().unpolish(self)
            self.style().polish(self)

    def _click(self) -> None:
        if not self._runs:
            # Where it ended by itself while it was asked about, the answer must not begin it anew.
            if not self._patience.isActive():
                self.begun.emit()
        elif self._asks:
            self.withdraw()
            self.ended.emit()
        else:
            self._asks = True
            self._patience.start()
            self.recolour()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # A nervous double click is one click, not an answer to a question nobody has read.
        event.accept()
