"""The loop that keeps a live source running: opens it, takes its frames, notices when it hangs, opens it again.

Two threads for each source: one reads, the other watches. A read that hangs inside a driver cannot be
ended from outside, so its thread is given up with the source it holds, and a new one is begun.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.live import CaptureState, Gap, SourceInterrupted
from tracker_gui.core.mailbox import Mailbox
from tracker_gui.engine.counters import RateMeter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.live import LiveSource
    from tracker_gui.core.types import Frame, SourceInfo

log = logging.getLogger(__name__)

STALE_AFTER_S = 2.0
GRACE_S = 1.0
OPEN_TIMEOUT_S = 15.0
MOST_HUNG = 4
MOST_GAPS = 10_000

BUSY, WRITER, DAMAGED, SOURCE, DISCONNECTED = "tracking busy", "writer", "damaged", "source", "disconnected"


class FrameWriter(Protocol):
    """What is offered every frame, such as a recorder."""

    def put(self, frame: Frame) -> bool:
        """Take a frame without ever blocking; False where it had to be dropped."""


class Backoff:
    """Waiting times between attempts: 1, 2, 4 .. 30 s, up to a fifth shorter by chance.

    A source that has been live in this run is looked for at least every four seconds, so that it is
    back within five of its return, however long it was away.
    """

    FIRST_S, LONGEST_S, LONGEST_ONCE_LIVE_S = 1.0, 30.0, 4.0

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._was_live = False
        self.attempts = 0

    def went_live(self) -> None:
        self._was_live = True
        self.attempts = 0

    def next_s(self, at_least_s: float | None = None) -> float:
        """Return how long to wait now; chance never makes it shorter than `at_least_s`."""
        longest_s = self.LONGEST_ONCE_LIVE_S if self._was_live else self.LONGEST_S
        wait_s = min(longest_s, self.FIRST_S * 2.0 ** min(self.attempts, 10)) * (1.0 - 0.2 * self._chance())
        self.attempts += 1
        if at_least_s is not None and wait_s < at_least_s:
            return at_least_s * (1.0 + 0.1 * self._chance())
        return wait_s


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """How a source is doing, as a state for programs and a sentence for people."""

    state: CaptureState
    sentence: str
    since_s: float
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class CaptureFigures:
    """What a source has given so far.

    Attributes
    ----------
    received : int
        Frames that arrived whole.
    dropped : dict of str to int
        By reason: "tracking busy" and "writer" are frames that arrived; "damaged" and "source" ones
        that did not; "disconnected" is estimated from the rate and the length of the gaps.
    """

    rate_hz: float
    received: int
    dropped: dict[str, int]
    last_frame_age_s: float | None
    reconnections: int
    gaps: tuple[Gap, ...]


@dataclass(slots=True, eq=False)
class _Session:
    """One opening of the source, on a thread of its own."""

    started_s: float
    source: LiveSource[Any] | None = None
    info: SourceInfo | None = None
    abandoned: bool = False
    ending: BaseException | None = None
    ended: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    last_frame_s: float | None = None
    damaged_before: int = 0
    thread: threading.Thread | None = None


class CaptureLoop:
    """Runs one live source until it is stopped.

    `frames` keeps the newest frame for tracking; `writer`, which may be set and removed at any time,
    is offered every one. All call-backs come from threads of this loop; they must be quick and must
    not call `stop`.

    Parameters
    ----------
    make_source : callable
        Returns a new, unopened source; called for every attempt.
    on_frame : callable, optional
        Called with every frame.
    on_state : callable, optional
        Called with every `CaptureStatus`.
    """

    def __init__(
        self,
        make_source: Callable[[], LiveSource[Any]],
        on_frame: Callable[[Frame], None] | None = None,
        on_state: Callable[[CaptureStatus], None] | None = None,
        *,
        writer: FrameWriter | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.frames: Mailbox[Frame] = Mailbox()
        self.writer = writer
        self.info: SourceInfo | None = None
        self.error: TrackerError | None = None
        self.name = make_source().name
        self._make_source = make_source
        self._on_frame = on_frame
        self._on_state = on_state
        self._backoff = backoff if backoff is not None else Backoff()
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._hung: list[_Session] = []
        self._session: _Session | None = None
        self._rate = RateMeter()
        self._received = 0
        self._next_index = 0
        self._last_frame: Frame | None = None
        self._gap: Gap | None = None
        self._gaps: list[Gap] = []
        self._reconnections = 0
        self._lost = {WRITER: 0, DAMAGED: 0, SOURCE: 0, DISCONNECTED: 0}
        self._status = CaptureStatus(CaptureState.CONNECTING, f"Connecting to {self.name}.", time.monotonic())
        self._thread = threading.Thread(target=self._supervise, name="capture", daemon=True)

    @property
    def status(self) -> CaptureStatus:
        return self._status

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        if self._on_state is not None:
            self._on_state(self._status)
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End within `timeout_s` even where a read hangs; return whether all threads have ended."""
        until_s = time.monotonic() + timeout_s
        with self._lock:
            self._stopping.set()
            session = self._session
        self._wake.set()
        if session is not None:
            self._interrupt(session)
        if self._thread.ident is not None:
            self._thread.join(max(0.0, until_s - time.monotonic()))
        for each in (session, *self._hung):
            if each is not None and each.thread is not None:
                each.thread.join(max(0.0, until_s - time.monotonic()))
        with self._lock:
            if session is not None:
                session.abandoned = True
            left = [s for s in (session, *self._hung) if s is not None and not s.done.is_set()]
            self._end_gap(None)
            if self._status.state not in (CaptureState.ENDED, CaptureState.FAILED):
                self._say(CaptureState.STOPPED, f"{self.name} is stopped.")
        self.frames.close()
        return not left and not self._thread.is_alive()

    def figures(self) -> CaptureFigures:
        """Return the counts and rates so far."""
        now_s = time.monotonic()
        with self._lock:
            return CaptureFigures(
                rate_hz=self._rate.rate_hz(now_s),
                received=self._received,
                dropped={BUSY: self.frames.dropped, **self._lost},
                last_frame_age_s=None if self._last_frame is None else now_s - self._last_frame.t_capture_s,
                reconnections=self._reconnections,
                gaps=(*self._gaps, *(() if self._gap is None else (self._gap,))),
            )

    # -- the thread that watches

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            if not self._may_open():
                continue
            session = _Session(time.monotonic())
            session.thread = threading.Thread(target=self._read, args=(session,), name="capture reader", daemon=True)
            with self._lock:
                self._session = session
            session.thread.start()
            interruption = self._watch(session)
            if self._stopping.is_set():
                return
            if interruption is None:
                with self._lock:
                    self._end_gap(None)
                    if self.error is not None:
                        self._say(CaptureState.FAILED, str(self.error))
                    else:
                        self._say(CaptureState.ENDED, f"{self.name} has ended.")
                self.frames.close()
                return
            self._wait_to_retry(interruption)

    def _may_open(self) -> bool:
        """Return whether there is room for another attempt; each that hangs holds a thread and perhaps the device."""
        self._hung = [session for session in self._hung if not session.done.is_set()]
        if len(self._hung) < MOST_HUNG:
            return True
        with self._lock:
            self._say(
                CaptureState.RECONNECTING,
                f"{self.name}: {MOST_HUNG} attempts hang in the driver. Unplug the camera and plug it in again.",
            )
        self._sleep(1.0)
        return False

    def _watch(self, session: _Session) -> SourceInterrupted | None:
        """Wait until the session ends or hangs; return why, None where it is over for good."""
        while not session.done.is_set() and not self._stopping.is_set():
            now_s = time.monotonic()
            with self._lock:
                limit_s, hang_s = self._limits(session)
                quiet_s = now_s - (session.last_frame_s or session.started_s)
                if session.last_frame_s is not None and quiet_s >= limit_s and self._status.state is CaptureState.LIVE:
                    self._begin_gap("no picture came")
                    self._say(
                        CaptureState.STALE,
                        f"No picture from {self.name} for {quiet_s:.0f} s. The one you see is the last that came.",
                    )
                if quiet_s >= hang_s:
                    session.abandoned = True
                    self._hung.append(session)
                    what = "it does not open" if session.info is None else "it stalled: no picture came"
                    break
            self._wake.wait(max(0.01, (limit_s if quiet_s < limit_s else hang_s) - quiet_s))
            self._wake.clear()
        else:
            return self._ending_of(session)
        self._interrupt(session)
        return SourceInterrupted(f"{what} for {quiet_s:.0f} s")

    def _limits(self, session: _Session) -> tuple[float, float]:
        """Return after how many seconds without a frame the source is stale, and given up."""
        if session.info is None or session.source is None:
            return OPEN_TIMEOUT_S, OPEN_TIMEOUT_S
        slow_s = 3.0 / session.info.rate_hz if session.info.rate_hz > 0 else 0.0
        stale_s = max(STALE_AFTER_S, slow_s)
        return stale_s, max(stale_s, session.source.read_timeout_s) + GRACE_S

    def _ending_of(self, session: _Session) -> SourceInterrupted | None:
        ending = session.ending
        if ending is None or isinstance(ending, SourceInterrupted):
            return ending
        if isinstance(ending, TrackerError):
            self.error = ending
            return None
        return SourceInterrupted(f"unexpected problem ({type(ending).__name__}: {ending})")

    def _wait_to_retry(self, interruption: SourceInterrupted) -> None:
        wait_s = self._backoff.next_s(interruption.retry_after_s)
        with self._lock:
            self._begin_gap(interruption.reason)
            self._say(
                CaptureState.REFUSED if interruption.refused else CaptureState.RECONNECTING,
                f"{self.name}: {interruption.reason}. Next attempt in {wait_s:.0f} s.",
                wait_s,
            )
        self._sleep(wait_s)

    def _sleep(self, duration_s: float) -> None:
        until_s = time.monotonic() + duration_s
        while not self._stopping.is_set() and (left_s := until_s - time.monotonic()) > 0:
            self._wake.wait(left_s)
            self._wake.clear()

    def _interrupt(self, session: _Session) -> None:
        if session.source is None:
            return
        try:
            session.source.interrupt()
        except Exception:
            log.warning("%s could not be interrupted", self.name, exc_info=True)

    # -- the thread that reads

    def _read(self, session: _Session) -> None:
        try:
            source = session.source = self._make_source()
            info = source.open()
            with self._lock:
                if session.abandoned or self._stopping.is_set():
                    return
                session.info = info
                if self.info is None:
                    self.info = info
            self._wake.set()
            while not self._stopping.is_set():
                frame = source.read()
                if frame is None:
                    return
                if not self._deliver(session, frame):
                    return
        except (SourceInterrupted, TrackerError) as error:
            session.ending = error
        except Exception as error:
            log.exception("%s broke", self.name)
            session.ending = error
        finally:
            self._close(session)
            session.done.set()
            self._wake.set()

    def _close(self, session: _Session) -> None:
        if session.source is None:
            return
        try:
            session.source.close()
        except Exception:
            # What broke the source is said already; that it cannot be closed either must not hide it.
            log.warning("%s could not be closed", self.name, exc_info=True)

    def _deliver(self, session: _Session, frame: Frame) -> bool:
        with self._lock:
            if session.abandoned or self._stopping.is_set():
                return False
            assert session.source is not None
            damaged = session.source.damaged_frames - session.damaged_before
            session.damaged_before = session.source.damaged_frames
            self._lost[DAMAGED] += damaged
            self._lost[SOURCE] += max(0, frame.lost_before - damaged)
            lost = frame.lost_before + self._end_gap(frame)
            # Index counts what arrived: a night without a camera must not leave millions of empty rows.
            frame = replace(frame, index=self._next_index, lost_before=lost)
            self._next_index += 1
            self._received += 1
            self._rate.mark(frame.t_capture_s)
            self._went_live(session, frame)
            session.last_frame_s = frame.t_capture_s
            self._last_frame = frame
            self.frames.put(frame)
            if self.writer is not None and not self.writer.put(frame):
                self._lost[WRITER] += 1
            if self._on_frame is not None:
                self._on_frame(frame)
            return True

    def _went_live(self, session: _Session, frame: Frame) -> None:
        if session.last_frame_s is None:
            self._backoff.went_live()
            if self._last_frame is not None:
                self._reconnections += 1
        size_changed = self._last_frame is not None and self._last_frame.size_px != frame.size_px
        if self._status.state is CaptureState.LIVE and not size_changed:
            return
        width, height = frame.size_px
        sentence = f"{self.name} is live, {width} x {height} px."
        if size_changed and self._last_frame is not None:
            before = "{} x {}".format(*self._last_frame.size_px)
            sentence = f"{self.name} is live; its picture changed from {before} to {width} x {height} px."
        self._say(CaptureState.LIVE, sentence)

    # -- both

    def _begin_gap(self, reason: str) -> None:
        if self._last_frame is None:
            return
        if self._gap is None:
            last = self._last_frame
            wall_s = last.t_wall_s if last.t_wall_s is not None else time.time()
            self._gap = Gap(last.t_capture_s, wall_s, reason)
        elif self._gap.reason == "no picture came":
            self._gap = replace(self._gap, reason=reason)

    def _end_gap(self, frame: Frame | None) -> int:
        """Note that the gap is over, with a frame or for good; return how many frames it has cost."""
        if self._gap is None:
            return 0
        end_s = frame.t_capture_s if frame is not None else time.monotonic()
        end_wall_s = frame.t_wall_s if frame is not None and frame.t_wall_s is not None else time.time()
        rate_hz = self.info.rate_hz if self.info is not None else 0.0
        lost = max(0, round((end_s - self._gap.start_s) * rate_hz) - 1)
        gap = replace(self._gap, end_s=end_s, end_wall_s=end_wall_s, frames_lost=lost)
        self._gap = None
        self._lost[DISCONNECTED] += lost
        if len(self._gaps) < MOST_GAPS:
            self._gaps.append(gap)
        log.info("%s: gap of %.2f s (%s), about %d frames", self.name, end_s - gap.start_s, gap.reason, lost)
        return lost

    def _say(self, state: CaptureState, sentence: str, retry_in_s: float | None = None) -> None:
        if (state, sentence) == (self._status.state, self._status.sentence):
            return
        again = state is self._status.state and retry_in_s is not None
        self._status = CaptureStatus(state, sentence, time.monotonic(), retry_in_s)
        # A camera that is away all night is tried thousands of times; the log needs its first and its last.
        log.log(logging.DEBUG if again else logging.INFO, "%s", sentence)
        if self._on_state is not None:
            self._on_state(self._status)
