"""Start the frozen program as a user would, without this checkout's Python: ``python packaging/check_frozen.py``.

Prints what it did with times and sizes, and leaves with 1 where something was not as it must be. Needs Xvfb for the
window; the screenshot goes to ``--screenshot``.
"""

from __future__ import annotations

import argparse
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[1]
PRESET = "dish_5_animals"
ANIMALS = 5
SECONDS = 4
RATE_HZ = 30
SCREEN_PX = (1280, 800)
PATIENCE_S = 60.0
END_S = 10.0
# A window with pictures has thousands of colours, an empty one a handful.
LEAST_COLOURS = 300
#: A stage as a lab may write one: it wants what the frozen build leaves out.
NEEDS_TORCH = """
from typing import ClassVar
from tracker_gui.core.params import Params
from tracker_gui.core.stage import Detector

class NeedsTorch(Detector[Params]):
    title: ClassVar[str] = "Needs torch"
    about: ClassVar[str] = "Loads a model."
    Params = Params

    def open(self, context):
        import torch

    def step(self, prepared, hint=None, explain=False):
        raise AssertionError("was never opened")
"""


def main() -> int:
    """Run all checks; return the exit code."""
    parser = argparse.ArgumentParser(description="Start the frozen program and look at what it does.")
    parser.add_argument("--folder", type=Path, default=PROJECT / "dist" / "tracker-gui", help="the build")
    parser.add_argument("--screenshot", type=Path, default=PROJECT / "build" / "frozen_window.png")
    args = parser.parse_args()
    program = args.folder.resolve() / ("tracker-gui.exe" if os.name == "nt" else "tracker-gui")
    if not program.is_file():
        sys.exit(f"{program}: there is no build. Type 'make frozen' first.")
    files = [path for path in args.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    say("size", f"{sum(path.stat().st_size for path in files) / 1e6:.0f} MB in {len(files)} files")
    with tempfile.TemporaryDirectory(prefix="tracker-gui-frozen-") as name:
        frozen = Frozen(program, Path(name))
        check_command_line(frozen)
        check_tracking(frozen)
        check_left_out(frozen)
        if sys.platform.startswith("linux"):
            check_window(frozen, args.screenshot)
    print("The frozen program works.")
    return 0


def say(what: str, text: str) -> None:
    """Print one line of the report at once."""
    print(f"{what:<28} {text}", flush=True)


def expect(fact: bool, problem: str) -> None:
    """Leave with a sentence where a fact does not hold."""
    if not fact:
        sys.exit(f"not as it must be: {problem}")


class Frozen:
    """The build, and an empty folder in which it runs with an environment of its own.

    Parameters
    ----------
    program : Path
    folder : Path
        Home, settings and results.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder
        kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment |= {"HOME": str(folder), "TRACKER_GUI_HOME": str(folder / "kept")}

    def run(self, *arguments: str, code: int = 0, **more: str) -> str:
        """Run one command to its end and return what it printed."""
        start_s = time.monotonic()
        done = subprocess.run(
            [str(self.program), *arguments], cwd=self.folder, env=self.environment | more, capture_output=True,
            text=True, timeout=10 * PATIENCE_S, check=False,
        )  # fmt: skip
        printed = done.stdout + done.stderr
        expect(done.returncode == code, f"{' '.join(arguments)} left with {done.returncode}:\n{printed}")
        expect("Traceback" not in printed, f"{' '.join(arguments)} printed a traceback:\n{printed}")
        say(" ".join(arguments[:2]), f"{time.monotonic() - start_s:.1f} s")
        return printed


def check_command_line(frozen: Frozen) -> None:
    """Check what needs no picture: version, presets, stages, and that the computer is judged fit."""
    expect(frozen.run("--version").startswith("tracker-gui "), "--version does not name the program")
    shipped = {path.stem for path in (PROJECT / "presets").glob("*.json")}
    listed = frozen.run("presets")
    expect(all(name in listed for name in shipped), f"not every preset is there: {listed}")
    stages = {
        f"{path.parent.name}/{path.stem}"
        for path in (PROJECT / "tracker_gui" / "stages").glob("*/*.py")
        if not path.stem.startswith("_")
    }
    listed = frozen.run("stages")
    expect(all(name in listed for name in stages), f"not every stage is there: {sorted(stages)} in {listed}")
    pages = {path.name for path in (PROJECT / "resources" / "help").glob("*.md")}
    packed = {path.name for path in frozen.program.parent.rglob("resources/help/*.md")}
    expect(packed == pages, f"not every help page is there: {sorted(pages - packed)}")
    expect("Everything needed is there." in frozen.run("doctor"), "doctor misses something")


def check_tracking(frozen: Frozen) -> None:
    """Track a simulated scene and read the files."""
    frozen.run("track", PRESET, "--stop", f"{SECONDS}s", "--video", "--out", "results", "--quiet")
    table = next((frozen.folder / "results").glob("*_tracks.csv"))
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) == ANIMALS * SECONDS * RATE_HZ, f"{len(rows)} rows instead of one per animal and frame")
    found = sum(row["state"] == "found" for row in rows)
    expect(found > len(rows) / 2, f"only {found} of {len(rows)} positions were found")
    video = cv2.VideoCapture(str(next((frozen.folder / "results").glob("*_annotated.mp4"))))
    pictures = 0
    while video.read()[0]:
        pictures += 1
    expect(pictures == SECONDS * RATE_HZ, f"the video has {pictures} pictures")
    say("", f"{len(rows)} rows, {found} found; {pictures} pictures in the video")


def check_left_out(frozen: Frozen) -> None:
    """Check that what is left out is missed with a sentence."""
    stages = frozen.folder / "my_stages"
    (stages / "detectors").mkdir(parents=True)
    (stages / "detectors" / "needs_torch.py").write_text(NEEDS_TORCH, encoding="utf-8")
    preset = frozen.folder / "needs_torch.json"
    preset.write_text(
        '{"format": "tracker-gui preset", "schema_version": 1, "detector": {"stage": "needs_torch"}}', encoding="utf-8"
    )
    printed = frozen.run(
        "track", "simulated", "--preset", str(preset), "--quiet", code=2, TRACKER_GUI_STAGES=str(stages)
    )
    expect("needs the library torch, which is not part of this build" in printed, printed)
    say("", printed.strip())


def check_window(frozen: Frozen, screenshot: Path) -> None:
    """Open the window on a preset, let it play, photograph it and end it with SIGTERM."""
    with screen(frozen.folder) as (display, framebuffer):
        shown = frozen.run("doctor", DISPLAY=display)
        expect("opens (platform xcb" in shown, f"doctor opens no window:\n{shown}")
        start_s = time.monotonic()
        process = subprocess.Popen(
            [str(frozen.program), "demo"], cwd=frozen.folder, env=frozen.environment | {"DISPLAY": display},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            picture = wait_for_picture(process, framebuffer)
            say("window with a picture", f"{time.monotonic() - start_s:.1f} s")
            moved = wait_for_picture(process, framebuffer, other_than=picture)
            say("plays", f"{np.mean(np.any(picture != moved, axis=2)):.1%} of the screen changed")
            time.sleep(3)  # for trails to grow, which make a picture worth looking at
            screenshot.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(screenshot), read_framebuffer(framebuffer))
            say("screenshot", str(screenshot))
            process.send_signal(signal.SIGTERM)
            start_s = time.monotonic()
            printed = process.communicate(timeout=END_S)[0]
            say("ended by SIGTERM", f"{time.monotonic() - start_s:.1f} s, exit code {process.returncode}")
            expect(process.returncode == 0 and not printed, f"the window left with {process.returncode}: {printed}")
        finally:
            process.kill()
            process.wait()


@contextmanager
def screen(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name of a virtual screen and the file that holds its pixels."""
    reading, writing = os.pipe()
    size = f"{SCREEN_PX[0]}x{SCREEN_PX[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp"],
        pass_fds=(writing,), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        expect(number != "", "Xvfb did not start")
        yield f":{number}", folder / "Xvfb_screen0"
    finally:
        server.terminate()
        server.wait()


def read_framebuffer(path: Path) -> np.ndarray:
    """Return the screen's pixels, (height, width, 3) uint8 BGR, from a file in the format of xwd."""
    data = path.read_bytes()
    head = np.frombuffer(data, ">u4", 25)
    header_bytes, width, height, line_bytes, colours = (int(head[i]) for i in (0, 4, 5, 12, 19))
    pixels = np.frombuffer(data, np.uint8, height * line_bytes, header_bytes + 12 * colours)
    return pixels.reshape(height, -1, 4)[:, :width, :3].copy()


def wait_for_picture(
    process: subprocess.Popen[str], framebuffer: Path, other_than: np.ndarray | None = None
) -> np.ndarray:
    """Return the screen as soon as the window with a picture of the scene is on it."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        if process.poll() is not None:
            sys.exit(f"the window was closed with {process.returncode}: {process.communicate()[0]}")
        picture = read_framebuffer(framebuffer)
        colours = len(np.unique(picture[::2, ::2].astype(np.uint32) @ np.array([1, 1 << 8, 1 << 16], np.uint32)))
        if colours >= LEAST_COLOURS and (other_than is None or not np.array_equal(picture, other_than)):
            return picture
        time.sleep(0.1)
    sys.exit(f"no window with a picture within {PATIENCE_S:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
