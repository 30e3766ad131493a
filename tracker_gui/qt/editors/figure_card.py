"""A card of figures under a title, which can be removed as a whole."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from tracker_gui.qt.forms.form import SMALL
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon


class FigureCard(QFrame):
    """Title, a button that removes, a line of words; a subclass adds to `rows`."""

    def __init__(self, title: str, removes: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(8, 8, 8, 8)
        self.rows.setSpacing(8)
        head = QHBoxLayout()
        word = QLabel(title)
        word.setProperty("strong", True)
        head.addWidget(word, 1)
        self.remove = QToolButton()
        self.remove.setIconSize(SMALL)
        self.remove.setToolTip(removes)
        self.remove.setAccessibleName(removes.partition(":")[0])
        head.addWidget(self.remove)
        self.rows.addLayout(head)
        self.words = QLabel()
        self.words.setProperty("dim", True)
        self.words.setWordWrap(True)
        self.rows.addWidget(self.words)
        appearance().changed.connect(self.recolour)

    def recolour(self) -> None:
        """Take the icons of another face; a subclass does the same for its own and calls this once."""
        self.remove.setIcon(icon("trash-can-outline", "dim"))
