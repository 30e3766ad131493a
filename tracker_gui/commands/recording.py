"""The settings of a recording, as they are written on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import describe
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.engine.live_recording import RecordingPlan

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


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
    return RecordingPlan(look, changed(settings, args.record_with), second)


def changed(settings: RecordingSettings, words: Sequence[str]) -> RecordingSettings:
    """Return the settings with words such as ``speed=veryfast`` in force.

    Raises
    ------
    SettingsError
    """
    known = {info.name: info for info in describe(RecordingSettings)}
    values = settings.model_dump()
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            listed = ", ".join(f"{info.name} ({info.range_text})" for info in known.values())
            raise SettingsError("--record-with", f"'{word}' is no setting", f"Write NAME=VALUE; there are: {listed}.")
        values[name] = value
    try:
        return RecordingSettings.model_validate(values)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise SettingsError("--record-with", f"{name} cannot be '{values[name]}'", known[name].range_text) from error
