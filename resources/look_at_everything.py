"""Look at everything: open each panel, step, tool, dialog and face of the window, and look for faults by itself.

``python resources/look_at_everything.py --out pictures`` writes a picture of each in every face, at two sizes and with
larger text, a sheet of all of them for each of these, and tells the faults that it finds; with faults it ends with 1.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui import _bootstrap
from tracker_gui.core.data_files import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from look_faults import Fault
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.main_window import MainWindow

SIZES_PX = ((1280, 800), (1024, 700))
LARGER_PERCENT = 150
SHEET_COLUMNS, SHEET_PX = 6, 420


class Looker:
    """Keeps the faults of every place, and its picture where there is a folder for them."""

    def __init__(self, folder: Path | None = None) -> None:
        self.faults: list[Fault] = []
        self.places: list[str] = []
        self._folder = folder
        self._pictures: list[tuple[str, QImage]] = []

    def see(self, place: str, widget: QWidget) -> None:
        """Look at a widget that is shown."""
        from look_faults import find_faults

        self.places.append(place)
        self.faults += find_faults(place, widget)
        if self._folder is not None:
            name = re.sub(r"[^a-z0-9]+", "-", place.lower()).strip("-")
            picture = widget.grab().toImage()
            picture.save(str(self._folder / f"{len(self.places):03}-{name}.png"))
            self._pictures.append((place, picture))

    def write_sheet(self, path: Path) -> None:
        """Write all pictures, small, as one."""
        from PySide6.QtCore import QRect, Qt
        from PySide6.QtGui import QColor, QImage, QPainter

        cell = (SHEET_PX, SHEET_PX * 3 // 4)
        rows = math.ceil(len(self._pictures) / SHEET_COLUMNS)
        sheet = QImage(SHEET_COLUMNS * cell[0], rows * cell[1], QImage.Format.Format_RGB32)
        sheet.fill(QColor("#808080"))
        painter = QPainter(sheet)
        for number, (place, picture) in enumerate(self._pictures):
            x, y = number % SHEET_COLUMNS * cell[0], number // SHEET_COLUMNS * cell[1]
            small = picture.scaled(
                cell[0] - 8,
                cell[1] - 28,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter.drawImage(x + 4, y + 24, small)
            painter.drawText(QRect(x + 4, y, cell[0] - 8, 22), Qt.AlignmentFlag.AlignVCenter, place)
        painter.end()
        sheet.save(str(path))


def scene() -> Preset:
    """Return a small simulated dish in which everything is set: zones, a line, a point, a scale."""
    from tracker_gui.core.geometry import Circle, Line, Mark, Rectangle
    from tracker_gui.core.preset import Preset, choice
    from tracker_gui.core.scale import Scale
    from tracker_gui.core.zones import Zone

    wall = {"kind": "circle", "centre": [99.5, 74.5], "radius": 67}
    zones = (
        Zone(name="nest", shape=Circle(centre=(70, 60), radius=25)),
        Zone(name="food", shape=Rectangle(centre=(130, 90), width=40, height=30)),
        Zone(name="gate", shape=Line(points=((100, 20), (100, 130)))),
        Zone(name="lamp", shape=Mark(at=(140, 50))),
    )
    return Preset(
        name="small dish",
        source=choice(
            "sources", "simulated", animals=3, duration_s=3.0, width_px=200, height_px=150, body_length_px=14, seed=5
        ),
        image=(choice("image", "region_mask", keep=[wall]), choice("image", "background")),
        detector=choice("detectors", "blobs", block_size_px=31, offset=18, min_area_px2=15, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=3),
        zones=zones,
        scale=Scale(line=((20.0, 75.0), (180.0, 75.0)), length_mm=80.0),
    )


def look_at_empty(window: MainWindow, looker: Looker) -> None:
    """Look at the program as it begins: nothing is open."""
    from look_places import look_at_dialogs, look_at_panels, look_at_steps

    look_at_panels(window, "empty", looker.see)
    look_at_steps(window, "empty", looker.see)
    look_at_dialogs(window, "empty", looker.see)


def look_at_filled(window: MainWindow, looker: Looker, home: Path, until: Callable[[Callable[[], bool]], None]) -> None:
    """Look at the program at work, and at what comes of a run."""
    from look_faults import settle
    from look_places import look_at_dialogs, look_at_monitor, look_at_panels, look_at_steps, look_at_tools

    from tracker_gui.core.preset import save
    from tracker_gui.qt.batch.batch_window import show_batch
    from tracker_gui.qt.review.review_window import show_review

    path = home / "small-dish.json"
    save(replace(scene(), about="Three animals in a small dish"), path)
    session = window.session
    session.settings.output_folder = str(home)
    session.open_preset(path)
    until(lambda: session.newest is not None)
    session.show_rejected(True)
    session.show_heat_map(True)
    window.docks.docks["plots"].show()
    session.view.play()
    until(lambda: session.newest is not None and session.newest.snapshot.frame.index >= 60)
    session.view.pause()
    settle()
    look_at_tools(window, looker.see)
    look_at_panels(window, "filled", looker.see)
    look_at_steps(window, "filled", looker.see)
    look_at_dialogs(window, "filled", looker.see)
    look_at_monitor(window, "filled", looker.see)
    session.start_tracking()
    until(lambda: not session.is_tracking)
    settle()
    looker.see("window, after a run", window)
    review = show_review(window)
    review.begin.last.click()
    until(lambda: review.has_video)
    settle()
    looker.see("review, filled", review)
    review.close()
    batch = show_batch(window)
    batch.add_paths([path, home / "no such video.mp4"])
    settle()
    looker.see("batch, filled", batch)
    batch.close()


def look(
    window: MainWindow, looker: Looker, home: Path, until: Callable[[Callable[[], bool]], None], *, empty: bool = True
) -> None:
    """Look at everything in one window."""
    from look_faults import settle
    from look_places import nothing_modal

    settle(30)
    with nothing_modal(looker.see):
        if empty:
            look_at_empty(window, looker)
        look_at_filled(window, looker, home, until)


def main() -> int:
    """Look at everything in all faces; return the exit code."""
    parser = argparse.ArgumentParser(description="Look at everything, and tell what is wrong.")
    parser.add_argument("--out", type=Path, required=True, help="where the pictures go")
    parser.add_argument("--face", action="append", help="only this face, such as dark; may be given again")
    parser.add_argument("--size", action="append", help="only this size, such as 1024x700; may be given again")
    parser.add_argument("--text", type=int, action="append", help="only text of this size in percent")
    args = parser.parse_args()
    if sys.platform.startswith("linux") and "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _bootstrap.prepare()
    from make_screenshots import WINDOWS, until

    from tracker_gui.qt.app import make_window
    from tracker_gui.qt.theme.appearance import Face, appearance

    faces = [Face[name.upper()] for name in args.face or ("dark", "light", "contrast_dark", "contrast_light")]
    sizes = [tuple(int(part) for part in size.split("x")) for size in args.size or ()] or SIZES_PX
    found = 0
    for face, size, percent in itertools.product(faces, sizes, args.text or (100, LARGER_PERCENT)):
        name = f"{face.name.lower()}-{size[0]}x{size[1]}-{percent}"
        folder = args.out / name
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="tracker-gui-look-") as home:
            # Nobody's own settings in a picture.
            os.environ[HOME_VARIABLE] = home
            window = make_window(asks=False, face=face)
            WINDOWS.append(window)
            window.resize(*size)
            window.show()
            appearance().set_text_percent(percent)
            looker = Looker(folder)
            look(window, looker, Path(home), lambda what, window=window: until(window, what))
            window.close()
            window.session.close()
        looker.write_sheet(args.out / f"{name}.png")
        first = {(fault.kind, fault.what): fault for fault in reversed(looker.faults)}
        lines = sorted(f"{fault.kind}: {fault.what}  [{fault.place}]" for fault in first.values())
        sys.stdout.write(f"{name}: {len(looker.places)} places, {len(lines)} faults\n")
        sys.stdout.writelines(f"  {line}\n" for line in lines)
        found += len(lines)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
