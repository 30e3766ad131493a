"""TracktorLive's flat parameter file, in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tracker_gui.core import registry
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.choices import Problem, StageChoice, choice, key_text, read_params
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import Preset

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("block_size", "offset", "min_area", "max_area", "invert", "fps")
DEFAULTS: dict[str, float] = {
    "block_size": 51, "offset": 0, "min_area": 500, "max_area": 5000, "invert": 1, "fps": 30.0,
}  # fmt: skip
FLAT_NAMES = {
    "block_size_px": "block_size", "offset": "offset", "min_area_px2": "min_area", "max_area_px2": "max_area",
}  # fmt: skip
LARGEST, FASTEST_HZ = 1e9, 100_000
#: TracktorLive always blurs with a mean of this size before the threshold.
BLUR_PX = 5
OWN_BLUR = ("blur", {"method": "mean", "size_px": BLUR_PX})


def looks_flat(document: Any) -> bool:
    """Return whether a JSON document is TracktorLive's rather than a preset."""
    return isinstance(document, dict) and "format" not in document and bool(document.keys() & set(KEYS))


def from_flat(document: dict[str, Any], place: str) -> tuple[Preset, list[Problem]]:
    """Return the preset that does the same, and what could not be used."""
    values = dict(DEFAULTS)
    problems = [
        Problem(f"{place}: {key_text(key)}", "TracktorLive has no such setting") for key in document if key not in KEYS
    ]
    for key in KEYS:
        value = document.get(key, values[key])
        if not isinstance(value, int | float) or not abs(value) < LARGEST:
            problems.append(Problem(f"{place}: {key}", f"must be a number, got {_short(value)}"))
        elif key == "fps" and not 0 < value <= FASTEST_HZ:
            problems.append(Problem(f"{place}: {key}", f"must be a number above 0, got {_short(value)}"))
        else:
            values[key] = value
    dark = bool(values["invert"])
    wanted = {
        "method": "adaptive",
        "polarity": "darker" if dark else "lighter",
        "block_size_px": int(values["block_size"]) | 1,
        "offset": float(values["offset"]) if dark else -float(values["offset"]),
        "min_area_px2": float(values["min_area"]),
        "max_area_px2": float(values["max_area"]),
    }
    params, bad = read_params(registry.load("detectors", "blobs").Params, wanted, "")
    for problem in bad:
        key = next((flat for name, flat in FLAT_NAMES.items() if name in problem.place), "min_area and max_area")
        problems.append(Problem(f"{place}: {key}", problem.problem))
    preset = Preset(
        name="TracktorLive settings",
        about="Imported from a TracktorLive parameter file.",
        image=(choice("image", "blur", method="mean", size_px=BLUR_PX),),
        detector=StageChoice("detectors", "blobs", params),
        rate_hz=float(values["fps"]),
    )
    return preset, problems


def _short(value: Any) -> str:
    return json.dumps(value, default=str)[:60]


def to_flat(preset: Preset, rate_hz: float | None = None) -> tuple[dict[str, float], list[str]]:
    """Return TracktorLive's six keys, and a sentence for each setting it cannot express.

    Raises
    ------
    SettingsError
        The detector is not the blob detector, so nothing can be exported.
    """
    if preset.detector.stage != "blobs":
        raise SettingsError(
            "detector", f"'{preset.detector.stage}' has no counterpart in TracktorLive", "Use the blob detector."
        )
    p: Any = preset.detector.params
    dark = p.polarity == "darker"
    lost = []
    if p.method != "adaptive":
        lost.append(f"TracktorLive knows only the adaptive threshold; '{p.method}' is left out.")
    for name in ("open_px", "close_px"):
        if getattr(p, name):
            lost.append(f"TracktorLive has no '{type(p).model_fields[name].title}'.")
    if not p.fill_holes:
        lost.append("TracktorLive always takes blobs as solid; 'Fill holes' is off here.")
    steps = [(step.stage, step.params) for step in preset.image if step.enabled]
    if OWN_BLUR not in [(stage, params.model_dump()) for stage, params in steps]:
        lost.append(f"TracktorLive always blurs with a mean of {BLUR_PX} px; this preset does not.")
    lost += [
        f"The image step '{stage}' is left out." for stage, params in steps if (stage, params.model_dump()) != OWN_BLUR
    ]
    offset = p.offset if dark else -p.offset
    flat: dict[str, float] = {
        "block_size": p.block_size_px | 1,
        "offset": int(offset) if float(offset).is_integer() else offset,
        "min_area": int(p.min_area_px2),
        "max_area": int(p.max_area_px2),
        "invert": 1 if dark else 0,
        "fps": float(rate_hz if rate_hz is not None else preset.rate_hz),
    }
    return flat, lost


def export(preset: Preset, path: Path, rate_hz: float | None = None) -> list[str]:
    """Write the flat file; return what it could not express."""
    flat, lost = to_flat(preset, rate_hz)
    write_atomically(path, json.dumps(flat, indent=4) + "\n")
    return lost
