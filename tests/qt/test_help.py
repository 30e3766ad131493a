"""The help: each page is true of the program, and F1 opens the one that fits."""

from __future__ import annotations

import ast
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence

import tracker_gui
from tracker_gui.cli import parser
from tracker_gui.core.rules import read_rules
from tracker_gui.qt.actions.all_actions import MENUS, all_actions
from tracker_gui.qt.actions.shortcuts import FIXED
from tracker_gui.qt.batch.batch_window import show_batch
from tracker_gui.qt.help_pages import PAGE_PROPERTY, HelpPage, help_folder, read_pages
from tracker_gui.qt.help_window import HelpWindow, page_for, show_help
from tracker_gui.qt.panels.panel_info import all_panels
from tracker_gui.qt.panels.steps import step_kinds
from tracker_gui.qt.review.review_actions import ACTIONS as REVIEW_ACTIONS
from tracker_gui.qt.review.review_actions import MENUS as REVIEW_MENUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PAGES = read_pages()
CODE = re.compile(r"```.*?```|^    .*?$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
NOT_OF_THE_WINDOW = {"preset"}
BOLD_WORDS = re.compile(r".*\.$|^(Zone|Keep|Ignore|Arena)$")

each_page = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])


def prose(page: HelpPage) -> str:
    return CODE.sub(" ", page.text).replace("\n", " ")


def emphasised(page: HelpPage) -> list[str]:
    return re.findall(r"(?<!\*)\*([^*\s][^*]*)\*(?!\*)", prose(page))


def bold(page: HelpPage) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", prose(page))


def menu_paths() -> set[str]:
    paths = {f"{info.menu.replace('/', ' > ')} > {info.text.removesuffix('…')}" for info in all_actions()}
    paths |= {f"{action.menu} > {action.text.removesuffix('…')}" for action in REVIEW_ACTIONS}
    return paths | {f"View > Panels > {panel.title}" for panel in all_panels() if panel.place in ("right", "bottom")}


def words_of_the_program() -> set[str]:
    """Return every text that stands in the program: what a button or a setting is called is one of them."""
    found = set()
    for path in Path(tracker_gui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def commands(page: HelpPage) -> list[str]:
    lines = [part.strip(" `") for part in CODE.findall(page.text) if "```" not in part]
    return [line for line in lines if line.startswith("tracker-gui ")]


@each_page
def test_every_link_leads_to_a_page(page: HelpPage) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.text):
        assert (page.path.parent / target).is_file(), target


def test_every_page_is_in_the_contents() -> None:
    assert {page.path for page in PAGES} == set(help_folder().glob("*.md"))


@each_page
def test_every_place_of_the_menus_is_there(page: HelpPage) -> None:
    paths = menu_paths()
    wrong = [text for text in emphasised(page) if " > " in text and text not in paths]
    assert wrong == []
    assert not re.search(rf"(?<![*\w])({'|'.join({*MENUS, *REVIEW_MENUS})}) > ", prose(page)), "not emphasised"


@each_page
def test_every_button_and_setting_is_called_so(page: HelpPage) -> None:
    there = words_of_the_program()
    named = {text for text in emphasised(page) if " > " not in text} - NOT_OF_THE_WINDOW
    assert named - there == set()


@each_page
def test_every_key_is_the_first_one_of_an_action(page: HelpPage) -> None:
    keys = {QKeySequence(info.shortcut).toString() for info in (*all_actions(), *REVIEW_ACTIONS)} | set(FIXED)
    assert [text for text in bold(page) if not BOLD_WORDS.match(text) and text not in keys] == []


@each_page
def test_every_key_stands_beside_the_action_that_it_does(page: HelpPage) -> None:
    keys = {
        f"{info.menu.replace('/', ' > ')} > {info.text.removesuffix('…')}": QKeySequence(info.shortcut).toString()
        for info in (*all_actions(), *REVIEW_ACTIONS)
    }
    for path, key in re.findall(r"\*([^*]+ > [^*]+)\*,? \(?\*\*([^*]+)\*\*", prose(page)):
        assert keys[path] == key


@each_page
def test_every_command_line_can_be_typed(page: HelpPage) -> None:
    for line in commands(page):
        parser().parse_args(shlex.split(line)[1:])


@each_page
def test_every_rule_can_be_read(page: HelpPage) -> None:
    for text in re.findall(r"```json\n(.*?)```", page.text, re.DOTALL):
        problems: list[object] = []
        rules = read_rules([json.loads(text)], page.name, None, problems)  # type: ignore[arg-type]
        assert problems == []
        assert len(rules) == 1


def test_every_page_that_f1_opens_exists() -> None:
    asked = {panel.help_page for panel in all_panels()} | {kind.help_page for kind in step_kinds()}
    for path in (Path(tracker_gui.__file__).parent / "qt").rglob("*.py"):
        asked |= set(re.findall(r'setProperty\(PAGE_PROPERTY, "(\w+)"\)', path.read_text(encoding="utf-8")))
    assert asked <= {page.name for page in PAGES}


# ---- the window


def test_f1_opens_the_page_of_what_has_the_focus(shown_window: MainWindow, qtbot: QtBot) -> None:
    shown_window.activateWindow()
    shown_window.steps.open_step("Arena, zones")
    more = shown_window.steps.section("Arena, zones").step.more  # type: ignore[attr-defined]
    more.setFocus()
    qtbot.waitUntil(lambda: shown_window.isActiveWindow() and more.hasFocus())
    qtbot.keyClick(more, Qt.Key.Key_F1)
    assert [shown.shown for shown in shown_window.findChildren(HelpWindow)] == ["zones"]


def test_f1_opens_the_page_of_another_window(shown_window: MainWindow, qtbot: QtBot) -> None:
    batch = show_batch(shown_window)
    qtbot.waitUntil(batch.isActiveWindow)
    qtbot.keyClick(batch.add, Qt.Key.Key_F1)
    assert [shown.shown for shown in shown_window.findChildren(HelpWindow)] == ["batch"]


def test_what_has_no_page_gets_the_first_one(shown_window: MainWindow) -> None:
    assert page_for(shown_window.menuBar()) == page_for(None) == "index"
    assert shown_window.property(PAGE_PROPERTY) is None


def test_the_help_lets_the_window_go_on(shown_window: MainWindow) -> None:
    help_window = show_help(shown_window)
    assert help_window is not None
    assert not help_window.isModal()


def test_a_link_leads_to_another_page_and_back(shown_window: MainWindow) -> None:
    help_window = show_help(shown_window, "first_steps")
    assert help_window is not None
    help_window.browser.setSource(QUrl("zones.md"))
    assert help_window.shown == "zones"
    assert help_window.contents.currentItem().text() == "Drawing zones"
    assert "Half-plane" in help_window.browser.toPlainText()
    help_window.back.click()
    assert help_window.shown == "first_steps"


def test_the_search_leaves_the_pages_with_all_words_and_shows_one(shown_window: MainWindow) -> None:
    help_window = show_help(shown_window, "index")
    assert help_window is not None
    help_window.search.setText("clicked predicted")
    assert help_window.listed() == [help_window.shown] == ["review"]
    assert {mark.cursor.selectedText() for mark in help_window.browser.extraSelections()} == {"clicked", "predicted"}  # type: ignore[attr-defined]


def test_a_search_without_result_says_so(shown_window: MainWindow) -> None:
    help_window = show_help(shown_window)
    assert help_window is not None
    help_window.search.setText("xyzzy")
    assert help_window.listed() == []
    assert help_window.nothing.isVisible()


def test_a_missing_page_is_told_in_a_sentence(
    open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tracker_gui.qt.help_pages.help_folder", lambda: tmp_path)
    window = open_window()
    assert show_help(window) is None
    assert "Install the program again" in " ".join(window.notices.sentences)
