"""``tracker-gui presets``: the gallery, the schema, and what is wrong in a preset file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import Preset, to_document
from tracker_gui.exchange.gallery import GalleryEntry, gallery, own_presets
from tracker_gui.exchange.open_preset import open_preset
from tracker_gui.exchange.preset_schema import preset_schema

if TYPE_CHECKING:
    import argparse

    from tracker_gui.core.preset import Problem


def main(args: argparse.Namespace) -> int:
    """Print what was asked for."""
    if args.schema:
        print(json.dumps(preset_schema(), indent=2, ensure_ascii=False))
    elif args.check:
        preset = checked(open_preset(Path(args.check)), lenient=False)
        print(f"{args.check}: '{preset.name}' can be used as it is")
    elif args.json:
        listed = [
            {"name": entry.name, "file": str(entry.path), "preset": to_document(entry.preset)}
            for entry in (*gallery(), *own_presets())
            if isinstance(entry, GalleryEntry)
        ]
        print(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        for entry in (*gallery(), *own_presets()):
            if isinstance(entry, GalleryEntry):
                print(f"{entry.name:<20} {entry.preset.name}. {entry.preset.about}".rstrip())
            else:
                print(f"{entry.name:<20} cannot be used. {entry.problem}")
    return 0


def checked(opened: tuple[Preset, list[Problem]], lenient: bool) -> Preset:
    """Return a preset; one with mistakes only if the user wants it all the same.

    Raises
    ------
    SettingsError
        Names every field that cannot be used.
    """
    import logging

    preset, problems = opened
    if problems and not lenient:
        count = "a setting" if len(problems) == 1 else f"{len(problems)} settings"
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise SettingsError("", f"{count} cannot be used:{lines}\nMend them, or use the rest with --lenient")
    for problem in problems:
        logging.getLogger(__name__).warning("%s: left out", problem)
    return preset
