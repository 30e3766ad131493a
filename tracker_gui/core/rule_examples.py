"""Presets that show what rules can do: one for each cassette that needs no code."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker_gui.core.data_files import resources_folder
from tracker_gui.core.preset import parse, read_json
from tracker_gui.core.rule_edits import added

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.preset import Preset


def examples() -> tuple[Path, ...]:
    """Return the files of the presets, by name."""
    return tuple(sorted((resources_folder() / "rules").glob("*.json")))


@functools.cache
def rule_examples() -> tuple[Preset, ...]:
    """Return the presets among them that hold rules, by title."""
    found = (parse(read_json(path), path.name)[0] for path in examples())
    return tuple(sorted((preset for preset in found if preset.rules), key=lambda preset: preset.name))


def with_example(preset: Preset, example: Preset) -> Preset:
    """Return a preset with the rules of an example, and with what they need and it has not: zones, headings."""
    names = {zone.name for zone in preset.zones}
    zones = (*preset.zones, *(zone for zone in example.zones if zone.name not in names))
    known = {each.stage for each in preset.enrich}  # a clip that turns with the animal needs its heading
    enrich = (*preset.enrich, *(each for each in example.enrich if each.stage not in known))
    rules = preset.rules
    for rule in example.rules:
        rules = added(rules, rule)
    return replace(preset, zones=zones, enrich=enrich, rules=rules)
