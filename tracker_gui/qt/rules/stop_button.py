"""The emergency stop as a button: one click, no question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

if TYPE_CHECKING:
    from tracker_gui.qt.rules.rule_desk import RuleDesk


class StopButton(QPushButton):
    """Brings everything into its safe state."""

    def __init__(self, desk: RuleDesk, words: str = "E-STOP") -> None:
        super().__init__(words)
        self.setProperty("estop", True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Emergency stop")
        self.setToolTip("Emergency stop: every board into its safe state at once; no rule acts until you arm again")
        self.clicked.connect(desk.emergency_stop)
