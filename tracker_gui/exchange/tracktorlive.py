"""TracktorLive's flat parameter file, in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import Preset, Problem, choice, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("block_size", "offset", "min_area", "max_area", "invert", "fps")
DEFAULTS: dict[str, float] = {
    "block_size": 51, "offset": 0, "min_area": 500, "max_area": 5000, "invert": 1, "fps": 30.0,
}  # fmt: skip
#: TracktorLive always blurs with a mean of this size before the threshold.
BLUR_PX = 5


def looks_flat(document: Any) -> bool:
    """Return whether a JSON document is TracktorLive's rather than a preset."""
    return isinstance(document, dict) and "format" not in document and bool(document.keys() & set(KEYS))


def from_flat(document: dict[str, Any], place: str) -> tuple[Preset, list[Problem]]:
    """Return the preset that does the same, and what could not be used."""
    values = dict(DEFAULTS)
    problems = [Problem(f"{place}: {key}", "TracktorLive has no such setting") for key in document if key not in KEYS]
    for key in KEYS:
        if key not in document:
            continue
        value = document[key]
        if isinstance(value, bool):
            value = int(value)
        if not isinstance(value, int | float) or not abs(value) < 1e9:
            problems.append(Problem(f"{place}: {key}", f"must be a number, got {json.dumps(value, default=str)[:60]}"))
            continue
        values[key] = value
    dark = bool(values["invert"])
    rate_hz = float(values["fps"])
    if not 0 < rate_hz <= 100_000:
        problems.append(Problem(f"{place}: fps", f"must be a number above 0, got {rate_hz:g}"))
        rate_hz = DEFAULTS["fps"]
    try:
        detector = choice(
            "detectors", "blobs",
            method="adaptive",
            polarity="darker" if dark else "lighter",
            block_size_px=int(values["block_size"]) | 1,
            offset=float(values["offset"]) if dark else -float(values["offset"]),
            min_area_px2=float(values["min_area"]),
            max_area_px2=float(values["max_area"]),
        )  # fmt: skip
    except SettingsError as error:
        problems.append(Problem(f"{place}: {error.place}", error.problem))
        detector = choice("detectors", "blobs")
    preset = Preset(
        name="TracktorLive settings",
        about="Imported from a TracktorLive parameter file.",
        image=(choice("image", "blur", method="mean", size_px=BLUR_PX),),
        detector=detector,
        rate_hz=rate_hz,
    )
    return preset, problems


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
    for name in ("open_px", "close_px", "fill_holes"):
        if getattr(p, name):
            lost.append(f"TracktorLive has no '{type(p).model_fields[name].title}'.")
    for step in preset.image:
        same_blur = step.stage == "blur" and getattr(step.params, "size_px", None) == BLUR_PX
        if step.enabled and not same_blur:
            lost.append(f"The image step '{step.stage}' is left out.")
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
