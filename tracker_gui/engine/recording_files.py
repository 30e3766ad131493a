"""The files of a recording: their names, how they become final, and what is made of those a kill left behind.

While a segment is recorded it is ``NAME.recording.mp4``, a fragmented MP4 that plays as it is, beside
``NAME_frames.csv``. Once complete it is written again as ``NAME.mp4`` with its index in front, as players
and editors like it best; the fragmented file stays until that one is whole.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import av

from tracker_gui.core.h264_file import whole_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

RECORDING, PART, FINAL, ROWS = ".recording.mp4", ".part.mp4", ".mp4", "_frames.csv"
LOCKED_BYTE = 1 << 40  # far behind the end, so that a reader on Windows is not in the way
UNREADABLE = (av.error.FFmpegError, OSError, ValueError, IndexError)


@dataclass(frozen=True, slots=True)
class SegmentPaths:
    """Where one segment lies: the video in its three states, and the table of its frames."""

    folder: Path
    stem: str

    @property
    def recording(self) -> Path:
        return self.folder / (self.stem + RECORDING)

    @property
    def part(self) -> Path:
        return self.folder / (self.stem + PART)

    @property
    def final(self) -> Path:
        return self.folder / (self.stem + FINAL)

    @property
    def rows(self) -> Path:
        return self.folder / (self.stem + ROWS)

    @property
    def is_free(self) -> bool:
        return not any(path.exists() for path in (self.recording, self.part, self.final, self.rows))


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of one segment.

    Attributes
    ----------
    video : Path or None
        None where no picture could be saved.
    cut_bytes : int
        Removed from the end of the video, because they were no whole fragment.
    rewritten : bool
        False where it stays in fragments, for want of space or time; it plays all the same.
    """

    video: Path | None
    rows: Path
    frames: int
    row_count: int
    seconds: float
    cut_bytes: int
    rewritten: bool

    def __str__(self) -> str:
        if self.video is None:
            return f"{self.rows.name}: no picture had been written yet, {self.row_count} rows are kept"
        missing = max(0, self.row_count - self.frames)
        lost = f", the last {missing} frames of the table have no picture" if missing else ""
        return f"{self.video}: {self.frames} frames, {self.seconds:.1f} s{lost}"


def lock(file: BinaryIO) -> bool:
    """Mark an open file as being written by this process, until it is closed or the process ends.

    Returns
    -------
    bool
        False when it is marked already.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            file.seek(0)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        # Some network folders know no locks: nothing then keeps two programs apart but their names.
        log.debug("no lock in this folder: %s", error)
    return True


def trim(path: Path) -> int:
    """Cut a fragmented MP4 behind its last whole fragment, so that every player takes it.

    Returns
    -------
    int
        How many bytes were cut.
    """
    keep = whole_bytes(path)
    cut_bytes = path.stat().st_size - keep
    if cut_bytes:
        os.truncate(path, keep)
    return cut_bytes


def finish(paths: SegmentPaths, reserve_bytes: int = 0, seconds_left: Callable[[], float] | None = None) -> Finished:
    """Make the video of a segment final.

    Parameters
    ----------
    reserve_bytes : int
        Space that must be left on the disk while both files exist; else the fragmented file is kept.
    seconds_left : callable, optional
        How long it may take.

    Raises
    ------
    OSError
        The folder is gone or takes no changes; the files are as they were.
    """
    cut_bytes = trim(paths.recording)
    row_count = count_rows(paths.rows)
    size = paths.recording.stat().st_size
    frames, seconds = measure(paths.recording)
    if not frames:
        paths.recording.unlink()
        if not row_count:
            paths.rows.unlink(missing_ok=True)
        return Finished(None, paths.rows, 0, row_count, 0.0, cut_bytes, False)
    rewritten = False
    room = shutil.disk_usage(paths.folder).free - reserve_bytes > size
    # A slow disk rewrites some 50 MB/s; the last step, which moves all of the file, cannot be interrupted.
    in_time = seconds_left is None or size < 50e6 * seconds_left()
    if room and in_time and not paths.final.exists():
        rewritten = _rewrite(paths, frames, seconds_left)
    if rewritten:
        paths.part.rename(paths.final)
        paths.recording.unlink()
    else:
        paths.part.unlink(missing_ok=True)
        paths.recording.rename(paths.final)
    return Finished(paths.final, paths.rows, frames, row_count, seconds, cut_bytes, rewritten)


def _rewrite(paths: SegmentPaths, frames: int, seconds_left: Callable[[], float] | None) -> bool:
    """Copy the packets into a plain MP4; True when every frame is in it and it is on the disk."""
    copied = 0
    try:
        with (
            av.open(str(paths.recording)) as source,
            av.open(str(paths.part), "w", format="mp4", options={"movflags": "faststart"}) as target,
        ):
            streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
            for packet in source.demux():
                if packet.dts is None:
                    continue
                if seconds_left is not None and seconds_left() <= 0:
                    return False
                copied += packet.stream.type == "video"
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
        with paths.part.open("rb+") as file:
            os.fsync(file.fileno())
    except UNREADABLE as error:
        log.warning("%s stays in fragments: %s", paths.final, error)
        return False
    return copied == frames


def measure(path: Path) -> tuple[int, float]:
    """Return (frames, seconds from the first to the last one) of a video without decoding it."""
    stamps: list[Any] = []
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stamps.extend(packet.pts for packet in container.demux(stream) if packet.pts is not None)
            seconds = float((max(stamps) - min(stamps)) * stream.time_base) if stamps and stream.time_base else 0.0
    except UNREADABLE:
        return 0, 0.0
    return len(stamps), seconds


def count_rows(path: Path) -> int:
    """Return the whole rows of a table, without its header; an unfinished one at the end is cut away."""
    lines = whole = 0
    try:
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    lines += 1
                    whole += len(line)
        if whole < path.stat().st_size:
            os.truncate(path, whole)
    except FileNotFoundError:
        return 0
    return max(0, lines - 1)


def leftovers(folder: Path) -> list[SegmentPaths]:
    """Return the segments in a folder that were never finished and that no living program writes."""
    found = []
    for path in sorted(folder.glob("*" + RECORDING)):
        paths = SegmentPaths(folder, path.name.removesuffix(RECORDING))
        with _locked(paths) as is_ours:
            if is_ours:
                found.append(paths)
    return found


@contextmanager
def _locked(paths: SegmentPaths) -> Iterator[bool]:
    """Hold a segment that may be somebody else's; False when it is."""
    try:
        rows = paths.rows.open("rb+")
    except FileNotFoundError:
        # Without a table there is nothing to hold it by, and no recorder that writes it either.
        yield True
        return
    with rows:
        yield lock(rows)


def recover(segments: Iterable[SegmentPaths]) -> tuple[list[Finished], list[str]]:
    """Finish what a kill or a power failure left.

    Returns
    -------
    finished : list of Finished
    problems : list of str
        One sentence for each segment that could not be finished; its files are as they were.
    """
    finished, problems = [], []
    for paths in segments:
        try:
            with _locked(paths) as is_ours:
                if is_ours and paths.recording.exists():
                    finished.append(finish(paths))
        except OSError as error:
            problems.append(f"{paths.recording}: cannot be finished ({error.strerror or error}). It may play as it is.")
    return finished, problems
