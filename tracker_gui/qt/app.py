"""Start the window."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from tracker_gui.engine.clip_upload import resume_uploads
from tracker_gui.qt import settings
from tracker_gui.qt.main_window import MainWindow
from tracker_gui.qt.theme.appearance import Face, set_up_appearance
from tracker_gui.qt.theme.icons import program_icon
from tracker_gui.qt.tour.first_tour import offer_tour

# Python sees Ctrl+C only between two of its own instructions, and Qt's loop is none of them.
LOOK_FOR_SIGNALS_MS = 200


def application() -> QApplication:
    """Return the one QApplication, dressed."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("tracker-gui")
    app.setDesktopFileName("tracker-gui")
    return app


def make_window(
    preset_path: Path | None = None,
    source: str | None = None,
    playing: bool = False,
    *,
    asks: bool = True,
    face: Face | None = None,
) -> MainWindow:
    """Return the window, not shown yet.

    Parameters
    ----------
    preset_path : Path, optional
        Settings to begin with.
    source : str, optional
        A video, a folder of images or a preset; the word ``"simulated"`` is the simulated arena.
    playing : bool
        Begin playing, and begin again at the end.
    """
    kept = settings.load()
    wanted = face or (Face[kept.face] if kept.face in Face.__members__ else Face.SYSTEM)
    app = application()
    set_up_appearance(app, wanted, kept.text_percent)
    app.setWindowIcon(program_icon())
    window = MainWindow(kept, repeat=playing, asks=asks)
    if preset_path is not None:
        window.session.open_preset(preset_path)
    if source == "simulated":
        window.session.open_simulated()
    elif source is not None:
        window.session.open_path(Path(source))
    if playing:
        window.session.view.play()
    return window


def run_window(preset_path: Path | None = None, source: str | None = None, playing: bool = False) -> int:
    """Open the window and stay until it is closed; return the exit code."""
    window = make_window(preset_path, source, playing)
    if not playing:
        window.offer_restore()
    offer_tour(window)
    app = application()
    window.show()
    resume_uploads()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not at once: Python runs this between any two instructions, also in the middle of painting.
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.interrupt))
    awake = QTimer()
    awake.timeout.connect(lambda: None)
    awake.start(LOOK_FOR_SIGNALS_MS)
    code = app.exec()
    window.session.close()
    return code
