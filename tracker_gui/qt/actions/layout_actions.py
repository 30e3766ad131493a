"""How the panels stand: layouts of the program, and those of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.layouts import BUILT_IN

if TYPE_CHECKING:
    from tracker_gui.qt.layouts import BuiltIn
    from tracker_gui.qt.main_window import MainWindow


def _layout(wanted: BuiltIn) -> ActionInfo:
    def act(window: MainWindow) -> None:
        window.layouts.use_built_in(wanted)

    return ActionInfo(f"layout_{wanted.name}", wanted.title, "View/Layouts", wanted.tip, act)


def _manage(window: MainWindow) -> None:
    from tracker_gui.qt.dialogs.layouts_dialog import show_layouts

    show_layouts(window)


ACTIONS = (
    ActionInfo(
        "show_steps", "Steps", "View/Panels", "Show the steps at the left",
        lambda window: window.layouts.toggle_steps(), checked=lambda window: window.layouts.steps_shown,
    ),
    *(_layout(wanted) for wanted in BUILT_IN),
    ActionInfo(
        "reset_panels", "Panels as at first", "View/Layouts", "Put all panels where they were at first",
        lambda window: window.layouts.use_built_in(BUILT_IN[0]), separated=True,
    ),
    ActionInfo(
        "layouts", "My layouts…", "View/Layouts", "Save how the panels stand under a name; apply, rename and delete",
        _manage, icon="view-dashboard-edit-outline",
    ),
)  # fmt: skip
