"""The small editor of one part of a rule, which opens below its sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core import registry
from tracker_gui.core.choices import choice
from tracker_gui.core.params import describe
from tracker_gui.core.rule_edits import TERM_LISTS, part_at, place_of, with_choice, with_part
from tracker_gui.core.rules import ACTION_LISTS, GROUPS, Rule, Term
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.steps.stage_picker import StagePicker
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker_gui.core.choices import StageChoice
    from tracker_gui.core.params import Params

TITLES = {
    "subject": "Who is watched", "timing": "For how long", "limits": "How often", "when": "What must be so",
    "if": "Only if this is so at that moment", "on_enter": "What is done", "while": "Done again while it lasts",
    "on_exit": "What is done when it is over",
}  # fmt: skip
#: The usual ones first; the others follow as they are found.
FIRST = ("serial_port", "set_output", "pulse", "notify", "snapshot", "marker")
SIGNS = {
    "serial_port": "developer-board", "set_output": "door-open", "pulse": "pulse", "notify": "bell-outline",
    "snapshot": "camera-outline", "marker": "map-marker-outline", "command": "console", "http": "web",
    "count_up": "counter", "set_phase": "flag-outline", "set_parameter": "tune", "stop_session": "stop-circle-outline",
    "clip": "filmstrip", "stimulus": "monitor",
}  # fmt: skip


def action_names() -> list[str]:
    """Return the kinds of actions, the usual ones first."""
    names = registry.names("actions")
    return [*(name for name in FIRST if name in names), *(name for name in names if name not in FIRST)]


class PartEditor(QFrame):
    """Edits one part.

    Signals
    -------
    edited(Rule, str, int)
        The whole rule as it is then, what was changed, and the drag.
    closed(), removed(), tested()
        What the buttons of its last row want.
    """

    edited = Signal(object, str, int)
    closed = Signal()
    removed = Signal()
    tested = Signal()

    def __init__(self, place: str, names: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.place = place
        self._names = names
        self._rule = Rule(name="")
        self.form: StageForm | None = None
        self.picker: StagePicker | None = None
        self.negate: QCheckBox | None = None
        self.quick: dict[str, QPushButton] = {}
        self._key, self._number = place_of(place)
        self.setProperty("inset", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 12)
        rows.setSpacing(8)
        title = QLabel(TITLES[self._key])
        title.setProperty("dim", True)
        rows.addWidget(title)
        if self._key in GROUPS:
            self.form = StageForm(GROUPS[self._key])
            self.form.set_names(names)
            self.form.edited.connect(self._group_edited)
            rows.addWidget(self.form)
        elif self._key in ACTION_LISTS and self._number < 0:
            rows.addWidget(self._quick_buttons())
        else:
            self.picker = StagePicker("events" if self._key in TERM_LISTS else "actions")
            self.picker.set_names(names)
            self.picker.picked.connect(self._picked)
            rows.addWidget(self.picker)
            if self._key in TERM_LISTS:
                self.negate = QCheckBox("The opposite: it is not so")
                self.negate.toggled.connect(self._negated)
                rows.addWidget(self.negate)
        rows.addLayout(self._last_row())

    def _quick_buttons(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for number, name in enumerate(action_names()):
            kind = registry.load("actions", name)
            button = QPushButton(icon(SIGNS.get(name, "cog-outline")), kind.title)
            button.setProperty("left", True)
            button.setProperty("stage", name)
            button.setToolTip(kind.about)
            button.setAutoDefault(False)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._quick)
            self.quick[name] = button
            grid.addWidget(button, number // 2, number % 2)
        return page

    def _last_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.test, self.remove, self.done = QPushButton("Test…"), QPushButton("Remove"), QPushButton("Done")
        self.test.setToolTip("Do this once, now; asks before anything moves")
        self.remove.setToolTip("Take this part out of the rule")
        is_part = self._number >= 0
        self.test.setVisible(is_part and self._key in ACTION_LISTS)
        self.remove.setVisible(is_part)
        for button, signal in ((self.test, self.tested), (self.remove, self.removed), (self.done, self.closed)):
            button.setAutoDefault(False)
            button.clicked.connect(signal)
        row.addWidget(self.test)
        row.addWidget(self.remove)
        row.addStretch(1)
        row.addWidget(self.done)
        return row

    @property
    def chosen(self) -> StageChoice | None:
        """The predicate or action that is edited."""
        part = part_at(self._rule, self.place) if self._key not in GROUPS else None
        return part.event if isinstance(part, Term) else part

    def show_rule(self, rule: Rule) -> bool:
        """Show another state of the rule; return False where the part is there no more."""
        self._rule = rule
        part: Any = part_at(rule, self.place)
        if self.form is not None:
            if self.form.params != part:
                self.form.show_params(part)
            return True
        if self._number >= 0 and part is None:
            return False
        if self.picker is not None:
            self.picker.show_choice(self.chosen)
        if self.negate is not None and part is not None:
            with QSignalBlocker(self.negate):
                self.negate.setChecked(part.negated)
        if self.negate is not None:
            self.negate.setVisible(part is not None)
        return True

    def set_names(self, names: Mapping[str, Sequence[str]]) -> None:
        """Tell which zones, lines, rules and boards there are now."""
        self._names = names
        if self.form is not None:
            self.form.set_names(names)
        if self.picker is not None:
            self.picker.set_names(names)

    def _group_edited(self, params: Params, title: str, drag: int) -> None:
        self.edited.emit(with_part(self._rule, self.place, params), f"change {title}", drag)

    def _picked(self, chosen: StageChoice, words: str, drag: int) -> None:
        self.edited.emit(with_choice(self._rule, self.place, self._with_first_names(chosen)), words, drag)

    def _quick(self) -> None:
        name = str(self.sender().property("stage"))
        kind = registry.load("actions", name)
        chosen = self._with_first_names(choice("actions", name))
        self.edited.emit(with_choice(self._rule, self.place, chosen), f"do: {kind.title}", 0)

    def _with_first_names(self, chosen: StageChoice) -> StageChoice:
        """Name the first zone or line there is where a new predicate names none yet."""
        changes = {
            info.name: next(iter(self._names.get(info.refers_to, ())), "")
            for info in describe(type(chosen.params))
            if info.refers_to in ("zone", "line", "mark", "rule") and getattr(chosen.params, info.name) == ""
        }
        return replace(chosen, params=chosen.params.model_copy(update=changes)) if changes else chosen

    def _negated(self, on: bool) -> None:
        part = part_at(self._rule, self.place)
        if isinstance(part, Term):
            self.edited.emit(with_part(self._rule, self.place, Term(part.event, on)), "take the opposite", 0)
