"""``tracker-gui stages``: what can be chosen, from the same declarations as the forms of the window."""

from __future__ import annotations

import json
import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_gui.core import registry
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.params import Kind, SettingInfo, describe

if TYPE_CHECKING:
    import argparse

    from tracker_gui.core.registry import StageName


def main(args: argparse.Namespace) -> int:
    """Print the stages."""
    listed = _wanted(args.stage)
    if args.json:
        print(json.dumps([_document(name) for name in listed], indent=2, ensure_ascii=False))
        return 0
    for name in listed:
        _print(name, with_settings=args.stage is not None)
    if args.stage is None:
        print("\nAll settings of one: tracker-gui stages KIND/NAME")
    return 0


def _wanted(text: str | None) -> list[StageName]:
    listed = [name for name in registry.all_names() if text in (None, str(name), name.kind)]
    if not listed:
        known = ", ".join(str(name) for name in registry.all_names())
        raise SettingsError(str(text), "there is no such stage", f"Known: {known}.")
    return listed


def _print(name: StageName, with_settings: bool) -> None:
    stage = registry.load(name.kind, name.name)
    if not with_settings:
        print(f"{name!s:<26} {stage.title}. {stage.about}")
        return
    print(f"{name}: {stage.title}\n{stage.about}\n")
    width = min(100, shutil.get_terminal_size().columns)
    for info in describe(stage.Params):
        values = info.range_text or info.kind.value
        print(f"  {info.name}  ({values}; default {default_text(info)})")
        print(textwrap.indent(textwrap.fill(f"{info.title}. {info.description}", width - 6), " " * 6))
    print()


def default_text(info: SettingInfo) -> str:
    """Return the default as a user would write it."""
    if info.default is None:
        return "none"
    if info.kind is Kind.BOOL:
        return "on" if info.default else "off"
    if info.kind is Kind.SHAPES:
        return "none" if not info.default else str(len(info.default))
    if info.kind in (Kind.TEXTS, Kind.NUMBERS):
        return ", ".join(map(str, info.default)) or "none"
    if info.kind is Kind.PATH:
        return "none" if info.default == Path() else str(info.default)
    text = f"{info.default:g}" if isinstance(info.default, float) else str(info.default)
    return f"{text} {info.unit}".rstrip() if text else "empty"


def _document(name: StageName) -> dict[str, Any]:
    stage = registry.load(name.kind, name.name)
    defaults = stage.Params().model_dump(mode="json")
    return {
        "kind": name.kind,
        "name": name.name,
        "title": stage.title,
        "about": stage.about,
        "settings": [
            {
                "name": info.name,
                "title": info.title,
                "description": info.description,
                "kind": info.kind.value,
                "unit": info.unit,
                "lower": info.lower,
                "upper": info.upper,
                "step": info.step,
                "choices": list(info.choices),
                "default": defaults[info.name],
            }
            for info in describe(stage.Params)
        ],
    }
