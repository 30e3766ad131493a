"""Open a settings file, whichever program wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.preset import Preset, Problem, parse, read_json
from tracker_gui.exchange import tracktorlive

if TYPE_CHECKING:
    from pathlib import Path


def open_preset(path: Path) -> tuple[Preset, list[Problem]]:
    """Return the preset in a file and the fields that could not be used.

    Raises
    ------
    InputError
        The file cannot be read.
    SettingsError
        It is not JSON, no settings file, or from a newer version.
    """
    document = read_json(path)
    if tracktorlive.looks_flat(document):
        return tracktorlive.from_flat(document, path.name)
    return parse(document, path.name, path.resolve().parent)
