"""Which stages exist: one file is one choice. Files are listed without being imported.

A folder named in the environment variable ``TRACKER_GUI_STAGES`` may hold more of them in the same
layout (``detectors/my_detector.py``), so that a lab adds one without touching the installation.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import SettingsError, missing_library
from tracker_gui.core.rule_stages import Action, Predicate
from tracker_gui.core.stage import Detector, Enricher, ImageStep, Sink, Source, Stage, Tracker

if TYPE_CHECKING:
    from types import ModuleType

EXTRA_STAGES_VARIABLE = "TRACKER_GUI_STAGES"

KINDS: dict[str, type[Stage[Any]]] = {
    "sources": Source,
    "image": ImageStep,
    "detectors": Detector,
    "trackers": Tracker,
    "enrich": Enricher,
    "events": Predicate,
    "actions": Action,
    "sinks": Sink,
}


@dataclass(frozen=True, slots=True)
class StageName:
    """A stage that can be chosen: its kind (folder) and name (file without .py)."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


def _extra_folder(kind: str) -> Path | None:
    root = os.environ.get(EXTRA_STAGES_VARIABLE)
    return Path(root) / kind if root else None


def names(kind: str) -> tuple[str, ...]:
    """Return the names of all stages of one kind, sorted, without importing them."""
    found = set(_built_in(kind))
    extra = _extra_folder(kind)
    if extra is not None and extra.is_dir():
        found |= {path.stem for path in extra.glob("*.py") if not path.stem.startswith("_")}
    return tuple(sorted(found))


@functools.cache
def _built_in(kind: str) -> frozenset[str]:
    package = importlib.import_module(f"tracker_gui.stages.{kind}")
    return frozenset(
        module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")
    )


def all_names() -> tuple[StageName, ...]:
    """Return every stage in the order in which a frame meets the kinds."""
    return tuple(StageName(kind, name) for kind in KINDS for name in names(kind))


def load(kind: str, name: str) -> type[Any]:
    """Import one stage and return its class.

    Raises
    ------
    SettingsError
        No such stage, its file does not hold exactly one, or needs a library that is not there.
    """
    if kind not in KINDS or name not in names(kind):
        known = ", ".join(names(kind)) if kind in KINDS else ", ".join(KINDS)
        raise SettingsError(f"{kind}/{name}", "there is no such stage", f"Known: {known}.")
    return _stage_in(_module(kind, name), kind)


@functools.cache
def _stage_in(module: ModuleType, kind: str) -> type[Any]:
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, KINDS[kind]) and member.__module__ == module.__name__ and not inspect.isabstract(member)
    ]
    if len(found) != 1:
        raise SettingsError(
            str(module.__file__),
            f"must hold exactly one {KINDS[kind].__name__} class, found {len(found)}",
            "Keep one stage per file.",
        )
    return found[0]


def _module(kind: str, name: str) -> ModuleType:
    extra = _extra_folder(kind)
    path = extra / f"{name}.py" if extra is not None else None
    if path is None or not path.is_file():
        return importlib.import_module(f"tracker_gui.stages.{kind}.{name}")
    full_name = f"tracker_gui_extra.{kind}.{name}"
    loaded = sys.modules.get(full_name)
    if loaded is not None and loaded.__file__ == str(path):
        return loaded
    spec = importlib.util.spec_from_file_location(full_name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full_name] = module
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        del sys.modules[full_name]
        raise missing_library(str(path), error) from error
    except BaseException:
        del sys.modules[full_name]
        raise
    return module
