"""The small pictures of a camera, and the list of cameras that are connected."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core import cameras
from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import StageChoice, choice
from tracker_gui.engine.camera_watch import CameraWatch
from tracker_gui.engine.live_thumbnail import LiveThumbnail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker_gui.core.cameras import CameraDevice
    from tracker_gui.engine.capture import CaptureStatus

PATIENCE_S = 20.0


class Watched:
    """A thumbnail with its thread, and all it said."""

    def __init__(self, source: StageChoice) -> None:
        self.said: list[CaptureStatus] = []
        self.arrived = threading.Event()
        self.thumbnail = LiveThumbnail(source, (96, 72), self.arrived.set, self.said.append)
        self.thread = threading.Thread(target=self.thumbnail.run)
        self.thread.start()

    def picture(self) -> Any:
        """Wait for the next picture and take it."""
        assert self.arrived.wait(PATIENCE_S)
        self.arrived.clear()
        return self.thumbnail.take()

    def close(self) -> None:
        self.thumbnail.close()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


@pytest.fixture
def watched(no_leaks: None) -> Iterator[Callable[[StageChoice], Watched]]:
    """Return a function that begins a thumbnail; afterwards it must end with all its threads."""
    begun: list[Watched] = []

    def begin(source: StageChoice) -> Watched:
        begun.append(Watched(source))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def arena(**params: Any) -> StageChoice:
    usual = {"animals": 2, "width_px": 400, "height_px": 300, "duration_s": 1.0, "seed": 3}
    return choice("sources", "simulated", **{**usual, **params})


def test_a_picture_is_made_to_fit_and_tells_the_size_of_the_source(watched: Callable[[StageChoice], Watched]) -> None:
    shown = watched(arena()).picture()
    assert shown.bgra_u8.shape == (72, 96, 4)
    assert shown.size_px == (400, 300)


def test_a_small_picture_stays_as_it_is(watched: Callable[[StageChoice], Watched]) -> None:
    assert watched(arena(width_px=80, height_px=64)).picture().bgra_u8.shape == (64, 80, 4)


def test_other_settings_are_opened_in_the_place_of_the_first(watched: Callable[[StageChoice], Watched]) -> None:
    seen = watched(arena())
    seen.picture()
    seen.thumbnail.use(arena(width_px=320, height_px=180))
    while seen.picture().size_px != (320, 180):
        assert len(seen.said) < 10


def test_what_cannot_be_opened_at_all_is_said(watched: Callable[[StageChoice], Watched], tmp_path: Path) -> None:
    seen = watched(choice("sources", "replay", path=tmp_path / "gone.mp4"))
    failed = threading.Event()
    for _ in range(200):
        if seen.said and seen.said[-1].state is CaptureState.FAILED:
            break
        failed.wait(0.05)
    assert "there is no such file" in seen.said[-1].sentence


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's folders of devices")
def test_a_camera_that_is_plugged_in_is_listed_soon(bench: Any, no_leaks: None) -> None:
    lists: list[list[CameraDevice]] = []
    told = threading.Event()

    def take(found: list[CameraDevice]) -> None:
        lists.append(found)
        told.set()

    watch = CameraWatch(take, every_s=0.01)
    thread = threading.Thread(target=watch.run)
    thread.start()
    assert told.wait(PATIENCE_S)
    told.clear()
    bench.plug("video0", "Cam", 50, "Maker_Cam")
    assert told.wait(PATIENCE_S)
    watch.close()
    thread.join(PATIENCE_S)
    assert lists[0] == []
    assert [device.id for device in lists[-1]] == ["usb-Maker_Cam-video-index0"]


def test_where_the_system_names_no_camera_the_first_one_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras.sys, "platform", "win32")
    assert [device.id for device in CameraWatch(lambda found: None).look()] == ["index:0"]
