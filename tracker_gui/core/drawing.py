"""Everything that is drawn of one camera's settings: zones, arenas, regions to keep and to ignore."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field, model_validator

from tracker_gui.core.geometry import SHAPE_KINDS, ZoneShape
from tracker_gui.core.params import Params
from tracker_gui.core.preset import choice
from tracker_gui.core.shape_edit import free_name, in_order
from tracker_gui.core.zones import Colour, Opacity, Zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker_gui.core.preset import Preset, StageChoice

Role = Literal["zone", "arena", "keep", "ignore"]
#: From the ground up: what comes later is drawn over what comes before.
ROLES: tuple[Role, ...] = ("keep", "ignore", "arena", "zone")
REGIONS = ("keep", "ignore")


class ShapeEntry(Params):
    """A drawn shape with what it is for, wherever in the settings that is kept.

    Attributes
    ----------
    colour, opacity_01, visible
        Of a zone; the others look as their role does.
    """

    role: Role = "zone"
    name: Annotated[str, Field(max_length=100)] = ""
    shape: ZoneShape
    colour: Colour = ""
    opacity_01: Opacity = 0.15
    visible: bool = True

    @model_validator(mode="after")
    def _has_an_inside(self) -> ShapeEntry:
        if self.role != "zone" and not isinstance(self.shape, SHAPE_KINDS):
            raise ValueError(f"a {self.shape.label.lower()} has no inside and can only be a zone")
        return self


class Place(NamedTuple):
    """Where in the settings a shape is kept.

    Attributes
    ----------
    step : int
        Of a region: which image step holds it; else -1.
    """

    role: Role
    number: int
    step: int = -1


@dataclass(frozen=True, slots=True)
class Drawn:
    """One shape of the settings; `label` is its name, or what it is called while it has none."""

    place: Place
    entry: ShapeEntry

    @property
    def shape(self) -> Any:
        return self.entry.shape

    @property
    def label(self) -> str:
        return self.entry.name or f"{self.entry.role} {self.place.number + 1}"


def drawn(preset: Preset) -> list[Drawn]:
    """Return every shape, from the ground up; regions of steps that are switched off are left out."""
    found = []
    for role in ROLES:
        for step in _steps(preset, role):
            found += [
                Drawn(Place(role, number, step), entry) for number, entry in enumerate(_entries(preset, role, step))
            ]
    return found


def _steps(preset: Preset, role: Role) -> list[int]:
    if role not in REGIONS:
        return [-1]
    return [n for n, step in enumerate(preset.image) if step.enabled and role in type(step.params).model_fields]


def _entries(preset: Preset, role: Role, step: int) -> list[ShapeEntry]:
    if role == "zone":
        return [
            ShapeEntry(
                name=zone.name, shape=zone.shape, colour=zone.colour, opacity_01=zone.opacity_01, visible=zone.visible
            )
            for zone in preset.zones
        ]
    shapes = getattr(preset.tracker.params, "arenas", ()) if role == "arena" else getattr(_params(preset, step), role)
    return [ShapeEntry(role=role, name=shape.name[:100], shape=shape) for shape in shapes]


def _params(preset: Preset, step: int) -> Params:
    return preset.image[step].params


def _with_entries(preset: Preset, role: Role, step: int, entries: Iterable[ShapeEntry]) -> Preset:
    if role == "zone":
        zones: dict[str, Zone] = {}
        for entry in entries:
            name = free_name(entry.name or f"zone {len(zones) + 1}", zones)
            zones[name] = Zone(
                name=name, shape=entry.shape, colour=entry.colour, opacity_01=entry.opacity_01, visible=entry.visible
            )
        return replace(preset, zones=tuple(zones.values()))
    shapes = tuple(
        entry.shape if entry.shape.name == entry.name else entry.shape.model_copy(update={"name": entry.name})
        for entry in entries
    )
    if role == "arena":
        return replace(preset, tracker=_with(preset.tracker, "arenas", shapes))
    image = list(preset.image)
    image[step] = _with(image[step], role, shapes)
    return replace(preset, image=tuple(image))


def _with(chosen: StageChoice, field: str, value: Any) -> StageChoice:
    return replace(chosen, params=chosen.params.model_copy(update={field: value}))


def can_hold(preset: Preset, role: Role) -> bool:
    """Return whether shapes can be drawn in a role: not every tracker has arenas."""
    return role != "arena" or "arenas" in type(preset.tracker.params).model_fields


def at(preset: Preset, place: Place) -> Drawn | None:
    """Return the shape at a place, None where there is none (any more)."""
    if place.step not in _steps(preset, place.role):
        return None
    entries = _entries(preset, place.role, place.step)
    return Drawn(place, entries[place.number]) if 0 <= place.number < len(entries) else None


def added(preset: Preset, entries: Sequence[ShapeEntry]) -> tuple[Preset, list[Place]]:
    """Return the settings with more shapes, and where they are; an image step for regions is made where none is.

    Arenas that the tracker cannot have become zones.
    """
    places: list[Place] = []
    for given in entries:
        entry = given if can_hold(preset, given.role) else given.model_copy(update={"role": "zone"})
        steps = _steps(preset, entry.role)
        if not steps:
            # First, because regions are drawn on the picture as the camera sees it.
            preset = replace(preset, image=(choice("image", "region_mask"), *preset.image))
            places = [place._replace(step=place.step + 1) if place.step >= 0 else place for place in places]
            steps = [0]
        before = _entries(preset, entry.role, steps[0])
        preset = _with_entries(preset, entry.role, steps[0], [*before, entry])
        places.append(Place(entry.role, len(before), steps[0]))
    return preset, places


def changed(preset: Preset, entries: Mapping[Place, ShapeEntry | None]) -> Preset:
    """Return the settings with some shapes replaced by others of their role, or taken away (None)."""
    by_list: dict[tuple[Role, int], dict[int, ShapeEntry | None]] = defaultdict(dict)
    for place, entry in entries.items():
        by_list[place.role, place.step][place.number] = entry
    for (role, step), those in by_list.items():
        wanted = [those.get(number, entry) for number, entry in enumerate(_entries(preset, role, step))]
        preset = _with_entries(preset, role, step, [entry for entry in wanted if entry is not None])
    return preset


def reshaped(preset: Preset, shapes: Mapping[Place, Any]) -> Preset:
    """Return the settings with other shapes at some places; None takes the whole entry away."""
    entries: dict[Place, ShapeEntry | None] = {}
    for place, shape in shapes.items():
        there = at(preset, place)
        if there is not None:
            entries[place] = None if shape is None else there.entry.model_copy(update={"shape": shape})
    return changed(preset, entries)


def reordered(
    preset: Preset, places: Iterable[Place], to: Literal["front", "back", "up", "down"]
) -> tuple[Preset, list[Place]]:
    """Return the settings with some shapes in front of or behind others of their role, and where they are now."""
    by_list: dict[tuple[Role, int], list[int]] = defaultdict(list)
    for place in places:
        by_list[place.role, place.step].append(place.number)
    now: list[Place] = []
    for (role, step), numbers in by_list.items():
        entries = _entries(preset, role, step)
        order = in_order(len(entries), numbers, to)
        preset = _with_entries(preset, role, step, [entries[number] for number in order])
        now += [Place(role, order.index(number), step) for number in numbers]
    return preset, now
