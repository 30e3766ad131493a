"""A menu of presets: the open one, those of the gallery, and any file."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QMenu

from tracker_gui.core.errors import TrackerError
from tracker_gui.exchange.gallery import GalleryEntry, gallery, own_presets
from tracker_gui.exchange.open_preset import open_preset

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class PresetMenu(QMenu):
    """`chosen` brings a preset, None for the open one; `failed` why a file is none."""

    chosen = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        self.addAction("The open one", self._use_open).setToolTip("As it is in the window when the batch begins")
        for entries in (own_presets(), gallery()):
            self.addSeparator()
            for entry in entries:
                if isinstance(entry, GalleryEntry):
                    use = functools.partial(self.use_file, entry.path)
                    self.addAction(entry.preset.name, use).setToolTip(entry.preset.about)
        self.addSeparator()
        self.addAction("From a file…", self._ask)

    def _use_open(self) -> None:
        self.chosen.emit(None)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.parentWidget(), "Choose a preset", "", "Presets (*.json)")
        if name:
            self.use_file(Path(name))

    def use_file(self, path: Path) -> None:
        """Take the preset in a file; one with mistakes is none for results that are to be relied on."""
        try:
            preset, problems = open_preset(path)
        except TrackerError as error:
            self.failed.emit(str(error))
            return
        if problems:
            self.failed.emit(f"{problems[0]}. Open the preset in the window and mend it.")
        else:
            self.chosen.emit(preset)
