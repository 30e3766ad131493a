"""Frames that a script keeps, and the videos it makes of them."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from tracker_gui.core.errors import OutputError
from tracker_gui.core.h264_file import H264File, i420_of_bgr
from tracker_gui.feed.hooks import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import U8

log = logging.getLogger(__name__)

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


class FrameMemory:
    """Pictures of the last frames and those that were asked to be kept, under TracktorLive's names.

    Parameters
    ----------
    rate_hz : float
        Of the videos that are made of them.
    frames : int
        How many `framesbuffer` holds.

    Attributes
    ----------
    keep_video : Flag
        While its ``value`` is on, `recorded_frames` grows.
    recorded_frames : list of (h, w, 3) uint8
        Drawing into one of them reaches the file.
    """

    def __init__(self, rate_hz: float, frames: int, keep_video: bool = False) -> None:
        self.keep_video = Flag(keep_video)
        self.recorded_frames: list[U8] = []
        self._rate_hz = rate_hz
        self._most = frames
        self._newest: U8 | None = None
        self._buffered: list[U8 | None] | None = None
        self._dumps: list[Dump] = []

    @property
    def wants_pictures(self) -> bool:
        """Whether somebody looks at them."""
        return self.keep_video.value or self._buffered is not None

    @property
    def framesbuffer(self) -> list[U8 | None]:
        """The last pictures, the newest at -1, None where there is none yet; kept only from the first look on."""
        if self._buffered is None:
            self._buffered = [None] * self._most
            self._buffered[-1] = self._newest
        return self._buffered

    def keep(self, picture: U8 | None) -> None:
        """Take the picture of one frame."""
        self._newest = picture
        if picture is None:
            return
        if self._buffered is not None:
            self._buffered.append(picture)
            del self._buffered[0]
        if self.keep_video.value:
            self.recorded_frames.append(picture)

    def dumpvideo(self, outfile: str | Path, codec: str | None = None) -> None:
        """Write `recorded_frames` as a video while tracking goes on, and empty the list.

        Raises
        ------
        OutputError
            Where the one before could not be written; of the last one when the session ends.
        """
        self._raise_errors()
        frames, self.recorded_frames = self.recorded_frames, []
        if not frames:
            log.warning("%s: there are no frames to write; switch keep_video.value on", outfile)
            return
        self._dumps.append(Dump(frames, Path(outfile), self._rate_hz, codec or ""))

    def await_dumps(self) -> None:
        """Wait until all videos are written.

        Raises
        ------
        OutputError
        """
        for dump in self._dumps:
            dump.wait()
        self._raise_errors()

    def _raise_errors(self) -> None:
        done = [dump for dump in self._dumps if dump.is_done]
        self._dumps = [dump for dump in self._dumps if dump not in done]
        for dump in done:
            if dump.error is not None:
                raise dump.error
