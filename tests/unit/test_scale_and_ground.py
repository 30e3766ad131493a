"""How large a pixel is, and where on the ground."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tracker_gui.core.geometry import Line, Mark
from tracker_gui.core.ground_plane import GroundPlane, GroundPoint
from tracker_gui.core.painting import brushed
from tracker_gui.core.preset import CameraSetup, Preset, parse, to_document
from tracker_gui.core.scale import Scale
from tracker_gui.core.zones import Zone

#: A camera 6 m above the ground that looks down at an angle; from metres to pixels.
CAMERA = np.array([[120.0, 40.0, 300.0], [5.0, 20.0, 400.0], [0.01, 0.09, 1.0]])


def seen(x: float, y: float) -> tuple[float, float]:
    u, v, w = CAMERA @ (x, y, 1.0)
    return u / w, v / w


def plane(places: list[tuple[float, float]], off_px: float = 0.0) -> GroundPlane:
    luck = np.random.default_rng(3)
    made = []
    for x, y in places:
        u, v = seen(x, y)
        du, dv = luck.normal(0, off_px, 2) if off_px else (0, 0)
        made.append(GroundPoint(picture_px=(u + du, v + dv), ground_m=(x, y)))
    return GroundPlane(points=tuple(made))


SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 6.0), (0.0, 6.0)]


def test_a_line_of_known_length_gives_the_scale_and_is_kept() -> None:
    scale = Scale(line=((0, 0), (30, 40)), length_mm=100)
    assert scale.mm_per_px == 2.0
    assert Scale.model_validate_json(scale.model_dump_json()) == scale


def test_a_typed_scale_is_what_was_typed() -> None:
    assert Scale(typed_mm_per_px=0.25).mm_per_px == 0.25


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "needs a line"), ({"length_mm": 3}, "needs a line"), ({"line": ((0, 0), (9, 9))}, "needs a line"),
        ({"line": ((5, 5), (5, 5)), "length_mm": 3}, "apart"),
        ({"typed_mm_per_px": 1, "length_mm": 3}, "not both"), ({"typed_mm_per_px": 0}, "greater than 0"),
    ],
)  # fmt: skip
def test_half_a_scale_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Scale(**fields)


@given(st.lists(st.tuples(st.floats(-2, 6), st.floats(-2, 10)), min_size=1, max_size=9))
@settings(deadline=None, max_examples=50)
def test_four_points_give_the_place_of_every_pixel(places: list[tuple[float, float]]) -> None:
    ground = plane(SQUARE)
    pixels = np.array([seen(*place) for place in places])
    assert ground.on_ground(pixels).all()
    assert np.allclose(ground.to_ground_m(pixels), places, atol=1e-5)
    assert np.allclose(ground.to_picture_px(np.array(places)), pixels, atol=1e-3)
    assert ground.reprojection_error_px < 1e-3


def test_more_points_than_four_show_how_well_they_agree() -> None:
    places = [(x, y) for x in (0.0, 2.0, 4.0) for y in (0.0, 3.0, 6.0)]
    assert plane(places).reprojection_error_px < 1e-3
    ground = plane(places, off_px=2.0)
    assert 0.5 < ground.reprojection_error_px < 4.0
    assert ground.errors_px.shape == (9,)
    wrong = ground.points[4].model_copy(update={"ground_m": (3.0, 3.0)})
    spoilt = GroundPlane(points=(*ground.points[:4], wrong, *ground.points[5:]))
    assert int(spoilt.errors_px.argmax()) == 4


def test_what_is_above_the_horizon_is_not_on_the_ground() -> None:
    ground = plane(SQUARE)
    near, far = np.array(seen(2, 5)), np.array(seen(2, 1e7))
    beyond = far + (far - near) * 0.5
    assert ground.on_ground(np.array([near, beyond])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("pixels", "problem"),
    [
        ([(0, 0), (10, 10), (20, 20), (30, 0)], "in the picture of which no three"),
        ([(0, 0), (0, 0), (20, 20), (30, 0)], "in the picture of which no three"),
        ([(0, 0), (100, 0), (0, 100), (100, 100)], "check the order"),
        ([(0, 0), (100, 0), (100, 100)], "at least 4 points, got 3"),
    ],
)
def test_points_that_span_no_plane_are_refused(pixels: list[tuple[float, float]], problem: str) -> None:
    ground = SQUARE[: len(pixels)]
    points = [GroundPoint(picture_px=a, ground_m=b) for a, b in zip(pixels, ground, strict=True)]
    with pytest.raises(ValidationError, match=problem):
        GroundPlane(points=tuple(points))


def calibrated() -> Preset:
    zones = (
        Zone(name="door", shape=Line(points=((0, 0), (9, 9), (20, 9)))),
        Zone(name="feeder", shape=Mark(at=(4.5, 3))),
        Zone(name="nest", shape=brushed(None, [(10, 10), (30, 10)], 6), colour="#009E73", opacity_01=0.4),
    )
    second = CameraSetup(scale=Scale(typed_mm_per_px=0.5), zones=zones)
    return Preset(
        zones=zones, scale=Scale(line=((1, 2), (3, 4)), length_mm=10), ground=plane(SQUARE), more_cameras=(second,)
    )


def test_scale_ground_and_every_kind_of_zone_come_back_from_the_document() -> None:
    preset = calibrated()
    assert parse(to_document(preset), "p.json") == (preset, [])


def test_a_scale_or_ground_that_cannot_be_used_is_named_and_the_rest_is_kept() -> None:
    preset = calibrated()
    document = to_document(preset)
    document["scale"]["length_mm"] = -3
    document["ground"]["points"][2]["ground_m"] = ["far", 2]
    document["more_cameras"][0]["scale"] = {"line": None}
    document["more_cameras"][0]["ground"] = 7
    document["zones"][0]["shape"]["points"] = [[1, 1], [1, 1]]
    again, problems = parse(document, "p.json")
    assert {problem.place: problem.problem for problem in problems} == {
        "p.json: scale.length_mm": "should be greater than 0, got -3",
        "p.json: ground.points[2].ground_m[0]": "should be a valid number, unable to parse string as a number, "
        'got "far"',
        "p.json: more_cameras[0].scale": "needs a line and its length_mm, or typed_mm_per_px",
        "p.json: more_cameras[0].ground": "should be a valid dictionary or instance of GroundPlane, got 7",
        "p.json: zones[0].shape": "needs two different points, else it has no length",
    }
    lost = {"scale": None, "ground": None, "zones": preset.zones[1:]}
    assert again == replace(preset, **lost, more_cameras=(replace(preset.more_cameras[0], scale=None, ground=None),))


def test_lines_and_points_are_no_regions() -> None:
    document = to_document(Preset())
    document["tracker"]["params"]["arenas"] = [Line(points=((0, 0), (1, 1))).model_dump()]
    _, problems = parse(document, "p.json")
    assert [problem.place for problem in problems] == ["p.json: tracker.params.arenas[0]"]
    assert "must be of a kind out of" in problems[0].problem


def test_nothing_lies_inside_a_line_or_a_point() -> None:
    xy = np.array([[0.0, 0.0], [5.0, 5.0]])
    for shape in (Line(points=((0, 0), (10, 10))), Mark(at=(5, 5))):
        assert shape.contains(xy).tolist() == [False, False]
        assert not shape.mask((12, 12)).any()
    assert math.isclose(Scale(line=((0, 0), (3, 4)), length_mm=5).mm_per_px, 1)
