"""Recordings of live frames: every picture at its time, in files that never take another's place."""

from __future__ import annotations

import csv
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.h264_file import i420
from tracker_gui.core.params import describe
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.core.types import Frame, Snapshot, Tracks, TrackState, no_detections
from tracker_gui.engine.annotated import annotated
from tracker_gui.engine.recorder import Recorder
from tracker_gui.engine.recorder_state import Gap, Phase, RecorderState, RecordingResult
from tracker_gui.engine.recording_files import finish, trim
from tracker_gui.engine.segment_writer import SegmentWriter, safe_name
from tracker_gui.stages.sources.video_file import VideoFile, VideoFileParams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_leaks")
SIZE_PX = (96, 64)
START_WALL_S = datetime(2026, 3, 29, 0, 59, 59, 500_000, UTC).timestamp()


def smooth(number: int, size_px: tuple[int, int] = SIZE_PX) -> np.ndarray:
    random = np.random.default_rng(number).integers(0, 256, (size_px[1], size_px[0], 3), np.uint8)
    return cv2.GaussianBlur(random, (0, 0), 5)


def frame(index: int, t_s: float | None = None, lost: int = 0, size_px: tuple[int, int] = SIZE_PX) -> Frame:
    t_s = index / 30 if t_s is None else t_s
    return Frame(index, 1000 + t_s, START_WALL_S + t_s, "cam", lost, ArrayPicture(smooth(index, size_px)))


def recorded(folder: Path, frames: list[Frame], name: str = "cam", **settings: Any) -> RecordingResult:
    recorder = Recorder(RecorderSettings(**{"reserve_mb": 0} | settings), name, folder)
    recorder.start()
    for each in frames:
        assert recorder.put(each)
    return recorder.stop(20.0)


def read_back(video: Path) -> list[Frame]:
    source = VideoFile(VideoFileParams(path=video))
    source.open()
    frames = []
    while (each := source.read()) is not None:
        each.bgr_u8  # noqa: B018  (made before the source is closed)
        frames.append(each)
    source.close()
    return frames


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_frame_is_there_once_at_its_own_time(tmp_path: Path) -> None:
    times_s = np.cumsum(np.random.default_rng(2).uniform(0.004, 0.7, 60))
    result = recorded(tmp_path, [frame(k, t_s) for k, t_s in enumerate(times_s)], crf=1)
    video, table = result.files
    back = read_back(video)
    assert (result.frames, result.dropped, result.gaps, result.problems) == (60, 0, (), ())
    np.testing.assert_allclose([each.t_capture_s for each in back], times_s - times_s[0], atol=1e-4)
    np.testing.assert_allclose([float(row["t_capture_s"]) for row in rows(table)], 1000 + times_s, atol=1e-6)
    for k in (0, 30, 59):
        assert np.abs(back[k].bgr_u8.astype(int) - smooth(k)).mean() < 3


def test_the_table_has_the_time_in_utc_whatever_the_clocks_of_the_place_do(tmp_path: Path) -> None:
    result = recorded(tmp_path, [frame(k, k / 2) for k in range(3)])
    assert [row["t_utc"] for row in rows(result.files[1])] == [
        "2026-03-29T00:59:59.500000Z", "2026-03-29T01:00:00.000000Z", "2026-03-29T01:00:00.500000Z",
    ]  # fmt: skip


def test_frames_that_never_came_are_a_gap_in_result_and_table(tmp_path: Path) -> None:
    result = recorded(tmp_path, [frame(0), frame(1), frame(7, lost=5)])
    assert result.gaps == (Gap(1000 + 7 / 30, 1000 + 7 / 30, 5, "source"),)
    assert [row["lost_before"] for row in rows(result.files[1])] == ["0", "0", "5"]


def test_a_pause_of_the_camera_stays_as_long_as_it_was(tmp_path: Path) -> None:
    result = recorded(tmp_path, [frame(0, 0.0), frame(1, 3000.0)])
    assert read_back(result.files[0])[1].t_capture_s == pytest.approx(3000.0, abs=1e-3)


def test_another_size_of_the_picture_begins_a_new_file(tmp_path: Path) -> None:
    frames = [frame(k, size_px=SIZE_PX if k < 5 else (64, 48)) for k in range(8)]
    result = recorded(tmp_path, frames)
    videos = result.files[::2]
    assert [(len(read_back(v)), read_back(v)[0].size_px) for v in videos] == [(5, SIZE_PX), (3, (64, 48))]
    assert [row["frame"] for row in rows(result.files[3])] == ["5", "6", "7"]


def test_a_new_file_is_begun_by_length(tmp_path: Path) -> None:
    result = recorded(tmp_path, [frame(k, k / 4) for k in range(50)], segment_minutes=0.1)
    assert [len(rows(table)) for table in result.files[1::2]] == [24, 24, 2]
    assert result.frames == 50


def test_a_new_file_is_begun_by_size(tmp_path: Path) -> None:
    recorder = Recorder(RecorderSettings(reserve_mb=0, segment_mb=1, crf=0), "cam", tmp_path)
    recorder.start()
    random = np.random.default_rng(1)
    index = 0
    until_s = time.monotonic() + 20
    while len(list(tmp_path.glob("*.csv"))) < 2:
        assert time.monotonic() < until_s
        noise = ArrayPicture(random.integers(0, 256, (240, 320), np.uint8))
        recorder.put(Frame(index, index / 30, None, "cam", 0, noise))
        index += 1
        time.sleep(0.02)
    result = recorder.stop(20.0)
    assert result.frames == index
    assert result.files[0].stat().st_size > 1_000_000


def test_recordings_of_one_name_and_second_keep_apart_and_in_order(tmp_path: Path) -> None:
    results = [recorded(tmp_path, [frame(k) for k in range(n)]) for n in (2, 3, 4)]
    assert len({path for result in results for path in result.files}) == 6
    assert [len(read_back(video)) for video in sorted(tmp_path.glob("*.mp4"))] == [2, 3, 4]
    assert [len(rows(table)) for table in sorted(tmp_path.glob("*.csv"))] == [2, 3, 4]


def test_a_finished_video_has_its_index_in_front(tmp_path: Path) -> None:
    data = recorded(tmp_path, [frame(k) for k in range(40)]).files[0].read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"moof" not in data
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".mp4"]


def test_without_room_for_a_second_copy_the_video_stays_in_fragments_and_plays(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, "cam", frame(0), 23, "ultrafast")
    for k in range(40):
        writer.write(frame(k), 0)
    writer.close()
    writer.release()
    done = finish(writer.paths, reserve_bytes=1 << 60)
    assert (done.rewritten, done.frames, done.row_count) == (False, 40, 40)
    assert done.video == writer.paths.final
    assert len(read_back(writer.paths.final)) == 40


def test_a_video_cut_anywhere_keeps_its_whole_fragments(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, "cam", frame(0), 23, "ultrafast")
    for k in range(60):
        writer.write(frame(k), 0)
    writer.close()
    writer.release()
    whole = writer.paths.recording.read_bytes()
    copy = tmp_path / "cut.mp4"
    best = 0
    for length in np.random.default_rng(5).integers(0, len(whole), 25).tolist():
        copy.write_bytes(whole[:length])
        cut = trim(copy)
        assert copy.stat().st_size == length - cut
        if copy.stat().st_size == 0:
            continue
        with av.open(str(copy)) as container:
            best = max(best, sum(1 for _ in container.decode(video=0)))
    assert best > 30


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    for name in ("../../evil", "a/b\\c", "..", "", "x\0y", "$(rm -rf x)", "con:1"):
        result = recorded(tmp_path / "in", [frame(0)], name=name)
        assert all(path.parent == tmp_path / "in" for path in result.files)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert safe_name("Käfig 3") == "Käfig_3"


def test_what_it_does_is_told_at_every_change(tmp_path: Path) -> None:
    told: list[RecorderState] = []
    recorder = Recorder(RecorderSettings(reserve_mb=0), "cam", tmp_path, on_state=told.append)
    assert recorder.state.phase is Phase.STOPPED
    recorder.start()
    for k in range(10):
        recorder.put(frame(k))
    recorder.stop()
    assert any(state.phase is Phase.RECORDING and state.file is not None for state in told)
    assert (told[-1].phase, told[-1].frames, told[-1].dropped) == (Phase.STOPPED, 10, 0)
    assert told[-1].seconds == pytest.approx(0.3)


def test_it_stops_without_anybody_waiting_for_it(tmp_path: Path) -> None:
    recorder = Recorder(RecorderSettings(reserve_mb=0), "cam", tmp_path)
    recorder.start()
    for k in range(5):
        recorder.put(frame(k))
    recorder.begin_stop(20.0)
    until_s = time.monotonic() + 20
    while recorder.state.phase is not Phase.STOPPED:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    assert not recorder.put(frame(5))
    assert recorder.stop().frames == 5


def test_stopped_twice_it_says_the_same_and_takes_no_more(tmp_path: Path) -> None:
    recorder = Recorder(RecorderSettings(reserve_mb=0), "cam", tmp_path)
    recorder.start()
    recorder.put(frame(0))
    first = recorder.stop()
    assert recorder.stop() == first
    assert not recorder.put(frame(1))


def test_a_recording_without_a_frame_leaves_no_file(tmp_path: Path) -> None:
    assert recorded(tmp_path, []).files == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size_px", [(96, 64), (97, 65)])
@pytest.mark.parametrize("kind", ["gray", "colour"])
def test_each_kind_of_picture_is_recorded_as_it_looks(kind: str, size_px: tuple[int, int], tmp_path: Path) -> None:
    picture = smooth(3, size_px) if kind == "colour" else smooth(3, size_px)[:, :, 1].copy()
    result = recorded(tmp_path, [Frame(0, 0.0, None, "cam", 0, ArrayPicture(picture))], crf=1)
    (back,) = read_back(result.files[0])
    shown = back.bgr_u8 if kind == "colour" else back.luma_u8
    assert np.abs(shown[: size_px[1], : size_px[0]].astype(int) - picture).mean() < 3


def test_a_decoded_video_is_handed_on_without_a_way_through_colour(make_video: Callable[..., Path]) -> None:
    source = VideoFile(VideoFileParams(path=make_video(frames=1)))
    source.open()
    read = source.read()
    source.close()
    assert read is not None
    ready = i420(read.picture)
    assert read.picture._bgr is None  # type: ignore[attr-defined]
    way_round = cv2.cvtColor(read.bgr_u8, cv2.COLOR_BGR2YUV_I420)
    assert np.abs(ready.astype(int) - way_round).mean() < 2


def test_clean_and_annotated_are_recorded_at_once_from_one_place(tmp_path: Path) -> None:
    clean, drawn = (Recorder(RecorderSettings(reserve_mb=0, crf=1), name, tmp_path) for name in ("cam", "cam_drawn"))
    overlay = TrackOverlay()
    clean.start()
    drawn.start()
    for k in range(20):
        each = frame(k)
        assert clean.put(each)
        assert drawn.put(annotated(Snapshot(each, Prepared(each), no_detections(), one_animal((40.0, 30.0))), overlay))
    pairs = list(zip(read_back(clean.stop().files[0]), read_back(drawn.stop().files[0]), strict=True))
    assert len(pairs) == 20
    for k, (left, right) in enumerate(pairs):
        assert np.abs(left.bgr_u8.astype(int) - smooth(k)).mean() < 3
        changed = np.abs(left.bgr_u8.astype(int) - right.bgr_u8).max(axis=2) > 40
        assert changed[25:36, 35:46].any()
        assert not changed[:, 80:].any()


def one_animal(xy_px: tuple[float, float]) -> Tracks:
    return Tracks(
        roster=(1,), track_id=np.array([1]), state=np.array([TrackState.FOUND], np.int32), xy_px=np.array([xy_px]),
        box_xyxy_px=np.zeros((1, 4)), velocity_px_s=np.zeros((1, 2)), area_px2=np.ones(1), angle_rad=np.zeros(1),
        age_frames=np.ones(1, np.int64), missed_frames=np.zeros(1, np.int64), detection_index=np.array([-1]),
    )  # fmt: skip


def test_every_setting_has_a_title_and_a_range() -> None:
    for info in describe(RecorderSettings):
        assert info.title != info.name
        assert info.description
        assert info.range_text
