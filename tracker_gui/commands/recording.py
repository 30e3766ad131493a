"""The settings of a recording, as they are written on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.commands.typed_settings import changed
from tracker_gui.engine.live_recording import RecordingPlan

if TYPE_CHECKING:
    import argparse

    from tracker_gui.core.recording import RecordingSettings


def recording_plan(args: argparse.Namespace, settings: RecordingSettings) -> RecordingPlan | None:
    """Return how a preset's recording is made with what was asked for in its place; None for none.

    Raises
    ------
    SettingsError
    """
    look = settings.look if args.record is None else args.record
    if look == "none":
        return None
    second = settings.second_folder if args.second_folder is None else Path(args.second_folder)
    return RecordingPlan(look, changed(settings, args.record_with, "--record-with"), second)
