"""One click on an animal gives settings by which the real detector finds it and its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from tracker_gui.analysis.propose_blobs import BlobProposal, propose_blobs
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.stage import DetectorContext, ImageState
from tracker_gui.core.types import Detections, Frame
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene
from tracker_gui.stages.detectors.blobs import Blobs, BlobsParams

if TYPE_CHECKING:
    from pathlib import Path

# Where the animal is in frame 100, seen by eye, and in how many of 40 frames it must be found. The masked ant
# walks along the edge of the mask and is one blob with it at times.
VIDEOS = [("ant", (340, 262), 40), ("masked_ant", (340, 262), 32), ("mouse_video", (243, 255), 40)]
CLICKED = 100


class Plain:
    """A step of the image chain that hands on what is given, with a foreground."""

    margin_px, needs_colour, makes_foreground = 0, False, True

    def __init__(self, state: ImageState) -> None:
        self._state = state

    def domain(self, rect: Any) -> Any:
        return rect

    def apply(self, state: ImageState, rect: Any, frame: Frame) -> ImageState:
        y, x = slice(rect.y0, rect.y1), slice(rect.x0, rect.x1)
        foreground = self._state.foreground_u8
        return ImageState(state.image_u8, None, None if foreground is None else foreground[y, x])


def find(proposal: BlobProposal, state: ImageState) -> Detections:
    """Return what the detector finds by the proposed settings."""
    height, width = state.image_u8.shape
    detector = Blobs(BlobsParams(**proposal.settings))
    detector.open(DetectorContext((width, height), has_foreground=state.foreground_u8 is not None))
    frame = Frame(0, 0.0, None, "test", 0, ArrayPicture(state.image_u8))
    return detector.step(Prepared(frame, (Plain(state),)))  # type: ignore[arg-type]


def scene(lighter: bool, **changes: Any) -> tuple[ImageState, Any]:
    """Return a picture of a dish, and where its animals are."""
    arena = Arena(ArenaScene(**{"seed": 3, "crossings_per_min": 0, "animals": 4, **changes}))
    picture = arena.picture(20)
    truth = arena.truth(20)
    assert not truth.overlaps
    return ImageState(np.asarray(255 - picture if lighter else picture, np.uint8)), truth.xy_px


@pytest.mark.parametrize("method", ["adaptive", "global"])
@pytest.mark.parametrize("lighter", [False, True])
@pytest.mark.parametrize("length_px", [14, 30, 80])
def test_a_click_on_one_animal_finds_all_of_them(method: Any, lighter: bool, length_px: int) -> None:
    state, places = scene(lighter, body_length_px=length_px, noise_levels=3)
    for place in places:
        proposal = propose_blobs(state, tuple(place), method)
        assert proposal is not None
        assert proposal.polarity == ("lighter" if lighter else "darker")
        assert proposal.settings["method"] == method
        assert proposal.settings["min_area_px2"] < proposal.area_px2 < proposal.settings["max_area_px2"]
        found = find(proposal, state).xy_px
        for truth in places:
            assert np.hypot(*(found - truth).T).min() < length_px / 5
        if method == "adaptive":
            assert len(found) == len(places)


def test_the_proposed_area_is_the_one_the_detector_measures() -> None:
    state, places = scene(False)
    proposal = propose_blobs(state, tuple(places[0]))
    assert proposal is not None
    nearest = int(np.hypot(*(find(proposal, state).xy_px - places[0]).T).argmin())
    assert find(proposal, state).area_px2[nearest] == pytest.approx(proposal.area_px2)
    assert f"{proposal.area_px2:.0f} px²" in proposal.words


def test_uneven_light_and_noise_do_not_hide_the_animals() -> None:
    state, places = scene(False, noise_levels=8, unevenness_percent=50)
    proposal = propose_blobs(state, tuple(places[0]))
    assert proposal is not None
    assert len(find(proposal, state)) == len(places)


def test_a_background_is_compared_with_where_there_is_one() -> None:
    state, places = scene(False)
    empty = np.asarray(cv2.medianBlur(state.image_u8, 61), np.uint8)
    with_ground = ImageState(state.image_u8, None, np.asarray(cv2.absdiff(state.image_u8, empty), np.uint8))
    proposal = propose_blobs(with_ground, tuple(places[0]), "background")
    assert proposal is not None
    assert proposal.settings["method"] == "background"
    assert "polarity" not in proposal.settings
    found = find(proposal, with_ground).xy_px
    assert all(np.hypot(*(found - place).T).min() < 6 for place in places)
    without = propose_blobs(state, tuple(places[0]), "background")
    assert without is not None
    assert without.settings["method"] == "adaptive"


def test_a_click_beside_a_thin_animal_still_means_it() -> None:
    picture = np.full((200, 200), 200, np.uint8)
    cv2.line(picture, (60, 100), (100, 100), (60,), 3)
    proposal = propose_blobs(ImageState(picture), (80.0, 103.6))
    assert proposal is not None
    assert cv2.boundingRect(proposal.outline_px)[:2] == pytest.approx((60, 99), abs=2)


def test_the_animal_is_meant_and_not_the_dish_around_it() -> None:
    picture = np.zeros((300, 300), np.uint8)
    cv2.circle(picture, (150, 150), 70, (150,), -1)
    cv2.circle(picture, (150, 110), 8, (70,), -1)
    proposal = propose_blobs(ImageState(picture), (150.0, 110.0))
    assert proposal is not None
    assert proposal.polarity == "darker"
    assert proposal.area_px2 == pytest.approx(np.pi * 64, rel=0.25)


@pytest.mark.parametrize("noise", [0, 6])
def test_the_ground_is_no_animal(noise: int) -> None:
    picture = np.full((200, 200), 120, np.float64)
    picture += np.random.default_rng(1).normal(0, noise, picture.shape)
    state = ImageState(picture.clip(0, 255).astype(np.uint8))
    clicks = [(x, y) for x in range(20, 200, 40) for y in range(20, 200, 40)]
    assert [propose_blobs(state, click) for click in clicks] == [None] * len(clicks)


def test_a_patch_of_light_is_no_animal() -> None:
    rows, columns = np.mgrid[:400, :400]
    picture = 40 + 160 * np.exp(-((rows - 200.0) ** 2 + (columns - 200.0) ** 2) / (2 * 60.0**2))
    assert propose_blobs(ImageState(picture.astype(np.uint8)), (200, 200)) is None


def test_what_is_left_out_or_outside_is_no_animal() -> None:
    picture = np.full((100, 100), 200, np.uint8)
    cv2.circle(picture, (30, 30), 8, (40,), -1)
    keep = np.full_like(picture, 255)
    assert propose_blobs(ImageState(picture, keep), (30, 30)) is not None
    keep[:60, :60] = 0
    assert propose_blobs(ImageState(picture, keep), (30, 30)) is None
    assert propose_blobs(ImageState(picture), (-5, 30)) is None
    assert propose_blobs(ImageState(picture), (30, 100)) is None


@pytest.mark.real_media
@pytest.mark.parametrize(("video", "at", "least"), VIDEOS)
def test_a_click_in_a_real_video_finds_the_animal_in_the_frames_that_follow(
    shared: Path, video: str, at: tuple[int, int], least: int
) -> None:
    capture = cv2.VideoCapture(str(shared / "media" / "animals" / f"{video}.mp4"))
    proposal, place, found, frames = None, np.array(at, np.float64), 0, 0
    try:
        for index in range(CLICKED + 200):
            picture = cv2.cvtColor(capture.read()[1], cv2.COLOR_BGR2GRAY)
            if index < CLICKED or index % 5:
                continue
            state = ImageState(np.asarray(picture, np.uint8))
            if proposal is None:
                proposal = propose_blobs(state, at)
                assert proposal is not None
                assert proposal.polarity == "darker"
            seen = find(proposal, state).xy_px
            frames += 1
            if len(seen):
                apart = np.hypot(*(seen - place).T)
                if apart.min() < 80:
                    found += 1
                    place = seen[int(apart.argmin())]
    finally:
        capture.release()
    assert frames == 40
    assert found >= least


@pytest.mark.real_media
@pytest.mark.parametrize("video", ["ant", "mouse_video"])
def test_a_click_on_the_ground_of_a_real_video_proposes_nothing(shared: Path, video: str) -> None:
    capture = cv2.VideoCapture(str(shared / "media" / "animals" / f"{video}.mp4"))
    try:
        for _ in range(CLICKED + 1):
            picture = capture.read()[1]
    finally:
        capture.release()
    state = ImageState(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))
    assert [propose_blobs(state, (x, y)) for x in (400, 440, 470) for y in (200, 250, 300)] == [None] * 9
