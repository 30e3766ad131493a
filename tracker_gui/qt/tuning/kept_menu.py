"""The menu of what the present settings can be compared with."""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMenu

from tracker_gui.core.errors import TrackerError
from tracker_gui.exchange.gallery import GalleryEntry, gallery, own_presets
from tracker_gui.exchange.open_preset import open_preset
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.tuning.tuning import tuning_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.session import Session


class KeptMenu(QMenu):
    """What is chosen becomes A."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        tuning = tuning_of(self._session)
        if tuning.kept is not None:
            self.addAction("End comparing", tuning.end).setToolTip("The present settings stay as they are")
            self.addSeparator()
        now = self.addAction("Keep the settings of now as A", functools.partial(keep_now, self._session))
        now.setToolTip("What you change from now on is B; the picture shows both")
        if tuning.last is not None:
            last, name = tuning.last
            self.addAction(f"A again: {name}", functools.partial(tuning.keep, last, name))
        for title, entries in (("Presets of mine", own_presets()), ("Presets gallery", gallery())):
            listed = [entry for entry in entries if isinstance(entry, GalleryEntry)]
            if listed:
                part = self.addMenu(title)
                part.setToolTipsVisible(True)
                for entry in listed:
                    use = functools.partial(tuning.keep, entry.preset, entry.preset.name)
                    part.addAction(entry.preset.name, use).setToolTip(entry.preset.about)
        self.addAction("From a file…", self._ask)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.parentWidget(), "Compare with a preset", "", "Presets (*.json)")
        if name:
            self.use_file(Path(name))

    def use_file(self, path: Path) -> None:
        """Compare with the preset in a file; what could not be used of it is told."""
        try:
            preset, problems = open_preset(path)
        except TrackerError as error:
            self._session.remarked.emit(Remark("compare", "bad", str(error)))
            return
        if problems:
            text = f"{problems[0]}. Defaults stand in for what could not be used."
            self._session.remarked.emit(Remark("compare", "warn", text))
        tuning_of(self._session).keep(preset, path.name)


def keep_now(session: Session) -> None:
    """Compare with the settings of now."""
    tuning_of(session).keep(session.document.preset, f"kept at {time.strftime('%H:%M')}")
