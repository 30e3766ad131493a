"""A window of the frame, processed alone, equals that part of the whole frame, for any chain of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.core.geometry import Circle, HalfPlane, Polygon, Rect
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.stage import ImageState
from tracker_gui.stages.image.adjust import Adjust, AdjustParams
from tracker_gui.stages.image.background import Background, BackgroundParams
from tracker_gui.stages.image.blur import Blur, BlurParams
from tracker_gui.stages.image.channel import Channel, ChannelParams
from tracker_gui.stages.image.crop import Crop, CropParams
from tracker_gui.stages.image.invert import Invert
from tracker_gui.stages.image.region_mask import RegionMask, RegionMaskParams
from tracker_gui.stages.image.undistort import Undistort, UndistortParams

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.stage import ImageStep
    from tracker_gui.core.types import Frame

WIDTH, HEIGHT = 61, 47

coordinates = st.floats(-20, 80, allow_nan=False)
points = st.tuples(coordinates, coordinates)
shapes = st.one_of(
    st.builds(Circle, centre=points, radius=st.floats(5, 40)),
    st.builds(Polygon, points=st.lists(points, min_size=3, max_size=6).map(tuple)),
    st.builds(HalfPlane, start=st.just((10.0, 20.0)), end=st.just((40.0, 25.5))),
)
middle = Circle(centre=(30, 20), radius=9)
step_makers: dict[str, st.SearchStrategy[ImageStep[Any]]] = {
    "adjust": st.builds(
        AdjustParams,
        brightness=st.integers(-255, 255),
        contrast=st.floats(0, 5),
        gamma=st.floats(0.1, 5),
    ).map(Adjust),
    "background": st.builds(
        BackgroundParams,
        model=st.sampled_from(["median", "mean", "min", "max", "mog2", "knn"]),
        difference=st.sampled_from(["darker", "lighter", "both"]),
        frames=st.integers(2, 5),
    ).map(Background),
    "blur": st.builds(
        BlurParams, method=st.sampled_from(["mean", "gaussian", "median"]), size_px=st.integers(1, 51)
    ).map(Blur),
    "channel": st.builds(
        ChannelParams,
        channel=st.sampled_from(ChannelParams.model_json_schema()["properties"]["channel"]["enum"]),
        tolerance=st.integers(1, 255),
    ).map(Channel),
    "crop": st.builds(
        CropParams,
        left=st.integers(0, 10),
        top=st.integers(0, 10),
        right=st.integers(0, 10),
        bottom=st.integers(0, 10),
    ).map(Crop),
    "invert": st.builds(Invert),
    "region_mask": st.builds(
        RegionMaskParams,
        keep=st.one_of(st.just(()), shapes.map(lambda shape: (shape, middle))),
        ignore=st.one_of(st.just(()), st.just((Circle(centre=(5, 5), radius=8),))),
        outside=st.sampled_from(["exclude", "black", "white", "grey"]),
    ).map(RegionMask),
    "undistort": st.builds(
        UndistortParams,
        fx=st.floats(20, 200),
        fy=st.floats(20, 200),
        k1=st.floats(-0.4, 0.4),
        p1=st.floats(-0.05, 0.05),
    ).map(Undistort),
}
any_step = st.one_of(*step_makers.values())


@st.composite
def windows(draw: st.DrawFn, domain: Rect) -> Rect:
    x0 = draw(st.integers(domain.x0, domain.x1 - 1))
    y0 = draw(st.integers(domain.y0, domain.y1 - 1))
    return Rect(x0, y0, draw(st.integers(x0 + 1, domain.x1)), draw(st.integers(y0 + 1, domain.y1)))


def noise(seed: int, colour: bool) -> U8:
    """Return blocks of random grey or colour, so that blurs and differences have something to bite on."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (HEIGHT // 4 + 1, WIDTH // 4 + 1, 3)).repeat(4, 0).repeat(4, 1)
    fine = coarse[:HEIGHT, :WIDTH] + random.integers(-20, 21, (HEIGHT, WIDTH, 3))
    picture = np.clip(fine, 0, 255).astype(np.uint8)
    return picture if colour else np.ascontiguousarray(picture[:, :, 1])


def assert_window_is_part_of_whole(
    frame: Frame, steps: tuple[ImageStep[Any], ...], data: st.DataObject, ask_colour: bool
) -> None:
    whole = Prepared(frame, steps)
    expected_whole = whole.state(colour=ask_colour)
    for _ in range(3):
        rect = data.draw(windows(whole.domain))
        expected = expected_whole.cut(rect, whole.domain)
        got = Prepared(frame, steps).state(rect, colour=ask_colour)
        np.testing.assert_array_equal(got.image_u8, expected.image_u8)
        np.testing.assert_array_equal(kept(got), kept(expected))
        assert (got.foreground_u8 is None) == (expected.foreground_u8 is None)
        if expected.foreground_u8 is not None:
            np.testing.assert_array_equal(got.foreground_u8, expected.foreground_u8)


def kept(state: ImageState) -> U8:
    """Return the keep mask in full; None means all is kept."""
    return np.full(state.image_u8.shape[:2], 255, np.uint8) if state.keep_u8 is None else state.keep_u8


@pytest.mark.parametrize("name", step_makers)
@given(data=st.data(), colour=st.booleans(), ask_colour=st.booleans(), can_seek=st.booleans())
@settings(max_examples=40, deadline=None)
def test_window_equals_part_of_whole_frame(
    name: str,
    data: st.DataObject,
    colour: bool,
    ask_colour: bool,
    can_seek: bool,
    frame_of: Callable[..., Frame],
    opened: Callable[..., tuple[ImageStep[Any], ...]],
) -> None:
    samples = [noise(seed, colour) for seed in range(5)] if can_seek else []
    steps = opened(data.draw(step_makers[name]), like=noise(0, colour), samples=samples)
    assert_window_is_part_of_whole(frame_of(noise(99, colour)), steps, data, ask_colour)


@given(data=st.data(), chain=st.lists(any_step, min_size=2, max_size=5), colour=st.booleans(), ask_colour=st.booleans())
@settings(max_examples=150, deadline=None)
def test_window_equals_part_of_whole_frame_behind_a_chain_in_any_order(
    data: st.DataObject,
    chain: list[ImageStep[Any]],
    colour: bool,
    ask_colour: bool,
    frame_of: Callable[..., Frame],
    opened: Callable[..., tuple[ImageStep[Any], ...]],
) -> None:
    steps = opened(*chain, like=noise(0, colour), samples=[noise(seed, colour) for seed in range(5)])
    assert_window_is_part_of_whole(frame_of(noise(99, colour)), steps, data, ask_colour)


@pytest.mark.parametrize("name", step_makers)
@given(data=st.data(), colour=st.booleans())
@settings(max_examples=20, deadline=None)
def test_step_leaves_its_input_as_it_was(
    name: str,
    data: st.DataObject,
    colour: bool,
    frame_of: Callable[..., Frame],
    opened: Callable[..., tuple[ImageStep[Any], ...]],
) -> None:
    image = noise(1, colour)
    (step,) = opened(data.draw(step_makers[name]), like=image, samples=[noise(seed, colour) for seed in range(3)])
    keep = np.where(noise(2, False) > 100, 255, 0).astype(np.uint8)
    given_state = ImageState(image.copy(), keep.copy(), noise(3, False))
    step.apply(given_state, Rect(0, 0, WIDTH, HEIGHT), frame_of(image))
    np.testing.assert_array_equal(given_state.image_u8, image)
    np.testing.assert_array_equal(given_state.keep_u8, keep)
    np.testing.assert_array_equal(given_state.foreground_u8, noise(3, False))


def test_asking_in_luma_and_in_colour_gives_the_same_masks_behind_a_running_background(
    frame_of: Callable[..., Frame], opened: Callable[..., tuple[ImageStep[Any], ...]]
) -> None:
    samples = [noise(seed, True) for seed in range(5)]
    steps = opened(
        RegionMask(RegionMaskParams(keep=(middle,))),
        Background(BackgroundParams(model="mog2", frames=5)),
        like=samples[0],
        samples=samples,
    )
    prepared = Prepared(frame_of(noise(99, True)), steps)
    in_luma, in_colour = prepared.state(), prepared.state(colour=True)
    np.testing.assert_array_equal(in_luma.foreground_u8, in_colour.foreground_u8)
    np.testing.assert_array_equal(kept(in_luma), kept(in_colour))
    assert not kept(in_colour).all()
