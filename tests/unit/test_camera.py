"""Cameras of the computer, on a list of devices and a driver that stand in for the operating system."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import cv2
import pytest

from tracker_gui.core.cameras import list_cameras
from tracker_gui.core.errors import InputError
from tracker_gui.core.live import SourceInterrupted
from tracker_gui.engine.capture import CaptureLoop
from tracker_gui.stages.sources.camera import Camera, CameraParams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's folders of devices")


LEFT, RIGHT = "usb-Maker_Cam_LEFT-video-index0", "usb-Maker_Cam_RIGHT-video-index0"


def plug_two(bench: Any, left: str = "video0", right: str = "video2") -> None:
    bench.plug(left, "Cam", 50, "Maker_Cam_LEFT")
    bench.plug(right, "Cam", 200, "Maker_Cam_RIGHT", bus="1-2:1.0")


def opened(device: str, **params: Any) -> Camera:
    made = Camera(CameraParams(device=device, **params))
    made.open()
    return made


def test_cameras_are_listed_by_their_serial_numbers(bench: Any) -> None:
    plug_two(bench)
    assert [device.id for device in list_cameras(bench.dev, bench.sys_video)] == [LEFT, RIGHT]


def test_a_camera_without_serial_number_is_known_by_name_and_socket(bench: Any) -> None:
    bench.plug("video0", "Plain Cam", 50, None, bus="3-1:1.0")
    assert [device.id for device in list_cameras(bench.dev, bench.sys_video)] == ["Plain Cam @ 3-1:1.0"]


def test_the_second_node_of_a_camera_is_no_camera(bench: Any) -> None:
    plug_two(bench)
    (bench.sys_video / "video2" / "index").write_text("1\n")
    assert [device.id for device in list_cameras(bench.dev, bench.sys_video)] == [LEFT]


def test_where_the_system_lists_none_there_is_none(tmp_path: Path) -> None:
    assert list_cameras(tmp_path, tmp_path / "missing") == []


def test_f08_a_camera_is_found_under_its_new_number(bench: Any) -> None:
    plug_two(bench)
    frame = opened(RIGHT).read()
    assert frame is not None
    assert frame.bgr_u8[0, 0, 0] == 200
    bench.unplug_all()
    plug_two(bench, left="video2", right="video0")
    frame = opened(RIGHT).read()
    assert frame is not None
    assert frame.bgr_u8[0, 0, 0] == 200


def test_f08_another_camera_is_never_taken_in_its_place(bench: Any) -> None:
    bench.plug("video0", "Cam", 50, "Maker_Cam_LEFT")
    with pytest.raises(SourceInterrupted, match="not connected"):
        Camera(CameraParams(device=RIGHT)).open()
    assert bench.opened == []


def test_f08_the_loop_waits_for_the_camera_it_was_given(bench: Any, no_leaks: None) -> None:
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


def test_without_a_name_the_only_camera_is_taken(bench: Any) -> None:
    bench.plug("video3", "Cam", 50, "Maker_Cam_LEFT")
    assert opened("").read() is not None


def test_without_a_name_none_of_several_is_taken(bench: Any) -> None:
    plug_two(bench)
    with pytest.raises(InputError, match=r"several are connected.*LEFT.*RIGHT"):
        Camera(CameraParams()).open()


def test_size_rate_and_format_are_asked_for_before_the_first_picture(bench: Any) -> None:
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


def test_what_the_camera_does_not_grant_is_said(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    plug_two(bench)
    opened(LEFT, width_px=1280)
    assert "gives 64 px wide, not the 1280 that were asked for" in caplog.text


def test_a_number_is_the_last_resort(bench: Any) -> None:
    with pytest.raises(SourceInterrupted, match="cannot be opened"):
        Camera(CameraParams(device="index:7")).open()
    assert bench.opened[0][0] == 7


def test_no_camera_here_is_a_sentence(bench: Any) -> None:
    with pytest.raises(SourceInterrupted, match="no camera is connected"):
        Camera().open()
