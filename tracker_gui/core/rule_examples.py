"""Presets that show what rules can do: one for each cassette that needs no code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.data_files import resources_folder

if TYPE_CHECKING:
    from pathlib import Path


def examples() -> tuple[Path, ...]:
    """Return the files of the presets, by name."""
    return tuple(sorted((resources_folder() / "rules").glob("*.json")))
