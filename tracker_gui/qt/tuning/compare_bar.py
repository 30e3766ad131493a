"""Above the picture while two settings are compared: in what they differ, and which of them is to be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout

from tracker_gui.qt.elided_label import ElidedLabel
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.tuning.tuning import tuning_of
from tracker_gui.qt.views.difference_tree import DifferenceTree

if TYPE_CHECKING:
    from tracker_gui.exchange.preset_difference import Difference
    from tracker_gui.qt.session import Session

LIST_SIZE = QSize(560, 260)


class DifferenceList(QFrame):
    """All differences as a table, over the window until something else is clicked."""

    def __init__(self, parent: QFrame) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("popup", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        self.tree = DifferenceTree(("Setting", "A", "B, now"), ticks=False)
        self.tree.setAccessibleName("In what A and B differ")
        rows.addWidget(self.tree)
        self.resize(LIST_SIZE)


class CompareBar(QFrame):
    """Hidden while nothing is compared."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._tuning = tuning_of(session)
        self.setProperty("surface", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 6)
        row.setSpacing(8)
        self.title = QLabel()
        self.title.setProperty("strong", True)
        self.words = ElidedLabel()
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.words.setProperty("dim", True)
        self.more = QToolButton()
        self.more.setProperty("link", True)
        self.more.setToolTip("Show in what A and B differ, setting by setting")
        self.more.clicked.connect(self._show_list)
        self.use_a = QPushButton("Use A")
        self.use_a.setToolTip("Put the settings A in force; one undo step brings B back")
        self.use_a.clicked.connect(self._tuning.use_kept)
        self.use_b = QPushButton("Use B")
        self.use_b.setToolTip("Keep the settings B, which are in force, and compare no more")
        self.use_b.clicked.connect(self._tuning.end)
        self.swap = QToolButton()
        self.swap.setText("Swap")
        self.swap.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.swap.setToolTip("Go on changing A: what was A is in force and called B, and B is kept as A")
        self.swap.clicked.connect(self._tuning.swap)
        row.addWidget(self.title)
        row.addWidget(self.words, 1)
        for widget in (self.more, self.swap, self.use_a, self.use_b):
            row.addWidget(widget)
        self.list = DifferenceList(self)
        self._tuning.compared.connect(self._show)
        session.document.changed.connect(self._show)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()

    def _recolour(self) -> None:
        self.swap.setIcon(icon("swap-horizontal"))

    def _show(self) -> None:
        comparing = self._tuning.kept is not None
        self.setVisible(comparing)
        if not comparing:
            self.list.hide()
            return
        found = self._tuning.differences()
        count = len(found)
        self.title.setText(f"A: {self._tuning.kept_name}")
        self.words.show_text("; ".join(in_words(each) for each in found) or "B is still the same: change a setting")
        self.more.setText("1 difference" if count == 1 else f"{count} differences")
        self.more.setVisible(bool(count))
        locked = self._session.document.locked
        for button in (self.use_a, self.swap):
            button.setEnabled(bool(count) and not locked)
        if self.list.isVisible():
            self.list.tree.show_differences(found)

    def _show_list(self) -> None:
        self.list.tree.show_differences(self._tuning.differences())
        place = self.more.mapToGlobal(QPoint(self.more.width(), self.more.height()))
        self.list.move(place.x() - self.list.width(), place.y() + 4)
        self.list.show()
        self.list.tree.setFocus()


def in_words(difference: Difference) -> str:
    """Return one difference as a few words: what A has, and what B has."""
    name = difference.stage if difference.setting == "Step" else difference.setting
    return f"{name} {difference.now} → {difference.there}"
