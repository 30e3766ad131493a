"""Open a settings file, whichever program wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    return from_document(read_json(path), path.name, path.resolve().parent)


def from_document(document: Any, place: str, folder: Path | None = None) -> tuple[Preset, list[Problem]]:
    """Return the same of a JSON document that was read already; `place` is its file's name for messages.

    Raises
    ------
    SettingsError
    """
    if tracktorlive.looks_flat(document):
        return tracktorlive.from_flat(document, place)
    return parse(document, place, folder)
