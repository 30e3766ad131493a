"""Keys that the user chose: told apart, kept, and used from the start."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from tracker_gui.qt import settings
from tracker_gui.qt.actions.all_actions import all_actions
from tracker_gui.qt.actions.shortcuts import keys_in_use
from tracker_gui.qt.dialogs.shortcuts_dialog import ShortcutsDialog, show_shortcuts

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier


def keys_of(window: MainWindow, name: str) -> str:
    return window.action(name).shortcut().toString(QKeySequence.SequenceFormat.PortableText)


def test_no_two_declared_actions_have_one_key() -> None:
    keys = [key for key in keys_in_use(all_actions(), {}).values() if key]
    declared = [info for info in all_actions() if info.shortcut]
    assert len(keys) == len(set(keys)) == len(declared)


def test_the_menu_opens_the_dialog(shown_window: MainWindow) -> None:
    shown_window.action("shortcuts").trigger()
    assert [dialog.isVisible() for dialog in shown_window.findChildren(ShortcutsDialog)] == [True]


def test_a_pressed_key_counts_at_once(shown_window: MainWindow, qtbot: QtBot) -> None:
    dialog = show_shortcuts(shown_window)
    dialog.choose("show_mask")
    qtbot.keyClick(dialog.edit, Qt.Key.Key_9, CTRL)
    assert keys_of(shown_window, "show_mask") == "Ctrl+9"
    assert "(Ctrl+9)" in shown_window.action("show_mask").toolTip()
    dialog.close()
    shown_window.activateWindow()
    shown_window.picture.frame_pane.setFocus()
    qtbot.waitUntil(shown_window.isActiveWindow)
    qtbot.keyClick(shown_window.picture.frame_pane, Qt.Key.Key_9, CTRL)
    assert shown_window.picture.pictures == "mask"


def test_a_key_that_another_action_has_is_refused_with_its_place(shown_window: MainWindow) -> None:
    dialog = show_shortcuts(shown_window)
    assert not dialog.give("show_mask", "Ctrl+O")
    assert "Ctrl+O belongs to File > Open video or preset" in dialog.words.text()
    assert keys_of(shown_window, "show_mask") == "Ctrl+2"
    assert shown_window.session.settings.shortcuts == {}


def test_a_key_that_drawing_needs_is_refused(shown_window: MainWindow) -> None:
    dialog = show_shortcuts(shown_window)
    assert not dialog.give("show_mask", "Backspace")
    assert "take back the last point" in dialog.words.text()


def test_one_key_or_all_are_reset(shown_window: MainWindow) -> None:
    dialog = show_shortcuts(shown_window)
    assert dialog.give("show_mask", "Ctrl+9")
    assert dialog.give("show_both", "")
    dialog.choose("show_mask")
    dialog.reset_one.click()
    assert keys_of(shown_window, "show_mask") == "Ctrl+2"
    assert shown_window.session.settings.shortcuts == {"show_both": ""}
    dialog.reset_all.click()
    assert keys_of(shown_window, "show_both") == "Ctrl+3"
    assert shown_window.session.settings.shortcuts == {}


def test_the_filter_finds_a_command_by_its_key(shown_window: MainWindow) -> None:
    dialog = show_shortcuts(shown_window)
    dialog.filter.setText("ctrl+b")
    assert dialog.shown() == ["batch"]


def test_only_changed_keys_are_kept_and_used_at_the_next_start(open_window: Callable[..., MainWindow]) -> None:
    first = open_window()
    show_shortcuts(first).give("batch", "Ctrl+9")
    first.close()
    assert json.loads(settings.settings_file().read_text(encoding="utf-8"))["shortcuts"] == {"batch": "Ctrl+9"}
    assert keys_of(open_window(), "batch") == "Ctrl+9"


@pytest.mark.parametrize(
    ("name", "keys"),
    [("batch", "Ctrl+Nonsense"), ("batch", "Ctrl+9, Ctrl+8"), ("batch", "Esc"), ("no_such_action", "Ctrl+9")],
)
def test_a_damaged_key_is_left_out_with_a_line_in_the_log(
    name: str, keys: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = keys_in_use(all_actions(), {name: keys})
    assert found == keys_in_use(all_actions(), {})
    assert f"of {name} is left out" in caplog.text


def test_a_damaged_entry_of_the_settings_loses_no_other(caplog: pytest.LogCaptureFixture) -> None:
    path = settings.settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"face": "LIGHT", "shortcuts": {"batch": 7, "review": "Ctrl+9"}}', encoding="utf-8")
    kept = settings.load()
    assert (kept.face, kept.shortcuts) == ("LIGHT", {"review": "Ctrl+9"})
    assert "shortcuts.batch is damaged" in caplog.text


def test_the_user_s_choice_wins_over_a_declared_key(caplog: pytest.LogCaptureFixture) -> None:
    found = keys_in_use(all_actions(), {"review": "Ctrl+B"})
    assert (found["review"], found["batch"]) == ("Ctrl+B", "")
    assert "batch has no shortcut" in caplog.text


def test_the_buttons_of_the_picture_name_the_key_of_now(shown_window: MainWindow) -> None:
    show_shortcuts(shown_window).give("tool_polygon", "Y")
    show_shortcuts(shown_window).give("forward", "F")
    assert shown_window.picture.draw_bar.buttons["polygon"].toolTip().endswith("(Y)")
    assert shown_window.transport.forward.toolTip() == "One frame on (F)"
