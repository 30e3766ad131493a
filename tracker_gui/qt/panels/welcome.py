"""What is there when nothing is open: the ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon, pixmap

SIGN_PX = 48


class Welcome(QFrame):
    """A few words and two buttons in the place of the picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", True)
        rows = QVBoxLayout(self)
        rows.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rows.setSpacing(12)
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QLabel("Drop a video here")
        head.setProperty("headline", True)
        head.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = QLabel("or begin with one of these. Everything is tuned on the picture and saved as one preset.")
        words.setProperty("dim", True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open = QPushButton("Open a video or preset")
        self.open.setProperty("primary", True)
        self.simulated = QPushButton("Simulated arena")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.simulated)
        buttons.addStretch(1)
        for widget in (self._sign, head, words):
            rows.addWidget(widget)
        rows.addLayout(buttons)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self._sign.setPixmap(pixmap("movie-open-plus-outline", "dim", SIGN_PX))
        self.open.setIcon(icon("folder-open-outline", "on_accent"))
        self.simulated.setIcon(icon("bug-outline"))
