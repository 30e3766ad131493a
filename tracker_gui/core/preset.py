"""A preset: one JSON document that is a whole experiment.

Reading never raises over a single bad field: each is reported by file, path and field, and the rest
is kept. Saving is atomic, so a full disk leaves the old file intact.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from tracker_gui.core import logins, registry
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.choices import (
    Problem,
    StageChoice,
    choice,
    dotted_place,
    key_text,
    params_document,
    read_params,
    sentence_of,
    shown,
    with_full_paths,
)
from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.ground_plane import GroundPlane
from tracker_gui.core.overlays import Overlays, overlays_document, read_overlays, with_moved_looks
from tracker_gui.core.params import Params
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.core.rules import Rule, read_rules, rule_document, without_camera, without_dangling
from tracker_gui.core.scale import Scale
from tracker_gui.core.session_plan import FrameRange, SessionPlan
from tracker_gui.core.zones import Zone

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Preset", "Problem", "StageChoice", "choice", "parse", "read_json", "save", "to_document"]

FORMAT = "tracker-gui preset"
SCHEMA_VERSION = 1
MAX_BYTES = 20_000_000

Migration = Callable[[dict[str, Any]], dict[str, Any]]
#: From the version that is the key to the next one.
MIGRATIONS: dict[int, Migration] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSetup:
    """One source and all that belongs to its picture alone."""

    source: StageChoice | None = None
    image: tuple[StageChoice, ...] = ()
    detector: StageChoice = field(default_factory=lambda: choice("detectors", "blobs"))
    tracker: StageChoice = field(default_factory=lambda: choice("trackers", "fixed_count"))
    enrich: tuple[StageChoice, ...] = ()
    zones: tuple[Zone, ...] = ()
    scale: Scale | None = None
    ground: GroundPlane | None = None
    range: FrameRange | None = None


CAMERA_FIELDS = tuple(each.name for each in fields(CameraSetup))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset(CameraSetup):
    """All settings of one experiment. Frozen: every change makes a new one, so undo is trivial.

    Attributes
    ----------
    session : SessionPlan
        Who is tracked, what the files are called, and when a run begins and ends.
    more_cameras : tuple of CameraSetup
        Those beside the first, whose settings are the preset's own.
    """

    name: str = "Untitled"
    about: str = ""
    outputs: tuple[StageChoice, ...] = field(default_factory=lambda: (choice("sinks", "tracks_csv"),))
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    overlays: Overlays = field(default_factory=Overlays)
    session: SessionPlan = field(default_factory=SessionPlan)
    rate_hz: float = 30.0
    rules: tuple[Rule, ...] = ()
    more_cameras: tuple[CameraSetup, ...] = ()

    @property
    def camera_count(self) -> int:
        return 1 + len(self.more_cameras)

    def camera(self, number: int) -> Preset:
        """Return the settings of one camera as a preset of its own; the first is 0."""
        setup = self if number == 0 else self.more_cameras[number - 1]
        return replace(self, more_cameras=(), **{name: getattr(setup, name) for name in CAMERA_FIELDS})

    def with_camera(self, number: int, one: Preset) -> Preset:
        """Return a copy with the settings of one camera, and those that are common to all, taken from `one`."""
        if number == 0:
            return replace(one, more_cameras=self.more_cameras)
        setup = CameraSetup(**{name: getattr(one, name) for name in CAMERA_FIELDS})
        others = (*self.more_cameras[: number - 1], setup, *self.more_cameras[number:])
        return replace(one, more_cameras=others, **{name: getattr(self, name) for name in CAMERA_FIELDS})

    def without_camera(self, number: int) -> Preset:
        """Return a copy without one camera; the one behind it takes its place, and one always stays."""
        setups = [CameraSetup(**{n: getattr(s, n) for n in CAMERA_FIELDS}) for s in (self, *self.more_cameras)]
        del setups[number]
        first = setups[0] if setups else CameraSetup()
        return replace(
            self,
            more_cameras=tuple(setups[1:]),
            rules=without_camera(self.rules, number),
            **{name: getattr(first, name) for name in CAMERA_FIELDS},
        )

    @property
    def zones_by_camera(self) -> dict[int, tuple[Zone, ...]]:
        return {number: setup.zones for number, setup in enumerate((self, *self.more_cameras))}

    def with_tracker(self, **params: Any) -> Preset:
        """Return a copy with some settings of the tracker changed."""
        merged = self.tracker.params.model_dump() | params
        return replace(self, tracker=choice("trackers", self.tracker.stage, **merged))


ONE_STAGE = {"source": "sources", "detector": "detectors", "tracker": "trackers"}
STAGE_LISTS = {"image": "image", "enrich": "enrich", "outputs": "sinks"}
#: What may be there or not, and is of no use with one of its fields missing.
ONE_GROUP: dict[str, type[Params]] = {"scale": Scale, "ground": GroundPlane, "range": FrameRange}
#: Settings that are there always, and keep what is right of them where a field is wrong.
GROUPS_OF_ALL: dict[str, type[Params]] = {"recording": RecordingSettings, "session": SessionPlan}


def to_document(preset: Preset, folder: Path | None = None) -> dict[str, Any]:
    """Return the JSON document; files inside `folder` are named relative to it."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "name": preset.name,
        "about": preset.about,
        "rate_hz": preset.rate_hz,
    }
    document |= _camera_document(preset, folder)
    document["outputs"] = [_stage_document(chosen, folder) for chosen in preset.outputs]
    document |= {key: params_document(getattr(preset, key), folder) for key in GROUPS_OF_ALL}
    document["overlays"] = overlays_document(preset.overlays, folder)
    document["rules"] = [rule_document(rule, folder) for rule in preset.rules]
    document["more_cameras"] = [_camera_document(setup, folder) for setup in preset.more_cameras]
    return document


def _camera_document(setup: CameraSetup, folder: Path | None) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key in ONE_STAGE:
        chosen: StageChoice | None = getattr(setup, key)
        document[key] = None if chosen is None else _stage_document(chosen, folder)
    for key in ("image", "enrich"):
        document[key] = [_stage_document(chosen, folder) for chosen in getattr(setup, key)]
    document["zones"] = [zone.model_dump(mode="json") for zone in setup.zones]
    for key in ONE_GROUP:
        group: Params | None = getattr(setup, key)
        document[key] = None if group is None else group.model_dump(mode="json")
    return document


def _stage_document(chosen: StageChoice, folder: Path | None) -> dict[str, Any]:
    return {"stage": chosen.stage, "enabled": chosen.enabled, "params": params_document(chosen.params, folder)}


def parse(document: Any, place: str, folder: Path | None = None) -> tuple[Preset, list[Problem]]:
    """Read a preset from a JSON document.

    Parameters
    ----------
    place : str
        The file's name for messages.
    folder : Path, optional
        Relative file names start here.

    Returns
    -------
    preset, problems
        All that could be read, and one problem for each field that could not.

    Raises
    ------
    SettingsError
        It is no preset at all, or was written by a newer version.
    """
    document, problems = _migrated(document, place)
    document = with_moved_looks(document)
    values: dict[str, Any] = {}
    for key, value in document.items():
        where = f"{place}: {key_text(key)}"
        if key in ("format", "schema_version"):
            continue
        if key in ("name", "about"):
            if isinstance(value, str):
                values[key] = value
            else:
                problems.append(Problem(where, f"must be text, got {shown(value)}"))
        elif key == "rate_hz":
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 100_000:
                values[key] = float(value)
            else:
                problems.append(Problem(where, f"must be a number above 0, got {shown(value)}"))
        elif key in GROUPS_OF_ALL:
            settings, bad = read_params(GROUPS_OF_ALL[key], value, where)
            values[key] = with_full_paths(settings, folder)
            problems += bad
        elif key == "overlays":
            values[key] = read_overlays(value, where, folder, problems)
        elif key == "rules":
            values[key] = read_rules(value, where, folder, problems)
        elif key == "outputs":
            values |= _read_stages(key, value, where, folder, problems)
        elif key == "more_cameras":
            if isinstance(value, list):
                values[key] = tuple(
                    CameraSetup(**_read_camera(item, f"{where}[{number}]", folder, problems))
                    for number, item in enumerate(value)
                )
            else:
                problems.append(Problem(where, f"must be a list [...], got {shown(value)}"))
        else:
            values |= _read_camera_field(key, value, where, folder, problems)
    preset = Preset(**values)
    rules = without_dangling(preset.rules, preset.zones_by_camera, f"{place}: rules", problems)
    return replace(preset, rules=rules), problems


def _read_camera(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(value, dict):
        problems.append(Problem(where, f"must be a group of settings {{...}}, got {shown(value)}"))
        return {}
    values: dict[str, Any] = {}
    for key, item in value.items():
        values |= _read_camera_field(key, item, f"{where}.{key_text(key)}", folder, problems)
    return values


def _read_camera_field(
    key: str, value: Any, where: str, folder: Path | None, problems: list[Problem]
) -> dict[str, Any]:
    """Return {key: what was read}, nothing where it could not be."""
    if key in ONE_STAGE:
        if value is None and key == "source":
            return {}
        chosen = _read_stage(ONE_STAGE[key], value, where, folder, problems)
        return {} if chosen is None else {key: chosen}
    if key in ("image", "enrich"):
        return _read_stages(key, value, where, folder, problems)
    if key == "zones":
        return {key: _read_zones(value, where, problems)}
    if key in ONE_GROUP:
        return {} if value is None else _read_group(key, value, where, problems)
    problems.append(Problem(where, "there is no such setting"))
    return {}


def _read_stages(
    key: str, value: Any, where: str, folder: Path | None, problems: list[Problem]
) -> dict[str, tuple[StageChoice, ...]]:
    if not isinstance(value, list):
        problems.append(Problem(where, f"must be a list [...], got {shown(value)}"))
        return {}
    listed = [
        _read_stage(STAGE_LISTS[key], item, f"{where}[{number}]", folder, problems) for number, item in enumerate(value)
    ]
    return {key: tuple(item for item in listed if item is not None)}


def _read_zones(value: Any, where: str, problems: list[Problem]) -> tuple[Zone, ...]:
    """Return the zones that can be used; a name that is there already is one that cannot."""
    if not isinstance(value, list):
        problems.append(Problem(where, f"must be a list [...], got {shown(value)}"))
        return ()
    zones: dict[str, Zone] = {}
    for number, item in enumerate(value):
        place = f"{where}[{number}]"
        zone = read_whole(Zone, item, place, problems)
        if zone is None:
            continue
        if zone.name in zones:
            problems.append(Problem(f"{place}.name", f"there is another zone called {shown(zone.name)}"))
            continue
        zones[zone.name] = zone
    return tuple(zones.values())


def _read_group(key: str, value: Any, where: str, problems: list[Problem]) -> dict[str, Any]:
    group = read_whole(ONE_GROUP[key], value, where, problems)
    return {} if group is None else {key: group}


P = TypeVar("P", bound=Params)


def read_whole(kind: type[P], value: Any, place: str, problems: list[Problem]) -> P | None:
    """Return what is of no use in parts; None where one of its fields is wrong, which is added to `problems`."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False):
            dotted = dotted_place(each["loc"])
            problems.append(Problem(f"{place}.{dotted}" if dotted else place, sentence_of(each, kind)))
    return None


def _migrated(document: Any, place: str) -> tuple[dict[str, Any], list[Problem]]:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SettingsError(place, f'is not a preset (no "format": "{FORMAT}")', "Choose a file saved by this program.")
    version = document.get("schema_version")
    # A missing version read as 1 would take newer keys for mistakes and lose them at the next save.
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise SettingsError(
            f"{place}: schema_version", f"must be a whole number of 1 or more, got {shown(version)}",
            f"This program writes {SCHEMA_VERSION}.",
        )  # fmt: skip
    if version > SCHEMA_VERSION:
        raise SettingsError(
            f"{place}: schema_version",
            f"is {version}, from a newer version of the program; this one reads up to {SCHEMA_VERSION}",
            "Update the program. The file was not changed.",
        )
    while version < SCHEMA_VERSION:
        document = MIGRATIONS[version](document)
        version += 1
    return document, []


def _read_stage(kind: str, value: Any, where: str, folder: Path | None, problems: list[Problem]) -> StageChoice | None:
    if not isinstance(value, dict):
        problems.append(Problem(where, f'must be {{"stage": ..., "params": {{...}}}}, got {shown(value)}'))
        return None
    name = value.get("stage")
    if not isinstance(name, str) or name not in registry.names(kind):
        known = ", ".join(registry.names(kind))
        problems.append(Problem(f"{where}.stage", f"there is no {shown(name)} (known: {known})"))
        return None
    enabled = value.get("enabled", True)
    if not isinstance(enabled, bool):
        problems.append(Problem(f"{where}.enabled", f"must be true or false, got {shown(enabled)}"))
        enabled = True
    problems += [
        Problem(f"{where}.{key_text(key)}", "there is no such setting")
        for key in value
        if key not in ("stage", "enabled", "params")
    ]
    params, bad = read_params(registry.load(kind, name).Params, value.get("params", {}), f"{where}.params")
    problems += bad
    return StageChoice(kind, name, with_full_paths(params, folder), enabled)


def read_json(path: Path) -> Any:
    """Return the JSON in a file.

    Raises
    ------
    InputError, SettingsError
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsError(str(path), f"is larger than {MAX_BYTES // 1_000_000} MB and so no preset")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(str(path), "there is no such file", "Check the name.") from error
    except IsADirectoryError as error:
        raise InputError(str(path), "is a folder, not a preset", "Choose a .json file.") from error
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "Check the drive and your rights.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(str(path), "is not text (UTF-8)", "Choose a .json file.") from error
    except json.JSONDecodeError as error:
        raise SettingsError(
            f"{path}: line {error.lineno}, column {error.colno}", f"is not valid JSON ({error.msg})",
            "Mend the line or go back to an older copy.",
        ) from error  # fmt: skip
    except (RecursionError, ValueError) as error:
        raise SettingsError(str(path), "is not valid JSON (nested too deeply, or a number too long)") from error


def save(preset: Preset, path: Path) -> None:
    """Write a preset; the old file stays whole until the new one is.

    Raises
    ------
    OutputError
        Also where a password in a camera's address could not be put away: it is never written into a preset.
    """
    document = logins.put_away_all(to_document(preset, path.resolve().parent))
    write_atomically(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
