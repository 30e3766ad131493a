"""Cameras on loopback that the tests can break, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

HERE = Path(__file__).resolve().parent
SYSTEM_PYTHON = "/usr/bin/python3"
RTSP_CHECK = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; "
    "Gst.init(None); assert Gst.ElementFactory.find('x264enc') and Gst.ElementFactory.find('rtph264pay')"
)


class CameraServer:
    """A camera process; `kill` takes its power, `start` brings it back on the same port."""

    program: tuple[str, ...]
    address: str

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> CameraServer:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return self.address.format(port=self.port)

    def start(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
        self._process = subprocess.Popen(
            [*self.program, str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def tell(self, *words: object) -> None:
        """Give an order and wait until it is obeyed."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "ok\n"

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()


class MjpegCamera(CameraServer):
    program = (sys.executable, str(HERE / "mjpeg_camera.py"))
    address = "http://127.0.0.1:{port}/video.mjpg"


class RtspCamera(CameraServer):
    program = (SYSTEM_PYTHON, str(HERE / "rtsp_camera.py"))
    address = "rtsp://127.0.0.1:{port}/cam"


def has_element(name: str) -> bool:
    """Return whether the system's GStreamer has an element."""
    check = f"from gi.repository import Gst; Gst.init(None); assert Gst.ElementFactory.find({name!r})"
    require = "import gi; gi.require_version('Gst', '1.0'); "
    return subprocess.run([SYSTEM_PYTHON, "-c", require + check], check=False, timeout=60).returncode == 0


def why_no_rtsp() -> str | None:
    """Return why there can be no RTSP camera here, None where there can."""
    if not Path(SYSTEM_PYTHON).is_file():
        return f"needs {SYSTEM_PYTHON}"
    done = subprocess.run([SYSTEM_PYTHON, "-c", RTSP_CHECK], capture_output=True, check=False, timeout=60)
    if done.returncode == 0:
        return None
    return "needs GStreamer's RTSP server (Debian: gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-ugly, python3-gi)"
