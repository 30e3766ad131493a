"""Buttons near the picture keep the keys that press them: there Space plays, and Esc may leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PRESS_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _OwnKeys(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in PRESS_KEYS
            and not event.modifiers()
        ):
            event.accept()
            return True
        return False


def keep_press_keys(button: QWidget) -> None:
    """Let a button that has the focus have Space and Return before any action of the window."""
    button.installEventFilter(_OwnKeys(button))
