"""What settings find on frames spread over a source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.types import Detections
from tracker_gui.engine.pipeline import opened_pipeline
from tracker_gui.engine.sampled_finds import Finds, SampledFinds, Verdict, find_on_samples, tally
from tracker_gui.engine.sampling import Sampler


def small_scene(**changes: Any) -> Any:
    scene = {
        "animals": 2, "duration_s": 2.0, "width_px": 160, "height_px": 120, "body_length_px": 14, "rate_hz": 30,
        "seed": 3,
    }  # fmt: skip
    return choice("sources", "simulated", **{**scene, **changes})


def small_preset(animals: int = 2) -> Preset:
    wall = {"kind": "circle", "centre": [79.5, 59.5], "radius": 53}
    return Preset(
        source=small_scene(),
        image=(choice("image", "region_mask", keep=[wall]),),
        detector=choice("detectors", "blobs", block_size_px=31, offset=18, min_area_px2=15, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=animals),
    )


def finds(alone: int, joint: int = 0, wanted: int | None = 3, merge_up_to: int = 1) -> Finds:
    n = alone + joint
    oversize = np.array([False] * alone + [True] * joint, dtype=np.bool_)
    nothing = np.zeros(n)
    detections = Detections(
        np.zeros((n, 2)), np.zeros((n, 4)), nothing, nothing, nothing, np.zeros(n, np.int32), oversize
    )
    return Finds(detections, wanted, merge_up_to)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (finds(3), Verdict.RIGHT),
        (finds(2), Verdict.TOO_FEW),
        (finds(4), Verdict.TOO_MANY),
        (finds(1, joint=1, merge_up_to=3), Verdict.RIGHT),
        (finds(0, joint=1, merge_up_to=3), Verdict.RIGHT),
        (finds(2, joint=1, merge_up_to=3), Verdict.TOO_MANY),
        (finds(5, wanted=None), Verdict.UNJUDGED),
    ],
)
def test_the_count_is_judged_by_the_animals_that_there_are(found: Finds, verdict: Verdict) -> None:
    assert found.verdict is verdict


def test_the_tally_says_on_how_many_frames_it_is_right() -> None:
    counted = tally([finds(3), finds(3), finds(1), finds(4)])
    assert counted.words == "Right on 2 of 4 frames; too few on 1, too many on 1"


def test_the_same_is_found_as_by_tracking_the_frame() -> None:
    preset = small_preset()
    assert preset.source is not None
    sample = find_on_samples(preset.source, preset, 5)
    assert [frame.index for frame, _ in sample] == [6, 18, 30, 42, 54]
    source = preset.source.make()
    with opened_pipeline(preset, source, source.open()) as pipeline:
        for frame, found in sample:
            source.seek(frame.index)
            read = source.read()
            assert read is not None
            np.testing.assert_array_equal(found.detections.xy_px, pipeline.preview(read).detections.xy_px)
            assert found.wanted == 2
    source.close()


def test_a_draw_takes_one_frame_from_each_part_and_is_repeatable() -> None:
    looked = SampledFinds(Sampler(small_scene().make()))
    drawn = looked.choose(6, draw=4)
    assert [index // 10 for index in drawn] == [0, 1, 2, 3, 4, 5]
    assert drawn == looked.choose(6, draw=4)
    assert drawn != looked.choose(6, draw=5)
    looked.close()


def test_thumbnails_are_small_and_masks_are_not_kept() -> None:
    preset = replace(small_preset(), source=small_scene(width_px=800, height_px=400))
    assert preset.source is not None
    frame, found = find_on_samples(preset.source, preset, 1)[0]
    assert frame.thumbnail_u8.shape == (160, 320, 4)
    assert frame.size_px == (800, 400)
    assert found.detections.explanation is not None
    assert found.detections.explanation.mask_u8 is None


def test_cancelling_leaves_what_was_found_so_far() -> None:
    preset = small_preset()
    assert preset.source is not None
    done: list[int] = []
    sample = find_on_samples(
        preset.source, preset, 5, progress=lambda n, _: done.append(n), cancelled=lambda: 2 in done
    )
    assert [frame.index for frame, _ in sample] == [6, 18]


def test_a_frame_beyond_the_room_is_read_again_and_is_the_same() -> None:
    one_frame = 160 * 120
    sampler = Sampler(small_scene().make(), keep_bytes=2 * one_frame)
    first = []
    for index in (5, 15, 25, 35):
        sampler.seek(index)
        frame = sampler.read()
        assert frame is not None
        first.append(frame.luma_u8.copy())
    for luma, index in zip(first, (5, 15, 25, 35), strict=True):
        sampler.seek(index)
        frame = sampler.read()
        assert frame is not None
        np.testing.assert_array_equal(frame.luma_u8, luma)
    sampler.seek(0)
    sampler.read()
    assert 0 < sampler.kept_bytes <= 2 * one_frame
    sampler.close()


def test_colour_that_is_asked_for_late_is_read_again() -> None:
    sampler = Sampler(small_scene().make())
    sampler.seek(5)
    frame = sampler.read()
    assert frame is not None
    grey = frame.luma_u8
    sampler.seek(6)
    sampler.read()
    assert frame.bgr_u8.shape == (*grey.shape, 3)
    sampler.close()


def test_a_frame_is_decoded_once_for_its_thumbnail_and_its_finds() -> None:
    preset = small_preset()
    read: list[int] = []

    class Counting(Sampler):
        def _read(self, index: int) -> Any:
            read.append(index)
            return super()._read(index)

    looked = SampledFinds(Counting(small_scene().make()))
    for index in looked.choose(3):
        looked.look(index)
        looked.find(index, preset)
        looked.find(index, preset)
    assert read == looked.choose(3)
    looked.close()
