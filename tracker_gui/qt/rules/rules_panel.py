"""The rules of the preset: a card for each, what may be added, and whether they may act."""

from __future__ import annotations

import functools
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.preset import Preset
from tracker_gui.core.rule_edits import duplicated, moved, with_name_replaced
from tracker_gui.core.rule_examples import rule_examples
from tracker_gui.core.rule_templates import TEMPLATES, RuleTemplate
from tracker_gui.core.rules import free_name
from tracker_gui.engine.devices.remembered import VIRTUAL_BOARD, load_boards
from tracker_gui.engine.rules.seat import RuleMode
from tracker_gui.engine.rules.why import why_sentences
from tracker_gui.qt.rules.rule_card import RuleCard, Trouble
from tracker_gui.qt.rules.rule_names import Names, names_of
from tracker_gui.qt.rules.rule_remarks import decision_words, result_words
from tracker_gui.qt.rules.simulation_view import END_WITHIN_MS, SimulationView
from tracker_gui.qt.rules.test_fire import TestFire
from tracker_gui.qt.steps.step import dim_label
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.workers.background_read import read_in_background
from tracker_gui.qt.workers.simulate_run import SimulateRun

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QShowEvent

    from tracker_gui.core.choices import StageChoice
    from tracker_gui.core.rules import Rule
    from tracker_gui.engine.rules.decision import Decision
    from tracker_gui.qt.session import Session

MODES = (
    (RuleMode.OFF, "Off", "The rules are evaluated, and nothing is done", "lock-outline"),
    (RuleMode.SHADOW, "Shadow", "The rules decide and write down what they would do; nothing is done", "eye-outline"),
    (RuleMode.ARMED, "Arm…", "Let the rules act; asks once more before it does", "shield-alert"),
)
EMPTY = "No rule yet. A rule is a sentence: when an animal does this, do that. Begin with one of these:"
WIDTH_PX = 400
#: So long a card that was opened may take to find its height.
SCROLL_MS = 200


def remembered_boards() -> tuple[str, ...]:
    """Return the names of the boards; on any thread, because they are on a disk."""
    try:
        return tuple(board.name for board in load_boards())
    except TrackerError:
        return ()  # the window of devices says what is wrong with them


def _held(decision: Decision) -> str:
    return f", held back: {decision.suppressed_by}" if decision.suppressed_by else ""


class RulesPanel(QFrame):
    """All rules, one below the other."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._desk = session.rules
        self._boards: tuple[str, ...] | None = None
        self.cards: list[RuleCard] = []
        self._asked_why = ""
        self._why_run: SimulateRun | None = None
        self._desk.closing.connect(self._end_why)
        self.setProperty("surface", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addLayout(self._mode_row())
        rows.addLayout(self._act_row())
        self.trial = TestFire(session)
        rows.addWidget(self.trial)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        body = QWidget()
        body.setObjectName("body")
        self._list = QVBoxLayout(body)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        # With the list, so that it can be scrolled in a low panel.
        self.empty = self._empty_page()
        self._list.addWidget(self.empty)
        self._list.addStretch(1)
        self.area.setWidget(body)
        self._scroll_card: RuleCard | None = None
        self.area.verticalScrollBar().rangeChanged.connect(self._scroll)
        rows.addWidget(self.area, 3)
        self.simulation = SimulationView(session)
        self.simulation.hide()
        rows.addWidget(self.simulation, 2)
        rows.addStretch(0)
        session.document.changed.connect(self._show)
        session.cameras_changed.connect(self._show)
        session.run_changed.connect(self._show)
        session.ticked.connect(self._look)
        self._desk.changed.connect(self._show_mode)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, 480)

    def _mode_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.modes: dict[RuleMode, QToolButton] = {}
        for mode, words, tip, _ in MODES:
            button = QToolButton()
            button.setText(words)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setProperty("mode", mode.name)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(ICON_SIZE)
            button.clicked.connect(self._choose_mode)
            self.modes[mode] = button
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _act_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.add = QPushButton("Add a rule")
        self.add.setToolTip("Begin with one of the usual sentences; everything in it can be changed")
        self.add_menu = QMenu(self.add)
        self.add_menu.setToolTipsVisible(True)
        self.add_menu.aboutToShow.connect(self._fill_add_menu)
        self.add_menu.triggered.connect(self._add_from_menu)
        self.add.setMenu(self.add_menu)
        self.simulate = QPushButton("Simulate")
        self.simulate.clicked.connect(self._simulate)
        self.boards = QToolButton()
        self.boards.setAccessibleName("Boards")
        self.boards.setIconSize(ICON_SIZE)
        self.boards.setToolTip("The boards that the rules drive: find, test and arm them, and see the virtual one")
        self.boards.clicked.connect(self._desk.boards_wanted)
        for button in (self.add, self.simulate, self.boards):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _empty_page(self) -> QWidget:
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(dim_label(EMPTY))
        self.first: dict[str, QPushButton] = {}
        for template in TEMPLATES:
            button = QPushButton(template.title)
            button.setProperty("left", True)
            button.setProperty("template", template.name)
            button.clicked.connect(self._add_first)
            self.first[template.name] = button
            rows.addWidget(button)
        rows.addStretch(1)
        return page

    def _recolour(self) -> None:
        self.add.setIcon(icon("plus"))
        self.simulate.setIcon(icon("play-box-outline"))
        self.boards.setIcon(icon("developer-board"))
        for template in TEMPLATES:
            self.first[template.name].setIcon(icon(template.icon, "accent"))
        for mode, _, _, sign in MODES:
            self.modes[mode].setIcon(icon(sign, "warn" if mode is RuleMode.ARMED else "text"))

    # ---- what is shown

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self._session.document.whole.rules

    def names(self) -> Names:
        """Return what rules may name now."""
        boards = self._desk.boards.boards.boards if self._desk.boards.are_open else ()
        outputs = [info.name for board in boards for info in board.status.outputs]
        named = [*(self._boards or ()), *(board.name for board in boards)]
        return names_of(self._session.document.whole, named, outputs)

    def showEvent(self, event: QShowEvent) -> None:
        self._refresh()
        read_in_background(remembered_boards, self._take_boards)
        super().showEvent(event)

    def _take_boards(self, names: tuple[str, ...]) -> None:
        self._boards = names
        self._show()

    def _show(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        """Show the rules as they are now; what nobody sees is left until it is seen."""
        rules, names, locked = self.rules, self.names(), self._session.document.locked
        while len(self.cards) > len(rules):
            card = self.cards.pop()
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(self.cards) < len(rules):
            card = RuleCard(names)
            card.edited.connect(self._edited)
            card.wished.connect(self._wished)
            card.tested.connect(self._test)
            self._list.insertWidget(len(self.cards), card)
            self.cards.append(card)
        troubles = self._troubles(names)
        for number, (card, rule) in enumerate(zip(self.cards, rules, strict=True)):
            if card.rule.name != rule.name and card.editor is not None and card.rule.when != rule.when:
                card.close_part()
            card.show_rule(rule, names, troubles.get(number, ()), locked)
        self.empty.setVisible(not rules)
        self.add.setVisible(bool(rules))
        self.add.setEnabled(not locked)
        self.simulate.setVisible(bool(rules))
        for template in TEMPLATES:
            possible = bool(names.get(template.refers_to)) if template.refers_to else True
            self.first[template.name].setEnabled(possible and not locked)
            kind = template.refers_to
            self.first[template.name].setToolTip("" if possible else f"Draw a {kind} on the picture first")
            first = names[kind][0] if kind and possible else f"a {kind}" if kind else ""
            self.first[template.name].setText(f"{template.title} {first}".rstrip())
        self._show_mode()

    def _show_mode(self) -> None:
        for mode, button in self.modes.items():
            button.setChecked(mode is self._desk.mode)
            button.setEnabled(bool(self.rules) or mode is RuleMode.OFF)
        words = "Armed" if self._desk.mode is RuleMode.ARMED else "Arm…"
        self.modes[RuleMode.ARMED].setText(words)
        whole = self._session.document.whole
        source = whole.camera(self._session.document.camera).source
        self.simulate.setEnabled(any(rule.enabled for rule in self.rules))
        self.simulate.setToolTip(
            "Choose a recording, and see what the rules would do on it; nothing is done"
            if source is None or self._session.is_live
            else "See what the rules would do on the whole video; nothing is done"
        )
        self._look()

    def _look(self) -> None:
        """Show when each rule acted last, and the answers that somebody waits for."""
        if not self.isVisible():
            return
        now_s = time.monotonic()
        for card in self.cards:
            act = self._desk.last_acts.get(card.rule.name)
            if not card.rule.enabled:
                card.show_state("off")
            elif act is None:
                card.show_state("")
            else:
                result = act[1].result
                failed = result is not None and not result.sent
                words = f"{'failed' if failed else 'acted'} {now_s - act[0]:.0f} s ago"
                card.show_state(words, result_words(result), "bad" if failed else "")
            if card.rule.name == self._asked_why:
                card.show_answer("\n".join(self._desk.why(card.rule)))

    def _troubles(self, names: Names) -> dict[int, tuple[Trouble, ...]]:
        found: dict[int, list[Trouble]] = {}
        for number, problems in self._desk.missing().items():
            for problem in problems:
                found.setdefault(number, []).append(self._missing_trouble(number, str(problem.place), problem.problem))
        for number, rule in enumerate(self.rules):
            devices = dict.fromkeys(getattr(action.params, "device", "") for action in rule.actions)
            for device in [each for each in devices if each and each not in names["board"]]:
                if self._boards is not None:
                    mend = functools.partial(self._rename_in, number, "board", device, VIRTUAL_BOARD)
                    words = f'There is no board called "{device}". Name it under Tools > Devices.'
                    found.setdefault(number, []).append(Trouble(words, "Use the virtual board", mend))
        by_name = {rule.name: number for number, rule in enumerate(self.rules)}
        for one, other, output in self._desk.conflicts():
            words = f'"{one}" drives {output}, too. Where both act on one frame, the lower rule has the last word.'
            off = functools.partial(self._switch_off, by_name[other])
            found.setdefault(by_name[other], []).append(Trouble(words, "Switch this off", off))
        return {number: tuple(troubles) for number, troubles in found.items()}

    def _missing_trouble(self, number: int, place: str, problem: str) -> Trouble:
        """Return the sentence of a name that is not there, with the first one that is as the way out."""
        kind, _, rest = problem.removeprefix("there is no ").partition(" called ")
        old, _, known = rest.partition(" (known: ")
        names, old = known.rstrip(")").split(", "), old.strip('"')
        words = f'There is no {kind} called "{old}".' if old else f"No {kind} is chosen."
        if names == ["none"]:
            return Trouble(f"{words} Draw one on the picture.")
        return Trouble(words, f"Use {names[0]}", functools.partial(self._rename_in, number, kind, old, names[0]))

    # ---- acts on rules

    def _change(self, rules: tuple[Rule, ...], words: str, drag: int = 0) -> None:
        document = self._session.document
        document.change_whole(replace(document.whole, rules=rules), words, drag)

    def _put(self, number: int, rule: Rule, words: str, drag: int = 0) -> None:
        self._change((*self.rules[:number], rule, *self.rules[number + 1 :]), words, drag)

    def _edited(self, card: RuleCard, rule: Rule, words: str, drag: int) -> None:
        number = self.cards.index(card)
        before = self.rules[number]
        if rule.name == before.name:
            self._put(number, rule, words, drag)
            return
        others = {each.name for each in self.rules if each is not before}
        rule = replace(rule, name=free_name(rule.name, others))
        rules = [rule if n == number else with_name_replaced(each, "rule", before.name, rule.name)
                 for n, each in enumerate(self.rules)]  # fmt: skip
        self._change(tuple(rules), words)

    def _rename_in(self, number: int, kind: str, old: str, new: str) -> None:
        self._put(number, with_name_replaced(self.rules[number], kind, old, new), f"use {new}")

    def _switch_off(self, number: int) -> None:
        self._put(number, replace(self.rules[number], enabled=False), "switch a rule off")

    def _wished(self, card: RuleCard, wish: str) -> None:
        number = self.cards.index(card)
        if wish == "why":
            self._ask_why(card)
        elif wish == "ready":
            self._desk.make_ready(card.rule.name)
        elif wish == "why_here":
            self._ask_why_here(card)
        elif self._session.document.locked:
            return
        elif wish == "delete":
            card.close_part()
            self._change(tuple(r for n, r in enumerate(self.rules) if n != number), f"delete the rule {card.rule.name}")
        elif wish == "duplicate":
            self._change(duplicated(self.rules, number), f"duplicate the rule {card.rule.name}")
        else:
            card.close_part()
            by = -1 if wish == "up" else 1
            self._change(moved(self.rules, number, by), f"move the rule {card.rule.name} {wish}")

    def _ask_why(self, card: RuleCard) -> None:
        """Show, or put away, where a rule stands; it is kept up to date while it is shown."""
        name = card.rule.name
        self._asked_why = "" if self._asked_why == name else name
        for each in self.cards:
            each.show_answer("")
        self._look()

    def _ask_why_here(self, card: RuleCard) -> None:
        """Say where a rule stood at the frame that is shown: the video is simulated up to there."""
        session = self._session
        source, shown = session.document.preset.source, session.newest
        self._asked_why = ""
        if source is None or shown is None or session.is_live:
            card.show_answer("Only a recording can be looked at again: open one first.")
            return
        if self._why_run is not None:
            return
        index = shown.snapshot.frame.index
        run = SimulateRun(session.document.whole, source, session.document.camera, index + 1, self)
        self._why_run = run
        card.show_answer(f"Looking at the video up to frame {index}…")
        run.finished.connect(functools.partial(self._answer_why_here, card.rule, index))
        run.start()

    def _answer_why_here(self, rule: Rule, index: int) -> None:
        run, self._why_run = self._why_run, None
        if run is not None:
            run.deleteLater()
        card = next((card for card in self.cards if card.rule == rule), None)
        if run is None or card is None:
            return
        if run.result is None:
            card.show_answer(str(run.error or ""))
            return
        acts = [each for each in run.result.decisions if (each.rule, each.frame) == (rule.name, index)]
        said = [f"{decision_words(each)}{_held(each)}." for each in acts]
        off = [] if rule.enabled else ["It is switched off."]
        where = [*off, *said, *why_sentences(run.result.whys.get(rule.name, []))]
        card.show_answer("\n".join([f"At frame {index}, were the rules armed from the first frame on:", *where]))

    def _end_why(self) -> None:
        if self._why_run is not None:
            self._why_run.cancel()
            self._why_run.wait(END_WITHIN_MS)

    def open_rule(self, number: int, place: str) -> None:
        """Show one rule and open the editor of one of its parts."""
        self._refresh()
        if 0 <= number < len(self.cards):
            card = self.cards[number]
            if place and (card.editor is None or card.editor.place != place):
                card.open_part(place)
            self._scroll_card = card
            QTimer.singleShot(SCROLL_MS, self._end_scroll)

    def _scroll(self) -> None:
        """Bring the card that is wanted into view, once it has its place and its height."""
        card = self._scroll_card
        if card in self.cards and card is not None:
            self.area.ensureVisible(0, card.geometry().bottom(), 0, 8)
            self.area.ensureVisible(0, card.geometry().top(), 0, 8)

    def _end_scroll(self) -> None:
        self._scroll()
        self._scroll_card = None

    # ---- new rules

    def _fill_add_menu(self) -> None:
        self.add_menu.clear()
        names = self.names()
        for template in TEMPLATES:
            places = names.get(template.refers_to, ())
            if not template.refers_to:
                self._entry(self.add_menu, template, template.title, "")
            elif len(places) == 1:
                self._entry(self.add_menu, template, f"{template.title} {places[0]}", places[0])
            elif places:
                menu = self.add_menu.addMenu(icon(template.icon), template.title)
                for place in places:
                    self._entry(menu, template, place, place)
            else:
                action = self._entry(self.add_menu, template, f"{template.title} a {template.refers_to}", "")
                action.setEnabled(False)
                action.setToolTip(f"Draw a {template.refers_to} on the picture first")
        self.add_menu.addSeparator()
        examples = self.add_menu.addMenu(icon("script-text-outline"), "Ready-made")
        examples.setToolTipsVisible(True)
        for example in rule_examples():
            entry = examples.addAction(example.name)
            entry.setToolTip(example.about)
            entry.setData(example)

    def _entry(self, menu: QMenu, template: RuleTemplate, words: str, place: str) -> QAction:
        action = menu.addAction(icon(template.icon), words)
        action.setData((template.name, place))
        return action

    def _add_from_menu(self, action: QAction) -> None:
        if isinstance(action.data(), Preset):
            self._desk.add_example(action.data())
            return
        name, place = action.data()
        self.add_rule(next(each for each in TEMPLATES if each.name == name), place)

    def _add_first(self) -> None:
        name = self.sender().property("template")
        template = next(each for each in TEMPLATES if each.name == name)
        self.add_rule(template, next(iter(self.names().get(template.refers_to, ())), ""))

    def add_rule(self, template: RuleTemplate, place: str) -> None:
        """Add a rule and ask what it shall do."""
        self._desk.add_rule(template, place)

    # ---- try, simulate, arm

    def _choose_mode(self) -> None:
        mode = RuleMode[str(self.sender().property("mode"))]
        acts = {
            RuleMode.OFF: self._desk.disarm, RuleMode.SHADOW: self._desk.rehearse, RuleMode.ARMED: self._desk.ask_to_arm
        }  # fmt: skip
        if mode is not self._desk.mode:
            acts[mode]()
        self._show_mode()

    def _test(self, card: RuleCard, chosen: StageChoice) -> None:
        self.trial.ask(card.rule, chosen)

    def _simulate(self) -> None:
        self.simulation.begin()
