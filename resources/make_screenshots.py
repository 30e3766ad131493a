"""Make the screenshots of the front page: the real window on simulated animals, in both faces and two sizes.

``python resources/make_screenshots.py`` writes into ``resources/screenshots``. With ``--preset`` or ``--source`` it
shows those instead, for looking at the window on a video of one's own (then ``--out`` names another folder).
"""

from __future__ import annotations

import argparse
import contextlib
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
#: Python may take a window apart in any order once nobody holds it; these stay whole until the end.
WINDOWS: list[MainWindow] = []


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
    preset = args.preset or presets_folder() / "dish_10_animals.json"
    for face in ("dark", "light"):
        with tempfile.TemporaryDirectory(prefix="tracker-gui-screenshots-") as home:
            # Nobody's own settings in a picture.
            os.environ[HOME_VARIABLE] = home
            for size in SIZES_PX:
                path = args.out / f"window-{face}-{size[0]}x{size[1]}.png"
                make(path, face, size, preset, args.source, args.frame)
                sys.stdout.write(f"{path}\n")
            if args.preset is None and args.source is None:
                for path in make_live(args.out, face):
                    sys.stdout.write(f"{path}\n")
    return 0


def make_live(folder: Path, face: str) -> list[Path]:
    """Write the welcome page, the camera dialog, and the window on two cameras of which one is lost.

    The cameras are those that the tests break: programs that send simulated animals over the network of this
    computer.
    """
    from tracker_gui.core.live import CaptureState
    from tracker_gui.core.preset import Preset, choice, save
    from tracker_gui.qt.app import make_window
    from tracker_gui.qt.dialogs.camera_dialog import open_camera
    from tracker_gui.qt.theme.appearance import Face

    sys.path.insert(0, str(resources_folder().parent / "tests" / "faults"))
    import servers

    blobs = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=4000)
    paths = [folder / f"{name}-{face}.png" for name in ("welcome", "cameras", "live")]
    with contextlib.ExitStack() as stack:
        cameras = [stack.enter_context(servers.MjpegCamera()) for _ in range(3)]
        for camera in cameras:
            camera.tell("size", 640, 480)
        cameras[2].tell("refuse", 401)
        out = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-gui-screenshots-")))
        window = make_window(asks=False, face=Face[face.upper()])
        WINDOWS.append(window)
        session = window.session
        session.settings.output_folder = str(out)
        window.resize(*SIZES_PX[0])
        window.show()
        settle(window)
        window.grab().save(str(paths[0]))
        dialog = open_camera(window)
        for camera in cameras:
            dialog.address.address.setText(camera.url)
            dialog.address.test.click()
        until(window, lambda: cameras[1].url in dialog.cards and not dialog.cards[cameras[1].url].picture.is_empty)
        dialog.cards[cameras[0].url].click()
        settle(window, 2.0)
        dialog.grab().save(str(paths[1]))
        dialog.reject()
        preset = Preset(
            name="Two dishes", source=choice("sources", "network_stream", url=cameras[0].url), detector=blobs
        )
        save(preset.with_tracker(animals=2), out / "two-dishes.json")
        session.open_preset(out / "two-dishes.json")
        session.add_source(choice("sources", "network_stream", url=cameras[1].url), "add a camera")
        until(window, lambda: all(view.newest is not None for view in session.views))
        session.start_tracking()
        session.start_recording()
        window.docks.docks["event_log"].show()
        settle(window, 3.0)
        cameras[1].kill()
        until(window, lambda: session.views[1].live.channel.state is CaptureState.RECONNECTING)
        settle(window, 4.0)
        window.grab().save(str(paths[2]))
        window.close()
        session.close()
    return paths


def make(path: Path, face: str, size_px: tuple[int, int], preset: Path, source: str | None, frame: int) -> None:
    """Open the window, play up to a frame and write what it looks like."""
    from tracker_gui.engine.player import Phase
    from tracker_gui.qt.app import make_window
    from tracker_gui.qt.theme.appearance import Face

    window = make_window(preset, source, asks=False, face=Face[face.upper()])
    WINDOWS.append(window)
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


def settle(window: MainWindow, seconds: float = 0.6) -> None:
    """Let what was asked for arrive on the screen."""
    end_s = time.monotonic() + seconds
    until(window, lambda: time.monotonic() > end_s)


if __name__ == "__main__":
    sys.exit(main())
