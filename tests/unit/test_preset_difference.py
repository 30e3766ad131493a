"""What a preset would change, in words, and taking only some of its steps."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.ground_plane import GroundPlane, GroundPoint
from tracker_gui.core.overlays import Overlays, OverlaySet, TextLook
from tracker_gui.core.painting import brushed
from tracker_gui.core.preset import CameraSetup, Preset, choice
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.core.rules import Rule
from tracker_gui.core.scale import Scale
from tracker_gui.core.session_plan import FrameRange, SessionPlan
from tracker_gui.core.zones import Zone
from tracker_gui.exchange.gallery import gallery
from tracker_gui.exchange.preset_difference import (
    FIELDS,
    OF_NO_PART,
    Part,
    differences,
    offered,
    take,
    take_all,
    take_settings,
)

if TYPE_CHECKING:
    from tracker_gui.exchange.preset_difference import Difference

VIDEO = choice("sources", "video_file", path="/videos/monday.mp4")
ARENA = choice("sources", "simulated", animals=3)


def blobs(**params: Any) -> Preset:
    return Preset(detector=choice("detectors", "blobs", **params))


def rows(now: Preset, there: Preset) -> list[tuple[str, str, str, str]]:
    return [(row.stage, row.setting, row.now, row.there) for row in differences(now, there)]


def only(now: Preset, there: Preset) -> Difference:
    (found,) = differences(now, there)
    return found


def circle(x: float, name: str = "") -> dict[str, Any]:
    return {"kind": "circle", "name": name, "centre": [x, 5], "radius": 4}


def kept(*shapes: dict[str, Any]) -> Preset:
    return Preset(image=(choice("image", "region_mask", keep=list(shapes)),))


def test_the_same_settings_differ_in_nothing() -> None:
    assert [entry.name for entry in gallery() if differences(entry.preset, entry.preset)] == []


def test_a_setting_is_named_with_its_unit_and_both_values() -> None:
    found = only(blobs(min_area_px2=60), blobs(min_area_px2=75.5))
    assert (found.part, found.stage, found.setting) == (Part.DETECT, "Blobs", "Smallest area, px²")
    assert (found.now, found.there) == ("60", "75.5")


def test_a_setting_without_effect_is_left_out_and_said_where_it_has_one() -> None:
    now = blobs(method="adaptive", difference=10)
    assert rows(now, blobs(method="adaptive", difference=33)) == []
    assert rows(now, blobs(method="background", difference=33, block_size_px=99)) == [
        ("Blobs", "Threshold", "adaptive", "background"),
        ("Blobs", "Difference, grey levels", "no effect", "33"),
    ]


def test_a_step_that_only_the_preset_has_is_listed_with_what_is_set_in_it() -> None:
    there = Preset(image=(choice("image", "blur", size_px=9),))
    assert rows(Preset(), there)[0] == ("Blur", "Step", "not used", "used")
    assert rows(Preset(), there)[1][2:] == ("not used", "9")
    assert rows(there, Preset()) == [("Blur", "Step", "used", "not used")]


def test_steps_in_another_order_are_a_difference_of_the_order_only() -> None:
    blur, invert = choice("image", "blur"), choice("image", "invert")
    found = only(Preset(image=(blur, invert)), Preset(image=(invert, blur)))
    assert (found.setting, found.now, found.there) == ("Order of the steps", "Blur, Invert", "Invert, Blur")


def test_the_second_of_two_equal_steps_is_compared_with_the_second() -> None:
    small, large = choice("image", "blur", size_px=3), choice("image", "blur", size_px=9)
    found = only(Preset(image=(small, small)), Preset(image=(small, large)))
    assert (found.stage, found.now, found.there) == ("Blur", "3", "9")


def test_a_step_that_is_switched_off_says_so() -> None:
    blur = choice("image", "blur")
    found = only(Preset(image=(blur,)), Preset(image=(replace(blur, enabled=False),)))
    assert (found.now, found.there) == ("used", "switched off")


def test_another_kind_of_source_is_named_with_what_is_set_in_it() -> None:
    found = rows(replace(Preset(), source=VIDEO), replace(Preset(), source=ARENA))
    assert found[0] == ("Simulated arena", "Kind", "Video file", "Simulated arena")
    assert ("Simulated arena", "Animals", "not used", "3") in found


def test_a_preset_without_a_source_leaves_the_source_alone() -> None:
    now = replace(Preset(), source=VIDEO)
    assert offered(Preset())[0] is Part.IMAGE
    assert differences(now, Preset()) == ()
    assert take(now, Preset(), set(Part)).source == VIDEO
    assert take_all(now, Preset()).source == VIDEO


def test_a_marked_part_comes_with_the_source_it_was_marked_in() -> None:
    marked = Preset(source=VIDEO, range=FrameRange(first_frame=10))
    assert only(Preset(source=VIDEO), marked).there == "10 up to the end"
    assert take_all(marked, Preset()).range == marked.range
    assert take(Preset(source=ARENA), marked, {Part.SOURCE}).range == marked.range


def test_videos_of_the_same_name_are_told_by_their_folders() -> None:
    other = choice("sources", "video_file", path="/others/monday.mp4")
    found = only(Preset(source=VIDEO), Preset(source=other))
    assert (found.now, found.there) == (str(VIDEO.params.path), str(other.params.path))  # type: ignore[attr-defined]


def test_a_password_of_a_camera_is_never_told() -> None:
    one, other = (choice("sources", "network_stream", url=f"http://lab:{word}@cam/v") for word in ("secret", "hidden"))
    found = only(Preset(source=one), Preset(source=other))
    assert found.now != found.there
    assert not any(word in found.now + found.there for word in ("secret", "hidden", "lab"))


def test_shapes_are_counted_or_named_and_told_by_their_places_where_that_is_all_that_differs() -> None:
    assert only(kept(), kept(circle(1), circle(9))).there == "2 circles"
    assert only(kept(circle(1, "nest")), kept(circle(1, "nest"), circle(9, "food"))).there == "nest, food"
    moved = only(kept(circle(1), circle(5)), kept(circle(1), circle(9)))
    assert moved.now == "circle: centre (5, 5), radius 4"
    assert moved.there == "circle: centre (9, 5), radius 4"


def test_zones_are_told_by_their_names() -> None:
    nest, moved = (Zone(name="nest", shape=circle(x)) for x in (1, 7))
    food = Zone(name="food", shape={"kind": "rectangle", "centre": (5, 5), "width": 4, "height": 2})
    assert rows(Preset(zones=(nest,)), Preset(zones=(moved, food))) == [
        ("nest", "Shape", "circle: centre (1, 5), radius 4", "circle: centre (7, 5), radius 4"),
        ("food", "Zone", "not used", "rectangle"),
    ]
    hidden = nest.model_copy(update={"visible": False})
    assert only(Preset(zones=(nest,)), Preset(zones=(hidden,))).there == "colour of the palette, opacity 0.15, hidden"


def test_painted_zones_are_told_by_where_they_are() -> None:
    one, other = (
        Preset(zones=(Zone(name="nest", shape=brushed(None, [(20, 20), (x, 20)], 6)),)) for x in (40, 60)
    )  # fmt: skip
    found = only(one, other)
    assert found.now == "painted region: one piece within (14, 14) and (47, 27)"
    assert found.there == "painted region: one piece within (14, 14) and (67, 27)"


def test_scale_and_ground_are_told_apart_from_the_zones() -> None:
    corners = (((0, 0), (0, 0)), ((100, 0), (4, 0)), ((100, 100), (4, 6)), ((0, 100), (0, 6)))
    ground = GroundPlane(points=tuple(GroundPoint(picture_px=px, ground_m=m) for px, m in corners))
    measured = Preset(scale=Scale(line=((0, 0), (0, 200)), length_mm=50), ground=ground)
    assert rows(Preset(), measured) == [
        ("Scale", "One pixel, mm", "none", "0.25"), ("Ground plane", "Points", "none", "4 points"),
    ]  # fmt: skip
    assert {found.part for found in differences(Preset(), measured)} == {Part.SCALE}
    again = replace(measured, scale=Scale(typed_mm_per_px=0.25))
    assert only(measured, again).there == "0.25 (not the same)"


def test_how_it_is_recorded_is_part_of_the_outputs() -> None:
    found = only(Preset(), Preset(recording=RecordingSettings(look="both")))
    assert (found.part, found.stage, found.now, found.there) == (Part.OUTPUTS, "Recording", "clean", "both")


def test_more_cameras_are_told_by_their_numbers() -> None:
    one, other = (CameraSetup(source=ARENA, detector=blobs(level=level).detector) for level in (7, 8))
    found = only(Preset(), Preset(more_cameras=(one,)))
    assert (found.stage, found.setting, found.now, found.there) == ("Camera 2", "Source", "not used", "Simulated arena")
    now, there = (
        Preset(more_cameras=(replace(setup, detector=blobs(method="global", level=level).detector),))
        for setup, level in ((one, 7), (other, 8))
    )
    found = only(now, there)
    assert (found.part, found.stage, found.now, found.there) == (Part.MORE_CAMERAS, "Camera 2, Blobs", "7", "8")


def test_every_field_of_a_preset_belongs_to_one_part_or_only_to_the_whole() -> None:
    listed = [*OF_NO_PART, *(name for names in FIELDS.values() for name in names)]
    assert sorted(listed) == sorted(field.name for field in fields(Preset))


def test_taking_the_settings_leaves_the_cameras() -> None:
    there = replace(blobs(level=9), source=ARENA, more_cameras=(CameraSetup(source=ARENA),))
    taken = take_settings(Preset(source=VIDEO), there)
    assert (taken.source, taken.more_cameras, taken.detector) == (VIDEO, (), there.detector)


@pytest.mark.parametrize("part", list(Part))
def test_taking_one_step_takes_that_one_and_leaves_the_others(part: Part) -> None:
    shipped = next(entry.preset for entry in gallery() if entry.name == "dish_10_animals")
    cameras = (CameraSetup(source=ARENA),)
    zones, rules = (Zone(name="nest", shape=circle(1)),), (Rule(name="door"),)
    there = replace(shipped, zones=zones, rules=rules, more_cameras=cameras)
    overlays = Overlays(screen=OverlaySet(texts=(TextLook(),)))
    there = replace(there, scale=Scale(typed_mm_per_px=0.5), session=SessionPlan(subject="M12"), overlays=overlays)
    now = Preset(
        source=VIDEO, image=(choice("image", "blur"),), detector=choice("detectors", "blobs", level=7),
        tracker=choice("trackers", "fixed_count", animals=2), outputs=(choice("sinks", "video"),),
    )  # fmt: skip
    taken = take(now, there, {part})
    assert {row.part for row in differences(now, taken)} == {part}
    assert part not in {row.part for row in differences(taken, there)}


def test_taking_all_gives_the_preset_itself() -> None:
    there = replace(blobs(level=9), name="other", source=ARENA)
    assert take_all(Preset(source=VIDEO), there) == there
