"""The manifest says what was done, on what, with what, and how it ended."""

from __future__ import annotations

import hashlib
import json
import platform
from datetime import datetime
from typing import TYPE_CHECKING, Any

import av
import pytest

import tracker_gui
from tracker_gui.core.preset import Preset, choice, parse
from tracker_gui.engine.track_job import TrackJob

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run(path: Path, folder: Path, **kwargs: Any) -> dict[str, Any]:
    job = TrackJob(choice("sources", "video_file", path=path), Preset(name="mine"), folder, **kwargs)
    return json.loads(job.run().manifest_path.read_text(encoding="utf-8"))


@pytest.fixture
def clip(make_video: Callable[..., Path]) -> Path:
    return make_video("clip.mp4", 20)


def test_the_source_can_be_told_from_any_other(clip: Path, tmp_path: Path) -> None:
    source = run(clip, tmp_path / "out")["source"]
    assert source["sha256"] == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert source["path"] == str(clip)
    assert source["bytes"] == clip.stat().st_size
    assert (source["name"], source["codec"], source["width_px"], source["height_px"]) == ("clip.mp4", "h264", 96, 48)


def test_the_settings_open_as_a_preset_again(clip: Path, tmp_path: Path) -> None:
    again, problems = parse(run(clip, tmp_path / "out")["settings"], "run")
    assert not problems
    assert again == Preset(name="mine", source=choice("sources", "video_file", path=clip))


def test_versions_are_those_that_ran(clip: Path, tmp_path: Path) -> None:
    program = run(clip, tmp_path / "out")["program"]
    assert program["version"] == tracker_gui.__version__
    assert program["python"] == platform.python_version()
    assert {"av", "numpy", "opencv-python", "scipy"} <= program["libraries"].keys()
    assert "unknown" not in program["libraries"].values()


def test_counts_add_up_to_the_frames(clip: Path, tmp_path: Path) -> None:
    counts = run(clip, tmp_path / "out")["counts"]
    assert counts["frames"] == 20
    for animal in counts["animals"].values():
        assert sum(animal[state] for state in ("found", "merged", "predicted", "lost")) == 20
        assert animal["found_share"] == pytest.approx((animal["found"] + animal["merged"]) / 20)


def test_times_are_utc_and_in_order(clip: Path, tmp_path: Path) -> None:
    document = run(clip, tmp_path / "out")
    started, ended = (datetime.fromisoformat(document[key]) for key in ("started_utc", "ended_utc"))
    assert started.utcoffset() is not None
    assert started.utcoffset().total_seconds() == 0  # type: ignore[union-attr]
    assert started <= ended


def test_timing_says_where_the_time_went(clip: Path, tmp_path: Path) -> None:
    timing = run(clip, tmp_path / "out")["timing"]
    assert timing["wall_s"] > 0
    assert timing["frames_per_s"] > 0
    assert timing["mean_ms"].keys() == {"detect", "track"}


def test_files_are_listed_with_their_sizes(clip: Path, tmp_path: Path) -> None:
    listed = run(clip, tmp_path / "out")["files"]
    size = (tmp_path / "out" / "clip_tracks.csv").stat().st_size
    assert listed == [{"name": "clip_tracks.csv", "bytes": size}]


def test_the_true_count_is_given_beside_that_of_the_header(make_video: Callable[..., Path], tmp_path: Path) -> None:
    path = make_video("cut.mp4", 90, container={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[:-900])
    document = run(path, tmp_path / "out")
    assert document["source"]["frames_by_header"] == 90
    assert document["source"]["frame_count"] == document["counts"]["frames"] < 90


def test_the_true_count_is_known_even_if_only_a_part_was_tracked(clip: Path, tmp_path: Path) -> None:
    document = run(clip, tmp_path / "out", start_frame=3, stop_frame=9)
    assert document["source"]["frame_count"] == 20
    assert (document["start_frame"], document["stop_frame"]) == (3, 9)


def read_during(job: TrackJob, path: Path) -> list[str]:
    seen: list[str] = []
    job.run(on_snapshot=lambda _: seen.append(json.loads(path.read_text(encoding="utf-8"))["outcome"]))
    return seen


def test_a_run_that_is_killed_can_be_told_from_a_finished_one(clip: Path, tmp_path: Path) -> None:
    job = TrackJob(choice("sources", "video_file", path=clip), Preset(), tmp_path / "out")
    assert set(read_during(job, tmp_path / "out" / "clip_run.json")) == {"unfinished"}
    assert json.loads((tmp_path / "out" / "clip_run.json").read_text())["outcome"] == "complete"


def test_a_cancelled_run_says_so(clip: Path, tmp_path: Path) -> None:
    job = TrackJob(choice("sources", "video_file", path=clip), Preset(), tmp_path)
    document = json.loads(job.run(cancelled=lambda: True).manifest_path.read_text())
    assert document["outcome"] == "cancelled"
    assert document["counts"]["frames"] == 1


def test_a_failed_run_says_why(clip: Path, tmp_path: Path) -> None:
    def fail(_: object) -> None:
        if job.counts.frames == 3:
            raise RuntimeError("the sky fell")

    job = TrackJob(choice("sources", "video_file", path=clip), Preset(), tmp_path)
    with pytest.raises(RuntimeError):
        job.run(on_snapshot=fail)
    document = json.loads((tmp_path / "clip_run.json").read_text())
    assert document["outcome"] == "failed"
    assert document["problems"] == ["RuntimeError: the sky fell"]
    assert document["counts"]["frames"] == 3


def test_damaged_frames_are_counted(make_video: Callable[..., Path], tmp_path: Path) -> None:
    path = make_video("damaged.avi", 30, codec="mjpeg", pix_fmt="yuvj420p")
    with av.open(str(path)) as container:
        packet = list(container.demux(video=0))[10]
        start, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    data[start : start + size] = bytes(size)
    path.write_bytes(data)
    document = run(path, tmp_path / "out")
    assert document["counts"]["frames_lost_by_source"] == 1
    assert document["counts"]["frames"] == 29
    assert document["problems"] == ["1 frames of the source were damaged and could not be decoded"]
