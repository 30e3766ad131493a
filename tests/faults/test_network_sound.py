"""Network cameras with a microphone: what they sent is heard in the recording, at the time of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import pytest

from tracker_gui.core.live import CaptureState
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.engine.capture import CaptureLoop, CaptureStatus
from tracker_gui.engine.recorder import Recorder
from tracker_gui.stages.sources.network_stream import NetworkStream, NetworkStreamParams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

IN_SYNC_S = 0.05
# After that long the camera has sent two flashes at least, and the times of its sound are known.
FRAMES = 75


class Session:
    """A camera that is recorded."""

    def __init__(self, url: str, folder: Path) -> None:
        self.said: list[CaptureStatus] = []
        self.recorder = Recorder(RecorderSettings(reserve_mb=0), "cam", folder)
        self.recorder.start()
        source = NetworkStreamParams(url=url)
        self.loop = CaptureLoop(lambda: NetworkStream(source), on_state=self.said.append, writer=self.recorder)
        self.loop.start()

    def runs_on(self) -> Callable[[], bool]:
        """Return a condition: as many frames more as the tests need."""
        before = self.recorder.state.frames
        return lambda: self.recorder.state.frames >= before + FRAMES

    def end(self) -> list[Path]:
        """Return the videos."""
        self.loop.stop()
        return [path for path in self.recorder.stop(10.0).files if path.suffix == ".mp4"]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Callable[[str], Session]]:
    sessions: list[Session] = []

    def start(url: str) -> Session:
        sessions.append(Session(url, tmp_path / "out"))
        return sessions[-1]

    yield start
    for each in sessions:
        each.end()


def codec_of_sound(video: Path) -> str:
    with av.open(str(video)) as container:
        return container.streams.audio[0].codec_context.codec.canonical_name


def assert_in_sync(pair: tuple[list[float], list[float]]) -> None:
    """Check that no flash is before its click, and the one that was the least delayed by a busy machine with it."""
    seen, heard = pair
    assert len(heard) >= 2
    late_s = [t_s - min(heard, key=lambda click_s: abs(click_s - t_s)) for t_s in seen]
    # The first seconds of a connection may bring a flash without a click.
    late_s = [late for late in late_s if abs(late) < 0.5]
    assert len(late_s) >= 2
    assert -IN_SYNC_S < min(late_s) < IN_SYNC_S


@pytest.mark.parametrize(("sent", "kept"), [("pcmu", "aac"), ("opus", "opus")])
def test_a_click_is_heard_with_its_flash(
    sent: str, kept: str, rtsp_camera: Any, record: Callable[[str], Session], until: Any, flashes_in: Any
) -> None:
    session = record(rtsp_camera.url.replace("/cam", f"/{sent}"))
    until(session.runs_on(), 30)
    (video,) = session.end()
    assert_in_sync(flashes_in(video))
    assert codec_of_sound(video) == kept


def test_aac_is_kept_as_the_camera_sends_it(
    has_element: Callable[[str], bool], rtsp_camera: Any, record: Callable[[str], Session], until: Any, flashes_in: Any
) -> None:
    if not has_element("voaacenc"):
        pytest.skip("needs GStreamer's AAC encoder (Debian: gstreamer1.0-plugins-bad)")
    session = record(rtsp_camera.url.replace("/cam", "/aac"))
    until(session.runs_on(), 30)
    (video,) = session.end()
    assert codec_of_sound(video) == "aac"
    # This encoder is 40 ms late by itself, so nothing can be said of the time.
    assert len(flashes_in(video)[1]) >= 2


def test_a_camera_that_was_away_is_in_sync_again_in_a_file_of_its_own(
    rtsp_camera: Any, record: Callable[[str], Session], until: Any, flashes_in: Any
) -> None:
    session = record(rtsp_camera.url.replace("/cam", "/pcmu"))
    until(session.runs_on(), 30)
    rtsp_camera.kill()
    until(lambda: session.loop.status.state is CaptureState.RECONNECTING, 10)
    rtsp_camera.start()
    until(session.runs_on(), 30)
    videos = session.end()
    assert len(videos) == 2
    for video in videos:
        assert_in_sync(flashes_in(video))


def test_a_camera_of_which_only_the_sound_goes_on_is_opened_again(
    rtsp_camera: Any, record: Callable[[str], Session], until: Any
) -> None:
    session = record(rtsp_camera.url.replace("/cam", "/pcmu"))
    until(session.runs_on(), 30)
    rtsp_camera.tell("stall")
    until(lambda: any("only sound came" in status.sentence for status in session.said), 10)
