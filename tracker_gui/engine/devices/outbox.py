"""What is on its way to one board: a thread of its own that sends in order, awaits the answers and keeps the limits.

This is the real-time lane of the board: whoever hands something over never waits, and one board never
waits for another.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tracker_gui.core.board_lines import LAST_NUMBER, Switching, framed, read_switching
from tracker_gui.core.byte_text import shown_bytes
from tracker_gui.core.devices import DeviceResult, OutputInfo
from tracker_gui.engine.devices.guard import OutputGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.engine.devices.board_settings import BoardParams
    from tracker_gui.engine.devices.port import Port
    from tracker_gui.engine.devices.traffic import TrafficLog

log = logging.getLogger(__name__)

MOST_WAITING = 64
#: The keep-alive goes out so often within the board's watchdog.
PINGS_PER_WATCHDOG = 4
MOST_REPLY_BYTES = 4096

ACKNOWLEDGED = "acknowledged"
UNACKNOWLEDGED = "sent, not acknowledged"
REASONS = {
    "gap": "the board holds it back: too soon after the last time",
    "command": "the board does not know this command",
    "hello": "the board has started anew",
    "old": "the board has had this number before",
}
#: A plain sketch is one output without a name, on or safe.
PLAIN_OUTPUT = OutputInfo("", "plain", 0, 0, 1)

Kind = Literal["command", "safe", "limit", "then", "ping", "bye"]


def ignore(_: DeviceResult) -> None:
    """Take a result that nobody asked for."""


@dataclass(slots=True)
class Job:
    """Something to be sent. `t_sent_s` is filled in when it is."""

    kind: Kind
    payload: bytes
    t_decided_s: float
    deadline_s: float | None = None
    on_result: Callable[[DeviceResult], None] = ignore
    then: bytes = b""
    then_after_s: float = 0.0
    reply: bytes = b""
    reply_timeout_s: float = 0.0
    #: What may still be on its way would be done late, so it is taken back first.
    in_place_of_all: bool = False
    t_sent_s: float | None = None
    answer_due_s: float = 0.0


class Outbox:
    """The commands of one board.

    Parameters
    ----------
    on_broken : callable
        Told, on the sender's thread, why the line cannot be used any more.
    """

    def __init__(
        self, name: str, params: BoardParams, traffic: TrafficLog, clock: Callable[[], float],
        on_broken: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._params = params
        self._traffic = traffic
        self._clock = clock
        self._on_broken = on_broken
        self._ready = threading.Condition()
        #: Held around every write, and to change the port; so it is never closed under a write.
        self._writing = threading.Lock()
        self._port: Port | None = None
        self._open = self._closed = False
        self._why_not = "the board is not open"
        self._jobs: deque[Job] = deque()
        self._timers: list[tuple[float, Job]] = []
        self._awaited: dict[int, Job] = {}
        self._settled: deque[tuple[Job, DeviceResult]] = deque()
        self._reply = b""
        self._number = 0
        self._next_ping_s = 0.0
        self._broken = self._leaving = False
        self._guard = OutputGuard((), 0, 0)
        self._outputs: tuple[OutputInfo, ...] = ()
        self.sent = self.acknowledged = self.failed = 0
        self._thread = threading.Thread(target=self._run, name=f"sender of {name}", daemon=True)
        self._thread.start()

    # ---- for the thread that holds the line

    def attach(self, port: Port, number: int, outputs: Sequence[OutputInfo]) -> None:
        """Begin to send; `number` is the last sequence number that was used."""
        with self._writing, self._ready:
            self._port, self._open, self._broken, self._leaving = port, True, False, False
            self._number, self._outputs = number, tuple(outputs)
            self._guard = OutputGuard(outputs, self._params.least_gap_s, self._params.longest_on_s)
            self._next_ping_s = self._clock() + self._ping_s
            self._ready.notify()

    def detach(self, why: str) -> None:
        """Stop sending; what waits, and what was not answered, has failed and is never sent later."""
        with self._writing, self._ready:
            self._port, self._open, self._why_not = None, False, why
            self._fail_all(why)
            self._ready.notify()

    def answered(self, number: int, reason: str | None) -> bool:
        """Take an acknowledgement, or the board's reason to refuse; return whether it is worth a line to show."""
        now_s = self._clock()
        with self._ready:
            job = self._awaited.pop(number, None)
            if job is None:
                return True  # too late: it is written down as failed
            if reason is None:
                self._settle(job, now_s, True, ACKNOWLEDGED)
            else:
                self._settle(job, now_s, False, f"failed: {REASONS.get(reason, reason)}")
            self._ready.notify()
            return job.kind != "ping"

    def heard(self, data: bytes) -> None:
        """Take bytes from a plain sketch, for a command that waits for its reply."""
        now_s = self._clock()
        with self._ready:
            job = self._awaited.get(0)
            if job is None:
                return
            self._reply = (self._reply + data)[-MOST_REPLY_BYTES:]
            if job.reply in self._reply:
                del self._awaited[0]
                self._settle(job, now_s, True, f"answered {shown_bytes(job.reply)}")
                self._ready.notify()

    def became_safe(self, output: str | None) -> None:
        """Note that the board made an output, or all of them, safe by itself."""
        with self._ready:
            self._guard.now_safe(output)

    @property
    def values(self) -> dict[str, int]:
        """Output -> the value it was told last."""
        with self._ready:
            return self._guard.values(self._clock())

    # ---- for everybody

    def submit(self, job: Job) -> None:
        """Put a command at the end of the row; returns at once."""
        with self._ready:
            problem = "" if self._open and not self._broken and not self._leaving else self._why_not
            if not problem and len(self._jobs) >= MOST_WAITING:
                problem = f"{MOST_WAITING} commands are waiting already"
            if not problem:
                self._jobs.append(job)
                self._ready.notify()
                return
            self.failed += 1
        job.on_result(self._result(job, None, False, f"failed: not sent, {problem}"))

    def go_safe(self, reason: str, last_words: bool = False) -> threading.Event:
        """Drop what waits and send the safe state before anything else.

        Returns
        -------
        threading.Event
            Set when the board has acknowledged it (a plain sketch: when it is sent), or could not be told.
        """
        done = threading.Event()
        with self._ready:
            while self._jobs:
                self._settle(self._jobs.popleft(), None, False, f"not sent: safe state ({reason})")
            self._timers.clear()
            if not self._open:
                done.set()
                return done
            jobs = [Job("safe", self._safe_payload, self._clock())]
            if last_words:
                self._leaving, self._why_not = True, "the board is being closed"
            if last_words and not self._params.is_plain:
                jobs.append(Job("bye", b"BYE", self._clock()))
            jobs[-1].on_result = lambda _: done.set()
            self._jobs.extend(jobs)
            self._ready.notify()
        return done

    def close(self) -> None:
        """End the thread."""
        self.detach("the board is not open")
        with self._ready:
            self._closed = True
            self._ready.notify()
        self._thread.join()

    # ---- on the sender's thread, or with the lock held

    @property
    def _safe_payload(self) -> bytes:
        return self._params.safe if self._params.is_plain else b"SAFE"

    @property
    def _pings(self) -> bool:
        return self._open and not self._broken and not self._leaving and not self._params.is_plain

    @property
    def _ping_s(self) -> float:
        return self._params.watchdog_s / PINGS_PER_WATCHDOG

    def _run(self) -> None:
        while True:
            with self._ready:
                job = self._next_job()
                while job is None and not self._settled and not self._closed:
                    self._ready.wait(self._nap_s())
                    job = self._next_job()
                settled = list(self._settled)
                self._settled.clear()
                ended = self._closed and job is None
            for each, result in settled:
                try:
                    each.on_result(result)
                except Exception:
                    # Whoever asked has a mistake in it; the commands behind it must go out all the same.
                    log.exception("a result could not be told")
            if job is not None:
                self._send_or_fail(job)
            elif ended:
                return

    def _send_or_fail(self, job: Job) -> None:
        try:
            self._send(job)
        except Exception as error:
            # One command with a mistake in it must not end the thread, and with it the safe state.
            log.exception("a command could not be sent")
            with self._ready:
                self._settle(job, None, False, f"failed: {type(error).__name__}: {error}")

    def _nap_s(self) -> float | None:
        due = [job.answer_due_s for job in self._awaited.values()]
        due += [due_s for due_s, _ in self._timers]
        if self._pings:
            due.append(self._next_ping_s)
        limit_s = self._guard.next_due_s
        if self._open and limit_s is not None:
            due.append(limit_s)
        return max(0.0, min(due) - self._clock()) if due else None

    def _next_job(self) -> Job | None:
        now_s = self._clock()
        self._look_for_overdue(now_s)
        if not self._open or self._broken:
            return None
        too_long = self._guard.overdue(now_s)
        if too_long is not None and (limit := self._limit_job(too_long, now_s)) is not None:
            return limit
        for timer in sorted(self._timers, key=lambda timer: timer[0]):
            if timer[0] <= now_s:
                self._timers.remove(timer)
                return timer[1]
        while self._jobs:
            # A plain sketch answers one question at a time.
            if 0 in self._awaited and self._jobs[0].kind == "command":
                break
            job = self._jobs.popleft()
            if job.deadline_s is None or now_s <= job.deadline_s:
                return job
            self._settle(job, None, False, "not sent: too late")
        if self._pings and now_s >= self._next_ping_s:
            return Job("ping", b"PING", now_s)
        return None

    def _limit_job(self, info: OutputInfo, now_s: float) -> Job | None:
        self._guard.now_safe(info.name)
        if self._params.is_plain:
            return Job("limit", self._params.safe, now_s) if self._params.safe else None
        return Job("limit", f"SET {info.name} {info.safe}".encode(), now_s)

    def _look_for_overdue(self, now_s: float) -> None:
        for number, job in list(self._awaited.items()):
            if now_s < job.answer_due_s:
                continue
            del self._awaited[number]
            waited = f"{job.answer_due_s - (job.t_sent_s or now_s):.2f} s"
            self._settle(
                job, None, False, f"failed: not {'answered' if number == 0 else 'acknowledged'} within {waited}"
            )
            if job.kind in ("safe", "ping", "bye"):
                self._break(f"the board did not answer within {waited}")
            elif self._open and not any(each.kind == "safe" for each in self._jobs):
                # Nobody knows what it did, so the outputs go where nothing can happen.
                self._traffic.note("no answer: safe state")
                self._jobs.appendleft(Job("safe", self._safe_payload, now_s, in_place_of_all=True))

    def _send(self, job: Job) -> None:
        with self._writing:
            with self._ready:
                port, data = self._port, self._prepare(job)
            if port is None or not data:
                return
            try:
                if job.in_place_of_all:
                    port.drop_output()
                    data = self._on_new_line(data)
                port.write(data)
            except OSError as error:
                self._write_failed(port, job, error)
                return
        with self._ready:
            job.t_sent_s = self._clock()
            if self._params.is_plain and not job.reply:
                self._settle(job, None, True, UNACKNOWLEDGED)

    def _prepare(self, job: Job) -> bytes:
        """Return the bytes of a job, and note that they are sent; empty where it must not be."""
        now_s = self._clock()
        if not self._open:
            self._settle(job, None, False, f"failed: not sent, {self._why_not}")
            return b""
        problem = self._switch(job, now_s)
        if problem:
            self._settle(job, None, False, f"not sent: {problem}")
            return b""
        if job.then:
            self._timers.append((now_s + job.then_after_s, Job("then", job.then, now_s)))
        job.t_sent_s = now_s  # the answer may be here before the write returns
        self.sent += job.kind != "ping"
        if self._params.is_plain:
            if job.reply:
                job.answer_due_s, self._reply = now_s + job.reply_timeout_s, b""
                self._awaited[0] = job
            data = job.payload
            if not data:
                self._settle(job, None, True, "nothing to send")
        else:
            self._number = self._number % LAST_NUMBER + 1
            timeout_s = self._params.watchdog_s if job.kind == "ping" else self._params.answer_timeout_s
            job.answer_due_s = now_s + timeout_s
            self._awaited[self._number] = job
            self._next_ping_s = now_s + self._ping_s
            # One line, whatever somebody typed behind it.
            data = framed(f"{self._number} {' '.join(job.payload.decode('ascii', 'replace').split())}")
        if job.kind != "ping" and data:
            self._traffic.sent(data)
        return data

    def _switch(self, job: Job, now_s: float) -> str:
        """Ask the guard; return why it must not be."""
        if job.kind in ("ping", "bye"):
            return ""
        if job.kind == "safe" or (self._params.is_plain and job.payload == self._params.safe):
            self._guard.now_safe()
            return ""
        if self._params.is_plain:
            wanted: Switching | str = Switching("", 1)
        else:
            wanted = read_switching(job.payload.decode("ascii", "replace"), self._outputs)
        if isinstance(wanted, str):
            return wanted
        # What follows from limits and pulses goes towards safety and is never held back.
        problem = self._guard.refusal(wanted, now_s) if job.kind == "command" else ""
        if not problem:
            self._guard.switched(wanted, now_s)
        return problem

    def _write_failed(self, port: Port, job: Job, error: OSError) -> None:
        timed_out = isinstance(error, TimeoutError)
        why = "the board does not take what is sent to it (write timed out)" if timed_out else "the connection broke"
        with self._ready:
            for number in [n for n, each in self._awaited.items() if each is job]:
                del self._awaited[number]
            job.t_sent_s = None
            self._settle(job, None, False, f"failed: {why}")
            self._fail_all(why)
            last_words = self._safe_payload if self._params.is_plain else framed(f"{self._number + 1} SAFE")
        if timed_out and last_words:
            with contextlib.suppress(OSError):
                port.drop_output()
                port.write(self._on_new_line(last_words))
                self._traffic.sent(last_words)
        with self._ready:
            self._break(why)

    def _on_new_line(self, data: bytes) -> bytes:
        """Return a line that the half of another one before it does not spoil."""
        return data if self._params.is_plain else b"\n" + data

    def _break(self, why: str) -> None:
        if not self._broken:
            self._broken = True
            self._why_not = why
            self._fail_all(why)
            self._on_broken(why)

    def _fail_all(self, why: str) -> None:
        for job in (*self._awaited.values(), *self._jobs):
            words = f"failed: {why}" if job.t_sent_s is None else f"failed: sent, but {why} before it was acknowledged"
            self._settle(job, None, False, words)
        self._awaited.clear()
        self._jobs.clear()
        self._timers.clear()
        self._guard.now_safe()

    def _settle(self, job: Job, t_acknowledged_s: float | None, ok: bool, result: str) -> None:
        if job.kind == "command":
            self.acknowledged += t_acknowledged_s is not None and ok
            self.failed += not ok
            if not ok:
                self._traffic.note(f"{shown_bytes(job.payload)}: {result}")
        self._settled.append((job, self._result(job, t_acknowledged_s, ok, result)))

    def _result(self, job: Job, t_acknowledged_s: float | None, ok: bool, result: str) -> DeviceResult:
        return DeviceResult(job.t_decided_s, job.t_sent_s, t_acknowledged_s, ok, result)
