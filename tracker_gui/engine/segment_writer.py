"""One segment of a recording: a video, and a table with one row per frame."""

from __future__ import annotations

import errno
import itertools
import logging
import math
import os
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from tracker_gui.core.errors import OutputError
from tracker_gui.core.h264_file import H264File
from tracker_gui.engine.recording_files import SegmentPaths, lock

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.sound import Sound
    from tracker_gui.core.types import Frame

log = logging.getLogger(__name__)

HEADER = "frame,t_capture_s,t_utc,lost_before,dropped_before\n"
NOMINAL_RATE_HZ = 30.0  # the truth is each frame's own time


class SegmentWriter:
    """Writes frames into a new pair of files; none that is there already is touched.

    Row k of the table is picture k of the video. Each row is handed to the operating system at once, so
    that a kill takes none that was written.

    Parameters
    ----------
    first : Frame
        Its size and its sound are those of the video.
    keeps_sound : bool
        Have a track of what the frames bring along.

    Raises
    ------
    OutputError
        Here and in every method: the folder or the disk does not take the files.
    """

    #: Whether the time stands in the name of the files; else a number behind it where the name is taken.
    stamped: ClassVar[bool] = True

    def __init__(self, folder: Path, name: str, first: Frame, crf: int, speed: str, keeps_sound: bool = True) -> None:
        self.first_t_s = self.last_t_s = first.t_capture_s
        self.size_px = first.size_px
        self.frames = 0
        self._keeps_sound = keeps_sound
        self._sound = first.sound.format if keeps_sound and first.sound is not None else None
        self._row_bytes = 0
        self.paths, self._rows = _claim(folder, name, self.stamped)
        try:
            self._add_row(HEADER)
            self._video = self._open_video(first, crf, speed)
        except OutputError:
            self._rows.close()
            # Nothing but a header is in it, and the folder may have gone with it.
            if os.path.exists(self.paths.rows):
                self.paths.rows.unlink()
            self.paths.recording.unlink(missing_ok=True)
            raise

    def _open_video(self, first: Frame, crf: int, speed: str) -> H264File:
        return H264File(self.paths.recording, first.size_px, NOMINAL_RATE_HZ, crf, speed, self._sound)

    @property
    def seconds(self) -> float:
        return self.last_t_s - self.first_t_s

    def write(self, frame: Frame, dropped_before: int) -> None:
        """Add a frame, and how many before it the recorder had to leave out."""
        self._video.write_picture(frame.picture, self._shown_s(frame))
        utc = "" if frame.t_wall_s is None else _utc(frame.t_wall_s)
        self._add_row(f"{frame.index},{frame.t_capture_s:.6f},{utc},{frame.lost_before},{dropped_before}\n")
        self.frames += 1
        self.last_t_s = frame.t_capture_s
        if frame.sound is not None:
            self._hear(frame.sound, math.inf)

    def _shown_s(self, frame: Frame) -> float:
        return frame.t_capture_s

    def takes(self, frame: Frame) -> bool:
        """Return whether a frame can be part of this video, by its size and its sound."""
        if frame.size_px != self.size_px:
            return False
        return not self._keeps_sound or frame.sound is None or frame.sound.format is self._sound

    def end_before(self, frame: Frame) -> None:
        """Take what was heard before a frame that belongs to the next video."""
        if frame.sound is not None:
            self._hear(frame.sound, frame.t_capture_s)

    def _hear(self, sound: Sound, until_s: float) -> None:
        if sound.format is self._sound:
            self._video.write_sound(piece for piece in sound.packets if piece.t_s < until_s)

    def _add_row(self, row: str) -> None:
        data = memoryview(row.encode("ascii"))
        written = 0
        try:
            while written < len(data):
                written += self._rows.write(data[written:]) or 0
        except OSError as error:
            self._rows.truncate(self._row_bytes)
            raise OutputError(
                str(self.paths.rows),
                f"could not be written to the end ({error.strerror}); the rows before are complete",
                "Free some space or choose another folder.",
            ) from error
        self._row_bytes += len(data)

    def check(self) -> int:
        """Return the bytes on the disk.

        Raises
        ------
        OutputError
            The files are no longer where they were begun: writing goes on into nowhere without an error
            after a folder was deleted, renamed or unmounted.
        """
        try:
            there = self.paths.rows.stat()
            video_bytes = self.paths.recording.stat().st_size
        except OSError as error:
            raise self._gone(error) from error
        here = os.fstat(self._rows.fileno())
        if (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino):
            raise self._gone(FileNotFoundError(errno.ENOENT, "another file has its name"))
        return video_bytes + there.st_size

    def _gone(self, error: OSError) -> OutputError:
        gone = OutputError(
            str(self.paths.folder),
            f"the recording is no longer there ({error.strerror}): deleted, renamed or unmounted",
            "Connect the drive again or choose another folder.",
        )
        gone.__cause__ = error
        return gone

    def close(self) -> None:
        """End the video; the table stays open, and with it the mark that these files are somebody's."""
        self._video.close()

    def abandon(self) -> None:
        """End the video after an error, which has been said."""
        self._video.abandon()

    def release(self) -> None:
        """Give up the files, once they are final."""
        self._rows.close()


def safe_name(name: str) -> str:
    """Return a name that is a plain file name on every system, whatever was typed."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._-") or "recording"


def _claim(folder: Path, name: str, stamped: bool) -> tuple[SegmentPaths, BinaryIO]:
    """Return names that nothing has yet, with the table opened; stamped ones are, sorted, in the order of time."""
    for number in itertools.count(1):
        if stamped:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3]
            paths = SegmentPaths(folder, f"{safe_name(name)}_{stamp}Z")
        else:
            paths = SegmentPaths(folder, name if number == 1 else f"{name}-{number}")
        try:
            if paths.is_free:
                rows = paths.rows.open("xb", buffering=0)
                lock(rows)
                return paths, rows
        except FileExistsError:
            log.debug("%s was taken at the same instant", paths.rows)
        except OSError as error:
            raise OutputError(
                str(folder), f"cannot be written ({error.strerror})", "Choose another folder for recordings."
            ) from error
        if stamped:
            time.sleep(0.001)
    raise AssertionError("there is always another number")


def _utc(t_wall_s: float) -> str:
    return datetime.fromtimestamp(t_wall_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
