"""Keep unsaved settings on disk, so that a crash or a power cut does not cost them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from tracker_gui.core.data_files import data_folder
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.preset import Preset, parse, read_json, save

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.qt.document import PresetDocument

log = logging.getLogger(__name__)

AFTER_MS = 1500


def autosave_file() -> Path:
    """Return where unsaved settings are kept."""
    return data_folder() / "unsaved.json"


def unsaved_preset() -> Preset | None:
    """Return the settings that the last session could not save, None where there are none."""
    path = autosave_file()
    if not path.exists():
        return None
    try:
        preset, _ = parse(read_json(path), path.name, path.parent)
    except TrackerError as error:
        log.warning("unsaved settings of the last session cannot be read: %s", error)
        forget()
        return None
    return preset


def kept_at_s() -> float | None:
    """Return when they were kept, in seconds since 1970; None where there are none."""
    try:
        return autosave_file().stat().st_mtime
    except OSError:
        return None


def forget() -> None:
    """Remove the kept settings: they were saved, or are not wanted."""
    try:
        autosave_file().unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be removed: %s", autosave_file(), error)


class Autosave(QObject):
    """Writes the document a moment after each change, until it is saved."""

    def __init__(self, document: PresetDocument) -> None:
        super().__init__(document)
        self._document = document
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self.write)
        document.changed.connect(self._timer.start)
        document.path_changed.connect(self._timer.start)

    def write(self) -> None:
        """Write now if there is something to lose."""
        self._timer.stop()
        if self._document.is_saved:
            forget()
            return
        path = autosave_file()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save(self._document.whole, path)
        except (OSError, TrackerError) as error:
            log.warning("unsaved settings are not kept: %s", error)

    def stop(self) -> None:
        """End without a trace: the window was closed in the usual way."""
        self._timer.stop()
        forget()
