"""What the program is."""

from __future__ import annotations

from tracker_gui.qt import file_dialogs
from tracker_gui.qt.actions.action_info import ActionInfo

ACTIONS = (ActionInfo("about", "About tracker-gui", "Help", "Version and licence", file_dialogs.about),)
