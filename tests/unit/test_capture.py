"""The capture loop where no network is needed: pace of attempts, hanging drivers, counts of what is dropped."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.errors import InputError
from tracker_gui.core.live import CaptureState, LiveSource, SourceInterrupted, without_credentials
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.stage import NoParams
from tracker_gui.core.types import Frame, SourceInfo
from tracker_gui.engine.capture import Backoff, CaptureLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PICTURE = ArrayPicture(np.zeros((4, 6), np.uint8))


class Device(LiveSource[NoParams]):
    """A camera's driver: does what each opening is told to, and hangs until it is let go."""

    title = "Device"
    about = "A driver."
    let_go = threading.Event()

    def __init__(self, deeds: list[Any]) -> None:
        super().__init__()
        self._deeds = deeds
        self.closed = False

    @property
    def name(self) -> str:
        return "the device"

    @property
    def read_timeout_s(self) -> float:
        return 0.1

    def open(self) -> SourceInfo:
        return SourceInfo("the device", (6, 4), 100.0, None, is_live=True, can_seek=False)

    def read(self) -> Frame | None:
        deed = self._deeds.pop(0) if self._deeds else None
        if deed == "hang":
            self.let_go.wait()
            return None
        if isinstance(deed, BaseException):
            raise deed
        if deed is None:
            return None
        time.sleep(0.002)
        return Frame(0, time.monotonic(), time.time(), "device", int(deed), PICTURE)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def run(no_leaks: None) -> Iterator[Callable[..., CaptureLoop]]:
    """Return a function that runs a loop over openings, each a list of deeds: frames lost, "hang" or an error."""
    loops: list[CaptureLoop] = []
    Device.let_go.clear()

    def begin(*openings: list[Any], **kwargs: Any) -> CaptureLoop:
        left = [[], *openings]  # the first is asked for its name only
        loop = CaptureLoop(lambda: Device(left.pop(0) if left else []), backoff=Backoff(lambda: 1.0), **kwargs)
        loops.append(loop)
        loop.start()
        return loop

    yield begin
    Device.let_go.set()
    for loop in loops:
        loop.stop()


def ended(loop: CaptureLoop, timeout_s: float = 20.0) -> CaptureLoop:
    until_s = time.monotonic() + timeout_s
    while loop.running:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    return loop


def test_attempts_wait_longer_and_longer() -> None:
    backoff = Backoff(lambda: 0.0)
    assert [backoff.next_s() for _ in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_chance_makes_a_wait_shorter_by_a_fifth_at_most() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.next_s() for _ in range(3)] == [0.8, 1.6, 3.2]


def test_a_camera_that_was_live_is_looked_for_every_four_seconds() -> None:
    backoff = Backoff(lambda: 0.0)
    backoff.went_live()
    assert [backoff.next_s() for _ in range(5)] == [1, 2, 4, 4, 4]


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_a_refused_password_is_not_tried_again_for_thirty_seconds(chance: float) -> None:
    backoff = Backoff(lambda: chance)
    assert all(backoff.next_s(at_least_s=30.0) >= 30.0 for _ in range(10))


def test_frames_are_counted_by_what_became_of_them(run: Callable[..., CaptureLoop]) -> None:
    class Full:
        def put(self, frame: Frame) -> bool:
            return frame.index % 2 == 0

    loop = ended(run([0, 0, 3, 0, 0, 0], writer=Full()))
    figures = loop.figures()
    assert figures.received == 6
    assert figures.dropped == {"tracking busy": 5, "writer": 3, "damaged": 0, "source": 3, "disconnected": 0}


def test_tracking_gets_the_newest_frame(run: Callable[..., CaptureLoop]) -> None:
    frame = ended(run([0, 0, 0])).frames.take()
    assert frame is not None
    assert frame.index == 2


def test_a_source_that_ends_ends_the_loop(run: Callable[..., CaptureLoop]) -> None:
    assert ended(run([0])).status.state is CaptureState.ENDED


def test_a_source_that_cannot_be_used_ends_the_loop_with_its_sentence(run: Callable[..., CaptureLoop]) -> None:
    loop = ended(run([InputError("device", "is a toaster", "Buy a camera.")]))
    assert loop.status.state is CaptureState.FAILED
    assert loop.status.sentence == "device: is a toaster. Buy a camera."


def test_an_unexpected_error_is_one_more_interruption(run: Callable[..., CaptureLoop]) -> None:
    loop = ended(run([0, ZeroDivisionError("nobody thought of this")], [0, 0]))
    assert loop.figures().received == 3
    assert "nobody thought of this" in loop.figures().gaps[0].reason


def test_a_gap_has_begin_end_and_reason(run: Callable[..., CaptureLoop]) -> None:
    seen: list[Frame] = []
    loop = ended(run([0, 0, SourceInterrupted("the cable fell out")], [0, 0], on_frame=seen.append))
    (gap,) = loop.figures().gaps
    assert gap.reason == "the cable fell out"
    assert gap.start_s == seen[1].t_capture_s
    assert gap.end_s == seen[2].t_capture_s
    assert gap.frames_lost == pytest.approx((gap.end_s - gap.start_s) * 100 - 1, abs=1)
    assert seen[2].lost_before == gap.frames_lost
    assert [frame.index for frame in seen] == [0, 1, 2, 3]


def test_a_read_that_hangs_is_given_up_and_the_source_opened_again(run: Callable[..., CaptureLoop]) -> None:
    states: list[CaptureState] = []
    loop = ended(run([0, 0, "hang"], [0, 0, 0], on_state=lambda status: states.append(status.state)))
    assert loop.figures().received == 5
    live, stale, again = CaptureState.LIVE, CaptureState.STALE, CaptureState.RECONNECTING
    assert states == [CaptureState.CONNECTING, live, stale, again, live, CaptureState.ENDED]


def test_a_hanging_read_does_not_hold_up_the_end(run: Callable[..., CaptureLoop]) -> None:
    loop = run([0, "hang"])
    until_s = time.monotonic() + 10
    while loop.figures().received < 1:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    since_s = time.monotonic()
    assert not loop.stop(timeout_s=0.5)
    assert time.monotonic() - since_s < 3
    assert loop.status.state is CaptureState.STOPPED


def test_what_a_given_up_source_still_says_is_not_heard(run: Callable[..., CaptureLoop]) -> None:
    seen: list[Frame] = []
    loop = run([0, "hang", 0, 0], on_frame=seen.append)
    until_s = time.monotonic() + 10
    while loop.status.state is not CaptureState.RECONNECTING:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    Device.let_go.set()
    ended(loop)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://me:s3cret@cam/video", "http://cam/video"),
        ("rtsp://me@cam:554/1", "rtsp://cam:554/1"),
        ("http://cam/v?user=me&pwd=s3cret&size=2", "http://cam/v?user=***&pwd=***&size=2"),
        ("http://cam/v?access_token=s3cret", "http://cam/v?access_token=***"),
        ("--source=http://a:b@c/d and rtsp://e:f@g/h", "--source=http://c/d and rtsp://g/h"),
        ("http://cam/video", "http://cam/video"),
        ("mail me@here.org", "mail me@here.org"),
    ],
)
def test_addresses_are_shown_without_passwords(address: str, shown: str) -> None:
    assert without_credentials(address) == shown
