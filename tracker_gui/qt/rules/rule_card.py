"""One rule as a sentence: each of its parts is a link that opens a small editor below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from tracker_gui.core.rule_edits import listed, place_of, without_part
from tracker_gui.core.rule_words import JOIN, pieces
from tracker_gui.core.rules import ACTION_LISTS, LONGEST_NAME, Limits, Rule, Subject, Timing
from tracker_gui.qt.rules.part_editor import PartEditor
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.icons import ICON_SIZE, icon, pixmap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker_gui.core.choices import StageChoice

#: What can be added to a rule, as quiet links below its sentence.
MORE = {"when": "and when", "if": "only if", "on_enter": "then", "while": "while it lasts", "on_exit": "when over"}
ADVANCED = {"timing": "timing", "limits": "limits"}
MENU = (
    ("duplicate", "Duplicate", "content-duplicate"), ("up", "Move up", "arrow-up"),
    ("down", "Move down", "arrow-down"), ("why", "Why did it not fire?", "help-circle-outline"),
    ("why_here", "Why not at this frame?", "timeline-question-outline"),
    ("ready", "Let it act again", "restart"),
    ("delete", "Delete", "trash-can-outline"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is the matter with a rule, and what mends it."""

    sentence: str
    button: str = ""
    mend: Callable[[], object] | None = None


class RuleCard(QFrame):
    """Shows a rule and tells what the user does with it.

    Signals
    -------
    edited(RuleCard, Rule, str, int)
    wished(RuleCard, str)
        One of the names in `MENU`.
    tested(RuleCard, StageChoice)
    """

    edited = Signal(object, object, str, int)
    wished = Signal(object, str)
    tested = Signal(object, object)

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.rule = Rule(name="")
        self._names = names
        self._troubles: tuple[Trouble, ...] = ()
        self._locked = False
        self.editor: PartEditor | None = None
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(self._head())
        self.sentence = self._linked("The rule as a sentence")
        self.more = self._linked("What can be added to the rule")
        self.more.setProperty("dim", True)
        rows.addWidget(self.sentence)
        rows.addWidget(self.more)
        self._trouble_rows = QVBoxLayout()
        self._trouble_rows.setSpacing(4)
        rows.addLayout(self._trouble_rows)
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.hide()
        rows.addWidget(self.answer)
        self._rows = rows
        appearance().changed.connect(self._recolour)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(4)
        self.switch = QCheckBox()
        self.switch.setToolTip("Whether this rule is evaluated")
        self.switch.setAccessibleName("Rule on")
        self.switch.toggled.connect(self._switched)
        self.name = QLineEdit()
        self.name.setProperty("quiet", True)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName("Name of the rule")
        self.name.editingFinished.connect(self._renamed)
        self.state = QLabel()
        self.state.setProperty("dim", True)
        self.menu = QMenu(self)
        for name, words, sign in MENU:
            action = self.menu.addAction(icon(sign), words)
            action.setData(name)
            if name == "ready":
                self._ready = action
                action.setToolTip("It has acted, and waits until a person says so")
        self.menu.triggered.connect(self._wished)
        self.dots = QToolButton()
        self.dots.setIconSize(ICON_SIZE)
        self.dots.setToolTip("Duplicate, move, delete, and why it did not fire")
        self.dots.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.dots.setMenu(self.menu)
        head.addWidget(self.switch)
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        head.addWidget(self.dots)
        return head

    def _linked(self, name: str) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setAccessibleName(name)
        flags = Qt.TextInteractionFlag
        label.setTextInteractionFlags(flags.LinksAccessibleByMouse | flags.LinksAccessibleByKeyboard)
        label.linkActivated.connect(self.open_part)
        return label

    # ---- what is shown

    def show_rule(
        self, rule: Rule, names: Mapping[str, Sequence[str]], troubles: tuple[Trouble, ...], locked: bool
    ) -> None:
        """Show a rule, what it may name, and what is the matter with it."""
        self.rule, self._locked = rule, locked
        with QSignalBlocker(self.switch):
            self.switch.setChecked(rule.enabled)
        if self.name.text() != rule.name and not self.name.hasFocus():
            self.name.setText(rule.name)
            self.name.setCursorPosition(0)
            self.name.setToolTip(rule.name)
        for widget in (self.switch, self.name):
            widget.setEnabled(not locked)
        if names != self._names:
            self._names = names
            if self.editor is not None:
                self.editor.set_names(names)
        if [(t.sentence, t.button) for t in troubles] != [(t.sentence, t.button) for t in self._troubles]:
            self._show_troubles(troubles)
        self._troubles = troubles
        if self.editor is not None and (locked or not self.editor.show_rule(rule)):
            self.close_part()
        self._recolour()

    def show_state(self, words: str, more: str = "", tone: str = "") -> None:
        """Show how it stands now, in a few words; what came of it is told in the tip."""
        if (words, tone) != (self.state.text(), self.state.property("tone") or ""):
            self.state.setText(words)
            self.state.setProperty("tone", tone)
            self.state.style().unpolish(self.state)
            self.state.style().polish(self.state)
        self.state.setToolTip(more)

    def show_answer(self, text: str, tone: str = "") -> None:
        """Show lines below the sentence; empty for none."""
        if (text, tone) == (self.answer.text(), self.answer.property("tone")):
            return
        self.answer.setText(text)
        self.answer.setVisible(bool(text))
        self.answer.setProperty("tone", tone)
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)

    def _recolour(self) -> None:
        c = colours()
        self.dots.setIcon(icon("dots-vertical", "dim"))
        self._ready.setVisible(self.rule.limits.again == "by_hand")
        for action, (_, _, sign) in zip(self.menu.actions(), MENU, strict=True):
            action.setIcon(icon(sign))
        tone = c.text if self.rule.enabled else c.dim
        link = c.dim if self._locked else c.accent
        parts = []
        for text, place in pieces(self.rule):
            words = escape(text)
            if place and not self._locked:
                opened = self.editor is not None and self.editor.place == place
                line = "underline" if opened else "none"
                words = f'<a href="{place}" style="color:{link}; text-decoration:{line}">{words}</a>'
            parts.append(words)
        self.sentence.setText(f'<span style="color:{tone}">{"".join(parts)}</span>')
        look = f'style="color:{c.dim}; text-decoration:none"'
        offered = [key for key in MORE if key != "on_enter" or self.rule.on_enter]
        links = [f'<a href="{key}" {look}>+&nbsp;{MORE[key].replace(" ", "&nbsp;")}</a>' for key in offered]
        links += [
            f'<a href="{key}" {look}>{words}{"" if self._usual(key) else "&nbsp;•"}</a>'
            for key, words in ADVANCED.items()
        ]
        self.more.setText("&nbsp;&nbsp; ".join(links))
        self.more.setVisible(not self._locked)

    def _usual(self, key: str) -> bool:
        return bool(getattr(self.rule, key) == {"timing": Timing(), "limits": Limits(), "subject": Subject()}[key])

    def _show_troubles(self, troubles: tuple[Trouble, ...]) -> None:
        while (item := self._trouble_rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for trouble in troubles:
            line = QFrame()
            places = QGridLayout(line)
            places.setContentsMargins(0, 4, 4, 0)
            places.setHorizontalSpacing(8)
            places.setVerticalSpacing(4)
            places.setColumnStretch(1, 1)
            sign = QLabel()
            sign.setPixmap(pixmap("alert-circle", "warn"))
            words = QLabel(trouble.sentence)
            words.setWordWrap(True)
            words.setProperty("tone", "warn")
            places.addWidget(sign, 0, 0, Qt.AlignmentFlag.AlignTop)
            places.addWidget(words, 0, 1)
            if trouble.button:
                button = QPushButton(trouble.button)
                button.setAutoDefault(False)
                button.clicked.connect(trouble.mend)
                places.addWidget(button, 1, 1, Qt.AlignmentFlag.AlignLeft)
            self._trouble_rows.addWidget(line)

    # ---- parts

    def open_part(self, place: str) -> None:
        """Open the editor of one part, or close it where it is open."""
        if place == JOIN and not self._locked:
            join = "any" if self.rule.when.join == "all" else "all"
            when = replace(self.rule.when, join=join)  # type: ignore[arg-type]
            self.edited.emit(self, replace(self.rule, when=when), f"let {join} of them be so", 0)
            return
        before = self.editor.place if self.editor is not None else ""
        self.close_part()
        if place == before or self._locked:
            return
        editor = PartEditor(place, self._names)
        editor.edited.connect(self._part_edited)
        editor.closed.connect(self.close_part)
        editor.removed.connect(self._remove_part)
        editor.tested.connect(self._test_part)
        self.editor = editor
        if not editor.show_rule(self.rule):
            self.close_part()
            return
        self._rows.addWidget(editor)
        self._recolour()

    def close_part(self) -> None:
        """Close the editor."""
        editor, self.editor = self.editor, None
        if editor is not None:
            self._rows.removeWidget(editor)
            editor.hide()
            editor.deleteLater()
            self._recolour()

    def _part_edited(self, rule: Rule, words: str, drag: int) -> None:
        assert self.editor is not None
        key, number = place_of(self.editor.place)
        new = number < 0 and key in (*ACTION_LISTS, "when", "if")
        self.edited.emit(self, rule, words, drag)
        if new:
            # What was added is open for its settings.
            self.open_part(f"{key}[{len(listed(self.rule, key)) - 1}]")

    def _remove_part(self) -> None:
        if self.editor is not None:
            place = self.editor.place
            self.close_part()
            self.edited.emit(self, without_part(self.rule, place), "remove a part of a rule", 0)

    def _test_part(self) -> None:
        chosen: StageChoice | None = None if self.editor is None else self.editor.chosen
        if chosen is not None:
            self.tested.emit(self, chosen)

    # ---- the whole rule

    def _switched(self, on: bool) -> None:
        self.edited.emit(self, replace(self.rule, enabled=on), "switch a rule " + ("on" if on else "off"), 0)

    def _renamed(self) -> None:
        name = self.name.text().strip()
        if name and name != self.rule.name:
            self.edited.emit(self, replace(self.rule, name=name), "rename a rule", 0)
        else:
            self.name.setText(self.rule.name)

    def _wished(self, action: object) -> None:
        self.wished.emit(self, action.data())  # type: ignore[attr-defined]
