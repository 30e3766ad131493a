"""Videos that are written: right pictures at the right times, playable whatever ends the run."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest

from tracker_gui.analysis.overlay import TrackOverlay, mark_kind
from tracker_gui.core.annotation import Annotation
from tracker_gui.core.colours import identity_colour
from tracker_gui.core.errors import OutputError
from tracker_gui.core.overlays import TrailsLook, recording_looks
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.stage import SinkContext
from tracker_gui.core.types import (
    Frame,
    Motion,
    Snapshot,
    SourceInfo,
    Tracks,
    TrackState,
    no_detections,
    no_tracks,
)
from tracker_gui.stages.sinks.video import Video, VideoParams
from tracker_gui.stages.sources.video_file import VideoFile, VideoFileParams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE_PX = (96, 64)


def animals(*places: tuple[float, float], state: TrackState = TrackState.FOUND, first_id: int = 1) -> Tracks:
    n = len(places)
    ids = np.arange(first_id, first_id + n)
    return Tracks(
        roster=tuple(ids.tolist()), track_id=ids, state=np.full(n, state, np.int32), xy_px=np.array(places, float),
        box_xyxy_px=np.zeros((n, 4)), velocity_px_s=np.zeros((n, 2)), area_px2=np.ones(n), angle_rad=np.zeros(n),
        age_frames=np.ones(n, np.int64), missed_frames=np.zeros(n, np.int64), detection_index=np.full(n, -1),
    )  # fmt: skip


def snapshot(index: int, picture: np.ndarray, t_s: float | None = None, tracks: Tracks | None = None) -> Snapshot:
    frame = Frame(index, index / 30 if t_s is None else t_s, None, "test", 0, ArrayPicture(picture))
    return Snapshot(frame, Prepared(frame), no_detections(), no_tracks() if tracks is None else tracks)


def noise(index: int, size_px: tuple[int, int] = SIZE_PX) -> np.ndarray:
    random = np.random.default_rng(index).integers(0, 256, (size_px[1], size_px[0], 3), np.uint8)
    return cv2.GaussianBlur(random, (0, 0), 5)


def context(folder: Path, size_px: tuple[int, int] = SIZE_PX, rate_hz: float = 30.0) -> SinkContext:
    return SinkContext(folder, "run", SourceInfo("test", size_px, rate_hz, None), ())


def written(folder: Path, snapshots: list[Snapshot], size_px: tuple[int, int] = SIZE_PX, **params: Any) -> Path:
    sink = Video(VideoParams(**params))
    path = sink.open(context(folder, size_px))
    for each in snapshots:
        sink.write(each)
    sink.close()
    return path


def read_back(path: Path) -> list[Frame]:
    source = VideoFile(VideoFileParams(path=path))
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frame.bgr_u8  # noqa: B018  (made before the source is closed)
        frames.append(frame)
    source.close()
    return frames


def test_a_clean_video_shows_the_pictures_as_they_came(tmp_path: Path) -> None:
    pictures = [noise(k) for k in range(10)]
    path = written(tmp_path, [snapshot(k, p) for k, p in enumerate(pictures)], look="clean", crf=1)
    frames = read_back(path)
    assert path.name == "run_clean.mp4"
    assert len(frames) == 10
    for frame, picture in zip(frames, pictures, strict=True):
        assert np.abs(frame.bgr_u8.astype(int) - picture).mean() < 3


def test_it_is_h264_that_browsers_play(tmp_path: Path) -> None:
    with av.open(str(written(tmp_path, [snapshot(0, noise(0))]))) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")


def test_a_gray_source_is_written_too(tmp_path: Path) -> None:
    gray = np.full((64, 96), 77, np.uint8)
    frames = read_back(written(tmp_path, [snapshot(0, gray)], look="clean"))
    assert np.abs(frames[0].luma_u8.astype(int) - 77).max() <= 2


@pytest.mark.parametrize("size_px", [(97, 64), (96, 65), (97, 65)])
def test_odd_sides_grow_by_one_and_positions_stay(size_px: tuple[int, int], tmp_path: Path) -> None:
    picture = noise(1, size_px)
    frames = read_back(written(tmp_path, [snapshot(0, picture)], size_px, look="clean", crf=1))
    assert frames[0].size_px == (size_px[0] + size_px[0] % 2, size_px[1] + size_px[1] % 2)
    assert np.abs(frames[0].bgr_u8[: size_px[1], : size_px[0]].astype(int) - picture).mean() < 3


def test_every_frame_keeps_its_true_time(tmp_path: Path) -> None:
    times_s = np.cumsum(np.random.default_rng(2).uniform(0.004, 0.3, 40))
    path = written(tmp_path, [snapshot(k, noise(k), t_s) for k, t_s in enumerate(times_s)])
    got = [frame.t_capture_s for frame in read_back(path)]
    np.testing.assert_allclose(got, times_s - times_s[0], atol=1e-4)


def test_time_that_stands_still_in_the_source_goes_on(tmp_path: Path) -> None:
    assert len(read_back(written(tmp_path, [snapshot(k, noise(k), 1.0) for k in range(5)]))) == 5


@pytest.mark.usefixtures("no_leaks")
def test_what_is_on_disk_plays_without_a_clean_end(tmp_path: Path) -> None:
    sink = Video(VideoParams())
    path = sink.open(context(tmp_path))
    for k in range(90):
        sink.write(snapshot(k, noise(k)))
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(path.read_bytes())
    sink.close()
    assert 90 - len(read_back(copy)) <= 16, "more than half a second is missing"
    assert len(read_back(path)) == 90


def fill(sink: Video) -> None:
    for k in range(500):
        sink.write(snapshot(k, np.random.default_rng(k).integers(0, 256, (480, 640, 3), np.uint8)))


@pytest.mark.usefixtures("no_leaks")
def test_a_full_disk_is_said_and_the_video_plays_up_to_there(full_disk: Path) -> None:
    sink = Video(VideoParams(look="clean", crf=0, speed="ultrafast"))
    path = sink.open(context(full_disk, (640, 480)))
    with pytest.raises(OutputError, match=r"run_clean\.mp4: could not be written to the end .*space") as caught:
        fill(sink)
    assert caught.value.exit_code == 4
    sink.write(snapshot(500, noise(0, (640, 480))))
    sink.close()
    assert len(read_back(path)) >= 1


@pytest.mark.usefixtures("no_leaks")
def test_an_end_that_a_full_disk_did_not_take_is_said(full_disk: Path) -> None:
    sink = Video(VideoParams(look="clean", speed="ultrafast"))
    path = sink.open(context(full_disk, (640, 480)))
    random = np.random.default_rng(1)
    for k in range(9):  # more than the first fragment, less than the second
        sink.write(snapshot(k, random.integers(0, 256, (480, 640, 3), np.uint8)))
    free = shutil.disk_usage(full_disk).free
    (full_disk / "somebody_elses_file").write_bytes(bytes(free))
    with pytest.raises(OutputError, match=r"run_clean\.mp4: could not be written to the end"):
        sink.close()
    assert len(read_back(path)) >= 1


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"run_annotated\.mp4: cannot be written") as caught:
        Video().open(context(tmp_path / "gone"))
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOENT


def test_annotations_change_the_picture_around_the_animal_only(tmp_path: Path) -> None:
    ground = np.full((64, 96, 3), 128, np.uint8)
    frames = read_back(written(tmp_path, [snapshot(0, ground, tracks=animals((30, 30)))], crf=1))
    changed = np.abs(frames[0].bgr_u8.astype(int) - ground).max(axis=2) > 25
    rows, columns = np.nonzero(changed)
    assert changed[26:35, 26:35].any()
    assert rows.min() >= 8
    assert columns.max() <= 60


def test_the_source_frame_is_not_drawn_into(tmp_path: Path) -> None:
    each = snapshot(0, np.full((64, 96, 3), 128, np.uint8), tracks=animals((30, 30)))
    written(tmp_path, [each])
    assert (each.frame.bgr_u8 == 128).all()


def test_ids_differ_in_colour_or_mark() -> None:
    looks = [(identity_colour(i), mark_kind(i)) for i in range(1, 36)]
    assert len(set(looks)) == 35
    assert not {"#000000", "#FFFFFF"} & {colour for colour, _ in looks}


def with_trails(length_s: float) -> TrackOverlay:
    return TrackOverlay(Annotation(replace(recording_looks(), trails=TrailsLook(length_s=length_s, width_px=1.0))))


@pytest.fixture
def draw() -> Callable[..., np.ndarray]:
    def drawn(overlay: TrackOverlay, tracks: Tracks, t_s: float = 0.0, motion: Motion | None = None) -> np.ndarray:
        picture = np.full((200, 200, 3), 128, np.uint8)
        overlay.draw(picture, replace(snapshot(0, picture.copy(), t_s, tracks), motion=motion))
        return (picture != 128).any(axis=2)

    return drawn


def test_a_trail_shows_where_the_animal_was_and_ends_with_its_time(draw: Callable[..., np.ndarray]) -> None:
    overlay = with_trails(1.0)
    for k in range(31):
        picture = draw(overlay, animals((20 + 4 * k, 100)), k / 10)
    assert picture[100, 20 + 4 * 22]
    assert not picture[100, 20 + 4 * 15]


def test_a_lost_animal_has_no_trail(draw: Callable[..., np.ndarray]) -> None:
    overlay = with_trails(5.0)
    for k in range(20):
        draw(overlay, animals((20 + 4 * k, 100)), k / 10)
    picture = draw(overlay, animals((96, 100), state=TrackState.LOST), 2.0)
    assert not picture[100, 40]


def test_an_outline_is_drawn_where_the_detector_saw_it() -> None:
    square = np.array([[[50, 50]], [[150, 50]], [[150, 150]], [[50, 150]]], np.int32)
    tracks = replace(animals((100, 100)), detection_index=np.array([0]))
    picture = np.full((200, 200, 3), 128, np.uint8)
    seen = replace(no_detections(), xy_px=np.array([[100.0, 100.0]]), contour_px=(square,))
    TrackOverlay().draw(picture, replace(snapshot(0, picture.copy(), tracks=tracks), detections=seen))
    assert (picture[50, 60:140] != 128).any(axis=1).all()


def test_a_sure_heading_is_an_arrow(draw: Callable[..., np.ndarray]) -> None:
    def heading(sure: bool) -> Motion:
        return Motion(np.zeros(1), np.zeros(1, bool), np.zeros(1), np.array([sure]))

    overlay = with_trails(0)
    assert draw(overlay, animals((100, 100)), motion=heading(True))[100, 118]
    assert not draw(overlay, animals((100, 100)), motion=heading(False))[100, 118]


def test_an_animal_at_the_border_can_be_drawn(draw: Callable[..., np.ndarray]) -> None:
    assert draw(TrackOverlay(), animals((0, 0), (199.6, 199.6), (-30, 500))).any()
