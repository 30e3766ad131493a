"""Do one action of a rule by hand: a question first where something moves, then what came of it."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from tracker_gui.core.device_actions import DeviceAction
from tracker_gui.core.rule_stages import ActionContext
from tracker_gui.core.rule_words import choice_words
from tracker_gui.core.templates import Facts
from tracker_gui.engine.rules.seat import RuleMode
from tracker_gui.engine.rules.trial import try_action
from tracker_gui.qt.devices.output_tests import Question
from tracker_gui.qt.rules.rule_remarks import result_words
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from tracker_gui.core.choices import StageChoice
    from tracker_gui.core.rule_stages import ActionResult
    from tracker_gui.core.rules import Rule
    from tracker_gui.qt.session import Session

#: What was switched for a test is safe again after this.
HOLD_MS = 2000
STEM = "test"


class TestFire(QWidget):
    """The question and the result; nothing is to be seen before something is tried."""

    __test__ = False

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._wanted: tuple[Rule, StageChoice] | None = None
        self._board = ""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        self.question = Question()
        self.question.answered.connect(self._answered)
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.result.setTextFormat(Qt.TextFormat.PlainText)
        self.result.hide()
        rows.addWidget(self.question)
        rows.addWidget(self.result)
        self._safe = QTimer(self)
        self._safe.setSingleShot(True)
        self._safe.setInterval(HOLD_MS)
        self._safe.timeout.connect(self._end)

    def ask(self, rule: Rule, chosen: StageChoice) -> None:
        """Ask before anything moves; else do it at once."""
        action = chosen.make()
        if self._session.rules.mode is RuleMode.ARMED and action.drives_hardware:
            self._tell("The rules are armed, and a test would get in their way: disarm them first.", "warn")
            return
        self._wanted = rule, chosen
        self.result.hide()
        if not action.drives_hardware:
            self._answered(True)
            return
        words = choice_words(chosen)
        back = f" After {HOLD_MS / 1000:g} s the board becomes safe again." if isinstance(action, DeviceAction) else ""
        self.question.ask(f"{words[:1].upper()}{words[1:]} now?{back}")

    def _answered(self, yes: bool) -> None:
        wanted, self._wanted = self._wanted, None
        if not yes or wanted is None:
            return
        rule, chosen = wanted
        session = self._session
        self._board = getattr(chosen.params, "device", "")
        shown = session.newest
        snapshot = None if shown is None else shown.snapshot
        frame = None if snapshot is None else snapshot.frame
        source = "" if frame is None else frame.source_id
        facts = Facts(
            rule.name, "test", source, 0 if frame is None else frame.index,
            0.0 if frame is None else frame.t_capture_s, time.time(),
        )  # fmt: skip
        context = ActionContext(session.output_folder(), STEM, session.rules.control(), stimuli=session.rules.stimuli)
        self._tell(f"{choice_words(chosen)}: …", "")
        boards = session.rules.boards.boards
        read_in_background(functools.partial(try_action, chosen, context, boards, facts, snapshot), self._tested)

    def _tested(self, result: ActionResult) -> None:
        self._tell(f"Test: {result_words(result)}.", "ok" if result.sent else "bad")
        if self._board and result.t_sent_s is not None:
            self._safe.start()

    def _end(self) -> None:
        """Make the board safe again, unless the rules have begun to drive it meanwhile."""
        desk = self._session.rules
        board = desk.boards.boards.find(self._board) if desk.mode is not RuleMode.ARMED else None
        if board is not None:
            board.go_safe("the test is over")

    def _tell(self, words: str, tone: str) -> None:
        self.result.setText(words)
        self.result.setProperty("tone", tone)
        self.result.style().unpolish(self.result)
        self.result.style().polish(self.result)
        self.result.setVisible(bool(words))
