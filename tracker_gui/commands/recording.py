"""The settings of a recording, as they are written on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import describe
from tracker_gui.core.recording import RecorderSettings

if TYPE_CHECKING:
    from collections.abc import Sequence


def recorder_settings(words: Sequence[str]) -> RecorderSettings:
    """Return the settings of words such as ``speed=veryfast``.

    Raises
    ------
    SettingsError
    """
    known = {info.name: info for info in describe(RecorderSettings)}
    values = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            listed = ", ".join(f"{info.name} ({info.range_text})" for info in known.values())
            raise SettingsError("--record-with", f"'{word}' is no setting", f"Write NAME=VALUE; there are: {listed}.")
        values[name] = value
    try:
        return RecorderSettings.model_validate(values)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise SettingsError("--record-with", f"{name} cannot be '{values[name]}'", known[name].range_text) from error
