"""The presets gallery: the difference to the settings of now, and taking all or some of a preset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QFile, Qt

from tracker_gui.core.data_files import own_presets_folder, presets_folder
from tracker_gui.core.preset import CameraSetup, Preset, choice
from tracker_gui.exchange.gallery import GalleryEntry, own_presets
from tracker_gui.exchange.open_preset import open_preset
from tracker_gui.exchange.own_presets import save_own
from tracker_gui.exchange.preset_difference import Part
from tracker_gui.qt.gallery_dialog import GalleryDialog, show_gallery
from tracker_gui.qt.own_preset_dialog import OwnPresetDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

    Open = Callable[[MainWindow, str], GalleryDialog]

PATIENCE_MS = 20_000


@pytest.fixture
def open_gallery(qtbot: QtBot) -> Open:
    """Return a function that opens the gallery of a window with one of its presets chosen."""

    def open_with(window: MainWindow, name: str) -> GalleryDialog:
        shipped = presets_folder() / f"{name}.json"
        path = shipped if shipped.is_file() else own_presets_folder() / f"{name}.json"
        dialog = show_gallery(window, path)
        qtbot.waitUntil(lambda: dialog.chosen is not None and dialog.chosen.entry.path == path, timeout=PATIENCE_MS)
        return dialog

    return open_with


def shipped(name: str) -> Preset:
    return open_preset(presets_folder() / f"{name}.json")[0]


def words_of(dialog: GalleryDialog) -> dict[str, tuple[str, str]]:
    return {title: (now, there) for title, now, there in dialog.tree.rows()}


# ---- what it shows


def test_every_shipped_preset_has_a_card_with_a_picture(shown_window: MainWindow, open_gallery: Open) -> None:
    dialog = open_gallery(shown_window, "dish_5_animals")
    names = {card.shelved.entry.name for card in dialog.cards}
    assert names == {path.stem for path in presets_folder().glob("*.json")}
    assert all(card.thumbnail.has_picture for card in dialog.cards)


def test_the_difference_to_the_settings_of_now_is_a_table(shown_window: MainWindow, open_gallery: Open) -> None:
    dialog = open_gallery(shown_window, "dish_5_animals")
    words = words_of(dialog)
    assert words["Neighbourhood, px"] == ("31", "61")
    assert words["Animals"] == ("3", "5")
    assert "differ from yours" in dialog.verdict.text()


def test_the_difference_follows_the_settings(shown_window: MainWindow, open_gallery: Open) -> None:
    dialog = open_gallery(shown_window, "mouse_open_field")
    assert words_of(dialog)["Animals"] == ("3", "1")
    shown_window.session.use_animals(7)
    assert words_of(dialog)["Animals"] == ("7", "1")


def test_words_in_the_filter_leave_the_cards_that_have_them(
    shown_window: MainWindow, qtbot: QtBot, open_gallery: Open
) -> None:
    dialog = open_gallery(shown_window, "dish_5_animals")
    qtbot.keyClicks(dialog.filter, "Mouse field")
    assert [card.accessibleName() for card in dialog.grid.shown] == ["Mouse in an open field"]
    qtbot.keyClicks(dialog.filter, " elephant")
    assert dialog.grid.shown == []
    assert dialog.nothing.isVisible()


def test_cards_are_chosen_with_the_keyboard(shown_window: MainWindow, qtbot: QtBot, open_gallery: Open) -> None:
    dialog = open_gallery(shown_window, "dish_5_animals")
    card = next(card for card in dialog.cards if card.shelved.entry.name == "plate_24_wells")
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert dialog.title.text() == "24-well plate, one animal in each"


# ---- taking a preset


def test_using_all_of_it_is_one_undo_step(shown_window: MainWindow, qtbot: QtBot, open_gallery: Open) -> None:
    before = shown_window.document.whole
    dialog = open_gallery(shown_window, "dish_10_animals")
    qtbot.mouseClick(dialog.use_all, Qt.MouseButton.LeftButton)
    assert shown_window.document.whole == shipped("dish_10_animals")
    assert shown_window.document.undo_stack.count() == 1
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: shown_window.picture.frame_pane.badge.words == "10 of 10 found", timeout=PATIENCE_MS)
    assert "Ten animals in a dish" in shown_window.action("undo").text()
    shown_window.action("undo").trigger()
    assert shown_window.document.whole == before


def test_using_its_settings_keeps_the_source(shown_window: MainWindow, open_gallery: Open) -> None:
    source = shown_window.document.preset.source
    open_gallery(shown_window, "dish_10_animals").use_settings.click()
    preset, wanted = shown_window.document.preset, shipped("dish_10_animals")
    assert preset.source == source
    assert (preset.image, preset.detector, preset.tracker) == (wanted.image, wanted.detector, wanted.tracker)
    assert shown_window.document.undo_stack.count() == 1


def test_a_ticked_step_is_taken_and_nothing_else(shown_window: MainWindow, open_gallery: Open) -> None:
    before = shown_window.document.preset
    dialog = open_gallery(shown_window, "dish_10_animals")
    assert not dialog.use_ticked.isEnabled()
    dialog.tree.tick(Part.DETECT)
    assert dialog.use_ticked.isEnabled()
    dialog.use_ticked.click()
    assert shown_window.document.preset == replace(before, detector=shipped("dish_10_animals").detector)
    assert shown_window.document.undo_stack.count() == 1


def test_a_step_is_ticked_with_the_space_key(shown_window: MainWindow, qtbot: QtBot, open_gallery: Open) -> None:
    dialog = open_gallery(shown_window, "dish_10_animals")
    head = dialog.tree.topLevelItem(0)
    assert head is not None
    dialog.tree.setFocus()
    dialog.tree.setCurrentItem(head)
    qtbot.keyClick(dialog.tree, Qt.Key.Key_Space)
    assert dialog.tree.ticked == [Part.SOURCE]


def test_the_same_settings_leave_nothing_to_take(shown_window: MainWindow, open_gallery: Open) -> None:
    open_gallery(shown_window, "dish_10_animals").use_all.click()
    dialog = open_gallery(shown_window, "dish_10_animals")
    assert "the same as in this preset" in dialog.verdict.text()
    assert not dialog.use_all.isEnabled()
    assert not dialog.use_settings.isEnabled()


def test_a_preset_without_a_source_keeps_the_one_that_is_open(shown_window: MainWindow, open_gallery: Open) -> None:
    source = shown_window.document.preset.source
    dialog = open_gallery(shown_window, "mouse_open_field")
    assert "Your source stays" in dialog.verdict.text()
    dialog.use_all.click()
    assert shown_window.document.preset.source == source
    assert shown_window.document.preset.name == "Mouse in an open field"


def test_a_preset_of_one_camera_changes_the_camera_that_is_shown(shown_window: MainWindow, open_gallery: Open) -> None:
    document = shown_window.document
    second = CameraSetup(source=choice("sources", "simulated", width_px=200, height_px=150, body_length_px=14))
    document.change_whole(replace(document.whole, more_cameras=(second,)), "add a camera", camera=1)
    first = document.whole.camera(0).detector
    dialog = open_gallery(shown_window, "mouse_open_field")
    assert "those of camera 2" in dialog.verdict.text()
    dialog.use_all.click()
    assert document.whole.camera(0).detector == first
    assert document.whole.camera(1).detector == shipped("mouse_open_field").detector


def test_settings_that_are_locked_cannot_be_taken(shown_window: MainWindow, open_gallery: Open) -> None:
    dialog = open_gallery(shown_window, "dish_10_animals")
    shown_window.document.set_locked(True)
    assert not dialog.use_all.isEnabled()
    assert "locked while tracking" in dialog.verdict.text()
    shown_window.document.set_locked(False)
    assert dialog.use_all.isEnabled()


# ---- presets of one's own


def save_dialog(window: MainWindow) -> OwnPresetDialog:
    window.action("save_own").trigger()
    return window.findChildren(OwnPresetDialog)[-1]


def test_the_settings_of_now_are_saved_as_a_preset_of_ones_own_with_the_picture(
    shown_window: MainWindow, qtbot: QtBot, open_gallery: Open
) -> None:
    asked = save_dialog(shown_window)
    asked.name.setText("My dish")
    asked.about.setPlainText("Three small animals.")
    qtbot.mouseClick(asked.save, Qt.MouseButton.LeftButton)
    (entry,) = own_presets()
    assert isinstance(entry, GalleryEntry)
    assert entry.preset == replace(shown_window.document.whole, name="My dish", about="Three small animals.")
    dialog = open_gallery(shown_window, "my_dish")
    assert dialog.cards[0].thumbnail.has_picture
    assert "the same as in this preset" in dialog.verdict.text()
    assert dialog.trash.isVisible()


def test_a_preset_of_ones_own_can_leave_the_source_out(shown_window: MainWindow) -> None:
    asked = save_dialog(shown_window)
    asked.name.setText("Without")
    asked.source.setChecked(False)
    asked.save.click()
    (entry,) = own_presets()
    assert isinstance(entry, GalleryEntry)
    assert entry.preset.source is None


def test_a_name_is_needed_and_one_that_is_there_is_told(shown_window: MainWindow) -> None:
    save_own(Preset(name="Known"), None)
    asked = save_dialog(shown_window)
    asked.name.setText(" ")
    assert not asked.save.isEnabled()
    asked.name.setText("Known")
    assert asked.save.text() == "Replace"
    assert "will be replaced" in asked.words.text()
    asked.close()


def test_a_folder_that_cannot_be_written_is_a_sentence(shown_window: MainWindow, own_home: Path) -> None:
    (own_home / "data").mkdir(exist_ok=True)
    own_presets_folder().write_text("in the way")
    asked = save_dialog(shown_window)
    asked.name.setText("Mine")
    asked.save.click()
    assert "cannot be made" in asked.words.text()
    assert asked.isVisible()
    asked.close()


def test_a_damaged_preset_is_shown_with_its_problem_and_cannot_be_taken(
    shown_window: MainWindow, open_gallery: Open
) -> None:
    own_presets_folder().mkdir(parents=True)
    (own_presets_folder() / "broken.json").write_text('{"format": "tracker-gui')
    dialog = open_gallery(shown_window, "broken")
    assert "broken.json: line 1" in dialog.problems.text()
    assert dialog.cards[0].facts.whole_text == "\u26a0 cannot be used"
    assert not dialog.use_all.isEnabled()
    assert not dialog.use_settings.isEnabled()
    assert dialog.trash.isVisible()


def test_a_preset_with_one_bad_setting_says_which_and_can_be_taken(
    shown_window: MainWindow, open_gallery: Open
) -> None:
    path = save_own(replace(shipped("dish_5_animals"), name="Half"), np.zeros((60, 80, 3), np.uint8))
    path.write_text(path.read_text().replace('"offset": 40.0', '"offset": "much"'))
    dialog = open_gallery(shown_window, "half")
    assert "detector.params.offset" in dialog.problems.text()
    assert dialog.use_all.isEnabled()


def test_a_preset_of_ones_own_goes_to_the_trash_and_a_shipped_one_does_not(
    shown_window: MainWindow, qtbot: QtBot, open_gallery: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    probe = tmp_path / "probe"
    probe.write_text("")
    if not QFile(str(probe)).moveToTrash():
        pytest.skip("this system has no trash")
    save_own(Preset(name="Old"), np.zeros((60, 80, 3), np.uint8))
    dialog = open_gallery(shown_window, "dish_5_animals")
    assert not dialog.trash.isVisible()
    dialog = open_gallery(shown_window, "old")
    dialog.trash.click()
    qtbot.waitUntil(lambda: "Old" not in [card.shelved.title for card in dialog.cards], timeout=PATIENCE_MS)
    assert list(own_presets_folder().iterdir()) == []


def test_the_gallery_goes_with_its_window(shown_window: MainWindow, open_gallery: Open) -> None:
    dialog = open_gallery(shown_window, "dish_5_animals")
    assert shown_window.findChildren(GalleryDialog) == [dialog]
    assert show_gallery(shown_window) is dialog
    shown_window.close()
    assert not dialog.isVisible()
