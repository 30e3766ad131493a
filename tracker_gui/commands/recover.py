"""``tracker-gui recover``: finish the recordings that a kill or a power failure left in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.core.errors import InputError, OutputError
from tracker_gui.engine.recording_files import leftovers, recover

if TYPE_CHECKING:
    import argparse


def main(args: argparse.Namespace) -> int:
    """Finish them and say of each what it holds and what was lost."""
    folder = Path(args.folder)
    if not folder.is_dir():
        raise InputError(str(folder), "there is no such folder", "Name the folder you recorded to.")
    finished, problems = recover(leftovers(folder))
    for done in finished:
        print(done)
    if problems:
        raise OutputError("", " ".join(problems))
    if not finished:
        print(f"{folder}: no recording is unfinished")
    return 0
