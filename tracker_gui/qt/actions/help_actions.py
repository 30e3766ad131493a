"""How it is done, which keys there are, and what the program is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt import file_dialogs
from tracker_gui.qt.actions.action_info import ActionInfo

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


def _help(window: MainWindow) -> None:
    from tracker_gui.qt.help_window import show_help

    show_help(window)


def _palette(window: MainWindow) -> None:
    from tracker_gui.qt.command_palette import show_palette

    show_palette(window)


def _shortcuts(window: MainWindow) -> None:
    from tracker_gui.qt.dialogs.shortcuts_dialog import show_shortcuts

    show_shortcuts(window)


def _tour(window: MainWindow) -> None:
    from tracker_gui.qt.tour.tour import tour_of

    tour_of(window).start()


ACTIONS = (
    ActionInfo(
        "help", "Contents", "Help", "Open the help at the page that fits the part of the window you are in", _help,
        icon="help-circle-outline", shortcut="F1", everywhere=True,
    ),
    ActionInfo(
        "tour", "Tour of the window", "Help", "Be shown in some short stops what is where; it is never in the way",
        _tour, icon="sign-direction",
    ),
    ActionInfo(
        "palette", "Command palette…", "Help", "Find by a few words what the program can do, and do it", _palette,
        icon="magnify", shortcut="Ctrl+K",
    ),
    ActionInfo(
        "shortcuts", "Keyboard shortcuts…", "Help", "See which key does what, and choose others", _shortcuts,
        icon="keyboard-outline",
    ),
    ActionInfo(
        "about", "About tracker-gui", "Help", "Version and licence", file_dialogs.about, separated=True
    ),
)  # fmt: skip
