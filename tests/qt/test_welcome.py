"""The welcome page: ways to begin, recent files, presets, and what an earlier session left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from tracker_gui.qt import settings
from tracker_gui.qt.gallery_dialog import GalleryDialog
from tracker_gui.qt.views.card import Card, CardGrid
from tracker_gui.qt.views.preset_card import PresetCard
from tracker_gui.qt.views.recent_list import look_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.panels.welcome import Welcome

    Wait = Callable[[MainWindow, int], None]

PATIENCE_MS = 20_000


def welcome(window: MainWindow) -> Welcome:
    return window.picture.welcome


def preset_card(qtbot: QtBot, window: MainWindow, name: str) -> PresetCard:
    """Return the card of a preset, once the presets are read."""
    qtbot.waitUntil(lambda: bool(welcome(window).presets.cards), timeout=PATIENCE_MS)
    cards = [card for card in welcome(window).presets.cards if isinstance(card, PresetCard)]
    return next(card for card in cards if card.shelved.entry.name == name)


def rows_of(qtbot: QtBot, window: MainWindow, count: int) -> list[str]:
    """Return the names in the list of recent files, once there are so many."""
    qtbot.waitUntil(lambda: len(welcome(window).recent.rows) == count, timeout=PATIENCE_MS)
    return [row.file.path.name for row in welcome(window).recent.rows]


def click(qtbot: QtBot, widget: QWidget) -> None:
    """Click on the middle of a widget, once it has its place."""
    qtbot.waitUntil(lambda: widget.height() > 10, timeout=PATIENCE_MS)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def remember(*paths: Path) -> None:
    kept = settings.WindowSettings()
    for path in reversed(paths):
        kept.remember(path)
    settings.store(kept)


# ---- ways to begin


def test_a_click_on_the_simulated_arena_opens_it_and_the_page_goes(
    open_window: Callable[..., MainWindow], qtbot: QtBot, wait_for_index: Wait
) -> None:
    window = open_window()
    click(qtbot, welcome(window).card("open_simulated"))
    wait_for_index(window, 0)
    assert not welcome(window).isVisible()
    assert window.picture.frame_pane.badge.words == "5 of 5 found"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_first_card_has_the_focus_and_a_key_opens_it(
    open_window: Callable[..., MainWindow], qtbot: QtBot, wait_for_index: Wait, key: Qt.Key
) -> None:
    window = open_window()
    card = window.focusWidget()
    assert card is welcome(window).card("open_simulated")
    qtbot.keyClick(card, key)
    wait_for_index(window, 0)


def test_every_card_is_reached_with_the_tab_key(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    preset_card(qtbot, window, "dish_5_animals")
    page = welcome(window)
    wanted = {*page.begin.cards, *page.presets.cards, page.all_presets}
    window.activateWindow()
    reached = set()
    for _ in range(200):
        reached.add(window.focusWidget())
        window.focusNextChild()
    assert wanted <= reached


def test_what_the_window_cannot_do_has_no_card(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    offered = {card.objectName() for card in welcome(window).begin.cards}
    assert {"open_simulated", "open", "open_folder"} <= offered
    assert ("open_camera" in offered) == (window.find_action("open_camera") is not None)


def test_a_preset_with_a_source_opens_at_once(
    open_window: Callable[..., MainWindow], qtbot: QtBot, wait_for_index: Wait
) -> None:
    window = open_window()
    click(qtbot, preset_card(qtbot, window, "dish_10_animals"))
    wait_for_index(window, 0)
    assert window.picture.frame_pane.badge.words == "10 of 10 found"
    assert window.document.is_saved


def test_a_preset_without_a_source_asks_for_one(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    preset_card(qtbot, window, "mouse_open_field").click()
    assert window.document.preset.name == "Mouse in an open field"
    assert welcome(window).isVisible()
    assert "Mouse in an open field" in welcome(window).words.text()
    assert welcome(window).head.text() == "Now open what it is for"


def test_a_preset_is_compared_and_not_opened_where_something_is_open(shown_window: MainWindow, qtbot: QtBot) -> None:
    before = shown_window.document.whole
    shown_window.action("welcome").trigger()
    preset_card(qtbot, shown_window, "dish_10_animals").click()
    (dialog,) = shown_window.findChildren(GalleryDialog)
    qtbot.waitUntil(lambda: dialog.chosen is not None, timeout=PATIENCE_MS)
    assert dialog.chosen is not None
    assert dialog.chosen.entry.name == "dish_10_animals"
    assert shown_window.document.whole == before


# ---- back to the page, and from it


def test_the_page_is_reached_while_a_source_is_open_and_left_again(shown_window: MainWindow, qtbot: QtBot) -> None:
    action = shown_window.action("welcome")
    assert not welcome(shown_window).isVisible()
    action.trigger()
    assert welcome(shown_window).isVisible()
    assert not shown_window.picture.frame_pane.isVisible()
    assert action.isChecked()
    click(qtbot, welcome(shown_window).back)
    assert not welcome(shown_window).isVisible()
    assert shown_window.picture.frame_pane.isVisible()
    assert not action.isChecked()


def test_a_change_of_the_settings_leaves_the_page(shown_window: MainWindow) -> None:
    shown_window.action("welcome").trigger()
    shown_window.session.use_animals(2)
    assert not welcome(shown_window).isVisible()


def test_opening_from_the_page_leaves_it(
    shown_window: MainWindow, qtbot: QtBot, make_video: Callable[..., Path]
) -> None:
    shown_window.action("welcome").trigger()
    shown_window.open_path(make_video("clip.mp4", 20))
    qtbot.waitUntil(lambda: not welcome(shown_window).isVisible(), timeout=PATIENCE_MS)


def test_a_key_on_a_card_does_not_play_the_picture_behind_it(shown_window: MainWindow, qtbot: QtBot) -> None:
    shown_window.action("welcome").trigger()
    card = preset_card(qtbot, shown_window, "dish_5_animals")
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert not shown_window.session.is_playing
    assert shown_window.findChildren(GalleryDialog)


# ---- recent files


def test_recent_files_are_shown_with_folder_and_date_and_those_that_are_gone_say_so(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset_file: Path, tmp_path: Path
) -> None:
    remember(preset_file, tmp_path / "gone.mp4", tmp_path)
    window = open_window()
    assert rows_of(qtbot, window, 3) == [preset_file.name, "gone.mp4", tmp_path.name]
    there, gone, folder = welcome(window).recent.rows
    assert [row.file.kind for row in (there, gone, folder)] == ["preset", "video", "folder"]
    assert [row.is_missing for row in (there, gone, folder)] == [False, True, False]
    assert there.date.text().startswith("today")
    assert gone.date.text() == "not found"


def test_a_recent_file_opens_by_click(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset_file: Path, wait_for_index: Wait
) -> None:
    remember(preset_file)
    window = open_window()
    rows_of(qtbot, window, 1)
    click(qtbot, welcome(window).recent.rows[0].card)
    wait_for_index(window, 0)
    assert window.document.path == preset_file


def test_a_recent_file_is_taken_off_the_list_and_stays_where_it_is(
    open_window: Callable[..., MainWindow], qtbot: QtBot, preset_file: Path, tmp_path: Path
) -> None:
    remember(preset_file, tmp_path / "gone.mp4")
    window = open_window()
    rows_of(qtbot, window, 2)
    click(qtbot, welcome(window).recent.rows[0].cross)
    assert rows_of(qtbot, window, 1) == ["gone.mp4"]
    assert window.session.settings.recent == [str((tmp_path / "gone.mp4").resolve())]
    assert preset_file.is_file()


def test_the_older_files_are_behind_a_link(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    remember(*(tmp_path / f"{number}.mp4" for number in range(10)))
    window = open_window()
    rows_of(qtbot, window, 10)
    recent = welcome(window).recent
    shown = sum(row.isVisible() for row in recent.rows)
    assert recent.more.text() == f"{10 - shown} more"
    recent.more.click()
    assert all(row.isVisible() for row in recent.rows)


def test_without_recent_files_the_page_does_not_speak_of_them(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    assert not welcome(window).recent.isVisible()


def test_a_name_that_no_system_takes_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    (found,) = look_at([str(tmp_path / ("x" * 5000))])
    assert found.changed_s is None


# ---- size


def test_the_page_fits_its_width_from_the_smallest_window_to_a_large_screen(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window()
    preset_card(qtbot, window, "dish_5_animals")
    page, columns = welcome(window), []
    for width, height in ((960, 600), (1280, 800), (1920, 1080), (960, 600)):
        window.resize(width, height)
        qtbot.waitUntil(lambda w=width: window.width() == w, timeout=PATIENCE_MS)  # type: ignore[misc]
        QApplication.processEvents()
        assert page.body.width() <= page.area.viewport().width()
        columns.append(page.presets.columns)
    assert columns[0] < columns[1] <= columns[2]
    assert columns[3] == columns[0]


def test_presets_are_read_behind_the_first_paint_only(
    open_window: Callable[..., MainWindow], preset_file: Path
) -> None:
    covered = open_window(preset_file)
    assert not welcome(covered).presets.cards
    assert covered.picture.welcome_shown is False


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (3, 3), (4, 2), (6, 3)])
def test_few_cards_fill_their_rows_evenly(dressed: QApplication, qtbot: QtBot, count: int, columns: int) -> None:
    grid = CardGrid(100, fill=True)
    qtbot.addWidget(grid)
    grid.set_cards([Card(str(number)) for number in range(count)])
    grid.resize(340, 200)  # room for three beside one another
    grid.show()
    assert grid.columns == columns
