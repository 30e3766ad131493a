"""Video files: every frame once, in order, at its own time, and the same one by seek."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest

from tracker_gui.core.decoded_picture import DecodedPicture
from tracker_gui.core.errors import InputError
from tracker_gui.core.geometry import Rect
from tracker_gui.stages.sources.video_file import VideoFile, VideoFileParams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker_gui.core.types import Frame

    Make = Callable[..., Path]
    Number = Callable[[np.ndarray], int]

ONE = 0x10000
TURNS = {90: (0, ONE, 0, -ONE), 180: (-ONE, 0, 0, -ONE), 270: (0, -ONE, ONE, 0)}
UNEVEN_S = np.cumsum(np.random.default_rng(1).uniform(0.005, 0.2, 40)).round(4).tolist()

FRAGMENTS = {"movflags": "empty_moov+default_base_moof", "frag_duration": "300000"}

KINDS: dict[str, dict[str, Any]] = {
    "plain.mp4": {"frames": 40},
    "b_frames.mp4": {"frames": 60, "options": {"bf": "3", "g": "250", "b-adapt": "0"}},
    "long_gop.mp4": {"frames": 80, "options": {"g": "1000"}},
    "open_gop.mkv": {"frames": 80, "options": {"g": "20", "x264-params": "open-gop=1:bframes=3:b-adapt=0"}},
    "uneven.mp4": {"times_s": UNEVEN_S, "options": {"bf": "2"}},
    "uneven.mkv": {"times_s": UNEVEN_S, "options": {"bf": "2"}},
    "starts_late.mkv": {"times_s": [5 + k / 30 for k in range(40)], "options": {"bf": "2"}},
    "fragments.mp4": {"frames": 40, "container": FRAGMENTS},
    "stream.ts": {"frames": 40},
    "camera.avi": {"frames": 40, "codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "old.avi": {"frames": 40, "codec": "mpeg4", "options": {"bf": "2"}},
    "web.webm": {"frames": 30, "codec": "libvpx"},
    "deep.mov": {"frames": 20, "codec": "prores_ks", "pix_fmt": "yuv422p10le"},
    "gray.mkv": {"frames": 20, "codec": "ffv1", "pix_fmt": "gray"},
    "bare.h264": {"frames": 30},
    "one.mp4": {"frames": 1},
}  # fmt: skip


@pytest.fixture
def open_video() -> Iterator[Callable[[Path], VideoFile]]:
    opened: list[VideoFile] = []

    def make(path: Path) -> VideoFile:
        source = VideoFile(VideoFileParams(path=path))
        source.info = source.open()  # type: ignore[attr-defined]
        opened.append(source)
        return source

    yield make
    for source in opened:
        source.close()


def all_frames(source: VideoFile) -> list[Frame]:
    frames = []
    while (frame := source.read()) is not None:
        frame.luma_u8  # noqa: B018  (decoded pictures share the decoder's buffers)
        frames.append(frame)
    return frames


@pytest.mark.parametrize("name", KINDS)
def test_every_frame_comes_once_and_in_order(
    name: str, make_video: Make, open_video: Callable[[Path], VideoFile], number_in: Number
) -> None:
    frames = all_frames(open_video(make_video(name, **KINDS[name])))
    expected = list(range(KINDS[name].get("frames") or len(KINDS[name]["times_s"])))
    assert [number_in(frame.luma_u8) for frame in frames] == expected
    assert [frame.index for frame in frames] == expected


@pytest.mark.parametrize("name", KINDS)
def test_a_frame_reached_by_seek_is_the_sequential_one(
    name: str, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    source = open_video(make_video(name, **KINDS[name]))
    frames = all_frames(source)
    for index in np.random.default_rng(0).permutation(len(frames)).tolist():
        source.seek(index)
        frame = source.read()
        assert frame is not None
        assert frame.index == index
        assert frame.t_capture_s == pytest.approx(frames[index].t_capture_s, abs=1e-9)
        np.testing.assert_array_equal(frame.luma_u8, frames[index].luma_u8)


@pytest.mark.parametrize("name", KINDS)
def test_the_count_is_that_of_the_frames_that_can_be_read(
    name: str, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    source = open_video(make_video(name, **KINDS[name]))
    assert source.count() == len(all_frames(source))


@pytest.mark.parametrize("name", ["uneven.mp4", "uneven.mkv", "starts_late.mkv"])
def test_times_are_the_files_own_from_the_first_frame_on(
    name: str, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    times_s = np.array(KINDS[name]["times_s"])
    got = [frame.t_capture_s for frame in all_frames(open_video(make_video(name, **KINDS[name])))]
    np.testing.assert_allclose(got, times_s - times_s[0], atol=1.1e-3)  # Matroska counts milliseconds


@pytest.mark.parametrize("name", ["uneven.mp4", "starts_late.mkv", "plain.mp4"])
def test_a_time_leads_to_the_first_frame_at_or_after_it(
    name: str, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    source = open_video(make_video(name, **KINDS[name]))
    frames = all_frames(source)
    for frame in frames[1:]:
        assert source.index_at(frame.t_capture_s) == frame.index
        assert source.index_at(frame.t_capture_s - 0.003) == frame.index
    assert source.index_at(0.0) == 0
    assert source.index_at(1e6) == len(frames)


def test_an_edit_list_hides_the_frames_before_it(
    make_video: Make, open_video: Callable[[Path], VideoFile], number_in: Number
) -> None:
    path = make_video("whole.mp4", 60, options={"bf": "2", "g": "20"})
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 4
    version, entries, duration, media_time, rate = struct.unpack(">5i", data[at : at + 20])
    half_a_second = 15 * 512  # the muxer's ticks for 30 frames/s
    data[at : at + 20] = struct.pack(">5i", version, entries, duration - 500, media_time + half_a_second, rate)
    path.write_bytes(data)
    source = open_video(path)
    frames = all_frames(source)
    assert [number_in(frame.luma_u8) for frame in frames] == list(range(15, 60))
    assert frames[0].t_capture_s == 0.0
    assert source.count() == 45
    source.seek(30)
    frame = source.read()
    assert frame is not None
    assert number_in(frame.luma_u8) == 45


def test_a_count_in_the_header_that_lies_is_not_believed(
    make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    path = make_video("cut.mp4", 90, container={"movflags": "faststart"}, options={"bf": "2", "g": "30"})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * 0.7)])
    source = open_video(path)
    assert source.info.frame_count == 90  # type: ignore[attr-defined]
    count = source.count()
    assert count is not None
    assert 10 < count < 80
    assert len(all_frames(source)) == count
    source.seek(count - 1)
    last = source.read()
    assert last is not None
    assert last.index == count - 1


@pytest.mark.parametrize("number", range(12, 19))
def test_frames_around_a_damaged_one_keep_their_place(
    number: int, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    path = make_video("damaged.mp4", 48, options={"bf": "2", "b-adapt": "0", "g": "12", "sc_threshold": "0"})
    with av.open(str(path)) as container:
        packet = [p for p in container.demux(video=0) if p.size][number]
        start, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    data[start : start + size] = b"\xff" * size
    path.write_bytes(data)
    frames = all_frames(open_video(path))
    assert [frame.index for frame in frames] == [round(frame.t_capture_s * 30) for frame in frames]
    assert sum(frame.lost_before for frame in frames) == 48 - len(frames) >= 1


def test_a_last_fragment_that_is_cut_off_hides_none_before_it(
    make_video: Make, open_video: Callable[[Path], VideoFile], number_in: Number
) -> None:
    path = make_video("recording.mp4", 60, container=FRAGMENTS, options={"tune": "zerolatency"})
    data = path.read_bytes()
    begin = data.rindex(b"moof") - 4
    whole = data[:begin].count(b"moof")
    for cut in range(begin + 1, begin + 120, 9):
        path.write_bytes(data[:cut])
        source = open_video(path)
        frames = all_frames(source)
        assert len(frames) >= 9 * whole
        assert [number_in(frame.luma_u8) for frame in frames] == list(range(len(frames)))
        assert source.count() == len(frames)


@pytest.mark.parametrize("angle", TURNS)
def test_a_turned_recording_stands_upright(
    angle: int, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    path = make_video("turned.mp4", 3, size_px=(96, 48))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    a, b, c, d = TURNS[angle]
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    source = open_video(path)
    frame = source.read()
    assert frame is not None
    capture = cv2.VideoCapture(str(path))
    _, reference = capture.read()
    capture.release()
    assert source.info.size_px == (reference.shape[1], reference.shape[0])  # type: ignore[attr-defined]
    assert int(np.abs(reference.astype(int) - frame.bgr_u8).max()) <= 4
    part = Rect(5, 7, 31, 40)
    np.testing.assert_array_equal(frame.picture.luma_u8(part), frame.luma_u8[7:40, 5:31])


@pytest.mark.parametrize("color_range", [0, 1, 2], ids=["unspecified", "limited", "full"])
def test_luma_is_the_gray_that_opencv_makes(
    color_range: int, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    random = np.random.default_rng(4)
    grays = [np.repeat(np.repeat(random.integers(0, 256, (6, 12), np.uint8), 8, 0), 8, 1) for _ in range(6)]
    path = make_video(
        "levels.mp4", 6, options={"crf": "0"}, color_range=color_range, pix_fmt="yuv420p",
        picture=lambda number: cv2.cvtColor(grays[number], cv2.COLOR_GRAY2BGR),
    )  # fmt: skip
    frames = all_frames(open_video(path))
    capture = cv2.VideoCapture(str(path))
    for number, frame in enumerate(frames):
        _, reference = capture.read()
        assert int(np.abs(cv2.cvtColor(reference, cv2.COLOR_BGR2GRAY).astype(int) - frame.luma_u8).max()) <= 2
        assert int(np.abs(grays[number].astype(int) - frame.luma_u8).max()) <= 2
    capture.release()


def test_colour_is_made_only_on_demand(
    make_video: Make, open_video: Callable[[Path], VideoFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    original = DecodedPicture.bgr_u8
    monkeypatch.setattr(DecodedPicture, "bgr_u8", lambda self: made.append(1) or original(self))
    source = open_video(make_video("plain.mp4", 5))
    frame = source.read()
    assert frame is not None
    assert frame.luma_u8.shape == frame.picture.luma_u8(Rect(0, 0, *frame.size_px)).shape
    assert not made
    assert frame.bgr_u8.shape == (*frame.luma_u8.shape, 3)
    assert made


def test_colour_is_that_of_opencv(make_video: Make, open_video: Callable[[Path], VideoFile]) -> None:
    path = make_video("colours.mp4", 4)
    capture = cv2.VideoCapture(str(path))
    for frame in all_frames(open_video(path)):
        _, reference = capture.read()
        assert int(np.abs(reference.astype(int) - frame.bgr_u8).max()) <= 4
    capture.release()


def test_odd_sides_are_read_whole(make_video: Make, open_video: Callable[[Path], VideoFile]) -> None:
    source = open_video(make_video("odd.mkv", 3, codec="ffv1", size_px=(97, 51)))
    frame = source.read()
    assert frame is not None
    assert frame.luma_u8.shape == (51, 97)
    assert frame.bgr_u8.shape == (51, 97, 3)


def test_a_window_of_the_luma_is_the_part_of_the_whole(
    make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    source = open_video(make_video("plain.mp4", 3))
    first = source.read()
    assert first is not None
    window = first.picture.luma_u8(Rect(10, 3, 50, 30)).copy()
    np.testing.assert_array_equal(window, first.luma_u8[3:30, 10:50])


def test_pictures_outlive_the_source(make_video: Make, number_in: Number) -> None:
    source = VideoFile(VideoFileParams(path=make_video("plain.mp4", 5)))
    source.open()
    frames = [source.read() for _ in range(5)]
    source.close()
    assert [number_in(frame.luma_u8) for frame in frames if frame is not None] == [0, 1, 2, 3, 4]


def test_samples_are_spread_over_the_file(make_video: Make, open_video: Callable[[Path], VideoFile]) -> None:
    source = open_video(make_video("plain.mp4", 100, options={"g": "10"}))
    indices = source.sample_indices(5)
    assert len(indices) == 5
    assert np.all(np.diff(indices) >= 10)


@pytest.mark.parametrize("index", [-1, 5, 1000])
def test_seeking_outside_the_file_is_an_error(
    index: int, make_video: Make, open_video: Callable[[Path], VideoFile]
) -> None:
    with pytest.raises(IndexError, match=f"frame {index}"):
        open_video(make_video("plain.mp4", 5)).seek(index)


def test_counting_can_be_given_up(make_video: Make, open_video: Callable[[Path], VideoFile]) -> None:
    assert open_video(make_video("long.avi", 4200, codec="mjpeg", pix_fmt="yuvj420p")).count(lambda: True) is None


@pytest.mark.usefixtures("no_leaks")
def test_a_source_that_cannot_be_opened_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    with pytest.raises(InputError, match="is not a video"):
        VideoFile(VideoFileParams(path=path)).open()


@pytest.mark.real_media
def test_real_video_by_seek_is_the_sequential_one(shared: Path, open_video: Callable[[Path], VideoFile]) -> None:
    source = open_video(shared / "media" / "animals" / "mouse_video.mp4")
    wanted = {3, 249, 250, 251, 777, 1200}
    frames = {}
    while len(frames) < len(wanted):
        frame = source.read()
        assert frame is not None
        if frame.index in wanted:
            frames[frame.index] = frame.luma_u8.copy()
    for index in sorted(wanted, reverse=True):
        source.seek(index)
        frame = source.read()
        assert frame is not None
        np.testing.assert_array_equal(frame.luma_u8, frames[index])
