"""What belongs together in a folder of results is found by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.result_files import find_result
from tracker_gui.engine.run_files import path_of
from tracker_gui.engine.track_job import TrackJob

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def video(make_video: Callable[..., Path]) -> Path:
    return make_video("clip.mp4", 20)


@pytest.fixture
def manifest(video: Path, tmp_path: Path) -> Path:
    source = choice("sources", "video_file", path=video)
    preset = Preset(source=source, enrich=(choice("enrich", "kinematics", window_s=0.5),))
    return TrackJob(source, preset, tmp_path / "results", start_frame=4).run().manifest_path


def test_the_manifest_leads_to_tracks_and_video(manifest: Path, video: Path) -> None:
    result = find_result(manifest)
    assert result.tracks == manifest.with_name("clip_tracks.csv")
    assert result.source is not None
    assert path_of(result.source) == video
    assert (result.first_frame, result.speed_window_s, result.remark) == (4, 0.5, "")


def test_the_table_leads_to_the_video(manifest: Path, video: Path) -> None:
    result = find_result(manifest.with_name("clip_tracks.csv"))
    assert result.source is not None
    assert path_of(result.source) == video


def test_a_corrected_table_still_belongs_to_its_run(manifest: Path, video: Path) -> None:
    copy = manifest.with_name("clip_tracks_corrected.csv")
    copy.write_bytes(manifest.with_name("clip_tracks.csv").read_bytes())
    result = find_result(copy)
    assert result.tracks == copy
    assert result.source is not None


def test_a_video_that_moved_beside_its_results_is_found(manifest: Path, video: Path) -> None:
    video.rename(manifest.with_name("clip.mp4"))
    result = find_result(manifest)
    assert result.source is not None
    assert path_of(result.source) == manifest.with_name("clip.mp4")


def test_a_video_that_is_gone_is_a_remark(manifest: Path, video: Path) -> None:
    video.unlink()
    result = find_result(manifest)
    assert result.source is None
    assert result.remark.endswith("the video is not there any more. Choose where it is now.")


def test_a_chosen_video_takes_the_place_of_the_tracked_one(manifest: Path, make_video: Callable[..., Path]) -> None:
    other = make_video("other.mp4", 20)
    result = find_result(manifest, other)
    assert result.source is not None
    assert path_of(result.source) == other


def test_a_simulated_scene_is_drawn_again(tmp_path: Path) -> None:
    source = choice("sources", "simulated", duration_s=0.2, width_px=100, height_px=100)
    result = find_result(TrackJob(source, Preset(source=source), tmp_path).run().manifest_path)
    assert result.source == source


def test_a_live_run_needs_a_recording(manifest: Path) -> None:
    document = json.loads(manifest.read_text())
    document["settings"]["source"] = {"stage": "network_stream", "params": {"url": "rtsp://camera/1"}}
    manifest.write_text(json.dumps(document))
    assert "Choose a recording of it" in find_result(manifest).remark


def test_a_table_alone_says_what_is_missing(tmp_path: Path) -> None:
    tracks = tmp_path / "a.csv"
    tracks.write_text("frame,id,x,y\n0,1,2,3\n")
    assert find_result(tracks).remark.startswith("a.csv has no '.._run.json' beside it")


def test_a_damaged_manifest_beside_a_table_is_a_remark(manifest: Path) -> None:
    manifest.write_text("{")
    assert "is not valid JSON" in find_result(manifest.with_name("clip_tracks.csv")).remark
    with pytest.raises(SettingsError, match="is not valid JSON"):
        find_result(manifest)


def test_a_run_without_a_table_says_so(manifest: Path) -> None:
    manifest.with_name("clip_tracks.csv").unlink()
    with pytest.raises(InputError, match="the run has no table of tracks"):
        find_result(manifest)


def test_another_json_is_no_run(tmp_path: Path) -> None:
    path = tmp_path / "preset.json"
    path.write_text("{}")
    with pytest.raises(InputError, match="is not the record of a run"):
        find_result(path)
