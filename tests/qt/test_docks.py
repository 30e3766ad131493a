"""The panels around the picture, from one start of the program to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabBar

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
