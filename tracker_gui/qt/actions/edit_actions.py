"""Undo and redo."""

from __future__ import annotations

from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.needs import NOT_TRACKING, Need

_CAN_UNDO = Need(lambda window: window.document.undo_stack.canUndo(), "Nothing has been changed yet.", NOT_TRACKING)
_CAN_REDO = Need(lambda window: window.document.undo_stack.canRedo(), "Nothing has been taken back.", NOT_TRACKING)

ACTIONS = (
    ActionInfo(
        "undo", "Undo", "Edit", "Take back the last change of the settings",
        lambda window: window.document.undo_stack.undo(), icon="undo", shortcut="Ctrl+Z", toolbar=21,
        enabled=_CAN_UNDO,
    ),
    ActionInfo(
        "redo", "Redo", "Edit", "Make the change again that was taken back",
        lambda window: window.document.undo_stack.redo(), icon="redo", shortcut="Ctrl+Shift+Z", toolbar=22,
        enabled=_CAN_REDO,
    ),
)  # fmt: skip
