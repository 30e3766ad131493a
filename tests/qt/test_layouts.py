"""Layouts of the panels: kept under names, put back, also in a window of another size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray as Bytes
from PySide6.QtCore import QDataStream, QIODevice, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication

from tracker_gui.qt import settings
from tracker_gui.qt.dialogs.layouts_dialog import LayoutsDialog, show_layouts
from tracker_gui.qt.layouts import BUILT_IN, Layout, read_layout
from tracker_gui.qt.main_window import FIRST_SIZE, MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot


SAVED = Layout((1280, 800), 320, {"plots": (500, 400), "event_log": (1280, 200)}, "00ff")


@pytest.fixture
def window(open_window: Callable[..., MainWindow], qtbot: QtBot) -> MainWindow:
    window = open_window()
    qtbot.waitExposed(window)
    window.resize(1280, 800)
    window.setMinimumSize(900, 500)
    return window


@pytest.fixture
def dialog(window: MainWindow) -> LayoutsDialog:
    return show_layouts(window)


def open_panels(window: MainWindow) -> set[str]:
    return {name for name, dock in window.docks.docks.items() if not dock.isHidden()}


def save_as(dialog: LayoutsDialog, name: str) -> None:
    dialog.name.setText(name)
    dialog.save.click()


def in_menu(window: MainWindow) -> list[str]:
    menu = window._menus["View/Layouts"]
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions()]


@pytest.mark.parametrize("layout", [SAVED, Layout((960, 600), 0, {}, "")])
def test_a_layout_is_the_same_after_it_was_text(layout: Layout) -> None:
    assert read_layout(layout.to_text()) == layout


@pytest.mark.parametrize("text", ["", "nonsense", SAVED.to_text()[:-1], SAVED.to_text().replace("320", "999"), "0 0"])
def test_damaged_text_is_no_layout(text: str) -> None:
    assert read_layout(text) is None


def test_what_was_moved_closed_and_floated_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    docks = window.docks.docks
    docks["plots"].show()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["event_log"])
    docks["event_log"].show()
    docks["zones"].show()
    docks["zones"].setFloating(True)
    window.layouts.save("mine")
    window.action("reset_panels").trigger()
    assert open_panels(window) == set()
    window.layouts.use("mine")
    assert open_panels(window) == {"plots", "event_log", "zones"}
    assert docks["zones"].isFloating()
    assert window.dockWidgetArea(docks["event_log"]) == Qt.DockWidgetArea.LeftDockWidgetArea


def test_a_layout_keeps_its_proportions_in_a_smaller_window(window: MainWindow, qtbot: QtBot) -> None:
    log = window.docks.docks["event_log"]
    log.show()
    window.resizeDocks([log], [280], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: abs(log.height() - 280) < 5)
    window.layouts.save("mine")
    window.resize(1024, 600)
    window.layouts.use("mine")
    qtbot.waitUntil(lambda: abs(log.height() - 210) < 15)


@pytest.mark.parametrize("wanted", BUILT_IN, ids=[wanted.name for wanted in BUILT_IN])
def test_a_layout_of_the_program_opens_its_panels(window: MainWindow, wanted: object) -> None:
    assert wanted in BUILT_IN
    for each in BUILT_IN:
        if each is wanted:
            window.action(f"layout_{each.name}").trigger()
            assert open_panels(window) == {*each.right, *each.bottom}
            assert window.layouts.steps_shown is each.steps


def test_hidden_steps_stay_hidden_at_the_next_start(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.action("show_steps").trigger()
    window.close()
    again = open_window()
    assert not again.steps.isVisible()
    again.action("show_steps").trigger()
    assert again.steps.isVisible()


def test_a_layout_is_saved_under_a_name_and_is_in_the_menu(window: MainWindow, dialog: LayoutsDialog) -> None:
    assert dialog.empty.isVisible()
    save_as(dialog, "Night & day")
    assert not dialog.empty.isVisible()
    assert in_menu(window)[-1] == "Night && day"
    assert "is saved" in dialog.words.text()


def test_the_menu_puts_a_layout_back(window: MainWindow) -> None:
    window.docks.docks["zones"].show()
    window.layouts.save("mine")
    window.action("reset_panels").trigger()
    in_menu(window)
    window._menus["View/Layouts"].actions()[-1].trigger()
    assert open_panels(window) == {"zones"}


def test_a_layout_is_renamed(window: MainWindow, dialog: LayoutsDialog) -> None:
    save_as(dialog, "one")
    item = dialog.list.currentItem()
    assert item is not None
    item.setText("other")
    assert window.layouts.names == ["other"]


@pytest.mark.parametrize("name", ["two", "  "])
def test_a_name_that_cannot_be_is_refused_with_a_sentence(window: MainWindow, dialog: LayoutsDialog, name: str) -> None:
    for saved in ("one", "two"):
        save_as(dialog, saved)
    dialog.choose("one")
    item = dialog.list.currentItem()
    assert item is not None
    item.setText(name)
    assert window.layouts.names == ["one", "two"]
    assert dialog.words.text()


def test_a_deleted_layout_can_be_brought_back(window: MainWindow, dialog: LayoutsDialog, qtbot: QtBot) -> None:
    save_as(dialog, "mine")
    kept = dict(window.session.settings.layouts)
    dialog.list.setFocus()
    dialog.delete.click()
    assert window.layouts.names == []
    dialog.undo.click()
    assert window.session.settings.layouts == kept
    assert not dialog.undo.isVisible()


def test_damaged_layouts_are_dropped_with_a_sentence(open_window: Callable[..., MainWindow]) -> None:
    settings.store(settings.WindowSettings(layouts={"good": SAVED.to_text(), "bad": SAVED.to_text()[3:]}))
    window = open_window()
    assert window.layouts.names == ["good"]
    assert [words for words in window.notices.sentences if "“bad” is damaged" in words]


def geometry(place: QRect) -> str:
    """Return what Qt writes for a window on the second of two screens as wide as this one."""
    made = Bytes()
    stream = QDataStream(made, QIODevice.OpenModeFlag.WriteOnly)
    stream.writeUInt32(0x1D9D0CB)
    stream.writeUInt16(3)
    stream.writeUInt16(0)
    for rect in (place, place):
        stream << rect  # type: ignore[operator]
    stream.writeInt32(1)
    stream.writeUInt8(0)
    stream.writeUInt8(0)
    stream.writeInt32(QApplication.primaryScreen().geometry().width())
    stream << place  # type: ignore[operator]
    return bytes(made.toHex().data()).decode("ascii")


@pytest.mark.parametrize("place", [QRect(4000, 300, 1000, 650), QRect(-3000, -900, 1000, 650)])
def test_a_window_of_a_screen_that_is_gone_is_on_one_that_is_there(
    open_window: Callable[..., MainWindow], place: QRect
) -> None:
    settings.store(settings.WindowSettings(window=geometry(place)))
    window = open_window()
    room = QApplication.primaryScreen().availableGeometry()
    assert window.geometry().intersected(room).width() >= room.width() // 2
    assert window.y() >= room.top()


def test_a_place_that_cannot_be_read_leaves_the_window_within_the_screen(dressed: QApplication, qtbot: QtBot) -> None:
    window = MainWindow(settings.WindowSettings(window="größer"), asks=False)
    qtbot.addWidget(window)
    room = QApplication.primaryScreen().availableGeometry().size()
    assert window.size() == window.minimumSize().expandedTo(room.boundedTo(QSize(*FIRST_SIZE)))
    window.close()
    assert window.session.close()
