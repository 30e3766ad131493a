"""``tracker-gui [FILE]``: the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.commands.presets import checked
from tracker_gui.core.errors import TrackerError
from tracker_gui.exchange.gallery import named_preset, named_source

if TYPE_CHECKING:
    import argparse

    from tracker_gui.core.preset import Preset, StageChoice


def main(args: argparse.Namespace) -> int:
    """Open the window with what was named."""
    source: StageChoice | None = None
    preset: Preset | None = None
    if args.file is not None:
        if Path(args.file).suffix.lower() == ".json":
            preset = checked(named_preset(args.file), lenient=True)
            source = preset.source
        else:
            source, preset, problems = named_source(args.file)
            if preset is not None:
                preset = checked((preset, problems), lenient=True)
    return show(source, preset)


def no_screen() -> str | None:
    """Return why no window can open here, None where one can."""
    if os.environ.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return None
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return None
    return "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)"


def show(source: StageChoice | None, preset: Preset | None, track: bool = False) -> int:
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

    return int(run_window(source, preset, track=track))
