"""Make the screenshots of the front page: the real window on simulated animals, in both faces and two sizes.

``python resources/make_screenshots.py`` writes into ``resources/screenshots``. With ``--preset`` or ``--source`` it
shows those instead, for looking at the window on a video of one's own (then ``--out`` names another folder).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui import _bootstrap
from tracker_gui.core.data_files import HOME_VARIABLE, presets_folder, resources_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.qt.main_window import MainWindow

SIZES_PX = ((1280, 800), (1920, 1080))
FRAME = 460
PATIENCE_S = 60.0


def main() -> int:
    """Make all screenshots; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the screenshots of the front page.")
    parser.add_argument("--preset", type=Path, default=None, help="settings to show; default: ten simulated animals")
    parser.add_argument("--source", default=None, help="a video to show with the settings")
    parser.add_argument("--frame", type=int, default=FRAME, help="the frame to stop at")
    parser.add_argument("--out", type=Path, default=resources_folder() / "screenshots", help="where the pictures go")
    args = parser.parse_args()
    if sys.platform.startswith("linux") and "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _bootstrap.prepare()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tracker-gui-screenshots-") as home:
        # Nobody's own settings in a picture.
        os.environ[HOME_VARIABLE] = home
        preset = args.preset or presets_folder() / "dish_10_animals.json"
        for face in ("dark", "light"):
            for size in SIZES_PX:
                path = args.out / f"window-{face}-{size[0]}x{size[1]}.png"
                make(path, face, size, preset, args.source, args.frame)
                sys.stdout.write(f"{path}\n")
    return 0


def make(path: Path, face: str, size_px: tuple[int, int], preset: Path, source: str | None, frame: int) -> None:
    """Open the window, play up to a frame and write what it looks like."""
    from tracker_gui.engine.player import Phase
    from tracker_gui.qt.app import make_window
    from tracker_gui.qt.theme.appearance import Face

    window = make_window(preset, source, asks=False, face=Face[face.upper()])
    window.resize(*size_px)
    window.show()
    session = window.session
    until(window, lambda: session.newest is not None)
    session.view.player.seek(max(0, frame - 70))  # some way to go, so that there are trails
    until(window, lambda: session.newest is not None and session.newest.snapshot.frame.index == max(0, frame - 70))
    session.view.play()
    until(window, lambda: index_shown(window) >= frame)
    session.view.pause()
    until(window, lambda: session.state.phase is Phase.PAUSED)
    window.notices.withdraw("open")
    settle(window)
    window.grab().save(str(path))
    window.close()


def index_shown(window: MainWindow) -> int:
    """Return the index of the frame that is shown, -1 for none."""
    newest = window.session.newest
    return -1 if newest is None else newest.snapshot.frame.index


def until(window: MainWindow, what: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    from PySide6.QtWidgets import QApplication

    end_s = time.monotonic() + PATIENCE_S
    while not what():
        if time.monotonic() > end_s:
            sys.exit(f"it took too long: {window.notices.sentences or window.session.state}")
        QApplication.processEvents()
        time.sleep(0.002)


def settle(window: MainWindow) -> None:
    """Let what was asked for arrive on the screen."""
    end_s = time.monotonic() + 0.6
    until(window, lambda: time.monotonic() > end_s)


if __name__ == "__main__":
    sys.exit(main())
