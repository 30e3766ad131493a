"""Step 7: the rules in short; the panel beside the picture has their sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout

from tracker_gui.engine.rules.seat import RuleMode
from tracker_gui.qt.rules.rule_desk import MODE_STATES
from tracker_gui.qt.steps.step import Step, StepState
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.words import counted

if TYPE_CHECKING:
    from tracker_gui.qt.session import Session


class RulesStep(Step):
    """A box for each rule, and the way to the panel."""

    number = 7
    title = "Rules"
    about = "What happens when an animal does something: each rule is a sentence."
    help_page = "rules"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.rows.addLayout(self._list)
        self.boxes: list[QCheckBox] = []
        self.open = QPushButton()
        self.open.setToolTip("Show the panel of the rules beside the picture")
        self.open.clicked.connect(self._open)
        self.rows.addWidget(self.open)
        session.document.changed.connect(self._show)
        session.rules.changed.connect(self.state_changed)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()

    def _recolour(self) -> None:
        self.open.setIcon(icon("script-text-outline"))

    def _show(self) -> None:
        rules = self.session.rules.rules
        while len(self.boxes) > len(rules):
            box = self.boxes.pop()
            self._list.removeWidget(box)
            box.hide()
            box.deleteLater()
        while len(self.boxes) < len(rules):
            box = QCheckBox()
            box.clicked.connect(self._switched)
            self.boxes.append(box)
            self._list.addWidget(box)
        for box, rule in zip(self.boxes, rules, strict=True):
            box.setText(rule.name)
            box.setChecked(rule.enabled)
            box.setToolTip("Whether this rule is evaluated")
        self.open.setText("Show the rules" if rules else "Add a rule")
        self.state_changed.emit()

    def _switched(self, on: bool) -> None:
        number = self.boxes.index(self.sender())  # type: ignore[arg-type]
        whole = self.session.document.whole
        rules = [replace(rule, enabled=on) if n == number else rule for n, rule in enumerate(whole.rules)]
        words = f"switch a rule {'on' if on else 'off'}"
        self.session.document.change_whole(replace(whole, rules=tuple(rules)), words)

    def _open(self) -> None:
        self.session.rules.rule_wanted.emit(-1, "")

    def state(self) -> StepState:
        desk = self.session.rules
        if not desk.rules:
            return StepState("unused", "not used")
        missing = desk.missing()
        wrong = [rule.name for number, rule in enumerate(desk.rules) if rule.enabled and number in missing]
        if wrong:
            number = next(n for n, rule in enumerate(desk.rules) if rule.name == wrong[0])
            text = f'The rule "{wrong[0]}" cannot be evaluated: {missing[number][0].problem}.'
            return StepState("problem", "a name is missing", text)
        on = sum(rule.enabled for rule in desk.rules)
        armed = "" if desk.mode is RuleMode.OFF else f", {MODE_STATES[desk.mode]}"
        return StepState("ok" if on else "unused", f"{counted(on, 'rule')} on{armed}")
