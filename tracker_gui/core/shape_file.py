"""Drawn shapes as JSON: in files, and on the clipboard between presets, cameras and windows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tracker_gui.core.drawing import ShapeEntry
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import Problem, read_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = "tracker-gui shapes"
SCHEMA_VERSION = 1


def to_text(entries: Iterable[ShapeEntry]) -> str:
    """Return shapes as the text of a file or clipboard."""
    document = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "shapes": [entry.model_dump(mode="json") for entry in entries],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def parse(document: Any, place: str) -> tuple[list[ShapeEntry], list[Problem]]:
    """Return the shapes of a JSON document, and one problem for each that could not be used.

    Raises
    ------
    SettingsError
        These are no shapes at all, or they were written by a newer version.
    """
    way_out = "Choose a file of shapes saved by this program."
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SettingsError(place, f'holds no shapes (no "format": "{FORMAT}")', way_out)
    version, listed = document.get("schema_version"), document.get("shapes")
    if isinstance(version, bool) or not isinstance(version, int) or version > SCHEMA_VERSION or version < 1:
        raise SettingsError(
            f"{place}: schema_version", f"must be 1 to {SCHEMA_VERSION}", "A newer program wrote this: update."
        )
    if not isinstance(listed, list):
        raise SettingsError(f"{place}: shapes", "must be a list [...]", way_out)
    problems: list[Problem] = []
    read = [read_whole(ShapeEntry, item, f"{place}: shapes[{number}]", problems) for number, item in enumerate(listed)]
    return [entry for entry in read if entry is not None], problems


def parse_text(text: str, place: str) -> tuple[list[ShapeEntry], list[Problem]]:
    """Return the same of text, such as that of the clipboard.

    Raises
    ------
    SettingsError
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(place, "holds no shapes", "Copy some in this program first.") from error
    return parse(document, place)
