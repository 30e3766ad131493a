"""The JSON schema of a preset file, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from tracker_gui.core import registry
from tracker_gui.core.overlays import LAYERS, MOST_TEXTS, SETS, TextLook
from tracker_gui.core.preset import (
    CAMERA_FIELDS,
    FORMAT,
    GROUPS_OF_ALL,
    ONE_GROUP,
    ONE_STAGE,
    SCHEMA_VERSION,
    STAGE_LISTS,
)
from tracker_gui.core.rules import ACTION_LISTS, GROUPS, LONGEST_NAME
from tracker_gui.core.zones import Zone

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Kind -> the keys for the name and the switch of one part of a rule, whose settings stand beside them.
RULE_PARTS = {"events": ("event", "not"), "actions": ("action", "enabled")}


def preset_schema() -> dict[str, Any]:
    """Return the schema; every stage of this installation is in it, those in the user's own folder too."""
    stages = {name: registry.load(name.kind, name.name) for name in registry.all_names()}
    models = [stage.Params for stage in stages.values()] + [
        *GROUPS_OF_ALL.values(),
        Zone,
        TextLook,
        *LAYERS.values(),
        *ONE_GROUP.values(),
        *GROUPS.values(),
    ]
    schemas, shared = models_json_schema([(model, "validation") for model in models])
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for name, stage in stages.items():
        if name.kind in RULE_PARTS:
            continue
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
    properties |= {key: schemas[group, "validation"] for key, group in GROUPS_OF_ALL.items()}
    looks: dict[str, Any] = {name: schemas[layer, "validation"] for name, layer in LAYERS.items()}
    looks["texts"] = {"type": "array", "maxItems": MOST_TEXTS, "items": schemas[TextLook, "validation"]}
    properties["overlays"] = _group({name: _group(looks) for name in SETS})
    properties["zones"] = {"type": "array", "items": schemas[Zone, "validation"]}
    parts = {
        kind: [
            _rule_part(kind, name.name, stage, schemas[stage.Params, "validation"])
            for name, stage in stages.items()
            if name.kind == kind
        ]
        for kind in RULE_PARTS
    }
    groups = {key: schemas[group, "validation"] for key, group in GROUPS.items()}
    properties["rules"] = {"type": "array", "items": _rule(parts["events"], parts["actions"], groups)}
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


def _group(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _rule_part(kind: str, name: str, stage: Any, params: dict[str, Any]) -> dict[str, Any]:
    key, switch = RULE_PARTS[kind]
    return {
        "title": stage.title,
        "description": stage.about,
        "type": "object",
        "additionalProperties": False,
        "required": [key],
        "properties": {key: {"const": name}, switch: {"type": "boolean"}, **params.get("properties", {})},
    }


def _rule(events: list[dict[str, Any]], actions: list[dict[str, Any]], groups: dict[str, Any]) -> dict[str, Any]:
    terms = {"type": "array", "items": {"oneOf": events}}
    joined = [
        {"type": "object", "additionalProperties": False, "required": [join], "properties": {join: terms}}
        for join in ("all", "any")
    ]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["when"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
            "enabled": {"type": "boolean", "default": True},
            "armed": {"type": "boolean", "description": "Has no effect: a file never arms a rule."},
            "about": {"type": "string"},
            **groups,
            "when": {"oneOf": [*events, *joined]},
            "if": terms,
            **{key: {"type": "array", "items": {"oneOf": actions}} for key in ACTION_LISTS},
        },
    }
