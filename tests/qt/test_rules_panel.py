"""The panel of the rules: sentences whose parts are edited in place, tried, simulated, and every act undone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.geometry import Rectangle
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.core.rule_templates import template
from tracker_gui.core.rule_words import sentence
from tracker_gui.core.rules import Rule, Term, When
from tracker_gui.core.zones import Zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.rules.rules_panel import RulesPanel

PATIENCE_MS = 20_000
NEST = Zone(name="nest", shape=Rectangle(centre=(100, 75), width=70, height=70))
DOOR = choice("actions", "set_output")


def door_rule(name: str = "door", **changes: Any) -> Rule:
    when = When((Term(choice("events", "zone_visit", zone="nest")),))
    return replace(Rule(name=name, when=when, on_enter=(DOOR,)), **changes)


@pytest.fixture
def ruled_window(
    open_window: Callable[..., MainWindow], scene_preset: Callable[..., Preset], tmp_path: Path,
    wait_for_index: Callable[[MainWindow, int], None],
) -> Callable[..., MainWindow]:  # fmt: skip
    """Return a function that opens a window on a small scene with a zone and these rules."""

    def make(*rules: Rule, zones: tuple[Zone, ...] = (NEST,)) -> MainWindow:
        path = tmp_path / "ruled.json"
        save(replace(scene_preset(), zones=zones, rules=rules), path)
        window = open_window(path)
        window.session.settings.output_folder = str(tmp_path / "out")
        wait_for_index(window, 0)
        return window

    return make


def panel_of(window: MainWindow) -> RulesPanel:
    return window.rule_tools.panel()


def test_an_empty_panel_offers_sentences_to_begin_with(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window()
    panel = panel_of(window)
    assert panel.empty.isVisible()
    panel.first["entered"].click()
    assert [sentence(rule) for rule in window.document.whole.rules] == ["When an animal enters nest: write it down"]
    assert not panel.empty.isVisible()


def test_a_sentence_that_needs_a_line_waits_until_one_is_drawn(ruled_window: Callable[..., MainWindow]) -> None:
    panel = panel_of(ruled_window())
    assert not panel.first["crossed"].isEnabled()
    assert "Draw a line" in panel.first["crossed"].toolTip()


def test_a_ready_made_rule_comes_with_its_zone_and_goes_with_one_undo(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window()
    panel = panel_of(window)
    panel.add_menu.aboutToShow.emit()
    menu = panel.add_menu.actions()[-1].menu()
    next(entry for entry in menu.actions() if entry.text() == "Record while out of the zone").trigger()
    whole = window.document.whole
    assert ([rule.name for rule in whole.rules], [zone.name for zone in whole.zones]) == (["Outside"], ["nest", "zone"])
    assert not window.session.rules.missing()
    window.document.undo_stack.undo()
    assert window.document.whole.rules == ()
    assert [zone.name for zone in window.document.whole.zones] == ["nest"]


def test_a_new_rule_asks_at_once_what_it_shall_do(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window()
    window.session.rules.add_rule(template("entered"), "nest")
    card = panel_of(window).cards[0]
    assert card.editor is not None
    card.editor.quick["set_output"].click()
    assert sentence(window.document.whole.rules[0]) == "When an animal enters nest: virtual board: door to 90"
    assert card.editor is not None
    assert card.editor.place == "on_enter[0]"


def test_a_part_is_edited_where_its_link_is(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window(door_rule())
    card = panel_of(window).cards[0]
    assert 'href="when[0]"' in card.sentence.text()
    card.sentence.linkActivated.emit("when[0]")
    assert card.editor is not None
    assert card.editor.picker is not None
    combo = card.editor.picker.combo
    combo.setCurrentIndex(combo.findData("in_zone"))
    combo.activated.emit(combo.currentIndex())
    # The zone there is stands in the new predicate already.
    assert sentence(window.document.whole.rules[0]) == "When an animal is in nest: virtual board: door to 90"


def test_a_click_on_and_makes_it_or(ruled_window: Callable[..., MainWindow]) -> None:
    terms = (Term(choice("events", "in_zone", zone="nest")), Term(choice("events", "speed")))
    window = ruled_window(Rule(name="two", when=When(terms)))
    panel_of(window).cards[0].sentence.linkActivated.emit("join")
    assert "is in nest or is faster" in sentence(window.document.whole.rules[0])


def test_each_act_on_a_rule_is_one_undo_step(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window(door_rule())
    panel = panel_of(window)
    acts = {
        "off": lambda: panel.cards[0].switch.click(),
        "copy": lambda: panel.cards[0].wished.emit(panel.cards[0], "duplicate"),
        "down": lambda: panel.cards[0].wished.emit(panel.cards[0], "down"),
        "delete": lambda: panel.cards[0].wished.emit(panel.cards[0], "delete"),
    }
    states = [window.document.whole.rules]
    for act in acts.values():
        act()
        states.append(window.document.whole.rules)
    assert window.document.undo_stack.count() == len(acts)
    for before in reversed(states[:-1]):
        window.document.undo_stack.undo()
        assert window.document.whole.rules == before
        assert [card.rule for card in panel.cards] == list(before)


def test_a_rule_that_is_renamed_keeps_those_that_name_it(ruled_window: Callable[..., MainWindow]) -> None:
    other = Rule(name="light", when=When((Term(choice("events", "rule_active", rule="door")),)), on_enter=(DOOR,))
    window = ruled_window(door_rule(), other)
    card = panel_of(window).cards[0]
    card.name.setText("gate")
    card.name.editingFinished.emit()
    assert window.document.whole.rules[1].when.terms[0].event.params.rule == "gate"  # type: ignore[attr-defined]


def test_two_rules_on_one_output_are_flagged_and_mended_by_a_button(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window(door_rule(), door_rule("other"))
    (trouble,) = panel_of(window).cards[1]._troubles
    assert '"door" drives virtual board: door, too' in trouble.sentence
    assert trouble.mend is not None
    trouble.mend()
    assert not window.document.whole.rules[1].enabled
    assert panel_of(window).cards[1]._troubles == ()


def test_a_zone_that_is_deleted_is_flagged_and_another_one_taken(ruled_window: Callable[..., MainWindow]) -> None:
    arena = replace_name(NEST, "arena")
    window = ruled_window(door_rule(), zones=(NEST, arena))
    document = window.document
    document.change(replace(document.preset, zones=(arena,)), "delete nest")
    (trouble,) = panel_of(window).cards[0]._troubles
    assert (trouble.sentence, trouble.button) == ('There is no zone called "nest".', "Use arena")
    assert trouble.mend is not None
    trouble.mend()
    assert sentence(document.whole.rules[0]) == "When an animal enters arena: virtual board: door to 90"
    state = window.steps.section("Rules").step.state()
    assert (state.kind, state.short) == ("ok", "1 rule on")


def replace_name(zone: Zone, name: str) -> Zone:
    return zone.model_copy(update={"name": name})


def test_a_board_that_nobody_has_named_is_flagged(ruled_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = ruled_window(door_rule(on_enter=(choice("actions", "set_output", device="left rig"),)))
    card = panel_of(window).cards[0]
    qtbot.waitUntil(lambda: any("left rig" in each.sentence for each in card._troubles), timeout=PATIENCE_MS)


def test_a_test_asks_first_then_opens_the_door_and_makes_it_safe_again(
    ruled_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = ruled_window(door_rule())
    panel = panel_of(window)
    panel.open_rule(0, "on_enter[0]")
    editor = panel.cards[0].editor
    assert editor is not None
    editor.test.click()
    assert panel.trial.question.isVisible()
    assert not window.devices.are_open
    panel.trial.question.yes.click()
    qtbot.waitUntil(lambda: "acknowledged after" in panel.trial.result.text(), timeout=PATIENCE_MS)
    assert window.devices.boards.virtual is not None
    board = window.devices.boards.virtual.board
    assert board.view().values["door"] == 90
    panel.trial._safe.setInterval(1)
    panel.trial._safe.start()
    qtbot.waitUntil(lambda: board.view().values["door"] == 0, timeout=PATIENCE_MS)


def test_a_simulation_lists_what_would_be_done_and_a_click_jumps_there(
    ruled_window: Callable[..., MainWindow], qtbot: QtBot, wait_for_index: Callable[[MainWindow, int], None]
) -> None:
    window = ruled_window(door_rule())
    window.action("simulate_rules").trigger()
    view = panel_of(window).simulation
    qtbot.waitUntil(lambda: view.result is not None, timeout=PATIENCE_MS)
    assert view.result is not None
    frames = [each.frame for each in view.result.done]
    assert frames
    assert view.words.text().startswith(f"{len(frames)} act")
    assert [mark.frame for mark in window.rule_tools.marks.marks] == frames
    view.table.selectRow(len(frames) - 1)
    wait_for_index(window, frames[-1])
    assert not window.devices.are_open


def test_a_simulation_of_other_rules_is_put_away(ruled_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = ruled_window(door_rule())
    view = panel_of(window).simulation
    view.begin()
    qtbot.waitUntil(lambda: view.result is not None, timeout=PATIENCE_MS)
    panel_of(window).cards[0].switch.click()
    assert view.result is None
    assert window.rule_tools.marks.marks == ()


def test_a_simulation_ends_with_the_window(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window(door_rule())
    panel_of(window).simulation.begin()
    window.close()


def test_why_it_did_not_act_names_what_is_to_be_mended_first(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window(door_rule(enabled=False))
    card = panel_of(window).cards[0]
    card.wished.emit(card, "why")
    first, second, *_ = card.answer.text().split("\n")
    assert first == "It is switched off."
    assert second.startswith("The rules are not armed")


def test_why_not_at_this_frame_tells_where_each_animal_stood(
    ruled_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = ruled_window(door_rule())
    card = panel_of(window).cards[0]
    card.wished.emit(card, "why_here")
    qtbot.waitUntil(lambda: "Animal 3" in card.answer.text(), timeout=PATIENCE_MS)
    assert "At frame 0" in card.answer.text()
    assert "enters nest" in card.answer.text()


def test_a_right_click_on_a_zone_makes_its_rule(ruled_window: Callable[..., MainWindow]) -> None:
    window = ruled_window()
    action = window.action("make_rule_from_zone")
    assert not action.isEnabled()
    editor = window.picture.editor
    editor.select(each.place for each in editor.drawn() if each.entry.role == "zone")
    action.trigger()
    assert [sentence(rule) for rule in window.document.whole.rules] == ["When an animal enters nest: write it down"]
    assert window.docks.docks["rules"].isVisible()
