"""Every action of the window, in the order of the menus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions import (
    draw_actions,
    edit_actions,
    file_actions,
    help_actions,
    rule_actions,
    run_actions,
    session_actions,
    tools_actions,
    tuning_actions,
    view_actions,
)

if TYPE_CHECKING:
    from tracker_gui.qt.actions.action_info import ActionInfo

MENUS = ("File", "Edit", "Draw", "View", "Run", "Tools", "Help")


def all_actions() -> tuple[ActionInfo, ...]:
    """Return the declarations of all actions."""
    return (
        *file_actions.ACTIONS,
        *edit_actions.ACTIONS,
        *draw_actions.ACTIONS,
        *view_actions.ACTIONS,
        *tuning_actions.ACTIONS,
        *run_actions.ACTIONS,
        *session_actions.ACTIONS,
        *rule_actions.ACTIONS,
        *tools_actions.ACTIONS,
        *help_actions.ACTIONS,
    )
