"""Records frames without ever holding up whoever hands them over, and says what became of each."""

from __future__ import annotations

import logging
import math
import queue
import shutil
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.core.errors import DISK_FULL, OutputError
from tracker_gui.engine import recording_files
from tracker_gui.engine.recorder_state import REASONS, Gap, Phase, RecorderState, RecordingResult
from tracker_gui.engine.recording_files import Finished
from tracker_gui.engine.segment_writer import SegmentWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.recording import RecorderSettings
    from tracker_gui.core.types import Frame
    from tracker_gui.engine.recording_files import SegmentPaths

log = logging.getLogger(__name__)

MB = 1_000_000
CHECK_S = 0.5
#: A frame may hold its colour (3 bytes) and its luma.
BYTES_PER_PIXEL = 4
#: Share of the time to stop that is kept for making the files final.
FINISH_SHARE = 0.5
MOST_GAPS = 1000
#: A full disk is asked again after this; that it has free space need not mean that we may use it (quotas).
ASK_AGAIN_S = 2.0
RECENT_S = 5.0
SILENT_S = 1.5


class Recorder:
    """Writes frames as H.264 on a thread of its own.

    Parameters
    ----------
    name : str
        Files begin with it: ``NAME_20260131T235900.000Z.mp4`` and ``.._frames.csv``.
    folder : Path
        Made if it is missing when the recording starts, never later: it may be a drive that is away.
    second_folder : Path, optional
        Takes over when the first is full or fails.
    on_state : callable, optional
        Called on the writer's thread at every change and twice a second; must be quick.
    """

    def __init__(
        self,
        settings: RecorderSettings,
        name: str,
        folder: Path,
        second_folder: Path | None = None,
        on_state: Callable[[RecorderState], None] | None = None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._folders = [f for f in (folder, second_folder) if f is not None]
        self._on_state = on_state
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)
        # Everything below is read and written under the lock.
        self._waiting: deque[tuple[Frame, int]] = deque()
        self._waiting_bytes = 0
        self._phase, self._sentence = Phase.STOPPED, ""
        self._gaps: list[Gap] = []
        self._dropped = self._dropped_in_a_row = 0
        self._stop_at_s: float | None = None
        self._drain_until_s = math.inf
        self._writer_drop_s = -math.inf
        self._busy_since_s: float | None = None
        self._segment: SegmentWriter | None = None
        self._segment_bytes = 0
        self._frames = 0
        self._past_seconds, self._past_bytes = 0.0, 0
        self._free_bytes: int | None = None
        # The writer's own.
        self._problems: list[str] = []
        self._paths: list[SegmentPaths] = []
        self._leftovers: list[SegmentPaths] = []
        self._finished: dict[SegmentPaths, Finished] = {}
        self._next_check_s = 0.0
        self._full_until_s: dict[Path, float] = {}
        self._writer = threading.Thread(target=self._write_all, name=f"recorder {name}", daemon=True)
        self._to_finish: queue.SimpleQueue[SegmentWriter | None] = queue.SimpleQueue()
        self._finisher = threading.Thread(target=self._finish_all, name=f"finish {name}", daemon=True)

    def start(self) -> None:
        """Begin; what a kill left in the folders is finished meanwhile.

        Raises
        ------
        OutputError
            No folder can be made.
        """
        refused: list[OutputError] = []
        for folder in list(self._folders):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._folders.remove(folder)
                refused.append(
                    OutputError(
                        str(folder), f"cannot be made ({error.strerror})", "Choose another folder to record to."
                    )
                )
        if not self._folders:
            raise refused[0]
        self._problems += map(str, refused)
        # Before anything is written, so that none of it is our own.
        self._leftovers = [paths for folder in self._folders for paths in recording_files.leftovers(folder)]
        self._phase = Phase.RECORDING
        self._finisher.start()
        self._writer.start()

    @property
    def state(self) -> RecorderState:
        """What it is doing now; may be asked from any thread."""
        with self._lock:
            segment = self._segment
            sentence = self._sentence
            silent_s = 0.0 if self._busy_since_s is None else time.monotonic() - self._busy_since_s
            if not sentence and silent_s > SILENT_S:
                sentence = f"The disk has not answered for {silent_s:.0f} s; {len(self._waiting)} frames wait."
            if not sentence and time.monotonic() - self._writer_drop_s < RECENT_S:
                sentence = f"The disk or the processor is too slow: {self._dropped} frames are not in the recording."
            return RecorderState(
                self._phase,
                sentence,
                None if segment is None else segment.paths.recording,
                self._past_seconds + (0.0 if segment is None else segment.seconds),
                self._past_bytes + self._segment_bytes,
                self._frames,
                self._dropped,
                self._free_bytes,
            )

    def put(self, frame: Frame) -> bool:
        """Hand over a frame; returns at once.

        Returns
        -------
        bool
            False when it was dropped, which is counted.
        """
        width, height = frame.size_px
        size = width * height * BYTES_PER_PIXEL
        with self._wake:
            if frame.lost_before:
                self._note_gap(frame.t_capture_s, frame.t_capture_s, frame.lost_before, "source")
            if self._phase is not Phase.RECORDING or self._stop_at_s is not None:
                self._drop(frame, REASONS.get(self._phase, "writer"))
                return False
            if self._waiting and self._waiting_bytes + size > self._settings.queue_mb * MB:
                self._drop(frame, "writer")
                self._writer_drop_s = time.monotonic()
                return False
            self._waiting.append((frame, self._dropped_in_a_row))
            self._dropped_in_a_row = 0
            self._waiting_bytes += size
            self._wake.notify()
        return True

    def _drop(self, frame: Frame, reason: str) -> None:
        self._dropped += 1
        self._dropped_in_a_row += 1
        last = self._gaps[-1] if self._gaps else None
        if self._dropped_in_a_row > 1 and last is not None and last.reason == reason:
            self._gaps[-1] = Gap(last.from_s, frame.t_capture_s, last.frames + 1, reason)
        else:
            self._note_gap(frame.t_capture_s, frame.t_capture_s, 1, reason)

    def _note_gap(self, from_s: float, to_s: float, frames: int, reason: str) -> None:
        if len(self._gaps) < MOST_GAPS:
            self._gaps.append(Gap(from_s, to_s, frames, reason))

    def begin_stop(self, timeout_s: float) -> None:
        """Take no more frames; what waits is written and the files are made final meanwhile.

        Parameters
        ----------
        timeout_s : float
            What cannot be written until then is dropped; a file that cannot be written again in time stays in
            fragments, which play too.
        """
        with self._wake:
            if self._stop_at_s is None:
                self._stop_at_s = time.monotonic() + timeout_s
                self._drain_until_s = self._stop_at_s - FINISH_SHARE * timeout_s
            self._wake.notify()

    def stop(self, timeout_s: float = 5.0) -> RecordingResult:
        """Stop as `begin_stop` does, wait for its end and say what is there."""
        until_s = time.monotonic() + timeout_s
        self.begin_stop(timeout_s)
        if self._writer.ident is not None:
            self._writer.join(max(0.0, until_s - time.monotonic()))
            self._finisher.join(max(0.0, until_s - time.monotonic()))
        return self._result()

    def _result(self) -> RecordingResult:
        with self._lock:
            finished = dict(self._finished)
            problems = list(self._problems)
            if self._writer.is_alive() or self._finisher.is_alive():
                problems.append(
                    f"{self._folders[-1] if self._folders else self._name}: the disk has not taken the last of the "
                    "recording in time. What is there plays, and is finished at the next start."
                )
            files: list[Path] = []
            frames = 0
            for paths in self._paths:
                done = finished.get(paths)
                if done is not None:
                    files += [path for path in (done.video, done.rows) if path is not None and path.exists()]
                    frames += done.frames
                else:
                    files += [path for path in (paths.recording, paths.rows) if path.exists()]
            if len(finished) < len(self._paths):
                frames = self._frames
            dropped = self._dropped + self._frames - frames
            return RecordingResult(tuple(files), frames, dropped, tuple(self._gaps), tuple(problems))

    # The writer's thread

    def _write_all(self) -> None:
        try:
            while self._write_next():
                if time.monotonic() >= self._next_check_s:
                    self._next_check_s = time.monotonic() + CHECK_S
                    self._check()
                    self._tell()
            self._end_segment()
        except Exception:
            log.exception("the recorder ended")
            self._fail("The recorder ended for a reason that was not foreseen; the log has it.")
        finally:
            self._to_finish.put(None)
            with self._lock:
                if self._phase is not Phase.FAILED:
                    self._phase = Phase.STOPPED
            self._tell()

    def _write_next(self) -> bool:
        """Write one frame, or wait a moment for one; False when there is no more to do."""
        with self._wake:
            if not self._waiting and self._stop_at_s is None:
                self._wake.wait(CHECK_S / 5)
            if self._stop_at_s is not None and (not self._waiting or time.monotonic() >= self._drain_until_s):
                self._discard("writer")
                return False
            if not self._waiting:
                return True
            frame, dropped_before = self._waiting.popleft()
            width, height = frame.size_px
            self._waiting_bytes -= width * height * BYTES_PER_PIXEL
            self._busy_since_s = time.monotonic()
        self._write(frame, dropped_before)
        with self._lock:
            self._busy_since_s = None
        return True

    def _write(self, frame: Frame, dropped_before: int) -> None:
        """Write one frame into the segment and the folder that take it, else count it as dropped."""
        while True:
            try:
                segment = self._segment_for(frame)
                if segment is None:
                    with self._lock:
                        self._drop(frame, REASONS.get(self._phase, "writer"))
                    return
                segment.write(frame, dropped_before)
            except OutputError as error:
                # The frame that met the error goes into the next folder, if there is one.
                self._meet(error)
                continue
            with self._lock:
                self._frames += 1
            return

    def _discard(self, reason: str) -> None:
        while self._waiting:
            frame, _ = self._waiting.popleft()
            self._drop(frame, reason)
        self._waiting_bytes = 0

    def _segment_for(self, frame: Frame) -> SegmentWriter | None:
        """Return the segment this frame belongs to, a new one where it is due; None when no folder takes any."""
        segment, settings = self._segment, self._settings
        if segment is not None:
            minutes = (frame.t_capture_s - segment.first_t_s) / 60
            is_long = bool(settings.segment_minutes) and minutes >= settings.segment_minutes
            is_big = bool(settings.segment_mb) and self._segment_bytes >= settings.segment_mb * MB
            if segment.takes(frame) and not is_long and not is_big:
                return segment
            if frame.size_px != segment.size_px:
                log.info(
                    "%s: the picture is %d x %d px now, the recording goes on in a new file", self._name, *frame.size_px
                )
            segment.end_before(frame)
            self._end_segment()
        folder = self._folder_with_space()
        if folder is None:
            return None
        keeps_sound = settings.sound == "keep"
        segment = SegmentWriter(folder, self._name, frame, settings.crf, settings.speed, keeps_sound)
        self._paths.append(segment.paths)
        with self._lock:
            self._segment = segment
        self._tell()
        return segment

    def _folder_with_space(self) -> Path | None:
        """Return the first folder that is there and has space; else say why there is none."""
        for folder in list(self._folders):
            if time.monotonic() < self._full_until_s.get(folder, 0.0):
                continue
            try:
                free_bytes = shutil.disk_usage(folder).free
            except OSError as error:
                self._give_up(folder, f"{folder}: cannot be reached ({error.strerror})")
                continue
            with self._lock:
                self._free_bytes = free_bytes
            # A little more than the limit, so that it does not stop again at once.
            if free_bytes >= self._reserve_bytes + max(MB, min(64 * MB, self._reserve_bytes // 2)):
                return folder
        if self._folders:
            self._wait_for_space()
        return None

    @property
    def _reserve_bytes(self) -> int:
        return self._settings.reserve_mb * MB

    def _check(self) -> None:
        """Look at what writing alone does not show: space running out, a folder that went away."""
        segment = self._segment
        if segment is not None:
            try:
                size = segment.check()
                free_bytes = shutil.disk_usage(segment.paths.folder).free
            except OutputError as error:
                self._meet(error)
                return
            except OSError as error:
                self._meet(OutputError(str(segment.paths.folder), f"cannot be reached ({error.strerror})"))
                return
            with self._lock:
                self._segment_bytes, self._free_bytes = size, free_bytes
            if free_bytes < self._reserve_bytes:
                log.warning("%s: less than %d MB are free", segment.paths.folder, self._settings.reserve_mb)
                self._end_segment()
                self._folder_with_space()
        elif self._phase is Phase.WAITING and self._folder_with_space() is not None:
            log.warning("%s: there is space again, the recording goes on in a new file", self._name)
            with self._lock:
                self._phase, self._sentence = Phase.RECORDING, ""

    def _meet(self, error: OutputError) -> None:
        """End the segment that met an error, and take its folder out of use unless it is only full."""
        log.warning("%s", error)
        segment = self._segment
        cause = error.__cause__
        full = isinstance(cause, OSError) and cause.errno in DISK_FULL
        folder = self._folder_of(error)
        log.debug("the error of %s", folder, exc_info=error)
        if segment is not None:
            segment.abandon()
            self._let_go(segment)
        if full:
            self._note(str(error))
            self._full_until_s[folder] = time.monotonic() + ASK_AGAIN_S
            self._folder_with_space()
        else:
            self._give_up(folder, str(error))

    def _folder_of(self, error: OutputError) -> Path:
        if self._segment is not None:
            return self._segment.paths.folder
        place = Path(error.place)
        return next(f for f in self._folders if f == place or f in place.parents)

    def _give_up(self, folder: Path, sentence: str) -> None:
        self._note(sentence)
        if folder in self._folders:
            self._folders.remove(folder)
        if not self._folders:
            self._fail(sentence)
        self._tell()

    def _fail(self, sentence: str) -> None:
        with self._lock:
            self._phase, self._sentence = Phase.FAILED, f"Not recording. {sentence}"
            self._discard("disk")

    def _wait_for_space(self) -> None:
        names = " and ".join(str(folder) for folder in self._folders)
        with self._lock:
            already = self._phase is Phase.WAITING
            self._phase = Phase.WAITING
            self._sentence = (
                f"Not recording: {_scarcity(self._settings.reserve_mb)} in {names}. "
                "It goes on by itself when there is space."
            )
            self._discard("space")
        if not already:
            self._note(self._sentence)
            self._tell()

    def _note(self, problem: str) -> None:
        if problem not in self._problems and len(self._problems) < MOST_GAPS:
            self._problems.append(problem)

    def _end_segment(self) -> None:
        segment = self._segment
        if segment is None:
            return
        try:
            segment.close()
        except OutputError as error:
            log.warning("%s", error)
            self._note(str(error))
        self._let_go(segment)

    def _let_go(self, segment: SegmentWriter) -> None:
        with self._lock:
            self._past_seconds += segment.seconds
            self._past_bytes += self._segment_bytes
            self._segment, self._segment_bytes = None, 0
        self._to_finish.put(segment)

    def _tell(self) -> None:
        if self._on_state is not None:
            self._on_state(self.state)

    # The finisher's thread: writing a file again must not hold up the next one

    def _finish_all(self) -> None:
        finished, problems = recording_files.recover(self._leftovers)
        for sentence in (*(f"finished what an earlier recording left: {done}" for done in finished), *problems):
            log.warning("%s", sentence)
        while (segment := self._to_finish.get()) is not None:
            self._finish(segment)
            segment.release()

    def _finish(self, segment: SegmentWriter) -> None:
        paths, frames = segment.paths, segment.frames
        try:
            done = recording_files.finish(paths, self._reserve_bytes, self._seconds_left)
        except OSError as error:
            if paths.recording.exists():
                self._note(f"{paths.recording}: cannot be finished ({error.strerror or error})")
                return
            done = Finished(None, paths.rows, 0, 0, 0.0, 0, False)
        with self._lock:
            self._finished[paths] = done
            if done.frames < frames:
                self._note_gap(segment.last_t_s, segment.last_t_s, frames - done.frames, "disk")
        if done.frames < frames:
            self._note(f"{paths.final}: {frames - done.frames} of its {frames} frames are lost")

    def _seconds_left(self) -> float:
        stop_at_s = self._stop_at_s
        return math.inf if stop_at_s is None else stop_at_s - time.monotonic()


def _scarcity(reserve_mb: int) -> str:
    return f"less than {reserve_mb} MB are free" if reserve_mb else "there is no space left"
