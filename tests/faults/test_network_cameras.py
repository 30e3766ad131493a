"""Network cameras that break in every way of the fault matrix (F01-F07), and what the capture loop makes of it."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.live import CaptureState
from tracker_gui.engine.capture import CaptureLoop, CaptureStatus
from tracker_gui.stages.sources.network_stream import NetworkStream, NetworkStreamParams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker_gui.core.types import Frame


class Watch:
    """A capture loop over one address, and all it said."""

    def __init__(self, url: str) -> None:
        self.said: list[CaptureStatus] = []
        self.sizes_px: list[tuple[int, int]] = []
        self.frames: list[tuple[int, float, int]] = []
        self.darkest: list[float] = []
        self.loop = CaptureLoop(lambda: NetworkStream(NetworkStreamParams(url=url)), self._on_frame, self.said.append)
        self.loop.start()

    def _on_frame(self, frame: Frame) -> None:
        self.sizes_px.append(frame.size_px)
        self.frames.append((frame.index, frame.t_capture_s, frame.lost_before))
        self.darkest.append(float(np.mean(frame.luma_u8)))

    @property
    def state(self) -> CaptureState:
        return self.loop.status.state

    def is_live(self) -> bool:
        return self.state is CaptureState.LIVE

    def runs_on(self, frames: int = 10) -> Callable[[], bool]:
        wanted = len(self.frames) + frames
        return lambda: self.is_live() and len(self.frames) >= wanted

    def states(self) -> list[CaptureState]:
        return [status.state for status in self.said]

    def sentences(self) -> str:
        return " ".join(status.sentence for status in self.said)


@pytest.fixture
def watch(no_leaks: None) -> Iterator[Callable[[str], Watch]]:
    """Return a function that begins to watch an address; all threads and connections must be gone afterwards."""
    begun: list[Watch] = []

    def begin(url: str) -> Watch:
        begun.append(Watch(url))
        return begun[-1]

    yield begin
    for each in begun:
        since_s = time.monotonic()
        each.loop.stop()
        assert time.monotonic() - since_s < 3


def test_frames_arrive_with_their_times(mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any) -> None:
    seen = watch(mjpeg_camera.url)
    until(lambda: len(seen.frames) >= 30)
    times_s = [t_s for _, t_s, _ in seen.frames]
    assert [index for index, _, _ in seen.frames][:30] == list(range(30))
    assert times_s == sorted(times_s)
    info = seen.loop.info
    assert info is not None
    assert info.size_px == (320, 240)
    assert info.is_live
    assert not info.can_seek
    assert info.rate_hz == pytest.approx(30, rel=0.5)


def test_a_camera_without_lengths_is_not_a_picture_behind(
    mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    mjpeg_camera.tell("no-length")
    mjpeg_camera.tell("rate", 4)
    seen = watch(mjpeg_camera.url)
    until(lambda: len(seen.frames) >= 6)
    assert seen.loop.figures().dropped["damaged"] == 0


@pytest.mark.parametrize("order", ["close"])
def test_f01_a_connection_closed_within_a_picture_is_opened_again(
    order: str, mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    seen = watch(mjpeg_camera.url)
    until(seen.runs_on())
    mjpeg_camera.tell(order)
    until(lambda: CaptureState.RECONNECTING in seen.states(), 5)
    until(seen.runs_on(), 10)
    gap = seen.loop.figures().gaps[0]
    assert gap.end_s is not None
    assert gap.end_s > gap.start_s
    assert "closed the connection" in gap.reason
    assert "gap of" in caplog.text
    lost = [lost for _, _, lost in seen.frames if lost]
    assert lost == [gap.frames_lost]
    assert seen.loop.figures().dropped["disconnected"] == gap.frames_lost
    assert seen.loop.figures().reconnections == 1
    assert [index for index, _, _ in seen.frames] == list(range(len(seen.frames)))


def test_f01_a_camera_that_was_away_is_back_soon_after_its_return(
    mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(mjpeg_camera.url)
    until(seen.runs_on())
    mjpeg_camera.kill()
    until(lambda: "refused" in seen.sentences())
    mjpeg_camera.start()
    until(seen.runs_on(), 15)


def test_f02_a_camera_that_stalls_is_said_to_be_stale_and_opened_again(
    mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(mjpeg_camera.url)
    until(seen.runs_on())
    mjpeg_camera.tell("stall")
    until(lambda: CaptureState.RECONNECTING in seen.states(), 10)
    assert "stalled" in seen.sentences()
    mjpeg_camera.tell("ok")
    until(seen.runs_on())
    assert "stalled" in seen.loop.figures().gaps[0].reason


@pytest.mark.parametrize(
    ("status", "words", "state"),
    [
        (401, "user name", CaptureState.REFUSED),
        (403, "forbids", CaptureState.REFUSED),
        (404, "does not know this path", CaptureState.REFUSED),
        (503, "error (503)", CaptureState.RECONNECTING),
    ],
)
def test_f03_the_message_says_what_the_camera_answers(
    status: int, words: str, state: CaptureState, mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    mjpeg_camera.tell("refuse", status)
    seen = watch(mjpeg_camera.url)
    until(lambda: state in seen.states())
    assert words in seen.sentences()
    if state is CaptureState.REFUSED:
        assert seen.loop.status.retry_in_s is not None
        assert seen.loop.status.retry_in_s >= 30


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1/video", "refused"),
        ("http://no-such-camera.invalid/video", "unknown host 'no-such-camera.invalid'"),
        ("rtsp://127.0.0.1:1/cam", "refused"),
        ("rtsp://no-such-camera.invalid/cam", "unknown host 'no-such-camera.invalid'"),
    ],
)
def test_f03_the_message_says_why_there_is_no_connection(
    url: str, words: str, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(url)
    until(lambda: CaptureState.RECONNECTING in seen.states())
    assert words in seen.sentences()
    assert len(seen.frames) == 0


def test_f03_a_camera_that_takes_the_password_again_is_live(
    mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    mjpeg_camera.tell("user", "me:s3cret")
    seen = watch(mjpeg_camera.url.replace("://", "://me:s3cret@"))
    until(seen.runs_on())


def test_f03_a_password_is_in_no_message_and_no_log(
    mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mjpeg_camera.tell("user", "me:another")
    seen = watch(mjpeg_camera.url.replace("://", "://me:s3cret@") + "?pwd=s3cret")
    until(lambda: CaptureState.REFUSED in seen.states())
    assert "s3cret" not in seen.sentences()
    assert "s3cret" not in caplog.text
    assert "password are wrong" in seen.sentences()


@pytest.mark.parametrize("order", ["garble", "truncate"])
def test_f04_damaged_pictures_are_counted_and_left_out(
    order: str, mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    mjpeg_camera.tell("rate", 120)
    seen = watch(mjpeg_camera.url)
    until(seen.runs_on())
    mjpeg_camera.tell(order)
    until(lambda: seen.loop.figures().dropped["damaged"] >= 5)
    assert CaptureState.RECONNECTING not in seen.states()
    # A picture of which a part is missing is painted gray by most decoders.
    assert np.ptp(seen.darkest) < 3
    assert sum(lost for _, _, lost in seen.frames) == seen.loop.figures().dropped["damaged"]


def test_f04_a_camera_that_sends_nothing_but_garbage_is_not_live(
    mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(mjpeg_camera.url)
    until(seen.runs_on())
    mjpeg_camera.tell("garbage")
    until(lambda: "only damaged pictures" in seen.sentences())
    mjpeg_camera.tell("ok")
    until(seen.runs_on())


def test_f05_another_size_is_said_and_the_frames_have_it(
    mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(mjpeg_camera.url)
    until(seen.runs_on())
    mjpeg_camera.tell("size", 640, 480)
    until(lambda: (640, 480) in seen.sizes_px)
    assert "changed from 320 x 240 to 640 x 480" in seen.sentences()
    assert CaptureState.RECONNECTING not in seen.states()


@pytest.mark.parametrize("cycles", [5, pytest.param(100, marks=[pytest.mark.faults_full, pytest.mark.timeout(1200)])])
def test_f06_every_unplugging_is_survived(
    cycles: int, mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(mjpeg_camera.url)
    for _ in range(cycles):
        until(seen.runs_on(3), 30)
        mjpeg_camera.kill()
        until(lambda: seen.state is CaptureState.RECONNECTING)
        mjpeg_camera.start()
    until(seen.runs_on(3), 30)
    assert seen.loop.figures().reconnections == cycles
    assert len(seen.loop.figures().gaps) == cycles


def test_f07_an_rtsp_server_killed_and_restarted_is_found_again(
    rtsp_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(rtsp_camera.url)
    until(seen.runs_on(), 30)
    rtsp_camera.kill()
    until(lambda: CaptureState.RECONNECTING in seen.states(), 10)
    rtsp_camera.start()
    until(seen.runs_on(), 20)
    assert seen.loop.figures().reconnections == 1


def test_f07_an_rtsp_camera_that_stalls_is_opened_again(
    rtsp_camera: Any, watch: Callable[[str], Watch], until: Any
) -> None:
    seen = watch(rtsp_camera.url)
    until(seen.runs_on(), 30)
    rtsp_camera.tell("stall")
    until(lambda: "stalled" in seen.sentences(), 10)
    rtsp_camera.tell("ok")
    until(seen.runs_on(), 20)


def test_an_address_that_is_none_ends_the_loop_with_the_way_out(watch: Callable[[str], Watch], until: Any) -> None:
    seen = watch("ftp://me:s3cret@camera/video")
    until(lambda: seen.state is CaptureState.FAILED)
    assert "ftp://camera/video: is not the address of a camera" in seen.loop.status.sentence
    assert "rtsp://" in seen.loop.status.sentence


def test_a_page_in_the_place_of_pictures_is_named(mjpeg_camera: Any, watch: Callable[[str], Watch], until: Any) -> None:
    mjpeg_camera.tell("html")
    seen = watch(mjpeg_camera.url)
    until(lambda: CaptureState.REFUSED in seen.states())
    assert "text/html" in seen.sentences()
