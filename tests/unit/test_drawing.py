"""Where in the settings drawn shapes are kept, and what a file of shapes holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from tracker_gui.core.drawing import Place, ShapeEntry, added, at, changed, drawn, reordered, reshaped
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.geometry import Circle, Line, Mark, Polygon, Rectangle
from tracker_gui.core.preset import Preset, choice, parse, to_document
from tracker_gui.core.shape_file import parse_text, to_text


def circle(x: float = 10, **fields: Any) -> Circle:
    return Circle(centre=(x, 10), radius=5, **fields)


def labels(preset: Preset) -> list[str]:
    return [each.label for each in drawn(preset)]


def test_a_shape_goes_where_its_role_says() -> None:
    entries = [ShapeEntry(role=role, shape=circle()) for role in ("zone", "arena", "keep", "ignore")]
    preset, places = added(Preset(), entries)
    assert [zone.name for zone in preset.zones] == ["zone 1"]
    assert len(preset.tracker.params.arenas) == 1  # type: ignore[attr-defined]
    assert [step.stage for step in preset.image] == ["region_mask"]
    assert labels(preset) == ["keep 1", "ignore 1", "arena 1", "zone 1"]
    assert all(at(preset, place) is not None for place in places)
    assert parse(to_document(preset), "p.json") == (preset, [])


def test_a_region_goes_into_the_step_that_is_there_and_in_use() -> None:
    off = choice("image", "region_mask", enabled=False, keep=(circle(),))
    preset = Preset(image=(choice("image", "blur"), off, choice("image", "region_mask")))
    preset, (place,) = added(preset, [ShapeEntry(role="keep", shape=circle(3))])
    assert place == Place("keep", 0, 2)
    assert labels(preset) == ["keep 1"]


def test_a_step_that_is_added_first_moves_the_places_behind_it() -> None:
    ignored = choice("image", "region_mask", ignore=(circle(),))
    preset = Preset(image=(choice("image", "blur"), replace(ignored, enabled=False)))
    preset, places = added(
        preset, [ShapeEntry(role="keep", shape=circle()), ShapeEntry(role="ignore", shape=circle(4))]
    )
    assert [step.stage for step in preset.image] == ["region_mask", "blur", "region_mask"]
    assert places == [Place("keep", 0, 0), Place("ignore", 0, 0)]


def test_names_of_zones_are_told_apart() -> None:
    preset, _ = added(Preset(), [ShapeEntry(name="nest", shape=circle())] * 2 + [ShapeEntry(shape=circle())])
    assert [zone.name for zone in preset.zones] == ["nest", "nest 2", "zone 3"]


def test_shapes_are_changed_and_taken_away_where_they_are() -> None:
    entries = [ShapeEntry(name=name, shape=circle(), colour="#009E73") for name in "abc"]
    preset, places = added(Preset(), [*entries, ShapeEntry(role="arena", name="well", shape=circle())])
    preset = reshaped(preset, {places[0]: None, places[2]: Mark(at=(1, 2)), places[3]: circle(70)})
    assert [(zone.name, zone.shape.kind, zone.colour) for zone in preset.zones] == [
        ("b", "circle", "#009E73"), ("c", "mark", "#009E73"),
    ]  # fmt: skip
    arena = preset.tracker.params.arenas[0]  # type: ignore[attr-defined]
    assert (arena.name, arena.centre) == ("well", (70, 10))
    renamed = at(preset, Place("zone", 1))
    assert renamed is not None
    preset = changed(preset, {Place("zone", 1): renamed.entry.model_copy(update={"name": "b"})})
    assert [zone.name for zone in preset.zones] == ["b", "b 2"]
    assert reshaped(preset, {Place("zone", 9): circle()}) == preset


def test_order_is_that_of_the_role() -> None:
    preset, places = added(Preset(), [ShapeEntry(name=name, shape=circle()) for name in "abc"])
    preset, now = reordered(preset, [places[0]], "front")
    assert [zone.name for zone in preset.zones] == ["b", "c", "a"]
    assert now == [Place("zone", 2)]


def test_arenas_a_tracker_cannot_have_become_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.core.stage import NoParams

    preset = replace(Preset(), tracker=StageChoice("trackers", "other", NoParams()))
    after, places = added(preset, [ShapeEntry(role="arena", name="A1", shape=circle())])
    assert places == [Place("zone", 0)]
    assert after.zones[0].name == "A1"


def test_a_line_can_only_be_a_zone() -> None:
    with pytest.raises(ValidationError, match="can only be a zone"):
        ShapeEntry(role="arena", shape=Line(points=((0, 0), (1, 1))))


def test_shapes_come_back_from_their_text() -> None:
    entries = [
        ShapeEntry(name="nest ü", shape=circle(), colour="#E69F00", opacity_01=0.5, visible=False),
        ShapeEntry(role="arena", name="A1", shape=Rectangle(centre=(1, 2), width=3, height=4)),
        ShapeEntry(shape=Line(points=((0, 0), (1, 1)))),
        ShapeEntry(role="ignore", shape=Polygon(points=((0, 0), (1, 1), (2, 0)))),
    ]
    assert parse_text(to_text(entries), "shapes.json") == (entries, [])


def test_a_shape_that_cannot_be_used_is_named_and_the_rest_is_kept() -> None:
    document = json.loads(to_text([ShapeEntry(shape=circle()), ShapeEntry(shape=circle())]))
    document["shapes"][1]["shape"]["radius"] = "wide"
    entries, problems = parse_text(json.dumps(document), "shapes.json")
    assert len(entries) == 1
    assert [problem.place for problem in problems] == ["shapes.json: shapes[1].shape.radius"]


@pytest.mark.parametrize(
    "text", ["", "nest", "[]", '{"format": "other"}', '{"format": "tracker-gui shapes", "schema_version": 9}',
             '{"format": "tracker-gui shapes", "schema_version": 1, "shapes": 3}'],
)  # fmt: skip
def test_what_is_no_file_of_shapes_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="clipboard"):
        parse_text(text, "clipboard")
