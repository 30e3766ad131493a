"""The panels around the picture, from one start of the program to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow


def test_no_tab_of_a_closed_panel_lies_over_the_menus_at_the_next_start(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    open_window().close()
    window = open_window()
    qtbot.waitExposed(window)
    assert not any(bar.isVisible() and bar.geometry().intersects(window.rect()) for bar in window.findChildren(QTabBar))


def test_panels_that_were_closed_at_the_last_start_have_their_tabs_when_opened(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    open_window().close()
    window = open_window()
    for name in ("plots", "zones"):
        window.docks.docks[name].show()
    qtbot.waitUntil(
        lambda: any(bar.count() == 2 and window.rect().contains(bar.geometry()) for bar in window.findChildren(QTabBar))
    )


def tabs_of(window: MainWindow) -> list[list[str]]:
    """Return the words of each tab bar that lies within the window."""
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    seen = [bar for bar in bars if bar.isVisible() and bar.count() and window.rect().intersects(bar.geometry())]
    return [[bar.tabText(number) for number in range(bar.count())] for bar in seen]


def test_no_tabs_of_before_lie_over_a_panel_that_is_opened_after_a_reset(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window()
    names = ("plots", "zones", "on_the_picture")
    for name in names:
        window.docks.docks[name].show()
        QApplication.processEvents()
    qtbot.waitUntil(lambda: [len(each) for each in tabs_of(window)] == [len(names)])
    window.action("reset_panels").trigger()
    window.docks.docks["plots"].show()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: tabs_of(window) == [])


def test_a_layout_that_qt_cannot_read_changes_nothing(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.docks.docks["zones"].show()
    window.docks.use_layout("00ff")
    assert not window.docks.docks["zones"].isHidden()
