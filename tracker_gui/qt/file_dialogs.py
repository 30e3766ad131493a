"""Questions about files: which one to open, where to save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMessageBox

from tracker_gui import __version__
from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.errors import TrackerError
from tracker_gui.exchange import tracktorlive
from tracker_gui.qt.remark import Remark

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow

VIDEOS = "*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.mpeg *.wmv *.ogv *.mts"


def _start_folder(window: MainWindow) -> str:
    source = window.document.preset.source
    path = getattr(source.params, "path", None) if source is not None else None
    if path:
        return str(Path(path).parent)
    return str(window.document.path.parent if window.document.path else "")


def open_file(window: MainWindow) -> None:
    """Ask which video or preset to open."""
    name, _ = QFileDialog.getOpenFileName(
        window, "Open a video or a preset", _start_folder(window),
        f"Videos and presets ({VIDEOS} *.json);;Videos ({VIDEOS});;Presets (*.json);;All files (*)",
    )  # fmt: skip
    if name:
        window.open_path(Path(name))


def open_folder(window: MainWindow) -> None:
    """Ask which folder of images to open."""
    name = QFileDialog.getExistingDirectory(window, "Open a folder of images", _start_folder(window))
    if name:
        window.open_path(Path(name))


def save(window: MainWindow) -> bool:
    """Save where the preset came from, or ask; return whether it was saved."""
    path = window.document.path
    if path is None or path.resolve().parent == presets_folder():
        return save_as(window)
    return save_to(window, path)


def save_as(window: MainWindow) -> bool:
    """Ask where to save; return whether it was saved."""
    path = window.document.path
    if path is None or path.resolve().parent == presets_folder():
        folder = _start_folder(window) if path is None else str(Path.home())
        path = Path(folder) / ("preset.json" if path is None else path.name)
    name, _ = QFileDialog.getSaveFileName(window, "Save the preset", str(path), "Presets (*.json)")
    return bool(name) and save_to(window, Path(name))


def save_to(window: MainWindow, path: Path) -> bool:
    """Save under a name; a problem becomes a sentence in the window."""
    if not path.suffix:
        path = path.with_suffix(".json")
    try:
        window.document.save(path)
    except TrackerError as error:
        window.notices.say(Remark("save", "bad", str(error)))
        return False
    window.session.settings.remember(path)
    window.notices.withdraw("save")
    return True


def export_flat(window: MainWindow) -> None:
    """Ask where to write TracktorLive's parameter file."""
    name, _ = QFileDialog.getSaveFileName(
        window, "Export for TracktorLive", str(Path(_start_folder(window)) / "params.json"), "TracktorLive (*.json)"
    )
    if name:
        export_flat_to(window, Path(name))


def export_flat_to(window: MainWindow, path: Path) -> None:
    """Write TracktorLive's parameter file and tell what it could not express."""
    info = window.session.info
    try:
        lost = tracktorlive.export(window.document.preset, path, info.rate_hz if info is not None else None)
    except TrackerError as error:
        window.notices.say(Remark("export", "bad", str(error)))
        return
    if lost:
        window.notices.say(Remark("export", "warn", f"Exported to {path}, but not all of it:\n" + "\n".join(lost)))
    else:
        window.notices.say(Remark("export", "ok", f"Exported to {path}."))


def about(window: MainWindow) -> None:
    """Say what the program is."""
    QMessageBox.about(
        window, "About tracker-gui",
        f"<p><b>tracker-gui {__version__}</b></p><p>Set up, watch and record live tracking of animals and objects, "
        "without code.</p><p>Free software under the GNU Affero General Public License, version 3 or later.</p>",
    )  # fmt: skip


def wants_to_leave(window: MainWindow) -> bool:
    """Ask what is to become of unsaved settings; False where the user stays."""
    kind = QMessageBox.StandardButton
    box = QMessageBox(window)
    box.setWindowTitle("Unsaved settings")
    box.setText("The settings were changed and not saved.")
    box.setStandardButtons(kind.Save | kind.Discard | kind.Cancel)
    box.setDefaultButton(kind.Save)
    answer = kind(box.exec())
    if answer == kind.Save:
        return save(window)
    return answer == kind.Discard


def wants_to_stop(window: MainWindow) -> bool:
    """Ask whether a recording that is made may end."""
    kind = QMessageBox.StandardButton
    box = QMessageBox(window)
    box.setWindowTitle("Recording")
    box.setText("Really stop recording?")
    box.setInformativeText("What was recorded is kept.")
    box.setStandardButtons(kind.Yes | kind.No)
    box.setDefaultButton(kind.No)
    return kind(box.exec()) == kind.Yes
