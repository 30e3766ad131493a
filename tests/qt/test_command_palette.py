"""The command palette: it lists all that can be done, finds it by words, and does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from tracker_gui.qt.actions.all_actions import all_actions
from tracker_gui.qt.actions.needs import Need
from tracker_gui.qt.command_palette import CommandPalette, show_palette

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow


def type_words(palette: CommandPalette, words: str) -> list[str]:
    palette.words.setText(words)
    return [command.text for command in palette.shown]


def test_every_action_that_can_be_grey_says_why() -> None:
    assert [
        info.name for info in all_actions() if info.enabled is not None and not isinstance(info.enabled, Need)
    ] == []


def test_every_action_is_listed(shown_window: MainWindow) -> None:
    palette = show_palette(shown_window)
    listed = {command.action.data() for command in palette.shown}
    assert {info.name for info in all_actions()} - {"palette"} <= listed


def test_words_are_found_in_any_order(shown_window: MainWindow) -> None:
    palette = show_palette(shown_window)
    assert type_words(palette, "preset save as")[0] == type_words(palette, "save as PRESET")[0] == "Save preset as"


def test_return_does_what_is_chosen_and_closes(shown_window: MainWindow, qtbot: QtBot) -> None:
    shown_window.action("show_both").trigger()
    palette = show_palette(shown_window)
    type_words(palette, "mask alone")
    qtbot.keyClick(palette.words, Qt.Key.Key_Return)
    assert shown_window.picture.pictures == "mask"
    assert not palette.isVisible()


def test_the_arrows_choose(shown_window: MainWindow, qtbot: QtBot) -> None:
    palette = show_palette(shown_window)
    second = palette.shown[1]
    qtbot.keyClick(palette.words, Qt.Key.Key_Down)
    assert palette.current == second


def test_escape_closes_and_does_nothing(shown_window: MainWindow, qtbot: QtBot) -> None:
    palette = show_palette(shown_window)
    before = shown_window.picture.pictures
    type_words(palette, "mask alone")
    qtbot.keyClick(palette.words, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert shown_window.picture.pictures == before


def test_what_cannot_be_done_says_why_and_is_not_done(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    palette = show_palette(open_window())
    type_words(palette, "start tracking")
    assert palette.sentence.text() == "Not now: Nothing is open: open a video or a camera first."
    qtbot.keyClick(palette.words, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_words_of_no_command_are_told(shown_window: MainWindow) -> None:
    palette = show_palette(shown_window)
    assert type_words(palette, "xyzzy") == []
    assert palette.current is None
    assert "No command" in palette.sentence.text()


def test_ctrl_k_opens_it(shown_window: MainWindow, qtbot: QtBot) -> None:
    shown_window.activateWindow()
    shown_window.picture.frame_pane.setFocus()
    qtbot.waitUntil(shown_window.isActiveWindow)
    qtbot.keyClick(shown_window.picture.frame_pane, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert [palette.isVisible() for palette in shown_window.findChildren(CommandPalette)] == [True]


def test_a_grey_entry_of_a_menu_says_why(open_window: Callable[..., MainWindow]) -> None:
    assert "Nothing is open" in open_window().action("start").toolTip()


def test_the_face_monitor_is_told_as_the_reason(shown_window: MainWindow) -> None:
    shown_window.action("monitor").trigger()
    palette = show_palette(shown_window)
    assert {command.action.data() for command in palette.shown if not command.why_not} >= {"monitor"}
    type_words(palette, "start tracking")
    assert "leave it first, with F11 or Esc" in palette.sentence.text()
