"""What a preset is made of: one stage with its settings, and settings read field by field.

Reading never raises over a single bad field: each is reported by its place, and the rest is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tracker_gui.core import registry
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.geometry import ZONE_SHAPE_KINDS
from tracker_gui.core.params import Kind, Params, describe

SHAPE_TAGS = {kind.model_fields["kind"].default for kind in ZONE_SHAPE_KINDS}


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that could not be used."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


@dataclass(frozen=True, slots=True)
class StageChoice:
    """One stage of a preset with its settings."""

    kind: str
    stage: str
    params: Params
    enabled: bool = True

    def make(self) -> Any:
        """Return a new, unopened stage."""
        return registry.load(self.kind, self.stage)(self.params)


def choice(kind: str, stage: str, enabled: bool = True, **params: Any) -> StageChoice:
    """Return a stage with the given settings and defaults for the rest.

    Raises
    ------
    SettingsError
        Names the field that is wrong.
    """
    settings, problems = read_params(registry.load(kind, stage).Params, params, f"{kind}/{stage}")
    if problems:
        raise SettingsError(problems[0].place, problems[0].problem)
    return StageChoice(kind, stage, settings, enabled)


def params_document(params: Params, folder: Path | None) -> dict[str, Any]:
    """Return settings as JSON; files inside `folder` are named relative to it."""
    document = params.model_dump(mode="json")
    for name in _path_fields(type(params)):
        value = getattr(params, name)
        if folder is not None and value is not None and Path(value).is_absolute():
            path = Path(value)
            document[name] = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    return document


def _path_fields(params: type[Params]) -> list[str]:
    return [info.name for info in describe(params) if info.kind is Kind.PATH]


def read_params(params: type[Params], values: Any, place: str) -> tuple[Params, list[Problem]]:
    """Return settings made of all `values` that are usable, defaults for the rest, and what was wrong."""
    if not isinstance(values, dict):
        return params(), [Problem(place, f"must be a group of settings {{...}}, not {shown(values)}")]
    usable = dict(values)
    problems: list[Problem] = []
    for _ in range(len(usable) + 2):
        try:
            return params.model_validate(usable), problems
        except ValidationError as error:
            bad = set()
            for item in error.errors(include_url=False, include_context=False):
                location = item["loc"]
                if location:
                    bad.add(str(location[0]))
                where = f"{place}.{dotted_place(location)}" if location else place
                problems.append(Problem(where, sentence_of(item, params)))
            if not bad & usable.keys():
                return _without_one(params, usable), problems
            for name in bad:
                usable.pop(name, None)
    return params(), problems


def _without_one(params: type[Params], values: dict[str, Any]) -> Params:
    """Return the settings with the first field left out without which a rule over several is kept."""
    for name in values:
        try:
            return params.model_validate({key: value for key, value in values.items() if key != name})
        except ValidationError:
            continue
    return params()


def dotted_place(location: tuple[Any, ...]) -> str:
    """Return where pydantic found a mistake as ``shape.points[2]``."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part not in SHAPE_TAGS:
            text += f".{key_text(str(part))}" if text else key_text(str(part))
    return text


def sentence_of(item: Any, params: type[Params]) -> str:
    """Return one of pydantic's mistakes in plain words."""
    if item["type"] == "extra_forbidden":
        known = ", ".join(params.model_fields)
        return f"there is no such setting (known: {known})" if len(item["loc"]) == 1 else "there is no such setting"
    message = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "union_tag_invalid":
        # pydantic repeats the whole wrong value here, however long.
        return f"must be of a kind out of {message.rpartition(': ')[2]}, got {shown(item['input'])}"
    message = message[:1].lower() + message[1:].replace("Input should", "should").replace("input should", "should")
    message = message.removeprefix("input ")
    if item["type"] == "value_error":
        return message
    return f"{message}, got {shown(item['input'])}"


def key_text(key: str) -> str:
    """Return a key as it is, quoted and shortened where it would not read as one."""
    return key if key.isidentifier() and len(key) <= 60 else shown(key)


def shown(value: Any) -> str:
    """Return a value for a message, shortened."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def with_full_paths(params: Params, folder: Path | None) -> Params:
    """Return settings whose relative file names start at `folder`."""
    if folder is None:
        return params
    changes = {
        name: folder / value
        for name in _path_fields(type(params))
        if (value := getattr(params, name)) not in (None, Path()) and not Path(value).is_absolute()
    }
    return params.model_copy(update=changes) if changes else params
