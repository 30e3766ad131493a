"""A quiet bar for sentences: problems, what was done, and the button that mends or goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from tracker_gui.qt.own_keys import keep_press_keys
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon, pixmap

if TYPE_CHECKING:
    from tracker_gui.qt.remark import Remark

KINDS = {
    "ok": ("check-circle", "ok"),
    "info": ("information", "accent"),
    "warn": ("alert-circle", "warn"),
    "bad": ("alert-octagon", "bad"),
}
MOST = 3


class Notice(QFrame):
    """One sentence with a sign, an optional button, and a cross to put it away."""

    def __init__(self, remark: Remark) -> None:
        super().__init__()
        self.remark = remark
        self.kind, self.text = kind, text = remark.kind, remark.text
        self.setProperty("notice", True)
        self.setProperty("kind", kind)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        self._sign = QLabel()
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QLabel(text)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        row.addWidget(words, 1)
        self.button: QPushButton | None = None
        if remark.button:
            self.button = QPushButton(remark.button)
            self.button.clicked.connect(self._clicked)
            keep_press_keys(self.button)
            row.addWidget(self.button)
        self.cross = QToolButton()
        self.cross.setIconSize(ICON_SIZE)
        self.cross.setToolTip("Put away")
        self.cross.setAccessibleName("Put this sentence away")
        keep_press_keys(self.cross)
        row.addWidget(self.cross)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        name, tone = KINDS[self.kind]
        self._sign.setPixmap(pixmap(name, tone))
        self.cross.setIcon(icon("close", "dim"))

    def _clicked(self) -> None:
        if self.remark.act is not None:
            self.remark.act()


class NoticeBar(QWidget):
    """The newest sentences, one below the other; a topic holds one sentence at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        self._notices: dict[str, Notice] = {}
        self.hide()

    @property
    def sentences(self) -> list[str]:
        """What is shown, oldest first."""
        return [notice.text for notice in self._notices.values()]

    def notice(self, topic: str) -> Notice | None:
        return self._notices.get(topic)

    def say(self, remark: Remark) -> None:
        """Show a sentence in place of the one of the same topic."""
        topic = remark.topic
        shown = self._notices.get(topic)
        if shown is not None and (shown.kind, shown.text) == (remark.kind, remark.text):
            return
        self.withdraw(topic)
        while len(self._notices) >= MOST:
            self.withdraw(next(iter(self._notices)))
        notice = Notice(remark)
        notice.cross.clicked.connect(self._put_away)
        self._notices[topic] = notice
        self._rows.addWidget(notice)
        self.show()

    def withdraw(self, topic: str) -> None:
        """Take back the sentence of a topic, if it is still there."""
        notice = self._notices.pop(topic, None)
        if notice is not None:
            self._rows.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self._notices))

    def _put_away(self) -> None:
        cross = self.sender()
        for topic, notice in list(self._notices.items()):
            if notice.cross is cross:
                self.withdraw(topic)
