"""Cameras of this computer (USB, built in), opened by a name that stays theirs."""

from __future__ import annotations

import logging
import math
import sys
import time
from typing import Any, ClassVar, Literal

import cv2

from tracker_gui.core.cameras import CameraDevice, find_camera, list_cameras
from tracker_gui.core.errors import InputError
from tracker_gui.core.live import LiveSource, SourceInterrupted
from tracker_gui.core.params import Params, setting
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.types import Frame, SourceInfo

log = logging.getLogger(__name__)

FALLBACK_RATE_HZ = 30.0
MANUAL_EXPOSURE = 1.0  # V4L2's number for it
OPEN_TIMEOUT_MS = 5000


class CameraParams(Params):
    """Which camera and how it is set."""

    device: str = setting(
        "",
        title="Camera",
        description="Its lasting name, as 'tracker-gui doctor' lists it; empty for the only one. Where the system "
        "gives no names, index:0 is the first.",
    )
    width_px: int = setting(
        0, title="Width", unit="px", ge=0, le=16384, step=16, description="Width to ask for; 0 leaves it to the camera."
    )
    height_px: int = setting(
        0, title="Height", unit="px", ge=0, le=16384, step=16,
        description="Height to ask for; 0 leaves it to the camera.",
    )  # fmt: skip
    rate_hz: float = setting(
        0.0, title="Frame rate", unit="Hz", ge=0, le=1000, step=1,
        description="Frames per second to ask for; 0 leaves it to the camera.",
    )  # fmt: skip
    pixel_format: Literal["auto", "MJPG", "YUYV", "NV12", "GREY"] = setting(
        "auto",
        title="Pixel format",
        more=True,
        description="How pictures come over the cable. MJPG gets high rates through USB 2, YUYV and GREY have no "
        "artefacts of compression.",
    )
    exposure_ms: float = setting(
        0.0, title="Exposure", unit="ms", ge=0, le=1000, step=0.5, more=True,
        description="Time the sensor is lit for each picture, where the camera lets it be set; 0 leaves it to the "
        "camera, which may then change it while you record.",
    )  # fmt: skip


class Camera(LiveSource[CameraParams]):
    """A camera of this computer."""

    title: ClassVar[str] = "Camera"
    about: ClassVar[str] = "A USB or built-in camera; the same one again after it was unplugged, never another."
    Params = CameraParams

    def __init__(self, params: CameraParams | None = None) -> None:
        super().__init__(params)
        self._capture: Any = None
        self._index = 0

    @property
    def name(self) -> str:
        return self.params.device or "camera"

    def open(self) -> SourceInfo:
        self.close()
        device = self._device()
        capture = open_capture(device.address, self._settings())
        if not capture.isOpened():
            capture.release()
            raise SourceInterrupted("it cannot be opened (does another program use it?)")
        self._capture = capture
        self._index = 0
        self._expose()
        width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        rate_hz = float(capture.get(cv2.CAP_PROP_FPS))
        if not 0 < rate_hz <= 1000:
            rate_hz = self.params.rate_hz or FALLBACK_RATE_HZ
        p = self.params
        for wanted, given, what in (
            (p.width_px, width, "px wide"),
            (p.height_px, height, "px high"),
            (p.rate_hz, rate_hz, "frames/s"),
        ):
            if wanted and wanted != given:
                log.warning("%s: gives %g %s, not the %g that were asked for", self.name, given, what, wanted)
        return SourceInfo(
            name=device.name,
            size_px=(width, height),
            rate_hz=rate_hz,
            frame_count=None,
            is_live=True,
            can_seek=False,
            details=(("device", device.id), ("address", str(device.address))),
        )

    def _device(self) -> CameraDevice:
        devices = list_cameras()
        if self.params.device:
            device = find_camera(self.params.device, devices)
            if device is None:
                raise SourceInterrupted("it is not connected. Plug it in; another camera is not taken in its place")
            return device
        if len(devices) == 1:
            return devices[0]
        if devices:
            names = ", ".join(f"'{device.id}'" for device in devices)
            raise InputError("camera", f"several are connected: {names}", "Choose one of them by its name.")
        raise SourceInterrupted("no camera is connected")

    def _settings(self) -> list[int]:
        """Return what the driver must know before the first picture, as cv2 takes it."""
        p = self.params
        settings = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS] if not sys.platform.startswith("linux") else []
        if p.pixel_format != "auto":
            settings += [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*p.pixel_format)]
        for number, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, p.width_px),
            (cv2.CAP_PROP_FRAME_HEIGHT, p.height_px),
            (cv2.CAP_PROP_FPS, round(p.rate_hz)),
        ):
            settings += [number, value] if value else []
        return settings

    def _expose(self) -> None:
        exposure_ms = self.params.exposure_ms
        if not exposure_ms:
            return
        # V4L2 counts in 0.1 ms, the others in powers of two of a second.
        on_linux = sys.platform.startswith("linux")
        value = exposure_ms * 10 if on_linux else math.log2(exposure_ms / 1000)
        self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE if on_linux else 0.25)
        if not self._capture.set(cv2.CAP_PROP_EXPOSURE, value):
            log.warning("%s: does not let its exposure be set", self.name)

    def read(self) -> Frame | None:
        if self._capture is None:
            raise InputError(self.name, "it is not open")
        good, picture = self._capture.read()
        if not good or picture is None:
            away = self.params.device and find_camera(self.params.device, list_cameras()) is None
            raise SourceInterrupted("it was unplugged" if away else "it gives no picture")
        frame = Frame(self._index, time.monotonic(), time.time(), self.name, 0, ArrayPicture(picture))
        self._index += 1
        return frame

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()


def open_capture(address: str | int, settings: list[int]) -> Any:
    """Open a device through the system's own interface; never through one that takes a number for a file name."""
    backend = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_MSMF}.get(
        sys.platform, cv2.CAP_ANY
    )
    return cv2.VideoCapture(address, backend, settings)
