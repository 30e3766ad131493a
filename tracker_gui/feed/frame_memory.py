"""Frames that a script keeps, under TracktorLive's names."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.feed.hooks import Flag

if TYPE_CHECKING:
    from tracker_gui.core.arrays import U8
    from tracker_gui.feed.frame_video import Dump

log = logging.getLogger(__name__)


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
        from tracker_gui.feed.frame_video import Dump  # what few ask for loads two large libraries

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
