"""Open, save, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt import file_dialogs
from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.needs import NOT_TRACKING
from tracker_gui.qt.dialogs.camera_dialog import open_camera

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


def _gallery(window: MainWindow) -> None:
    from tracker_gui.qt.gallery_dialog import show_gallery

    show_gallery(window)


def _save_as_own(window: MainWindow) -> None:
    from tracker_gui.qt.own_preset_dialog import save_as_own

    save_as_own(window)


ACTIONS = (
    ActionInfo(
        "open", "Open video or preset…", "File", "Open a video file or a preset", file_dialogs.open_file,
        icon="folder-open-outline", shortcut="Ctrl+O", toolbar=11, wordy=True, enabled=NOT_TRACKING,
    ),
    ActionInfo(
        "open_folder", "Open folder of images…", "File", "Take the pictures in a folder as the frames of a video",
        file_dialogs.open_folder, icon="folder-image", enabled=NOT_TRACKING,
    ),
    ActionInfo(
        "open_camera", "Open camera…", "File", "Choose a camera of this computer or of the network by what it shows",
        open_camera, icon="webcam", shortcut="Ctrl+Shift+O", enabled=NOT_TRACKING,
    ),
    ActionInfo(
        "open_simulated", "Open simulated arena", "File", "Animals drawn by the program: no video and no camera needed",
        lambda window: window.session.open_simulated(), icon="bug-outline", enabled=NOT_TRACKING,
    ),
    ActionInfo(
        "gallery", "Presets gallery…", "File", "Settings for many scenes, and what each would change", _gallery,
        icon="view-grid-outline", shortcut="Ctrl+G",
    ),
    ActionInfo(
        "save", "Save preset", "File", "Save all settings as one file", file_dialogs.save,
        icon="content-save-outline", shortcut="Ctrl+S", toolbar=12, wordy=True, separated=True,
    ),
    ActionInfo(
        "save_as", "Save preset as…", "File", "Save all settings under another name", file_dialogs.save_as,
        shortcut="Ctrl+Shift+S",
    ),
    ActionInfo(
        "save_own", "Save as a preset of mine…", "File",
        "Keep the settings in the gallery, for the next experiment of this kind", _save_as_own,
        icon="bookmark-plus-outline",
    ),
    ActionInfo(
        "export_tracktorlive", "Export for TracktorLive…", "File",
        "Write the settings as TracktorLive's parameter file; what it cannot express is told", file_dialogs.export_flat,
    ),
    ActionInfo(
        "quit", "Quit", "File", "Close the window", lambda window: window.close(), shortcut="Ctrl+Q", separated=True
    ),
)  # fmt: skip
