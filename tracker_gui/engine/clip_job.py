"""One clip in the making: what was kept of the time before, then what comes, until its time is over."""

from __future__ import annotations

import logging
import math
import shutil
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker_gui.core.errors import OutputError, TrackerError
from tracker_gui.engine import recording_files
from tracker_gui.engine.clip_ring import MOST_KEPT_BYTES
from tracker_gui.engine.clip_writer import ClipWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.clips import ClipOrder
    from tracker_gui.core.types import Frame
    from tracker_gui.engine.clip_ring import Packed
    from tracker_gui.engine.clip_tracks import ClipTracks
    from tracker_gui.engine.clip_view import ClipView

log = logging.getLogger(__name__)

CHECK_S = 0.5
#: So much of one clip may wait for a slow disk; the time before it lies in the ring as well.
MOST_WAITING_BYTES = MOST_KEPT_BYTES
#: A source that gives no picture for so long has gone: what is there is the clip.
SILENT_S = 3.0
#: Tracking that is further behind than this does not hold up a clip with tracks.
MOST_BEHIND_S = 5.0
MB = 1_000_000
#: How a clip came to its end.
COMPLETE, MAXIMUM, SESSION, SILENT, MOVED, RESIZED, FAILED = (
    "complete", "maximum", "end of the session", "no picture came", "shown from elsewhere",
    "the picture changed its size", "failed",
)  # fmt: skip


@dataclass(slots=True)
class ClipSpan:
    """What a clip is about, on the clock of its frames.

    Attributes
    ----------
    from_s, until_s : float
        The first and the last time that belong to it.
    limit_s : float
        It ends here at the latest.
    events : list of (frame, subject)
        What it was asked for, in order.
    """

    rule: str
    event_s: float
    from_s: float
    until_s: float
    limit_s: float
    events: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Clip:
    """What became of a clip.

    Attributes
    ----------
    video : Path or None
        None where there is none.
    ended : str
        Why, one of the words above.
    missing : int
        Frames between its first and its last that were lost by the source, the encoder or the disk.
    problem : str
        A sentence; empty where all is well.
    """

    order: ClipOrder
    span: ClipSpan
    video: Path | None
    rows: Path | None
    first: Frame | None
    last: Frame | None
    frames: int
    missing: int
    ended: str
    problem: str


class ClipJob:
    """Writes one clip on a thread of its own.

    Parameters
    ----------
    folder : Path
        Of the results; the order may name one inside.
    rate_hz : float
        Nominal; half a frame's time is what times are compared with.
    reserve_bytes : int
        The clip ends before less than this is free.
    on_begun : callable
        Called once with ("the file's name", "") when the file is there, or ("", why there is none).
    on_done : callable
        Called once with the `Clip`, on the job's thread.
    """

    def __init__(
        self, order: ClipOrder, span: ClipSpan, view: ClipView, tracks: ClipTracks, folder: Path, rate_hz: float,
        crf: int, reserve_bytes: int, on_begun: Callable[[str, str], None], on_done: Callable[[Clip], None],
    ) -> None:  # fmt: skip
        self.order, self.span = order, span
        self._view, self._tracks = view, tracks
        self._folder = folder / order.folder if order.folder else folder
        self._rate_hz, self._crf, self._reserve_bytes = rate_hz, crf, reserve_bytes
        self._on_begun, self._on_done = on_begun, on_done
        self._half_frame_s = 0.5 / rate_hz if rate_hz > 0 else 0.0
        self._wake = threading.Condition()
        # Everything below is read and written under its lock.
        self._waiting: deque[Packed] = deque()
        self._waiting_bytes = 0
        self._dropped = 0
        self._newest_s = -math.inf
        self._heard_s = time.monotonic()
        self._over: set[str] = set()
        self._ended = ""
        self._stop_at_s = math.inf
        # The thread's own.
        self._writer: ClipWriter | None = None
        self._first: Frame | None = None
        self._last: Frame | None = None
        self._kth = 0
        self._missing = 0
        self._next_check_s = 0.0
        self._has_begun = False
        self._thread = threading.Thread(target=self._run, name=f"clip {order.name}", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    # ---- called by others

    @property
    def file_name(self) -> str:
        writer = self._writer
        return writer.paths.final.name if writer is not None else f"{self.order.name}.mp4"

    def covers(self, t_s: float) -> bool:
        """Return whether a time is within the clip as far as it goes now, and it still takes frames."""
        with self._wake:
            return not self._ended and t_s <= self.span.until_s + self._half_frame_s

    def extend(self, until_s: float, frame: int, subject: str) -> None:
        """Go on until then, as far as the limit lets it."""
        with self._wake:
            self.span.until_s = max(self.span.until_s, min(until_s, self.span.limit_s))
            self.span.events.append((frame, subject))
            self._over.discard(subject)

    def end_for(self, subject: str, until_s: float) -> bool:
        """End then, unless another subject still needs the clip; return whether this one did."""
        with self._wake:
            needed = {each for _, each in self.span.events} - self._over
            self._over.add(subject)
            if needed == {subject} and not self._ended:
                self.span.until_s = min(self.span.limit_s, until_s)
            return subject in needed

    def take(self, packed: Packed | None) -> None:
        """Take a frame from the ring, None where the next does not follow on; returns at once."""
        with self._wake:
            if self._ended:
                return
            if packed is None:
                self._end(MOVED)
                return
            t_s = packed.frame.t_capture_s
            self._heard_s = time.monotonic()
            self._newest_s = t_s
            if t_s > self.span.until_s + self._half_frame_s:
                self._end(MAXIMUM if self.span.until_s >= self.span.limit_s else COMPLETE)
            elif t_s < self.span.from_s - self._half_frame_s:
                return
            elif self._waiting_bytes + packed.size_bytes > MOST_WAITING_BYTES and self._waiting:
                self._dropped += 1 + packed.dropped_before
            else:
                self._waiting.append(packed)
                self._waiting_bytes += packed.size_bytes
            self._wake.notify()

    def begin_close(self, stop_at_s: float) -> None:
        """Take no more frames; what waits is written until then, on the monotonic clock."""
        with self._wake:
            self._stop_at_s = stop_at_s
            if not self._ended:
                self._end(SESSION)

    def tracked(self) -> None:
        """Look again whether the frames that wait are tracked."""
        with self._wake:
            self._wake.notify()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; return whether it came."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _end(self, why: str) -> None:
        self._ended = why
        self._wake.notify()

    # ---- the job's thread

    def _run(self) -> None:
        problem = ""
        try:
            while (packed := self._next()) is not None:
                self._write(packed)
        except TrackerError as error:
            problem = str(error)
        except Exception as error:
            log.exception("a clip ended")
            problem = f"{self.order.name}: ended for a reason that was not foreseen ({error}); the log has it"
        if problem:
            log.warning("%s", problem)
            with self._wake:
                self._end(FAILED)
                self._waiting.clear()
        self._on_done(self._finish(problem))

    def _next(self) -> Packed | None:
        """Wait for the next frame; None when no more will come."""
        with self._wake:
            while True:
                if self._waiting and self._is_ready(self._waiting[0]):
                    if time.monotonic() >= self._stop_at_s:
                        self._missing += len(self._waiting)
                        return None
                    packed = self._waiting.popleft()
                    self._waiting_bytes -= packed.size_bytes
                    return packed
                if self._ended and not self._waiting:
                    return None
                self._wake.wait(CHECK_S)
                if not self._ended and time.monotonic() - self._heard_s > self._patience_s:
                    self._end(SILENT)

    @property
    def _patience_s(self) -> float:
        left_s = self.span.until_s - self._newest_s
        return SILENT_S if math.isinf(left_s) else max(SILENT_S, left_s + 1.0)

    def _is_ready(self, packed: Packed) -> bool:
        if not self.order.needs_tracks or self._tracks.reaches(packed.frame.index):
            return True
        behind_s = self._newest_s - packed.frame.t_capture_s
        return self._ended in (SESSION, SILENT, MOVED) or behind_s > MOST_BEHIND_S

    def _write(self, packed: Packed) -> None:
        frame = packed.frame
        with self._wake:
            dropped = packed.dropped_before + self._dropped
            self._dropped = 0
        if self._last is not None:
            self._missing += frame.lost_before + dropped
        tracked = self._tracks.of(frame.index) if self.order.needs_tracks else None
        if self.order.needs_tracks and tracked is None:
            self._missing += self._last is not None
            return
        self._kth += 1
        if (self._kth - 1) % self.order.every:
            return
        shot = self._view.shot(frame, tracked)
        if self._writer is None:
            self._writer = self._begin(shot)
            self._say_begun(self._writer.paths.final.name, "")
            self._first = frame
        elif not self._writer.takes(shot):
            with self._wake:
                self._end(RESIZED)
                self._waiting.clear()
            return
        self._writer.write(shot, dropped)
        self._last = frame
        if time.monotonic() >= self._next_check_s:
            self._next_check_s = time.monotonic() + CHECK_S
            self._writer.check()
            self._check_space(0)

    def _begin(self, shot: Frame) -> ClipWriter:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                str(self._folder), f"cannot be made ({error.strerror})", "Choose another folder for results."
            ) from error
        # A little more than the limit, so that it does not stop again at once.
        self._check_space(max(MB, min(64 * MB, self._reserve_bytes // 2)))
        return ClipWriter(self._folder, self.order.name, shot, self._rate_hz, self._crf, self.order.every)

    def _check_space(self, more_bytes: int) -> None:
        try:
            free_bytes = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise OutputError(str(self._folder), f"cannot be reached ({error.strerror})") from error
        if free_bytes < self._reserve_bytes + more_bytes:
            raise OutputError(
                str(self._folder),
                f"less than {(self._reserve_bytes + more_bytes) // MB} MB are free, so no clip is written",
                "Free some space, or leave less free in the settings of the recording.",
            )

    def _say_begun(self, name: str, problem: str) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._on_begun(name, problem)

    def _finish(self, problem: str) -> Clip:
        """Make the files final; what cannot be stays in a form that plays too."""
        writer = self._writer
        ended = self._ended
        video = rows = None
        frames = 0
        if writer is None:
            problem = problem or f"{self.order.name}: there is no picture of this time ({ended})"
            self._say_begun("", problem)
            return Clip(self.order, self.span, None, None, None, None, 0, 0, FAILED, problem)
        try:
            if ended == FAILED:
                writer.abandon()
            else:
                writer.close()
        except OutputError as error:
            log.warning("%s", error)
            problem, ended = str(error), FAILED
        try:
            done = recording_files.finish(writer.paths, self._reserve_bytes, lambda: self._stop_at_s - time.monotonic())
            video, rows, frames = done.video, done.rows, done.frames
        except OSError as error:
            problem = problem or f"{writer.paths.recording}: cannot be finished ({error.strerror or error})"
            ended = FAILED
            if writer.paths.recording.exists():
                video, rows = writer.paths.recording, writer.paths.rows
        finally:
            writer.release()
        missing = self._missing + max(0, writer.frames - frames)
        return Clip(self.order, self.span, video, rows, self._first, self._last, frames, missing, ended, problem)
