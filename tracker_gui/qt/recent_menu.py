"""Presets and videos that were opened before, as a menu; those that are gone are grey and say so."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.views.recent_list import SIGNS, RecentFile, look_at
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from tracker_gui.qt.main_window import MainWindow

MISSING = "not found: the file was moved, or its drive is not connected"


class RecentMenu(QMenu):
    """Filled anew whenever it is opened; whether a file is there is looked up meanwhile."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__("Open recent", window)
        self._window = window
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._open)

    def fill(self) -> None:
        """List the files."""
        self.clear()
        names = self._window.session.settings.recent
        if not names:
            self.addAction("Nothing yet").setEnabled(False)
            return
        for name in names:
            action = self.addAction(Path(name).name.replace("&", "&&"))
            action.setData(name)
            action.setToolTip(name)
        self.addSeparator()
        forget = self.addAction("Clear this list")
        forget.setToolTip("The files stay where they are")
        forget.triggered.connect(self._clear)
        read_in_background(functools.partial(look_at, list(names)), self._take)

    def _take(self, files: list[RecentFile]) -> None:
        known = {str(file.path): file for file in files}
        free = not self._window.session.is_tracking
        for action in self.actions():
            file = known.get(str(action.data() or ""))
            if file is None:
                continue
            action.setIcon(icon(SIGNS[file.kind]))
            action.setEnabled(file.changed_s is not None and free)
            if file.changed_s is None:
                action.setText(f"{action.text()}  (not found)")
                action.setToolTip(f"{file.path}\n{MISSING}")

    def _open(self, action: QAction) -> None:
        if action.data():
            self._window.open_path(Path(action.data()))

    def _clear(self) -> None:
        self._window.session.settings.recent.clear()
