"""The JSON schema of a preset file, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from tracker_gui.core import registry
from tracker_gui.core.preset import CAMERA_FIELDS, FORMAT, ONE_GROUP, ONE_STAGE, SCHEMA_VERSION, STAGE_LISTS
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.core.zones import Zone

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def preset_schema() -> dict[str, Any]:
    """Return the schema; every stage of this installation is in it, those in the user's own folder too."""
    stages = {name: registry.load(name.kind, name.name) for name in registry.all_names()}
    models = [stage.Params for stage in stages.values()] + [RecordingSettings, Zone, *ONE_GROUP.values()]
    schemas, shared = models_json_schema([(model, "validation") for model in models])
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for name, stage in stages.items():
        by_kind.setdefault(name.kind, []).append(
            {
                "title": stage.title,
                "description": stage.about,
                "type": "object",
                "additionalProperties": False,
                "required": ["stage"],
                "properties": {
                    "stage": {"const": name.name},
                    "enabled": {"type": "boolean", "default": True},
                    "params": schemas[stage.Params, "validation"],
                },
            }
        )
    properties: dict[str, Any] = {
        "format": {"const": FORMAT},
        "schema_version": {"const": SCHEMA_VERSION},
        "name": {"type": "string"},
        "about": {"type": "string"},
        "rate_hz": {"type": "number", "exclusiveMinimum": 0, "maximum": 100_000},
    }
    for key, kind in ONE_STAGE.items():
        options = by_kind.get(kind, [])
        properties[key] = {"oneOf": [*options, {"type": "null"}] if key == "source" else options}
    for key, kind in STAGE_LISTS.items():
        choices = by_kind.get(kind)
        properties[key] = {"type": "array", "items": {"oneOf": choices} if choices else False}
    properties["recording"] = schemas[RecordingSettings, "validation"]
    properties["zones"] = {"type": "array", "items": schemas[Zone, "validation"]}
    for key, group in ONE_GROUP.items():
        properties[key] = {"oneOf": [schemas[group, "validation"], {"type": "null"}]}
    camera = {name: properties[name] for name in CAMERA_FIELDS}
    properties["more_cameras"] = {
        "type": "array", "items": {"type": "object", "additionalProperties": False, "properties": camera}
    }  # fmt: skip
    return {
        "$schema": DIALECT,
        "title": "tracker-gui preset",
        "type": "object",
        "additionalProperties": False,
        "required": ["format", "schema_version"],
        "properties": properties,
        **shared,
    }
