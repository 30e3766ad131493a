"""``tracker-gui [FILE]``: the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui._bootstrap import suit_live_work
from tracker_gui.core.errors import TrackerError
from tracker_gui.exchange.gallery import SIMULATED, named_preset, named_source, preset_path

if TYPE_CHECKING:
    import argparse


def main(args: argparse.Namespace) -> int:
    """Open the window with what was named."""
    text: str | None = args.file
    if text is None or text == SIMULATED:
        return show(source=text)
    # Opened here first, so that a slip of the pen is answered where it was made.
    if Path(text).suffix.lower() == ".json":
        named_preset(text)
        return show(preset=Path(text))
    _, preset, _ = named_source(text)
    return show(source=text) if preset is None else show(preset=preset_path(text))


def no_screen() -> str | None:
    """Return why no window can open here, None where one can."""
    if os.environ.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return None
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return None
    return "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)"


def show(preset: Path | None = None, source: str | None = None, playing: bool = False) -> int:
    """Open the window and wait until it is closed.

    Raises
    ------
    TrackerError
        There is no screen.
    """
    reason = no_screen()
    if reason is not None:
        raise TrackerError("", reason, "Use 'tracker-gui track' or 'tracker-gui demo --headless'.")
    from tracker_gui.qt.app import run_window

    suit_live_work()
    return int(run_window(preset, source, playing))
