"""The files of one clip: a video that plays whatever ends the program, and a table with one row per frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.h264_file import H264File
from tracker_gui.core.packed_picture import SPEED, PackedFile, PackedPicture
from tracker_gui.engine.segment_writer import SegmentWriter

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.types import Frame


class ClipWriter(SegmentWriter):
    """Writes a clip as a recording is written; compressed pictures are copied as they are.

    Parameters
    ----------
    name : str
        Of the files; a number is added where it is taken.
    crf : int
        That of the ring where pictures come from there.
    times_faster : int
        How much faster it is shown than it was.
    """

    stamped: ClassVar[bool] = False

    def __init__(self, folder: Path, name: str, first: Frame, rate_hz: float, crf: int, times_faster: int = 1) -> None:
        self._rate_hz = rate_hz
        self._times_faster = times_faster
        super().__init__(folder, name, first, crf, SPEED, keeps_sound=False)

    def _open_video(self, first: Frame, crf: int, speed: str) -> H264File:
        if isinstance(first.picture, PackedPicture):
            return PackedFile(self.paths.recording, first.size_px, self._rate_hz, crf)
        return H264File(self.paths.recording, first.size_px, self._rate_hz, crf, speed)

    def _shown_s(self, frame: Frame) -> float:
        return frame.t_capture_s / self._times_faster
