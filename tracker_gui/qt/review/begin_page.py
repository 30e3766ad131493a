"""What a review shows before anything is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import grow_with_text, scaled, usual

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from tracker_gui.qt.review.review_window import ReviewWindow

WIDTH_PX = 520


class BeginPage(QFrame):
    """How to begin."""

    def __init__(self, window: ReviewWindow) -> None:
        super().__init__()
        self._window = window
        self.setProperty("surface", True)
        room = QVBoxLayout(self)
        middle = QFrame()
        grow_with_text(middle.setFixedWidth, WIDTH_PX)
        room.addStretch(2)
        room.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        room.addStretch(3)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        headline = QLabel("Review tracks")
        headline.setProperty("headline", True)
        self._about = about = QLabel(
            "Look through finished tracks over their video, go from problem to problem, mend, and export. "
            "The table itself is never changed.\n\n"
            "Open the record of a run (.._run.json) or its table (.._tracks.csv): the video is found by itself. "
            "Tables of TracktorLive, Tracktor, idTracker and ToxTrac open too. You can also drop a file here."
        )
        about.setWordWrap(True)
        about.setProperty("dim", True)
        self.open = QPushButton("Open a result…")
        self.open.setProperty("primary", True)
        self.open.setIconSize(ICON_SIZE)
        self.open.clicked.connect(self._open)
        self.last = QPushButton()
        self.last.setIconSize(ICON_SIZE)
        self.last.clicked.connect(self._open_last)
        for widget in (headline, about, self.open, self.last):
            column.addWidget(widget)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # A label that wraps knows its height only once its width is known.
        grow_with_text(self._about.setMinimumHeight, usual(self._about.heightForWidth(scaled(WIDTH_PX))))
        path = self._window.last_run
        self.last.setVisible(path is not None)
        self.last.setIcon(icon("history"))
        if path is not None:
            self.last.setText(f"The last run: {path.name}")
            self.last.setToolTip(str(path))

    def _open(self) -> None:
        self._window.action("open").trigger()

    def _open_last(self) -> None:
        path = self._window.last_run
        if path is not None:
            self._window.open(path)
