"""Sockets and drivers of cameras that stand in for the operating system's."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path


class Bench:
    """A computer's sockets: what is plugged in, the brightness each camera shows, and who has it open."""

    def __init__(self, root: Path) -> None:
        self.dev, self.sys_video = root / "dev", root / "sys"
        (self.dev / "v4l" / "by-id").mkdir(parents=True)
        self.sys_video.mkdir()
        self.shows: dict[str, int] = {}
        self.opened: list[tuple[str | int, list[int]]] = []
        self.open_now: list[str] = []
        #: While it is cleared, reading hangs as it does in a driver that lost its device.
        self.answers = threading.Event()
        self.answers.set()

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
        bench.open_now.append(address)

    def isOpened(self) -> bool:
        return self._address in self._bench.shows

    def get(self, number: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 64.0, cv2.CAP_PROP_FRAME_HEIGHT: 48.0, cv2.CAP_PROP_FPS: 30.0}[number]

    def set(self, number: int, value: float) -> bool:
        self.set_to[number] = value
        return True

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(0.01)
        self._bench.answers.wait()
        brightness = self._bench.shows.get(self._address)
        return brightness is not None, None if brightness is None else np.full((48, 64, 3), brightness, np.uint8)

    def release(self) -> None:
        self._bench.open_now.remove(self._address)
