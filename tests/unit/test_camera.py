"""Cameras of the computer, on a list of devices and a driver that stand in for the operating system."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from tracker_gui.core.cameras import list_cameras
from tracker_gui.core.errors import InputError
from tracker_gui.core.live import SourceInterrupted
from tracker_gui.engine.capture import CaptureLoop
from tracker_gui.stages.sources import camera
from tracker_gui.stages.sources.camera import Camera, CameraParams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's folders of devices")


class Bench:
    """A computer's sockets: what is plugged in, and the brightness each camera shows."""

    def __init__(self, root: Path) -> None:
        self.dev, self.sys_video = root / "dev", root / "sys"
        (self.dev / "v4l" / "by-id").mkdir(parents=True)
        self.sys_video.mkdir()
        self.shows: dict[str, int] = {}
        self.opened: list[tuple[str | int, list[int]]] = []

    def plug(self, node: str, name: str, brightness: int, serial: str | None, bus: str = "1-1:1.0") -> None:
        entry = self.sys_video / node
        entry.mkdir()
        (entry / "name").write_text(name + "\n")
        (entry / "index").write_text("0\n")
        socket = self.sys_video.parent / "bus" / bus
        socket.mkdir(parents=True, exist_ok=True)
        (entry / "device").symlink_to(socket)
        (self.dev / node).touch()
        if serial is not None:
            (self.dev / "v4l" / "by-id" / f"usb-{serial}-video-index0").symlink_to(self.dev / node)
        self.shows[str(self.dev / node)] = brightness

    def unplug_all(self) -> None:
        for entry in self.sys_video.iterdir():
            for part in entry.iterdir():
                part.unlink()
            entry.rmdir()
        for link in (self.dev / "v4l" / "by-id").iterdir():
            link.unlink()
        self.shows.clear()

    def open(self, address: str | int, settings: list[int]) -> Any:
        self.opened.append((address, settings))
        return Driver(self, str(address))


class Driver:
    """What cv2 hands out for a device."""

    def __init__(self, bench: Bench, address: str) -> None:
        self._bench, self._address = bench, address
        self.set_to: dict[int, float] = {}

    def isOpened(self) -> bool:
        return self._address in self._bench.shows

    def get(self, number: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 64.0, cv2.CAP_PROP_FRAME_HEIGHT: 48.0, cv2.CAP_PROP_FPS: 30.0}[number]

    def set(self, number: int, value: float) -> bool:
        self.set_to[number] = value
        return True

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(0.01)
        brightness = self._bench.shows.get(self._address)
        return brightness is not None, None if brightness is None else np.full((48, 64, 3), brightness, np.uint8)

    def release(self) -> None:
        return


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)
    monkeypatch.setattr(camera, "list_cameras", lambda: list_cameras(made.dev, made.sys_video))
    monkeypatch.setattr(camera, "open_capture", made.open)
    return made


LEFT, RIGHT = "usb-Maker_Cam_LEFT-video-index0", "usb-Maker_Cam_RIGHT-video-index0"


def plug_two(bench: Bench, left: str = "video0", right: str = "video2") -> None:
    bench.plug(left, "Cam", 50, "Maker_Cam_LEFT")
    bench.plug(right, "Cam", 200, "Maker_Cam_RIGHT", bus="1-2:1.0")


def opened(device: str, **params: Any) -> Camera:
    made = Camera(CameraParams(device=device, **params))
    made.open()
    return made


def test_cameras_are_listed_by_their_serial_numbers(bench: Bench) -> None:
    plug_two(bench)
    assert [device.id for device in list_cameras(bench.dev, bench.sys_video)] == [LEFT, RIGHT]


def test_a_camera_without_serial_number_is_known_by_name_and_socket(bench: Bench) -> None:
    bench.plug("video0", "Plain Cam", 50, None, bus="3-1:1.0")
    assert [device.id for device in list_cameras(bench.dev, bench.sys_video)] == ["Plain Cam @ 3-1:1.0"]


def test_the_second_node_of_a_camera_is_no_camera(bench: Bench) -> None:
    plug_two(bench)
    (bench.sys_video / "video2" / "index").write_text("1\n")
    assert [device.id for device in list_cameras(bench.dev, bench.sys_video)] == [LEFT]


def test_where_the_system_lists_none_there_is_none(tmp_path: Path) -> None:
    assert list_cameras(tmp_path, tmp_path / "missing") == []


def test_f08_a_camera_is_found_under_its_new_number(bench: Bench) -> None:
    plug_two(bench)
    frame = opened(RIGHT).read()
    assert frame is not None
    assert frame.bgr_u8[0, 0, 0] == 200
    bench.unplug_all()
    plug_two(bench, left="video2", right="video0")
    frame = opened(RIGHT).read()
    assert frame is not None
    assert frame.bgr_u8[0, 0, 0] == 200


def test_f08_another_camera_is_never_taken_in_its_place(bench: Bench) -> None:
    bench.plug("video0", "Cam", 50, "Maker_Cam_LEFT")
    with pytest.raises(SourceInterrupted, match="not connected"):
        Camera(CameraParams(device=RIGHT)).open()
    assert bench.opened == []


def test_f08_the_loop_waits_for_the_camera_it_was_given(bench: Bench, no_leaks: None) -> None:
    plug_two(bench)
    shades: list[int] = []
    loop = CaptureLoop(
        lambda: Camera(CameraParams(device=RIGHT)), lambda frame: shades.append(int(frame.bgr_u8[0, 0, 0]))
    )
    loop.start()
    wait(lambda: len(shades) > 3)
    bench.unplug_all()
    wait(lambda: "unplugged" in loop.status.sentence or "not connected" in loop.status.sentence)
    bench.plug("video2", "Cam", 50, "Maker_Cam_LEFT")
    bench.plug("video0", "Cam", 200, "Maker_Cam_RIGHT", bus="1-2:1.0")
    before = len(shades)
    wait(lambda: len(shades) > before + 3)
    assert loop.stop()
    assert set(shades) == {200}


def wait(condition: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until_s
        time.sleep(0.01)


def test_without_a_name_the_only_camera_is_taken(bench: Bench) -> None:
    bench.plug("video3", "Cam", 50, "Maker_Cam_LEFT")
    assert opened("").read() is not None


def test_without_a_name_none_of_several_is_taken(bench: Bench) -> None:
    plug_two(bench)
    with pytest.raises(InputError, match=r"several are connected.*LEFT.*RIGHT"):
        Camera(CameraParams()).open()


def test_size_rate_and_format_are_asked_for_before_the_first_picture(bench: Bench) -> None:
    plug_two(bench)
    opened(LEFT, width_px=1280, height_px=720, rate_hz=60, pixel_format="MJPG")
    ((_, settings),) = bench.opened
    pairs = dict(zip(settings[::2], settings[1::2], strict=True))
    assert pairs == {
        cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*"MJPG"),
        cv2.CAP_PROP_FRAME_WIDTH: 1280,
        cv2.CAP_PROP_FRAME_HEIGHT: 720,
        cv2.CAP_PROP_FPS: 60,
    }


def test_what_the_camera_does_not_grant_is_said(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    plug_two(bench)
    opened(LEFT, width_px=1280)
    assert "gives 64 px wide, not the 1280 that were asked for" in caplog.text


def test_a_number_is_the_last_resort(bench: Bench) -> None:
    with pytest.raises(SourceInterrupted, match="cannot be opened"):
        Camera(CameraParams(device="index:7")).open()
    assert bench.opened[0][0] == 7


def test_no_camera_here_is_a_sentence(bench: Bench) -> None:
    with pytest.raises(SourceInterrupted, match="no camera is connected"):
        Camera().open()
