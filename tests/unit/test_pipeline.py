from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.pipeline import Pipeline, opened_pipeline
from tracker_gui.engine.runner import DecodeAhead

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENE = {"animals": 2, "duration_s": 2.0, "width_px": 200, "height_px": 150, "body_length_px": 16, "seed": 3}


@pytest.fixture
def source() -> Iterator[Any]:
    made = choice("sources", "simulated", **SCENE).make()
    yield made
    made.close()


def preset(**changes: Any) -> Preset:
    usual = Preset(
        image=(choice("image", "blur", size_px=3), choice("image", "background", frames=10, difference="darker")),
        detector=choice("detectors", "blobs", method="background", min_area_px2=20, max_area_px2=400),
        tracker=choice("trackers", "fixed_count", animals=2),
    )
    return replace(usual, **changes)


def test_a_frame_becomes_a_snapshot_with_detections_and_tracks(source: Any) -> None:
    info = source.open()
    with opened_pipeline(preset(), source, info) as pipeline:
        snapshot = pipeline.step(source.read())
    assert snapshot.frame.index == 0
    assert len(snapshot.detections) == 2
    assert snapshot.tracks.track_id.tolist() == [1, 2]
    assert set(snapshot.timing_ms) == {"detect", "track"}


def test_a_preview_shows_the_mask_and_leaves_the_tracker_where_it_was(source: Any) -> None:
    info = source.open()
    with opened_pipeline(preset(), source, info) as pipeline:
        frame = source.read()
        shown = pipeline.preview(frame)
        assert shown.detections.explanation is not None
        assert shown.detections.explanation.mask_u8 is not None
        assert len(shown.tracks) == 0
        assert len(pipeline.step(frame).tracks) == 2


def test_tracks_go_on_when_only_the_detector_changes(source: Any) -> None:
    info = source.open()
    with opened_pipeline(preset(), source, info) as pipeline:
        for _ in range(5):
            pipeline.step(source.read())
        pipeline.update(preset(detector=choice("detectors", "blobs", method="background", difference=30)))
        assert pipeline.step(source.read()).tracks.age_frames.tolist() == [6, 6]


def test_the_background_is_kept_when_a_later_setting_changes(source: Any) -> None:
    info = source.open()
    with opened_pipeline(preset(), source, info) as pipeline:
        background = pipeline.image_steps[1]
        pipeline.update(preset(tracker=choice("trackers", "fixed_count", animals=3)))
        assert pipeline.image_steps[1] is background
        pipeline.update(preset(image=(choice("image", "blur", size_px=5), *preset().image[1:])))
        assert pipeline.image_steps[1] is not background


def test_settings_that_cannot_be_used_leave_the_old_ones_in_force(source: Any) -> None:
    info = source.open()
    with opened_pipeline(preset(), source, info) as pipeline:
        with pytest.raises(SettingsError, match="Add the step 'Background'"):
            pipeline.update(preset(image=()))
        assert len(pipeline.step(source.read()).tracks) == 2


def test_a_step_that_is_switched_off_does_nothing(source: Any) -> None:
    info = source.open()
    crop = choice("image", "crop", enabled=False, left=100)
    with opened_pipeline(preset(image=(crop, *preset().image)), source, info) as pipeline:
        assert pipeline.step(source.read()).prepared.domain == (0, 0, 200, 150)
        pipeline.update(preset(image=(replace(crop, enabled=True), *preset().image)))
        assert pipeline.step(source.read()).prepared.domain == (100, 0, 200, 150)


def test_after_a_reset_animals_are_new(source: Any) -> None:
    info = source.open()
    with opened_pipeline(preset(), source, info) as pipeline:
        pipeline.step(source.read())
        pipeline.reset()
        assert pipeline.step(source.read()).tracks.age_frames.tolist() == [1, 1]


def test_closing_twice_is_harmless(source: Any) -> None:
    pipeline = Pipeline(preset(image=(), detector=choice("detectors", "blobs")), source.open())
    pipeline.close()
    pipeline.close()


def test_frames_read_before_a_source_fails_are_still_handed_over(source: Any) -> None:
    source.open()
    read, failure = source.read, InputError("camera", "went away")
    frames = iter([read() for _ in range(3)])

    def fail_after_three() -> Any:
        frame = next(frames, None)
        if frame is None:
            raise failure
        return frame

    source.read = fail_after_three
    seen = []

    def take_all() -> None:
        for frame in ahead:
            seen.append(frame.index)

    with DecodeAhead(source, None, 200 * 150) as ahead, pytest.raises(InputError, match="went away"):
        take_all()
    assert seen == [0, 1, 2]


def test_once_frames_arrive_no_library_is_imported_any_more() -> None:
    code = """
import sys
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.pipeline import load_libraries, opened_pipeline
detector = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=400)
preset = Preset(detector=detector, enrich=(choice("enrich", "kinematics"),)).with_tracker(animals=2)
load_libraries(preset)
source = choice("sources", "simulated", animals=2, duration_s=1).make()
with opened_pipeline(preset, source, source.open()) as pipeline:
    before = set(sys.modules)
    found = 0
    while (frame := source.read()) is not None:
        found += int(pipeline.step(frame).tracks.measured.sum())
print(found > 0, sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True []", done.stderr
