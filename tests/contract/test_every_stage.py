"""What every stage promises to the form, the preset, the command line and the engine, whatever it does."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tracker_gui.core import registry
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.geometry import Circle, HalfPlane, Polygon, Rect
from tracker_gui.core.params import Kind, Params, SettingInfo, describe
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.stage import ImageContext
from tracker_gui.core.types import Frame

if TYPE_CHECKING:
    from tracker_gui.core.registry import StageName

STAGES = registry.all_names()
IMAGE_STEPS = [stage for stage in STAGES if stage.kind == "image"]
HEAVY = ("torch", "torchvision", "ultralytics", "lancedb", "onnxruntime", "PySide6", "pyqtgraph")
UNIT_IN_NAME = re.compile(r"_(px2?|s|ms|mm|hz|deg|rad|mb)(_|$)")
QUANTITY = re.compile(r"\b(pixels|px|seconds|milliseconds|degrees|millimetres|per second)\b")
SIZE_PX = (43, 37)

every_stage = pytest.mark.parametrize("stage", STAGES, ids=str)
every_setting = pytest.mark.parametrize(
    "info",
    [
        pytest.param(info, id=f"{stage}.{info.name}")
        for stage in STAGES
        for info in describe(registry.load(stage.kind, stage.name).Params)
    ],
)
every_number = pytest.mark.parametrize(
    "info",
    [
        pytest.param(info, id=f"{stage}.{info.name}")
        for stage in STAGES
        for info in describe(registry.load(stage.kind, stage.name).Params)
        if info.kind in (Kind.INT, Kind.FLOAT)
    ],
)


def class_of(stage: StageName) -> Any:
    return registry.load(stage.kind, stage.name)


corners = st.tuples(st.floats(-10, 60), st.floats(-10, 60))
shapes = st.one_of(
    st.builds(Circle, centre=corners, radius=st.floats(1, 50)),
    st.builds(Polygon, points=st.lists(corners, min_size=3, max_size=5).map(tuple)),
    st.tuples(corners, corners).filter(lambda p: p[0] != p[1]).map(lambda p: HalfPlane(start=p[0], end=p[1])),
)


def values_of(info: SettingInfo) -> st.SearchStrategy[Any]:
    """Return what a person could set the control to: often the default or near the lower end."""
    own = st.just(info.default)
    if info.kind is Kind.BOOL:
        return st.booleans()
    if info.kind is Kind.CHOICE:
        return st.sampled_from(info.choices)
    if info.kind is Kind.SHAPES:
        return st.lists(shapes, max_size=3).map(tuple)
    if info.kind in (Kind.INT, Kind.FLOAT):
        low, high, step = info.lower, info.upper, info.step
        assert low is not None
        assert high is not None
        assert step is not None
        if info.kind is Kind.INT:
            few = st.integers(0, 8).map(lambda k: min(int(high), int(low) + k * int(step)))
            return st.one_of(own, few, st.integers(int(low), int(high)))
        return st.one_of(own, st.floats(low, high, allow_nan=False))
    return own


@st.composite
def params_of(draw: st.DrawFn, kind: type[Params]) -> Params:
    values = {info.name: draw(values_of(info)) for info in describe(kind)}
    try:
        return kind(**values)
    except ValidationError:
        assume(False)  # a rule between two settings, such as smallest below largest
        raise


@every_stage
def test_stage_has_a_title_and_says_what_it_is_for(stage: StageName) -> None:
    made = class_of(stage)
    assert made.title[0].isupper()
    assert not made.title.endswith(".")
    assert made.about.endswith(".")
    assert made.__doc__


def test_titles_are_told_apart_within_a_kind() -> None:
    titles = [(stage.kind, class_of(stage).title) for stage in STAGES]
    assert len(set(titles)) == len(titles)


@every_stage
def test_settings_are_told_apart_in_the_form(stage: StageName) -> None:
    titles = [info.title for info in describe(class_of(stage).Params)]
    assert len(set(titles)) == len(titles)


@every_stage
def test_params_declares_every_field_as_a_setting_of_its_own(stage: StageName) -> None:
    params = class_of(stage).Params
    assert issubclass(params, Params)
    for name, field in params.model_fields.items():
        assert field.title, f"{name} has no title"
        assert field.description, f"{name} has no description"


@every_setting
def test_setting_is_described_in_a_sentence(info: SettingInfo) -> None:
    assert len(info.description) > len(info.title), "it says no more than the title"
    assert info.description.endswith(".")
    assert not info.title.endswith((".", ":"))


@every_number
def test_number_has_a_range_and_a_step_that_its_control_can_show(info: SettingInfo) -> None:
    assert info.lower is not None
    assert info.upper is not None
    assert info.step is not None
    assert math.isfinite(info.lower)
    assert math.isfinite(info.upper)
    assert 0 < info.step <= info.upper - info.lower
    if info.kind is Kind.INT:
        assert info.step == int(info.step)
    if info.default is not None:
        assert info.lower <= info.default <= info.upper


@every_number
def test_number_without_a_unit_is_a_pure_number(info: SettingInfo) -> None:
    if info.unit:
        return
    assert not UNIT_IN_NAME.search(info.name), "its name has a unit but the form would show none"
    assert not QUANTITY.search(info.description), "its description speaks of a unit but the form would show none"


@every_stage
def test_defaults_are_valid(stage: StageName) -> None:
    params = class_of(stage).Params
    assert params.model_validate(params().model_dump()) == params()


@every_stage
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_any_settings_survive_json(stage: StageName, data: st.DataObject) -> None:
    params = data.draw(params_of(class_of(stage).Params))
    assert type(params).model_validate(json.loads(params.model_dump_json())) == params


@every_stage
def test_unknown_setting_is_refused(stage: StageName) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        class_of(stage).Params(there_is_no_such_setting=1)


@every_stage
def test_schema_lists_every_setting_with_title_and_description(stage: StageName) -> None:
    params = class_of(stage).Params
    properties = params.model_json_schema().get("properties", {})
    json.dumps(properties)
    assert list(properties) == [info.name for info in describe(params)]
    for info in describe(params):
        assert properties[info.name]["title"] == info.title
        assert properties[info.name]["description"] == info.description


@every_stage
@pytest.mark.usefixtures("no_leaks")
def test_closing_twice_without_opening_is_harmless(stage: StageName) -> None:
    made = class_of(stage)()
    made.close()
    made.close()


@every_stage
def test_stage_keeps_the_params_it_is_made_with(stage: StageName) -> None:
    made = class_of(stage)
    params = made.Params()
    assert made(params).params is params
    assert made().params == params


def test_importing_every_stage_pulls_in_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from tracker_gui.core import registry\n"
        "for stage in registry.all_names():\n"
        "    registry.load(stage.kind, stage.name)()\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def picture(seed: int, colour: bool) -> np.ndarray:
    width, height = SIZE_PX
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (height, width, 3) if colour else (height, width), np.uint8)


def frame_of(image: np.ndarray, index: int = 0) -> Frame:
    return Frame(index, index / 30, None, "contract", 0, ArrayPicture(image))


@pytest.mark.parametrize("stage", IMAGE_STEPS, ids=str)
@pytest.mark.parametrize("can_seek", [True, False], ids=["sampled", "live"])
@given(data=st.data(), colour=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_image_step_gives_in_any_window_what_it_gives_in_the_whole_frame(
    stage: StageName, can_seek: bool, data: st.DataObject, colour: bool
) -> None:
    step = class_of(stage)(data.draw(params_of(class_of(stage).Params)))
    samples = [picture(seed, colour) for seed in range(4)] if can_seek else []
    try:
        step.open(ImageContext(SIZE_PX, lambda n: samples[:n], Path()))
        whole = Prepared(frame_of(picture(9, colour)), (step,))
    except TrackerError:
        assume(False)  # settings that do not fit this small picture
    domain = whole.domain
    x0 = data.draw(st.integers(domain.x0, domain.x1 - 1))
    y0 = data.draw(st.integers(domain.y0, domain.y1 - 1))
    rect = Rect(x0, y0, data.draw(st.integers(x0 + 1, domain.x1)), data.draw(st.integers(y0 + 1, domain.y1)))
    expected = whole.state(colour=colour).cut(rect, domain)
    got = Prepared(whole.frame, (step,)).state(rect, colour=colour)
    np.testing.assert_array_equal(got.image_u8, expected.image_u8)
    keep_all = np.full((rect.height, rect.width), 255, np.uint8)
    np.testing.assert_array_equal(
        keep_all if got.keep_u8 is None else got.keep_u8, keep_all if expected.keep_u8 is None else expected.keep_u8
    )
    assert (got.foreground_u8 is None) == (expected.foreground_u8 is None)
    if expected.foreground_u8 is not None:
        np.testing.assert_array_equal(got.foreground_u8, expected.foreground_u8)


@pytest.mark.parametrize("stage", IMAGE_STEPS, ids=str)
@given(data=st.data(), colour=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_image_step_keeps_size_and_type(stage: StageName, data: st.DataObject, colour: bool) -> None:
    step = class_of(stage)(data.draw(params_of(class_of(stage).Params)))
    try:
        step.open(ImageContext(SIZE_PX, lambda n: [picture(1, colour)] * min(n, 3), Path()))
        prepared = Prepared(frame_of(picture(9, colour)), (step,))
    except TrackerError:
        assume(False)
    state = prepared.state(colour=colour)
    shape = (prepared.domain.height, prepared.domain.width)
    assert state.image_u8.shape == ((*shape, 3) if colour else shape)
    assert state.image_u8.dtype == np.uint8
    for mask in (state.keep_u8, state.foreground_u8):
        assert mask is None or (mask.shape == shape and mask.dtype == np.uint8)
