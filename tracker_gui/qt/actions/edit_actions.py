"""Undo and redo."""

from __future__ import annotations

from tracker_gui.qt.actions.action_info import ActionInfo

ACTIONS = (
    ActionInfo(
        "undo", "Undo", "Edit", "Take back the last change of the settings",
        lambda window: window.document.undo_stack.undo(), icon="undo", shortcut="Ctrl+Z", toolbar=21,
        enabled=lambda window: window.document.undo_stack.canUndo() and not window.session.is_tracking,
    ),
    ActionInfo(
        "redo", "Redo", "Edit", "Make the change again that was taken back",
        lambda window: window.document.undo_stack.redo(), icon="redo", shortcut="Ctrl+Shift+Z", toolbar=22,
        enabled=lambda window: window.document.undo_stack.canRedo() and not window.session.is_tracking,
    ),
)  # fmt: skip
