"""Above the picture: the pages of the guided set-up, what is to be done on this one, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from tracker_gui.qt.help_pages import PAGE_PROPERTY
from tracker_gui.qt.own_keys import keep_press_keys
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.views.thumbnail import Sign

if TYPE_CHECKING:
    from tracker_gui.qt.wizard.page import Mend, PageKind
    from tracker_gui.qt.wizard.wizard import Wizard

SMALL = QSize(16, 16)
SIGNS: dict[PageKind, tuple[str, str]] = {
    "ok": ("check-circle", "ok"), "problem": ("alert-circle", "warn"), "missing": ("progress-question", "accent"),
    "unused": ("circle-outline", "dim"), "busy": ("timer-sand", "accent"),
}  # fmt: skip
KIND_WORDS: dict[PageKind, str] = {
    "ok": "done", "problem": "problem", "missing": "to do", "unused": "not used", "busy": "looking",
}  # fmt: skip


class WizardBar(QFrame):
    """Seen while the guided set-up is on. Alt+Right goes on, Alt+Left back, Esc leaves."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__()
        self._wizard = wizard
        self.setProperty("notice", True)
        self.setProperty(PAGE_PROPERTY, "first_steps")
        self.setAccessibleName("Set up step by step")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 4, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(self._head())
        self.sentence = self._words()
        self.sentence.setProperty("dim", True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        rows.addWidget(self.sentence)
        rows.addLayout(self._state_row())
        rows.addLayout(self._foot())
        for button in (*self.chips, self.cross, self.back, self.next):
            keep_press_keys(button)
        appearance().changed.connect(self._recolour)
        wizard.changed.connect(self._show)
        wizard.window.session.view_changed.connect(self._share_esc)
        self._share_esc()
        self.hide()

    def _words(self) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        return label

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self.chips: list[QToolButton] = []
        for number, page in enumerate(self._wizard.pages):
            chip = QToolButton()
            chip.setText(page.title)
            chip.setIconSize(SMALL)
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.setProperty("segment", True)
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.setObjectName(str(number))
            chip.clicked.connect(self._chosen)
            row.addWidget(chip)
            self.chips.append(chip)
        row.addStretch(1)
        self.cross = QToolButton()
        self.cross.setIconSize(ICON_SIZE)
        self.cross.setAccessibleName("Leave")
        self.cross.setToolTip("Leave the guided set-up; what is set stays, and can be undone (Esc)")
        self.cross.clicked.connect(self._wizard.leave)
        row.addWidget(self.cross)
        return row

    def _state_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.sign = Sign(*SIGNS["missing"])
        self.state = self._words()
        self.state.setMinimumHeight(self.sign.height())
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.state, 1)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.mends: list[QPushButton] = []
        self._mends = QHBoxLayout()
        self._mends.setSpacing(8)
        row.addLayout(self._mends)
        row.addStretch(1)
        self.back, self.next = QPushButton("Back"), QPushButton("Next")
        self.back.setAutoDefault(True)
        self.next.setAutoDefault(True)
        self.back.setToolTip("To the page before (Alt+Left)")
        self.back.setShortcut(QKeySequence("Alt+Left"))
        self.next.setShortcut(QKeySequence("Alt+Right"))
        self.back.clicked.connect(self._wizard.back)
        self.next.clicked.connect(self._wizard.next)
        row.addWidget(self.back)
        row.addWidget(self.next)
        return row

    def _chosen(self) -> None:
        chip = self.sender()
        assert isinstance(chip, QToolButton)
        self._wizard.go(int(chip.objectName()))

    # ---- what is shown

    def _show(self) -> None:
        wizard = self._wizard
        came = wizard.is_on and self.isHidden()
        self.setVisible(wizard.is_on)
        if not wizard.is_on:
            return
        page, state = wizard.page, wizard.state
        self.sentence.setText(page.sentence)
        # The picture must not jump from page to page.
        self.sentence.setMinimumHeight(self.sentence.fontMetrics().size(0, "two\nlines").height())
        self.state.setText(state.words)
        self.sign.set_sign(*SIGNS[state.kind])
        self.setAccessibleDescription(f"{page.title}: {KIND_WORDS[state.kind]}. {state.words} {page.sentence}")
        why_not = wizard.why_not_on
        for number, (chip, other) in enumerate(zip(self.chips, wizard.states, strict=True)):
            chip.setChecked(number == wizard.number)
            chip.setEnabled(number == 0 or wizard.window.session.info is not None)
            chip.setToolTip(f"{chip.text()}: {KIND_WORDS[other.kind]}. {other.words}")
            chip.setAccessibleName(f"{chip.text()}: {KIND_WORDS[other.kind]}")
        self.back.setEnabled(wizard.number > 0)
        goes_on = state.kind in ("ok", "busy")
        words = "Finish" if wizard.is_last else "Next" if goes_on else "Skip"
        self.next.setText(words)
        self.next.setEnabled(not why_not)
        self.next.setToolTip(why_not or f"{TIPS[words]} (Alt+Right)")
        # Changing its text takes a button's key away.
        self.next.setShortcut(QKeySequence("Alt+Right"))
        self._show_mends(state.mends)
        mended = any(mend.primary for mend in state.mends)
        _set_primary(self.next, goes_on and not mended)
        self._recolour()
        if came:
            (self.mends or [self.next])[0].setFocus()

    def _show_mends(self, mends: tuple[Mend, ...]) -> None:
        """Bring the buttons into line; one with the same words stays, and with it the focus."""
        there = {button.text(): button for button in self.mends}
        held = self.focusWidget()
        self.mends = []
        for place, mend in enumerate(mends):
            button = there.pop(mend.text, None)
            if button is None:
                button = QPushButton(mend.text)
                button.clicked.connect(self._mend)
                button.setAutoDefault(True)
                keep_press_keys(button)
            button.setToolTip(mend.tip)
            _set_primary(button, mend.primary)
            self._mends.insertWidget(place, button)
            button.show()
            self.mends.append(button)
        for button in there.values():
            if button is held:
                self.next.setFocus()
            self._mends.removeWidget(button)
            button.hide()
            button.deleteLater()
        before: QAbstractButton = self.cross
        for button in (*self.mends, self.back, self.next):
            self.setTabOrder(before, button)
            before = button

    def _mend(self) -> None:
        button = self.sender()
        assert isinstance(button, QPushButton)
        for mend in self._wizard.state.mends:
            if mend.text == button.text():
                mend.act()
                return

    def _share_esc(self) -> None:
        """Leave Esc to the welcome page while that lies over the picture: a key that two want nobody gets."""
        covered = self._wizard.window.picture.welcome.back.isVisible()
        self.cross.setShortcut(QKeySequence() if covered else QKeySequence("Esc"))

    def _recolour(self) -> None:
        self.cross.setIcon(icon("close", "dim"))
        for chip, state in zip(self.chips, self._wizard.states, strict=False):
            chip.setIcon(icon(*SIGNS[state.kind]))


TIPS = {
    "Next": "To the next page",
    "Skip": "To the next page; this one can be done later",
    "Finish": "Leave the guided set-up",
}


def _set_primary(button: QPushButton, primary: bool) -> None:
    if bool(button.property("primary")) != primary:
        button.setProperty("primary", primary)
        button.style().unpolish(button)
        button.style().polish(button)
