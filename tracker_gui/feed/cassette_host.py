"""Runs cassettes beside the tracking, each in a process of its own: one that breaks or hangs costs no track."""

from __future__ import annotations

import contextlib
import enum
import itertools
import logging
import multiprocessing
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tracker_gui.core.errors import OutputError, SettingsError, TrackerError
from tracker_gui.feed.cassette_file import Line, checked_params, find_cassette, parse_line
from tracker_gui.feed.cassette_process import KIND, PICTURE_HEAD, Job, Told, run_cassette
from tracker_gui.feed.ring import RingWriter
from tracker_gui.feed.tracks import TrackFeed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from tracker_gui.core.stage import SinkContext
    from tracker_gui.core.types import Snapshot
    from tracker_gui.feed.cassette_file import Cassette

log = logging.getLogger(__name__)

KEPT_FRAMES = 256
PICTURE_SLOTS = 4
MOST_WAITING = 32
LOOK_S = 0.05
LOOK_AT_FILE_S = 0.5
#: To say goodbye, of which a run leaves 5 s in all.
END_WITHIN_S = 1.5
SPARE_S = 0.5
#: A busy computer takes seconds to start a process; a video file waits for it.
START_WITHIN_S = 60.0
#: Share of a new measurement in the mean that is shown.
GAIN = 0.05


class Phase(enum.Enum):
    """How a cassette is doing."""

    FORBIDDEN = "not allowed yet"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"
    HUNG = "hung"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CassetteState:
    """What can be said of one cassette of the present or the last run.

    Attributes
    ----------
    error : str
        What went wrong, for people.
    line : int
        Of its file, where that went wrong; 0 where that is not known.
    calls, missed : int
        Frames it answered, and those it could not.
    mean_ms, worst_ms : float
        How long an answer takes.
    late : int
        Answers over the time budget.
    said : str
        What it printed last.
    """

    name: str
    phase: Phase
    path: str = ""
    error: str = ""
    line: int = 0
    calls: int = 0
    missed: int = 0
    mean_ms: float = 0.0
    worst_ms: float = 0.0
    late: int = 0
    said: str = ""
    restarts: int = 0

    @property
    def sentence(self) -> str:
        """What is the matter, with file and line; empty while all is well."""
        if self.phase is Phase.FORBIDDEN:
            return f"The cassette '{self.name}' came with the preset and waits until you allow it."
        if self.phase not in (Phase.FAILED, Phase.HUNG):
            return ""
        at = f"{os.path.basename(self.path)}, line {self.line}: " if self.line else ""
        return f"The cassette '{self.name}' {self.phase.value}: {at}{self.error}"


class Permission:
    """Which cassettes may run in this program: code of a preset that somebody sent must not, until the user says so."""

    def __init__(self) -> None:
        self._lines: set[str] = set()
        self._all = False

    def allow(self, line: str) -> None:
        self._lines.add(line)

    def allow_all(self) -> None:
        self._all = True

    def revoke_all(self) -> None:
        self._lines.clear()
        self._all = False

    def allows(self, line: str) -> bool:
        return self._all or line in self._lines


class Board:
    """What all cassettes of this program say of themselves; may be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, CassetteState] = {}

    def put(self, line: str, state: CassetteState) -> None:
        with self._lock:
            self._states[line] = state

    def state(self, line: str) -> CassetteState | None:
        """Return how the cassette of a line is doing in the present or the last run; None before its first."""
        with self._lock:
            return self._states.get(line)

    def clear(self) -> None:
        with self._lock:
            self._states.clear()


permission = Permission()
board = Board()
_numbers = itertools.count(1)


class RunningCassette:
    """One cassette of a run, its process and who watches it.

    Parameters
    ----------
    make_job : callable
        Returns what the next process is started for, from the file as it is now.
    on_told : callable
        Called whenever something changed.
    """

    def __init__(
        self, text: str, cassette: Cassette, make_job: Callable[[Cassette], Job], budget_ms: float,
        on_told: Callable[[], None],
    ) -> None:  # fmt: skip
        self.text = text
        self.cassette = cassette
        self._make_job = make_job
        self._budget_ms = budget_ms
        self._on_told = on_told
        self.state = CassetteState(cassette.name, Phase.STARTING, str(cassette.path))
        #: Number of the last frame that was answered.
        self.answered = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name=f"cassette {cassette.name}", daemon=True)
        board.put(text, self.state)
        self._thread.start()

    @property
    def answers(self) -> bool:
        """Whether it is there to be waited for."""
        return self.state.phase in (Phase.STARTING, Phase.RUNNING)

    def begin_close(self) -> None:
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _tell(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        board.put(self.text, self.state)
        self._on_told()

    def _supervise(self) -> None:
        while True:
            stamp = self._stamp()
            self._live(stamp)
            # What failed begins anew when somebody mended its file.
            while self._stamp() == stamp:
                if self._stop.wait(LOOK_AT_FILE_S):
                    return
            if self._stop.is_set():
                return
            self._tell(phase=Phase.STARTING, error="", line=0, restarts=self.state.restarts + 1)

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self.cassette.path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def _live(self, stamp: tuple[int, int]) -> None:
        """Run one process to its end."""
        try:
            self.cassette = find_cassette(self.cassette.name)
            job = self._make_job(self.cassette)
        except TrackerError as error:
            self._tell(phase=Phase.FAILED, error=str(error))
            return
        context = multiprocessing.get_context("spawn")
        mine, other = context.Pipe()
        process = context.Process(target=run_cassette, args=(job, other), name=job.name, daemon=True)
        try:
            process.start()
        except (OSError, RuntimeError) as error:
            self._tell(phase=Phase.FAILED, error=f"no process can be started ({str(error).strip().splitlines()[0]})")
            mine.close()
            return
        finally:
            other.close()
        try:
            self._follow(process, mine, stamp)
        finally:
            if process.is_alive():
                process.kill()
            process.join()
            mine.close()

    def _follow(self, process: Any, pipe: Connection, stamp: tuple[int, int]) -> None:
        until_s = float("inf")
        looked_s = time.monotonic()
        while time.monotonic() < until_s:
            try:
                if pipe.poll(LOOK_S):
                    if self._hear(pipe.recv()):
                        return
                    continue
            except (EOFError, OSError):
                process.join(END_WITHIN_S)
                if self.answers and until_s == float("inf"):
                    self._tell(phase=Phase.FAILED, error=f"its process ended by itself (code {process.exitcode})")
                return
            if until_s < float("inf"):
                continue
            changed = False
            if time.monotonic() - looked_s > LOOK_AT_FILE_S:
                looked_s = time.monotonic()
                changed = self._stamp() != stamp
            if changed or self._stop.is_set():
                until_s = time.monotonic() + END_WITHIN_S
                with contextlib.suppress(OSError):
                    pipe.send("end")
        if self._stop.is_set():
            self._tell(phase=Phase.HUNG, error=f"it did not end within {END_WITHIN_S:g} s and was ended")

    def _hear(self, told: Told) -> bool:
        """Take what the process says; return whether it was its last word."""
        state = self.state
        if told.what == "ready":
            self._tell(phase=Phase.RUNNING)
        elif told.what == "did":
            self.answered = told.number
            calls = state.calls + 1
            gain = max(GAIN, 1.0 / calls)
            self._tell(
                calls=calls,
                missed=told.missed,
                mean_ms=state.mean_ms + gain * (told.spent_ms - state.mean_ms),
                worst_ms=max(state.worst_ms, told.spent_ms),
                late=state.late + (told.spent_ms > self._budget_ms),
            )
        elif told.what == "said":
            log.info("cassette %s: %s", state.name, told.text)
            self._tell(said=told.text)
        elif told.what == "hangs":
            self._tell(phase=Phase.HUNG, error="a function does not come to its end", line=told.line)
            log.error("%s", self.state.sentence)
            return True
        elif told.what == "failed":
            self._tell(phase=Phase.FAILED, error=told.text, line=told.line)
            log.error("%s\n%s", self.state.sentence, told.traceback)
            return True
        else:
            self._tell(phase=Phase.ENDED)
            return True
        return False


class CassetteHost:
    """Feeds all cassettes of one run.

    Parameters
    ----------
    lines : sequence of str
        As `parse_line` reads them; one that cannot be run says so in its state.
    budget_ms : float
        An answer that takes longer is counted as late.
    hang_s : float
        A function that takes longer is ended with its process.

    Raises
    ------
    OutputError
        There is no shared memory.
    """

    def __init__(self, lines: Sequence[str], context: SinkContext, budget_ms: float, hang_s: float) -> None:
        self._context = context
        self._hang_s = hang_s
        self._lossless = not context.source.is_live
        self._wake = threading.Condition()
        # Everything below is read and written under its lock.
        self._waiting: deque[Snapshot] = deque()
        self._is_closing = False
        #: Frames for which the pictures were not made in time.
        self.dropped = 0
        number = next(_numbers)
        name = f"{context.stem[:40]}-cassettes-{os.getpid()}-{number}"
        self._feed = TrackFeed(name, context.source, context.roster, context.zones, kept_frames=KEPT_FRAMES, kind=KIND)
        self._pictures: RingWriter | None = None
        self.running: list[RunningCassette] = []
        self._refused: list[CassetteState] = []
        for text in dict.fromkeys(lines):
            self._begin(text, budget_ms)
        self._thread = threading.Thread(target=self._work, name="cassettes", daemon=True)
        self._thread.start()

    def _begin(self, text: str, budget_ms: float) -> None:
        name = text.split(" ")[0]
        try:
            line = parse_line(text)
            name = line.name
            if not permission.allows(text):
                self._refuse(text, CassetteState(name, Phase.FORBIDDEN))
                return
            cassette = find_cassette(name)
        except SettingsError as error:
            self._refuse(text, CassetteState(name, Phase.FAILED, error=str(error)))
            return

        def job(now: Cassette) -> Job:
            return self._job(now, line)

        self.running.append(RunningCassette(text, cassette, job, budget_ms, self._heard))

    def _refuse(self, text: str, state: CassetteState) -> None:
        self._refused.append(state)
        board.put(text, state)
        log.warning("%s", state.sentence)

    def _job(self, cassette: Cassette, line: Line) -> Job:
        params = checked_params(cassette, line)
        if cassette.wants_pictures:
            self._open_pictures()
        return Job(
            path=str(cassette.path),
            name=cassette.name,
            values=params.model_dump(),
            feed=self._feed.name,
            pictures=f"{self._feed.name}-pictures" if cassette.wants_pictures else "",
            folder=str(self._context.folder),
            stem=self._context.stem,
            hang_s=self._hang_s,
        )

    def _open_pictures(self) -> None:
        with self._wake:
            if self._pictures is None and not self._is_closing:
                width, height = self._context.source.size_px
                room = PICTURE_HEAD.itemsize + width * height * 3
                self._pictures = RingWriter(f"{self._feed.name}-pictures", {"kind": "pictures"}, room, PICTURE_SLOTS)

    @property
    def states(self) -> list[CassetteState]:
        return [*self._refused, *(each.state for each in self.running)]

    @property
    def trouble(self) -> str:
        """What is the matter with the first of them that does not run, as a sentence."""
        return next((state.sentence for state in self.states if state.sentence), "")

    def _heard(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def write(self, snapshot: Snapshot) -> None:
        """Hand over a frame: at once where it comes from a live source, else when all have answered it."""
        if not self.running:
            return
        with self._wake:
            if self._lossless:
                self._wait_for(self._all_begun, START_WITHIN_S)
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(snapshot)
            self._wake.notify_all()
            if self._lossless:
                self._wait_for(self._all_answered, self._hang_s + START_WITHIN_S)

    def _wait_for(self, done: Callable[[], bool], timeout_s: float) -> None:
        until_s = time.monotonic() + timeout_s
        while not self._context.cancelled() and time.monotonic() < until_s:
            if self._wake.wait_for(done, LOOK_S):
                return

    def _all_begun(self) -> bool:
        return all(each.state.phase is not Phase.STARTING for each in self.running)

    def _all_answered(self) -> bool:
        if self._waiting:
            return False
        return all(each.answered >= self._feed.written or not each.answers for each in self.running)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._is_closing)
                if not self._waiting:
                    return
                snapshot = self._waiting[0]
                pictures = self._pictures
            try:
                if pictures is not None:
                    self._show(pictures, snapshot)
                self._feed.write(snapshot)
            except OutputError:
                log.exception("a frame could not be handed to the cassettes")
            with self._wake:
                if self._waiting and self._waiting[0] is snapshot:
                    self._waiting.popleft()
                self._wake.notify_all()

    @staticmethod
    def _show(pictures: RingWriter, snapshot: Snapshot) -> None:
        bgr = np.ascontiguousarray(snapshot.frame.bgr_u8)
        head = np.array([(snapshot.frame.index, bgr.shape[0], bgr.shape[1])], PICTURE_HEAD)
        pictures.write((head.tobytes(), bgr.data.cast("B")))

    def close(self) -> None:
        """Let all of them say goodbye, within two seconds."""
        with self._wake:
            self._is_closing = True
            self._wake.notify_all()
        self._thread.join(END_WITHIN_S)
        self._feed.close()  # they hear of it by the end of the feed and by being told
        for each in self.running:
            each.begin_close()
        until_s = time.monotonic() + END_WITHIN_S + SPARE_S
        for each in self.running:
            each.join(max(0.0, until_s - time.monotonic()))
        if self._pictures is not None:
            self._pictures.close()
