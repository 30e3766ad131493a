from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import choice
from tracker_gui.core.stage import DetectorContext, SearchHint
from tracker_gui.core.types import Frame
from tracker_gui.stages.detectors.blobs import Blobs, BlobsParams

SIZE_PX = (320, 240)


def blank(level: int = 200) -> np.ndarray:
    return np.full((SIZE_PX[1], SIZE_PX[0]), level, np.uint8)


def disc(picture: np.ndarray, x: int, y: int, radius: int, level: int = 40) -> np.ndarray:
    cv2.circle(picture, (x, y), radius, (level,), -1)
    return picture


def prepared(picture: np.ndarray, steps: tuple[Any, ...] = ()) -> Prepared:
    return Prepared(Frame(0, 0.0, None, "test", 0, ArrayPicture(picture)), steps)


def detector(merge_up_to: int = 1, has_foreground: bool = False, **params: Any) -> Blobs:
    made = Blobs(BlobsParams(**params))
    made.open(DetectorContext(SIZE_PX, merge_up_to, has_foreground))
    return made


@pytest.mark.parametrize("method", ["adaptive", "global"])
def test_a_dark_disc_is_found_at_its_centre(method: str) -> None:
    found = detector(method=method).step(prepared(disc(blank(), 100, 80, 12)))
    assert found.xy_px.round(3).tolist() == [[100.0, 80.0]]
    # The outline runs through the centres of the border pixels, as OpenCV has it: half a pixel inside.
    assert found.area_px2[0] == pytest.approx(np.pi * 11.5**2, rel=0.05)


def test_a_light_disc_is_found_when_animals_are_lighter() -> None:
    picture = disc(blank(60), 200, 100, 10, level=220)
    assert len(detector(method="global", level=140, polarity="lighter").step(prepared(picture))) == 1
    assert len(detector(method="global", level=40, polarity="darker").step(prepared(picture))) == 0
    assert detector(polarity="lighter").step(prepared(picture)).xy_px.round().tolist() == [[200, 100]]


def test_area_limits_are_exclusive_as_in_tracktorlive() -> None:
    picture = disc(blank(), 100, 80, 12)
    area = detector(method="global").step(prepared(picture)).area_px2[0]
    assert len(detector(method="global", min_area_px2=area).step(prepared(picture))) == 0
    assert len(detector(method="global", max_area_px2=area).step(prepared(picture))) == 0
    assert len(detector(method="global", min_area_px2=area - 1, max_area_px2=area + 1).step(prepared(picture))) == 1


def test_an_animal_within_its_dishs_wall_is_found() -> None:
    picture = blank()
    cv2.circle(picture, (160, 120), 110, (30,), 6)
    disc(picture, 150, 110, 9)
    found = detector(method="global", max_area_px2=2000).step(prepared(picture))
    assert found.xy_px.round().tolist() == [[150, 110]]


def test_a_hole_counts_only_when_holes_are_filled() -> None:
    picture = disc(blank(), 100, 80, 20)
    disc(picture, 100, 80, 10, level=200)
    solid = detector(method="global").step(prepared(picture)).area_px2[0]
    ring = detector(method="global", fill_holes=False).step(prepared(picture)).area_px2[0]
    assert solid == pytest.approx(np.pi * 20**2, rel=0.05)
    assert ring == pytest.approx(np.pi * (20**2 - 10**2), rel=0.12)


def test_the_angle_is_that_of_the_long_axis() -> None:
    picture = blank()
    cv2.ellipse(picture, (160, 120), (30, 8), 35, 0, 360, (40,), -1)
    found = detector(method="global").step(prepared(picture))
    assert np.degrees(found.angle_rad[0]) == pytest.approx(35, abs=1)


def test_opening_removes_a_hair_and_closing_joins_parts() -> None:
    picture = disc(blank(), 100, 80, 12)
    cv2.line(picture, (100, 80), (160, 80), (40,), 2)
    hairless = detector(method="global", open_px=7).step(prepared(picture))
    assert hairless.box_xyxy_px[0, 2] < 120
    split = disc(disc(blank(), 100, 80, 9), 122, 80, 9)
    assert len(detector(method="global").step(prepared(split))) == 2
    assert len(detector(method="global", close_px=9).step(prepared(split))) == 1


def test_background_method_without_a_background_says_what_to_add() -> None:
    with pytest.raises(SettingsError, match="Add the step 'Background'"):
        detector(method="background")


def test_a_reversed_area_range_is_refused_with_both_values() -> None:
    with pytest.raises(SettingsError, match=r"smallest area \(500 px²\) must be below the largest \(100 px²\)"):
        choice("detectors", "blobs", min_area_px2=500, max_area_px2=100)


def test_blobs_of_several_animals_are_handed_over_only_to_a_tracker_that_splits() -> None:
    picture = disc(disc(blank(), 100, 80, 12), 118, 80, 12)
    alone = detector(method="global", max_area_px2=600).step(prepared(picture))
    shared = detector(merge_up_to=2, method="global", max_area_px2=600).step(prepared(picture))
    assert len(alone) == 0
    assert shared.oversize.tolist() == [True]


def test_each_rejected_blob_has_its_reason() -> None:
    picture = disc(disc(blank(), 60, 60, 4), 200, 120, 40)
    cv2.ellipse(picture, (100, 170), (40, 40), 0, 0, 270, (40,), 3)
    found = detector(method="global", min_area_px2=100, max_area_px2=1500).step(prepared(picture), explain=True)
    assert found.explanation is not None
    reasons = sorted(reason.split(":")[0] for reason in found.explanation.rejected_reason)
    assert reasons == ["hollow", "too large", "too small"]
    assert found.explanation.mask_u8 is not None
    assert found.explanation.mask_u8.shape == (240, 320)


def test_regions_to_ignore_hide_what_is_in_them() -> None:
    region = choice("image", "region_mask", keep=({"kind": "circle", "centre": (100, 80), "radius": 40},)).make()
    from tracker_gui.core.stage import ImageContext

    region.open(ImageContext(SIZE_PX, lambda n: []))
    picture = disc(disc(blank(), 100, 80, 12), 220, 150, 12)
    found = detector(method="global").step(prepared(picture, (region,)))
    assert found.xy_px.round().tolist() == [[100, 80]]


def scene(seed: int) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Return a noisy picture with animals, a wall and rubbish, and where the animals are."""
    random = np.random.default_rng(seed)
    picture = random.integers(170, 215, (SIZE_PX[1], SIZE_PX[0])).astype(np.uint8)
    if random.random() < 0.7:
        centre = random.integers(80, 240), random.integers(60, 180)
        cv2.ellipse(picture, centre, (90, 70), 0, 0, int(random.integers(60, 361)), (40,), int(random.integers(1, 9)))
    for _ in range(int(random.integers(0, 6))):
        start, end = random.integers(0, 240, 2), random.integers(0, 240, 2)
        cv2.line(picture, start.tolist(), end.tolist(), (50,), int(random.integers(1, 7)))
    places = []
    for _ in range(int(random.integers(1, 5))):
        x, y = int(random.integers(5, SIZE_PX[0] - 5)), int(random.integers(5, SIZE_PX[1] - 5))
        cv2.ellipse(picture, (x, y), (int(random.integers(6, 16)), 6), int(random.integers(0, 180)), 0, 360, (40,), -1)
        places.append((x + random.uniform(-3, 3), y + random.uniform(-3, 3)))
    return picture, places


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    method=st.sampled_from(["adaptive", "global"]),
    block=st.sampled_from([3, 25, 51]),
    opening=st.sampled_from([0, 3]),
    closing=st.sampled_from([0, 5]),
    filled=st.booleans(),
    merge=st.sampled_from([1, 3]),
    reach=st.floats(5, 40),
)
def test_windows_find_what_the_whole_frame_finds_within_reach(
    seed: int, method: str, block: int, opening: int, closing: int, filled: bool, merge: int, reach: float
) -> None:
    picture, places = scene(seed)
    made = detector(
        merge, method=method, block_size_px=block, open_px=opening, close_px=closing, fill_holes=filled,
        min_area_px2=30, max_area_px2=700,
    )  # fmt: skip
    hint = SearchHint(np.array(places), np.full(len(places), reach))
    whole, near = made.step(prepared(picture)), made.step(prepared(picture), hint)
    assert rows_in_reach(whole, hint) == rows_in_reach(near, hint)


def rows_in_reach(found: Any, hint: SearchHint) -> list[tuple[float, ...]]:
    distance = np.linalg.norm(found.xy_px[:, None] - hint.centre_px[None], axis=2)
    within = (distance <= hint.reach_px[None]).any(axis=1)
    return [(*found.xy_px[i], found.area_px2[i], found.angle_rad[i], found.oversize[i]) for i in np.flatnonzero(within)]


def test_windows_are_used_when_animals_are_known() -> None:
    picture = disc(blank(), 100, 80, 8)
    hint = SearchHint(np.array([[101.0, 79.0]]), np.array([10.0]))
    found = detector(block_size_px=25, max_area_px2=300).step(prepared(picture), hint)
    assert found.searched is not None
    assert sum(window.area_px2 for window in found.searched) < 0.25 * SIZE_PX[0] * SIZE_PX[1]
    assert len(found) == 1
