"""What another preset would change, setting by setting in words, and how to take only some of its steps."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tracker_gui.core import registry
from tracker_gui.core.live import without_credentials
from tracker_gui.core.overlays import LAYERS, SETS
from tracker_gui.core.params import Kind, SettingInfo, describe
from tracker_gui.core.rule_words import sentence
from tracker_gui.core.rules import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tracker_gui.core.ground_plane import GroundPlane
    from tracker_gui.core.overlays import Overlays
    from tracker_gui.core.params import Params
    from tracker_gui.core.preset import CameraSetup, Preset, StageChoice
    from tracker_gui.core.rules import Rule
    from tracker_gui.core.scale import Scale
    from tracker_gui.core.session_plan import FrameRange
    from tracker_gui.core.zones import Zone

T = TypeVar("T")

USED, UNUSED, NO_EFFECT = "used", "not used", "no effect"
MOST_SHAPES = 3


class Part(enum.Enum):
    """The steps of a preset that can be taken one by one, in the order of the work."""

    SOURCE = "Source"
    IMAGE = "Image"
    DETECT = "Detect"
    TRACK = "Track"
    ENRICH = "Speed and heading"
    ZONES = "Zones"
    RULES = "Rules"
    SCALE = "Scale and ground"
    SESSION = "Session"
    OUTPUTS = "Outputs and recording"
    OVERLAYS = "What is drawn"
    MORE_CAMERAS = "More cameras"


#: What of a preset each step takes; the rest (`OF_NO_PART`) comes only with the whole.
FIELDS: dict[Part, tuple[str, ...]] = {
    Part.SOURCE: ("source", "range"),
    Part.IMAGE: ("image",),
    Part.DETECT: ("detector",),
    Part.TRACK: ("tracker",),
    Part.ENRICH: ("enrich",),
    Part.ZONES: ("zones",),
    Part.RULES: ("rules",),
    Part.SCALE: ("scale", "ground"),
    Part.SESSION: ("session",),
    Part.OUTPUTS: ("outputs", "recording"),
    Part.OVERLAYS: ("overlays",),
    Part.MORE_CAMERAS: ("more_cameras",),
}
#: Where the pictures come from; all else are settings.
CAMERAS = frozenset({Part.SOURCE, Part.MORE_CAMERAS})
OF_NO_PART = ("name", "about", "rate_hz")


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that is not the same.

    Attributes
    ----------
    stage, setting : str
        Titles as the forms have them; the setting also has its unit.
    now, there : str
        Its two values in words.
    """

    part: Part
    stage: str
    setting: str
    now: str
    there: str


def offered(there: Preset) -> tuple[Part, ...]:
    """Return the steps that can be taken from a preset: all, without the source where it names none."""
    return tuple(part for part in Part if part is not Part.SOURCE or there.source is not None)


def differences(now: Preset, there: Preset) -> tuple[Difference, ...]:
    """Return what `there` would change in `now`, in the order of the work.

    Of a stage that only one of the two uses, the settings that are not at their defaults are listed.
    A source that `there` does not name stays as it is and is no difference.
    """
    return (
        *_between_cameras(now, there),
        *_between_rules(now.rules, there.rules),
        *_between_params(Part.SESSION, "Session", now.session, there.session),
        *_between_lists(Part.OUTPUTS, now.outputs, there.outputs),
        *_between_params(Part.OUTPUTS, "Recording", now.recording, there.recording),
        *_between_overlays(now.overlays, there.overlays),
        *_between_more_cameras(now, there),
    )


def take(now: Preset, there: Preset, parts: Collection[Part]) -> Preset:
    """Return `now` with some of the steps of `there`; a source that `there` does not name is never taken."""
    names = [name for part in offered(there) if part in parts for name in FIELDS[part]]
    return replace(now, **{name: getattr(there, name) for name in names})


def take_settings(now: Preset, there: Preset) -> Preset:
    """Return `now` with everything of `there` but its cameras."""
    return take(now, there, set(Part) - CAMERAS)


def take_all(now: Preset, there: Preset) -> Preset:
    """Return `there`, with the source of `now` where it names none."""
    return there if there.source is not None else replace(there, source=now.source, range=now.range)


def _between_cameras(now: CameraSetup, there: CameraSetup) -> Iterable[Difference]:
    if there.source is not None:
        yield from _between_choices(Part.SOURCE, now.source, there.source)
        if now.range != there.range:
            yield Difference(Part.SOURCE, "Range", "Frames", range_in_words(now.range), range_in_words(there.range))
    yield from _between_lists(Part.IMAGE, now.image, there.image)
    yield from _between_choices(Part.DETECT, now.detector, there.detector)
    yield from _between_choices(Part.TRACK, now.tracker, there.tracker)
    yield from _between_lists(Part.ENRICH, now.enrich, there.enrich)
    yield from _between_zones(now.zones, there.zones)
    if now.scale != there.scale:
        words = _two_told(_scale_in_words(now.scale), _scale_in_words(there.scale))
        yield Difference(Part.SCALE, "Scale", "One pixel, mm", *words)
    if now.ground != there.ground:
        words = _two_told(_ground_in_words(now.ground), _ground_in_words(there.ground))
        yield Difference(Part.SCALE, "Ground plane", "Points", *words)


def range_in_words(part: FrameRange | None) -> str:
    """Return which frames of a video are tracked."""
    if part is None:
        return "the whole video"
    return f"{part.first_frame} up to {'the end' if part.stop_frame is None else part.stop_frame}"


def _scale_in_words(scale: Scale | None) -> str:
    return "none" if scale is None else f"{scale.mm_per_px:.6g}"


def _ground_in_words(ground: GroundPlane | None) -> str:
    return "none" if ground is None else f"{len(ground.points)} points"


def _two_told(before: str, after: str) -> tuple[str, str]:
    return before, after if after != before else f"{after} (not the same)"


def _between_more_cameras(now: Preset, there: Preset) -> Iterable[Difference]:
    part = Part.MORE_CAMERAS
    for number in range(2, max(now.camera_count, there.camera_count) + 1):
        ours, theirs = (
            preset.more_cameras[number - 2] if number <= preset.camera_count else None for preset in (now, there)
        )
        name = f"Camera {number}"
        if ours is None or theirs is None:
            yield Difference(part, name, Part.SOURCE.value, _source_in_words(ours), _source_in_words(theirs))
            continue
        for found in _between_cameras(ours, theirs):
            yield replace(found, part=part, stage=f"{name}, {found.stage}")


def _source_in_words(setup: CameraSetup | None) -> str:
    if setup is None:
        return UNUSED
    return "none" if setup.source is None else _title(setup.source)


def _between_choices(part: Part, now: StageChoice | None, there: StageChoice) -> Iterable[Difference]:
    if now is None or now.stage != there.stage:
        yield Difference(part, _title(there), "Kind", "none" if now is None else _title(now), _title(there))
        yield from _beside_defaults(part, there)
    else:
        yield from _between_stages(part, now, there)


def _between_zones(now: Iterable[Zone], there: Iterable[Zone]) -> Iterable[Difference]:
    part, title = Part.ZONES, "Zone"
    ours, theirs = (_numbered(zones, lambda zone: zone.name) for zones in (now, there))
    for key in ours | theirs:
        name, before, after = key[0], ours.get(key), theirs.get(key)
        if before == after:
            continue
        if before is None or after is None:
            kinds = (UNUSED if zone is None else zone.shape.label.lower() for zone in (before, after))
            yield Difference(part, name, title, *kinds)
        elif before.shape != after.shape:
            yield Difference(part, name, "Shape", *_places_in_words((before.shape,), (after.shape,)))
        else:
            yield Difference(part, name, "Look on the picture", *(_look_in_words(zone) for zone in (before, after)))


def _between_rules(now: Iterable[Rule], there: Iterable[Rule]) -> Iterable[Difference]:
    part = Part.RULES
    ours, theirs = ({rule.name: rule for rule in rules} for rules in (now, there))
    for name in ours | theirs:
        before, after = ours.get(name), theirs.get(name)
        if before is None or after is None:
            one, other = (UNUSED if rule is None else sentence(rule) for rule in (before, after))
            yield Difference(part, name, "Rule", one, other)
            continue
        told = {
            "Rule": [USED if rule.enabled else "switched off" for rule in (before, after)],
            "Sentence": [sentence(rule) for rule in (before, after)],
            "About": [rule.about or "none" for rule in (before, after)],
        }
        for setting, (one, other) in told.items():
            if one != other:
                yield Difference(part, name, setting, one, other)
        for group in GROUPS:
            yield from _between_params(part, f"{name}, {group}", getattr(before, group), getattr(after, group))


def _between_overlays(now: Overlays, there: Overlays) -> Iterable[Difference]:
    part = Part.OVERLAYS
    for name in SETS:
        ours, theirs = getattr(now, name), getattr(there, name)
        where = f"{name.capitalize()}, "
        for layer in LAYERS:
            yield from _between_params(part, where + layer, getattr(ours, layer), getattr(theirs, layer))
        for number in range(max(len(ours.texts), len(theirs.texts))):
            title = f"{where}text {number + 1}"
            one, other = (texts[number] if number < len(texts) else None for texts in (ours.texts, theirs.texts))
            if one is None or other is None:
                words = (UNUSED if text is None else text.shows for text in (one, other))
                yield Difference(part, title, "Shows", *words)
            else:
                yield from _between_params(part, title, one, other)


def _look_in_words(zone: Zone) -> str:
    colour = zone.colour or "colour of the palette"
    return f"{colour}, opacity {zone.opacity_01:g}" + ("" if zone.visible else ", hidden")


def _title(chosen: StageChoice) -> str:
    return str(registry.load(chosen.kind, chosen.stage).title)


def _between_lists(part: Part, now: Iterable[StageChoice], there: Iterable[StageChoice]) -> Iterable[Difference]:
    """Compare the first blur with the first blur, the second with the second, wherever they stand."""
    ours, theirs = (_numbered(chain, lambda chosen: chosen.stage) for chain in (now, there))
    for key, chosen in ours.items():
        if key in theirs:
            yield from _between_stages(part, chosen, theirs[key])
        else:
            yield Difference(part, _title(chosen), "Step", _on(chosen), UNUSED)
    for key, chosen in theirs.items():
        if key not in ours:
            yield Difference(part, _title(chosen), "Step", UNUSED, _on(chosen))
            yield from _beside_defaults(part, chosen)
    ours_shared, theirs_shared = [k for k in ours if k in theirs], [k for k in theirs if k in ours]
    if ours_shared != theirs_shared:
        before, after = (", ".join(_title(where[k]) for k in keys) for where, keys in (
            (ours, ours_shared), (theirs, theirs_shared),
        ))  # fmt: skip
        yield Difference(part, "Order", "Order of the steps", before, after)


def _numbered(items: Iterable[T], name: Callable[[T], str]) -> dict[tuple[str, int], T]:
    """Return the items by their names; of several with one name the first is number 1."""
    count: Counter[str] = Counter()
    numbered = {}
    for item in items:
        count[name(item)] += 1
        numbered[name(item), count[name(item)]] = item
    return numbered


def _on(chosen: StageChoice) -> str:
    return USED if chosen.enabled else "switched off"


def _between_stages(part: Part, now: StageChoice, there: StageChoice) -> Iterable[Difference]:
    title = _title(there)
    if now.enabled != there.enabled:
        yield Difference(part, title, "Step", _on(now), _on(there))
    yield from _between_params(part, title, now.params, there.params)


def _between_params(part: Part, title: str, now: Params, there: Params) -> Iterable[Difference]:
    for info in describe(type(there)):
        before, after = getattr(now, info.name), getattr(there, info.name)
        # A setting that does nothing in the preset is told by the one that switches it off.
        if before != after and info.applies(there):
            words = _two_in_words(info, before, after)
            yield Difference(part, title, setting_title(info), words[0] if info.applies(now) else NO_EFFECT, words[1])


def _beside_defaults(part: Part, chosen: StageChoice) -> Iterable[Difference]:
    for info in describe(type(chosen.params)):
        value = getattr(chosen.params, info.name)
        if value != info.default and info.applies(chosen.params):
            yield Difference(part, _title(chosen), setting_title(info), UNUSED, in_words(info, value))


def setting_title(info: SettingInfo) -> str:
    """Return the title of a setting, with its unit."""
    return f"{info.title}, {info.unit}" if info.unit and info.title.lower() not in info.unit else info.title


def in_words(info: SettingInfo, value: Any) -> str:
    """Return the value of a setting as a person reads it, without its unit; never a password."""
    if info.kind is Kind.SHAPES:
        return _shapes_in_words(value)
    if value is None or value == "":
        return "none"
    if info.kind is Kind.BOOL:
        return "on" if value else "off"
    if info.kind is Kind.CHOICE:
        return str(value).replace("_", " ")
    if info.kind is Kind.PATH:
        return Path(value).name or "none"
    if info.kind is Kind.TEXT:
        return without_credentials(str(value))
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def _two_in_words(info: SettingInfo, now: Any, there: Any) -> tuple[str, str]:
    """Return two different values in words that differ."""
    before, after = in_words(info, now), in_words(info, there)
    if before == after and info.kind is Kind.SHAPES:
        before, after = _places_in_words(now, there)
    elif before == after and info.kind is Kind.TEXT:
        after += " (another user or password)"
    elif before == after:
        before, after = str(now), str(there)
    return _two_told(before, after)


def _shapes_in_words(shapes: Any) -> str:
    if not shapes:
        return "none"
    named = [shape.name for shape in shapes if shape.name]
    if len(named) == len(shapes) <= MOST_SHAPES:
        return ", ".join(named)
    kinds = Counter(shape.label.lower() for shape in shapes)
    return ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in kinds.items())


def _places_in_words(now: Any, there: Any) -> tuple[str, str]:
    """Return where and how large the shapes are that differ, of two lists with the same names or kinds."""
    pairs = [(one, other) for one, other in zip(now, there, strict=False) if one != other]
    more = "; ..." if len(pairs) > MOST_SHAPES else ""
    before, after = ("; ".join(_place_in_words(pair[side]) for pair in pairs[:MOST_SHAPES]) for side in (0, 1))
    return before + more, after + more


def _place_in_words(shape: Any) -> str:
    told = []
    for field, value in shape.model_dump(exclude={"name", "kind"}).items():
        if field == "parts":
            box = shape.bounds_px()
            pieces = "one piece" if len(value) == 1 else f"{len(value)} pieces"
            told.append(f"{pieces} within {_figures((box.x0, box.y0))} and {_figures((box.x1, box.y1))}")
        elif field == "points":
            middle = tuple(sum(along) / len(value) for along in zip(*value, strict=True))
            told.append(f"{len(value)} points around {_figures(middle)}")
        else:
            told.append(f"{field.removesuffix('_deg').replace('_', ' ')} {_figures(value)}")
    return f"{shape.name or shape.label.lower()}: {', '.join(told)}"


def _figures(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(_figures(part) for part in value)})"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
