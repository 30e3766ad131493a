"""What is drawn over the pictures: one set for the screen, one for recordings and annotated videos.

Lengths and sizes are pixels of a picture 600 px high; on a larger one everything is drawn larger, so that both sets
look the same whatever the size of the camera's picture or of the window.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator

from tracker_gui.core.choices import Problem, key_text, params_document, read_params, shown, with_full_paths
from tracker_gui.core.params import Params, setting
from tracker_gui.core.templates import with_known_fields
from tracker_gui.core.zones import Colour

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE_HEIGHT_PX = 600
#: Letters on small pictures stay readable.
LEAST_UNIT = 0.9
MOST_TEXTS = 50

TEXT_FIELDS = {
    "time": "time since the first frame, m:ss.mmm",
    "time_s": "the same in seconds",
    "date": "date, in local time",
    "clock": "time of day, in local time",
    "utc": "date and time in UTC",
    "frame": "number of the frame, the first is 0",
    "count": "how many animals are seen on this frame",
    "source": "name of the camera or video",
    "preset": "name of the preset",
    "subject": "subject of the session",
    "treatment": "treatment of the session",
    "trial": "trial of the session",
}
WALL_FORMATS = {
    "2026-01-31 14:05:09.123": "%Y-%m-%d %H:%M:%S.%f",
    "2026-01-31 14:05:09": "%Y-%m-%d %H:%M:%S",
    "31.01.2026 14:05:09": "%d.%m.%Y %H:%M:%S",
    "01/31/2026 14:05:09": "%m/%d/%Y %H:%M:%S",
    "14:05:09.123": "%H:%M:%S.%f",
    "14:05:09": "%H:%M:%S",
}
WallFormat = Literal[
    "2026-01-31 14:05:09.123",
    "2026-01-31 14:05:09",
    "31.01.2026 14:05:09",
    "01/31/2026 14:05:09",
    "14:05:09.123",
    "14:05:09",
]
Font = Literal["sans", "sans bold", "sans light", "italic", "font file"]
Anchor = Literal[
    "top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right"
]  # fmt: skip
FreeText = Annotated[str, AfterValidator(functools.partial(with_known_fields, fields=TEXT_FIELDS))]


def unit_of(height_px: float) -> float:
    """Return how many pixels of a picture of this height are one of the looks'."""
    return max(LEAST_UNIT, height_px / REFERENCE_HEIGHT_PX)


def _on(title: str, description: str, on: bool = True) -> Any:
    return setting(on, title=title, description=description)


def _colour(empty: str, default: str = "") -> Any:
    return setting(default, title="Colour", description=f"Of its lines or letters; {empty}.", colour=empty)


def _opacity(default: int = 100) -> Any:
    return setting(
        default, title="Covers", ge=5, le=100, step=5, unit="%", more=True,
        description="How much of the picture below it hides.",
    )  # fmt: skip


def _width(default: float) -> Any:
    return setting(
        default, title="Width", ge=0.5, le=20, step=0.5, unit="px",
        description="Of its lines, on a picture 600 px high.",
    )  # fmt: skip


def _font(**more: Any) -> Any:
    return setting("sans", title="Font", description="The letters; a font file may be any .ttf or .otf.", **more)


def _font_file() -> Any:
    return setting(
        None, title="Font file", description="Letters of your own, .ttf or .otf.", when={"font": ("font file",)}
    )


def _size(default: float) -> Any:
    return setting(
        default, title="Size", ge=6, le=200, step=1, unit="px",
        description="Height of the letters with their room, on a picture 600 px high.",
    )  # fmt: skip


def _ground(on: bool = True) -> Any:
    return setting(
        on, title="Dark ground", description="A dark field behind the letters; without it they have a dark rim."
    )


class ZonesLook(Params):
    """How zones, arenas and regions are drawn."""

    on: bool = _on("Zones", "Zones, arenas and regions, in the colours they were given.")
    only_zones: bool = setting(
        False, title="Zones only", description="Leave out arenas and the regions to keep and to ignore."
    )
    names: bool = setting(True, title="Names", description="Write the name of each beside it.")
    width_px: float = _width(2.0)
    font: Font = _font(more=True)
    font_file: Path | None = _font_file()
    size_px: float = _size(13)
    opacity_percent: int = _opacity()


class MaskLook(Params):
    """What the detector takes for animals, filled."""

    on: bool = _on("Mask", "Fill what the detector takes for animals.", on=False)
    colour: Colour = _colour("empty is blue", "#56B4E9")
    opacity_percent: int = _opacity(40)


class OutlinesLook(Params):
    """The outlines of what the detector takes for animals."""

    on: bool = _on("Outlines", "The outlines of what the detector takes for animals.")
    of: Literal["all that is found", "tracked animals"] = setting(
        "all that is found",
        title="Of",
        description="All that is found: blue, dashed orange where it may be several. "
        "Tracked animals: in the colour of each.",
    )
    colour: Colour = _colour("empty tells one from several, or follows the animal")
    width_px: float = _width(1.5)
    opacity_percent: int = _opacity()


class TrailsLook(Params):
    """Where animals went in the last seconds."""

    on: bool = _on("Trails", "Where each animal went in the last seconds.")
    length_s: float = setting(
        2.0, title="Length of trails", ge=0, le=60, step=0.5, unit="s",
        description="How far back the line behind each animal goes; 0 for none.",
    )  # fmt: skip
    colour: Colour = _colour("empty follows the animal")
    width_px: float = _width(2.0)
    opacity_percent: int = _opacity()


class HeadingLook(Params):
    """Where animals face."""

    on: bool = _on("Heading", "A line towards where an animal faces, where that is sure.")
    length_px: float = setting(
        16.0, title="Length", ge=4, le=200, step=1, unit="px",
        description="From the animal to the tip, on a picture 600 px high.",
    )  # fmt: skip
    colour: Colour = _colour("empty follows the animal")
    width_px: float = _width(2.0)
    opacity_percent: int = _opacity()


class MarksLook(Params):
    """Where animals are."""

    on: bool = _on("Marks", "A mark where each animal is.")
    shape: Literal["dot", "one per animal"] = setting(
        "dot",
        title="Shape",
        description="One per animal: a cross, square, diamond, triangle or star, so that those of one colour differ.",
    )
    colour: Colour = _colour("empty follows the animal")
    size_px: float = setting(
        8.0, title="Size", ge=3, le=100, step=1, unit="px", description="Across, on a picture 600 px high."
    )
    opacity_percent: int = _opacity()


class IdsLook(Params):
    """The number of each animal, and how its place is known where it was not measured."""

    on: bool = _on("Ids", "The number of each animal beside it.")
    colour: Colour = _colour("empty follows the animal")
    font: Font = _font()
    font_file: Path | None = _font_file()
    size_px: float = _size(14)
    ground: bool = _ground()
    right_px: float = setting(
        8.0, title="To the right", ge=-200, le=200, step=1, unit="px", more=True,
        description="From the animal to its number, on a picture 600 px high.",
    )  # fmt: skip
    up_px: float = setting(
        8.0, title="Upward", ge=-200, le=200, step=1, unit="px", more=True,
        description="From the animal to its number, on a picture 600 px high.",
    )  # fmt: skip
    opacity_percent: int = _opacity()


class TextLook(Params):
    """A text at a place of the picture: a time stamp, free words or a column of a table."""

    on: bool = _on("Shown", "Whether this text is drawn.")
    shows: Literal["wall time", "session time", "frame number", "text", "CSV column"] = setting(
        "wall time",
        title="Shows",
        description="Wall time is that of the computer or camera; session time counts from the first frame.",
    )
    wall_format: WallFormat = setting(
        "2026-01-31 14:05:09.123", title="Written as", when={"shows": ("wall time",)},
        description="How date and time are written.",
    )  # fmt: skip
    zone: Literal["local", "UTC"] = setting(
        "local", title="Time zone", when={"shows": ("wall time",)}, description="Of this computer, or UTC."
    )
    text: FreeText = setting(
        "", title="Text", when={"shows": ("text",)},
        description="Fields that are filled in: " + ", ".join(f"${{{name}}}" for name in TEXT_FIELDS) + ".",
    )  # fmt: skip
    file: Path | None = setting(
        None, title="CSV file", when={"shows": ("CSV column",)}, description="A table with a head line."
    )
    column: str = setting(
        "", title="Column", when={"shows": ("CSV column",)}, description="Whose values are shown, as its head says."
    )
    join: Literal["row", "frame", "time"] = setting(
        "frame", title="Joined by", when={"shows": ("CSV column",)},
        description="row: one row for each frame. frame, time: the newest row up to the frame, by a column of frame "
        "numbers or of seconds since the first frame.",
    )  # fmt: skip
    key: str = setting(
        "", title="Column of that", when={"shows": ("CSV column",), "join": ("frame", "time")},
        description="Empty takes the column called frame, or time_s or time.",
    )  # fmt: skip
    before: str = setting(
        "", title="Words before", when={"shows": ("wall time", "session time", "frame number", "CSV column")},
        description="Such as 'temperature'.",
    )  # fmt: skip
    after: str = setting(
        "", title="Words after", when={"shows": ("wall time", "session time", "frame number", "CSV column")},
        description="Such as a unit.",
    )  # fmt: skip
    anchor: Anchor = setting(
        "top left", title="Place", description="The corner, edge or middle of the picture it keeps to."
    )
    right_percent: float = setting(
        0.0, title="To the right", ge=-100, le=100, step=0.5, unit="%",
        description="From that place, in hundredths of the width of the picture; dragging the text sets it.",
    )  # fmt: skip
    down_percent: float = setting(
        0.0, title="Downward", ge=-100, le=100, step=0.5, unit="%",
        description="From that place, in hundredths of the height of the picture; dragging the text sets it.",
    )  # fmt: skip
    colour: Colour = _colour("empty is nearly white")
    font: Font = _font()
    font_file: Path | None = _font_file()
    size_px: float = _size(18)
    ground: bool = _ground()
    opacity_percent: int = _opacity()


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlaySet:
    """All that is drawn over a picture, from the ground up."""

    zones: ZonesLook = field(default_factory=ZonesLook)
    mask: MaskLook = field(default_factory=MaskLook)
    outlines: OutlinesLook = field(default_factory=OutlinesLook)
    trails: TrailsLook = field(default_factory=TrailsLook)
    heading: HeadingLook = field(default_factory=HeadingLook)
    marks: MarksLook = field(default_factory=MarksLook)
    ids: IdsLook = field(default_factory=IdsLook)
    texts: tuple[TextLook, ...] = ()


LAYERS: dict[str, type[Params]] = {
    "zones": ZonesLook,
    "mask": MaskLook,
    "outlines": OutlinesLook,
    "trails": TrailsLook,
    "heading": HeadingLook,
    "marks": MarksLook,
    "ids": IdsLook,
}


def screen_looks() -> OverlaySet:
    """Return what is drawn on the screen where nothing was chosen."""
    return OverlaySet()


def recording_looks() -> OverlaySet:
    """Return what is drawn into recordings where nothing was chosen: little, so that the animals stay in sight."""
    return OverlaySet(
        zones=ZonesLook(on=False),
        outlines=OutlinesLook(of="tracked animals", width_px=1.0),
        trails=TrailsLook(length_s=1.0, width_px=1.0),
        heading=HeadingLook(length_px=26.0, width_px=1.0),
        marks=MarksLook(shape="one per animal", size_px=6.0),
        ids=IdsLook(size_px=17, right_px=9, up_px=4, ground=False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlays:
    """What a preset says of what is drawn."""

    screen: OverlaySet = field(default_factory=screen_looks)
    recording: OverlaySet = field(default_factory=recording_looks)


SETS = ("screen", "recording")


def overlays_document(overlays: Overlays, folder: Path | None) -> dict[str, Any]:
    """Return the JSON of both sets; files inside `folder` are named relative to it."""
    return {name: _set_document(getattr(overlays, name), folder) for name in SETS}


def _set_document(looks: OverlaySet, folder: Path | None) -> dict[str, Any]:
    document: dict[str, Any] = {name: params_document(getattr(looks, name), folder) for name in LAYERS}
    document["texts"] = [params_document(text, folder) for text in looks.texts]
    return document


def read_overlays(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> Overlays:
    """Return what could be read, today's looks for the rest; what could not is added to `problems`."""
    overlays = Overlays()
    for name, item in _group(value, where, problems).items():
        place = f"{where}.{key_text(name)}"
        if name in SETS:
            overlays = replace(overlays, **{name: _read_set(getattr(overlays, name), item, place, folder, problems)})
        else:
            problems.append(Problem(place, "there is no such setting"))
    return overlays


def _read_set(usual: OverlaySet, value: Any, where: str, folder: Path | None, problems: list[Problem]) -> OverlaySet:
    values: dict[str, Any] = {}
    for name, item in _group(value, where, problems).items():
        place = f"{where}.{key_text(name)}"
        if name in LAYERS:
            params, bad = read_params(LAYERS[name], item, place)
            problems += bad
            # What is not said of a layer, or not well, is as it usually is in this set, not as it is in the other.
            said = {key: getattr(params, key) for key in params.model_fields_set}
            values[name] = with_full_paths(getattr(usual, name).model_copy(update=said), folder)
        elif name == "texts":
            values[name] = _read_texts(item, place, folder, problems)
        else:
            problems.append(Problem(place, "there is no such setting"))
    return replace(usual, **values)


def _read_texts(value: Any, where: str, folder: Path | None, problems: list[Problem]) -> tuple[TextLook, ...]:
    if not isinstance(value, list):
        problems.append(Problem(where, f"must be a list [...], got {shown(value)}"))
        return ()
    if len(value) > MOST_TEXTS:
        problems.append(Problem(where, f"has {len(value)} texts; the first {MOST_TEXTS} are kept"))
    texts = []
    for number, item in enumerate(value[:MOST_TEXTS]):
        params, bad = read_params(TextLook, item, f"{where}[{number}]")
        problems += bad
        if isinstance(item, dict):
            text = with_full_paths(params, folder)
            assert isinstance(text, TextLook)
            texts.append(text)
    return tuple(texts)


def _group(value: Any, where: str, problems: list[Problem]) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    problems.append(Problem(where, f"must be a group of settings {{...}}, got {shown(value)}"))
    return {}


def with_moved_looks(document: dict[str, Any]) -> dict[str, Any]:
    """Return a preset's document in which looks that once were settings of the video output are the recording's.

    A document that says both is left alone, and the old ones are told as unknown.
    """
    outputs = document.get("outputs")
    if "overlays" in document or not isinstance(outputs, list):
        return document
    moved: dict[str, Any] = {}
    kept = []
    for output in outputs:
        if isinstance(output, dict) and output.get("stage") == "video" and isinstance(output.get("params"), dict):
            params = dict(output["params"])
            if "trail_s" in params:
                moved["trails"] = {"length_s": params.pop("trail_s")}
            if "outlines" in params:
                moved["outlines"] = {"on": params.pop("outlines")}
            output = output | {"params": params}
        kept.append(output)
    return document | {"outputs": kept, "overlays": {"recording": moved}} if moved else document
