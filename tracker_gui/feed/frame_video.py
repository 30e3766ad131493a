"""Videos that a script makes of the frames it kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import cv2

from tracker_gui.core.errors import OutputError
from tracker_gui.core.h264_file import H264File, i420_of_bgr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracker_gui.core.arrays import U8

CRF, EFFORT = 20, "veryfast"
#: Names by which scripts ask for what is written anyway.
H264_NAMES = frozenset({"", "avc1", "h264", "x264", "mp4v"})
MP4_ENDINGS = frozenset({".mp4", ".m4v", ".mov"})


class FrameFile:
    """A video that is written picture by picture: H.264 where the name ends in mp4, else what OpenCV can.

    Raises
    ------
    OutputError
        It cannot be written.
    """

    def __init__(self, path: Path, size_px: tuple[int, int], rate_hz: float, codec: str = "") -> None:
        self.path = path
        self._size_px = size_px
        self._period_s = 1.0 / rate_hz
        self._count = 0
        self._own: H264File | None = None
        self._other: cv2.VideoWriter | None = None
        if path.suffix.lower() in MP4_ENDINGS and codec.lower() in H264_NAMES:
            self._own = H264File(path, size_px, rate_hz, CRF, EFFORT)
            return
        name = codec or "MJPG"
        if len(name) == 4:
            self._other = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*name), rate_hz, size_px)
        if self._other is None or not self._other.isOpened():
            raise OutputError(
                str(path),
                f"cannot be written as a video with the codec {name!r}",
                "Name it '.mp4' and leave codec out.",
            )

    def write(self, bgr_u8: U8) -> None:
        """Write one picture, brought to the size of the first."""
        height, width = bgr_u8.shape[:2]
        picture = bgr_u8 if bgr_u8.ndim == 3 else cv2.cvtColor(bgr_u8, cv2.COLOR_GRAY2BGR)
        if (width, height) != self._size_px:
            picture = cv2.resize(picture, self._size_px)
        if self._own is not None:
            self._own.write(i420_of_bgr(picture), self._count * self._period_s)
        elif self._other is not None:
            self._other.write(picture)
        self._count += 1

    def close(self) -> None:
        if self._own is not None:
            self._own.close()
        if self._other is not None:
            self._other.release()


class Dump:
    """Writes some frames as a video on a thread of its own."""

    def __init__(self, frames: Sequence[U8], path: Path, rate_hz: float, codec: str) -> None:
        self._frames = frames
        self._path = path
        self._rate_hz = rate_hz
        self._codec = codec
        #: What went wrong.
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name="dumpvideo")
        self._thread.start()

    def _write(self) -> None:
        try:
            height, width = self._frames[0].shape[:2]
            file = FrameFile(self._path, (width, height), self._rate_hz, self._codec)
            try:
                for frame in self._frames:
                    file.write(frame)
            finally:
                file.close()
        except BaseException as error:
            self.error = error

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def wait(self) -> None:
        self._thread.join()
