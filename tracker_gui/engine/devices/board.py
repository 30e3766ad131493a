"""One board: found, opened, greeted, listened to, and found again when its cable was pulled."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.core.board_lines import READY, VERSION, LineSplitter, framed, read_output, unframed
from tracker_gui.core.devices import DeviceCommand, DeviceResult, DeviceState, OutputInfo
from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.devices.outbox import PLAIN_OUTPUT, Job, Outbox
from tracker_gui.engine.devices.traffic import TrafficLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.engine.devices.board_settings import BoardSettings
    from tracker_gui.engine.devices.port import Link, Port

log = logging.getLogger(__name__)

#: So long a board may take from the opening of the port to its first READY.
READY_TIMEOUT_S = 6.0
HANDSHAKE_TIMEOUT_S = 1.0
#: Between two looks for a board that is away.
RETRY_S = 0.25
#: A board that is there and is not what it should be is left alone for so long: opening it starts it anew.
RETRY_REFUSED_S = 30.0
RETRY_BUSY_S = 2.0
#: So much of what is no line of ours is not a disturbance, but another device.
MOST_JUNK_BYTES = 64 * 1024
SAFE_WAIT_S = 0.5
CLOSE_TIMEOUT_S = 2.0
#: A command that is asked for by hand may wait so long.
SEND_WAIT_S = 10.0


class _WrongDevice(Exception):
    """It is connected and open, and does not speak as it should."""


class _Restarted(Exception):
    """The board has started anew while it was connected."""


@dataclass(frozen=True, slots=True)
class BoardStatus:
    """What is known of a board now.

    Attributes
    ----------
    words : str
        Why it is so, where that is not clear; may be empty.
    values : dict
        Output -> the value it was told last.
    inputs : dict
        Input -> 1 while it is pressed.
    """

    state: DeviceState
    words: str
    armed: bool
    outputs: tuple[OutputInfo, ...]
    values: dict[str, int]
    inputs: dict[str, int]
    sent: int
    acknowledged: int
    failed: int
    junk_bytes: int
    reopened: int


class Board:
    """A device that follows commands; see `core.devices.Device`. All methods may be called from any thread.

    Nothing is sent that moves something before `arm`. A board that comes back after its cable was pulled
    is still armed, if it speaks our lines; a plain sketch must be armed again by a person, because
    nothing tells what answers there now.

    Parameters
    ----------
    link : Link
        The way to it.
    """

    def __init__(self, settings: BoardSettings, link: Link, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.traffic = TrafficLog()
        #: Called with the board's name and ``ready``, ``not connected``, ``button1 1`` or a plain sketch's line.
        self.listeners: list[Callable[[str, str], None]] = []
        self._link = link
        self._clock = clock
        self._state, self._words = DeviceState.CLOSED, ""
        self._armed = self._leaving = False
        self._armed_by_rule = self._held_by_hand = False
        self._outputs: tuple[OutputInfo, ...] = ()
        self._inputs: dict[str, int] = {}
        self._junk_bytes = self._junk_before = self._openings = 0
        self._broken = ""
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._changing = threading.RLock()
        self._outbox: Outbox | None = None
        self._thread: threading.Thread | None = None

    # ---- for everybody

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def state(self) -> DeviceState:
        return self._state

    @property
    def armed(self) -> bool:
        return self._armed and self._state is DeviceState.READY

    @property
    def status(self) -> BoardStatus:
        outbox = self._outbox
        counts = (outbox.sent, outbox.acknowledged, outbox.failed) if outbox is not None else (0, 0, 0)
        values = outbox.values if outbox is not None and self._state is DeviceState.READY else {}
        return BoardStatus(
            self._state, self._words, self.armed, self._outputs, values, dict(self._inputs), *counts,
            self._junk_before + self._junk_bytes, max(0, self._openings - 1),
        )  # fmt: skip

    def open(self) -> None:
        """Begin to look for the board, and keep it open until `close`."""
        with self._changing:
            if self._thread is not None:
                return
            self._closing.clear()
            self._leaving = self._held_by_hand = self._armed_by_rule = False
            self._openings = 0
            self._outbox = Outbox(self.name, self.settings.params, self.traffic, self._clock, self._break)
            self._thread = threading.Thread(target=self._run, name=f"board {self.name}", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Bring the board into its safe state and let go of the port."""
        with self._changing:
            if self._thread is None or self._outbox is None:
                return
            self._armed, self._leaving = False, True
            self._outbox.go_safe("closed", last_words=True).wait(SAFE_WAIT_S)
            self._closing.set()
            self._wake.set()
            self._thread.join(CLOSE_TIMEOUT_S)
            if self._thread.is_alive():
                # Some drivers wait up to 30 s at the close for a board to take its last bytes: the safe state.
                log.warning("board %s: the port is still closing", self.name)
            self._outbox.close()
            self._thread = self._outbox = None
            self._become(DeviceState.CLOSED, "")

    def try_again(self) -> None:
        """Do not wait any longer with the next attempt to open it."""
        self._wake.set()

    def arm(self) -> None:
        """Let commands through, until `disarm`.

        Raises
        ------
        TrackerError
            The board is not ready.
        """
        if self._state is not DeviceState.READY:
            problem = f"cannot be armed, because it is {self._state.value}"
            raise TrackerError(self.name, problem, self._words and f"{self._words[0].upper()}{self._words[1:]}.")
        self._armed, self._armed_by_rule, self._held_by_hand = True, False, False
        self.traffic.note("armed")

    def disarm(self) -> None:
        """Let no command through any more; the board goes into its safe state."""
        self._held_by_hand = True
        self._disarm()

    def _disarm(self) -> None:
        was, self._armed, self._armed_by_rule = self._armed, False, False
        if was:
            self.traffic.note("disarmed")
        self.safe_state("disarmed")

    def arm_by_rule(self) -> None:
        if self._armed or self._held_by_hand or self.settings.params.is_plain or self._state is not DeviceState.READY:
            return
        self._armed = self._armed_by_rule = True
        self.traffic.note("armed, by a rule that is armed")

    def allow_rules(self) -> None:
        """Let rules arm it again, after a person has disarmed it; whoever calls this has asked the user before."""
        self._held_by_hand = False

    def rules_ended(self) -> None:
        if self._armed_by_rule:
            self._disarm()

    def submit(self, command: DeviceCommand, on_result: Callable[[DeviceResult], None]) -> None:
        self._submit(command, on_result, self._armed)

    def send(self, command: DeviceCommand) -> DeviceResult:
        return self._wait_for(command, self._armed)

    def test(self, command: DeviceCommand) -> DeviceResult:
        """Send one command although the board is not armed; whoever calls this has asked the user before."""
        return self._wait_for(command, True)

    def ping(self) -> DeviceResult:
        """Ask a board whether it is there; moves nothing.

        Raises
        ------
        TrackerError
            It is a plain sketch, which has no such question.
        """
        if self.settings.params.is_plain:
            raise TrackerError(self.name, "cannot be asked", "A plain sketch has no question that moves nothing.")
        outbox, now_s = self._outbox, self._clock()
        if outbox is None:
            raise TrackerError(self.name, "cannot be asked", "Open it first.")
        return _awaited(lambda take: outbox.submit(Job("ping", b"PING", now_s, None, take)), now_s, SEND_WAIT_S)

    def safe_state(self, reason: str) -> None:
        self.go_safe(reason)

    def go_safe(self, reason: str) -> threading.Event:
        """Drop what waits and bring all outputs into their safe state.

        Returns
        -------
        threading.Event
            Set when the board has acknowledged it, or cannot be told.
        """
        outbox = self._outbox
        if outbox is not None:
            return outbox.go_safe(reason)
        done = threading.Event()
        done.set()
        return done

    def _wait_for(self, command: DeviceCommand, allowed: bool) -> DeviceResult:
        return _awaited(
            lambda take: self._submit(command, take, allowed),
            command.t_decided_s,
            SEND_WAIT_S + command.reply_timeout_s,
        )

    def _submit(self, command: DeviceCommand, on_result: Callable[[DeviceResult], None], allowed: bool) -> None:
        outbox = self._outbox
        problem = ""
        if outbox is None:
            problem = "failed: not sent, the board is not open"
        elif not allowed:
            problem = f"not sent: the board is {self._state.value}, not armed"
        if problem or outbox is None:
            on_result(DeviceResult(command.t_decided_s, None, None, False, problem))
            return
        job = Job("command", command.payload, command.t_decided_s, command.deadline_s, on_result)
        job.then, job.then_after_s = command.then, command.then_after_s
        job.reply, job.reply_timeout_s = command.reply, command.reply_timeout_s
        outbox.submit(job)

    # ---- the thread that holds the line

    def _break(self, why: str) -> None:
        self._broken = why

    def _become(self, state: DeviceState, words: str) -> None:
        if (state, words) == (self._state, self._words):
            return
        changed = state is not self._state
        self._state, self._words = state, words
        if changed:
            log.info("board %s: %s %s", self.name, state.value, words)
            self.traffic.note(f"{state.value}: {words}" if words else state.value)
            self._tell(state.value)

    def _tell(self, text: str) -> None:
        for listener in tuple(self.listeners):
            try:
                listener(self.name, text)
            except Exception:
                # A listener with a mistake in it must not cost the board.
                log.exception("board %s: %r could not be told", self.name, text)

    def _pause(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                port = self._link.open()
            except FileNotFoundError as error:
                self._become(DeviceState.AWAY, str(error))
                self._pause(RETRY_S)
                continue
            except OSError as error:
                self._become(DeviceState.REFUSED, str(error))
                self._pause(RETRY_BUSY_S)
                continue
            self._pause(self._use(port))

    def _use(self, port: Port) -> float:
        """Use an open port until it breaks; return how long to wait before the next attempt."""
        self._broken = ""
        try:
            self._become(DeviceState.STARTING, "waiting for the board to start")
            if self.settings.params.is_plain:
                self._serve_plain(port)
            else:
                self._serve_lines(port)
        except _WrongDevice as error:
            self._armed = False
            self._let_go(port, DeviceState.REFUSED, str(error))
            return RETRY_REFUSED_S
        except OSError as error:
            why = self._broken or "the connection broke"
            log.info("board %s: %s (%s)", self.name, why, error)
            if self.settings.params.is_plain:
                self._armed = False
            self._let_go(port, DeviceState.AWAY, why)
            return RETRY_S
        except Exception as error:
            log.exception("board %s", self.name)
            self._armed = False
            self._let_go(port, DeviceState.REFUSED, f"unexpected problem ({error})")
            return RETRY_REFUSED_S
        self._let_go(port, DeviceState.AWAY, "closed")
        return 0.0

    def _let_go(self, port: Port, state: DeviceState, words: str) -> None:
        assert self._outbox is not None
        if not self._closing.is_set():
            self._become(state, words)
        self._outbox.detach(words if state is DeviceState.REFUSED else f"the board is not connected ({words})")
        self._inputs.clear()
        self._junk_before += self._junk_bytes
        self._junk_bytes = 0
        try:
            port.close()
        except OSError as error:
            log.debug("a port did not close: %s", error)

    def _ready(self, port: Port, number: int, outputs: tuple[OutputInfo, ...]) -> None:
        assert self._outbox is not None
        self._outputs = outputs
        self._openings += 1
        self._outbox.attach(port, number, outputs)
        self._become(DeviceState.READY, "")

    # ---- a plain sketch

    def _serve_plain(self, port: Port) -> None:
        assert self._outbox is not None
        until_s = self._clock() + self.settings.params.boot_wait_s
        while self._clock() < until_s and not self._closing.is_set():
            port.read()
        if self._closing.is_set():
            return
        safe = self.settings.params.safe
        if safe:
            port.write(safe)
            self.traffic.sent(safe)
        self._ready(port, 0, (PLAIN_OUTPUT,))
        lines = LineSplitter()
        while not self._closing.is_set() and not self._broken:
            data = port.read()
            if not data:
                continue
            self._outbox.heard(data)
            self.traffic.came(data)
            for line in lines.feed(data):
                self._tell(line.strip(b"\r").decode("ascii", "replace"))
        self._raise_if_broken()

    # ---- a sketch that speaks our lines

    def _serve_lines(self, port: Port) -> None:
        lines = LineSplitter()
        self._await_ready(port, lines)
        while not self._closing.is_set():
            number, outputs = self._shake_hands(port, lines)
            self._ready(port, number, outputs)
            try:
                self._listen(port, lines)
            except _Restarted:
                assert self._outbox is not None
                self._outbox.detach("the board has started anew")
                self._become(DeviceState.STARTING, "the board has started anew")

    def _await_ready(self, port: Port, lines: LineSplitter) -> None:
        until_s = self._clock() + READY_TIMEOUT_S
        while self._clock() < until_s:
            for text in self._texts(port, lines):
                if text.startswith(READY):
                    self._check_version(text)
                    self.traffic.came(text.encode())
                    return
            if self._closing.is_set():
                raise OSError("closed")
        if self._junk_bytes:
            raise _WrongDevice("it speaks, but not as the sketch of tracker-gui; is it another device or speed?")
        raise _WrongDevice("it says nothing; is the sketch of tracker-gui on it?")

    def _check_version(self, text: str) -> None:
        words = text.removeprefix(READY).split()
        if not words or words[0] != str(VERSION):
            raise _WrongDevice(f"its sketch speaks another version ({text}); load the one that comes with this program")

    def _texts(self, port: Port, lines: LineSplitter) -> list[str]:
        """Wait a moment and return the good lines that came.

        Raises
        ------
        _WrongDevice, OSError
            There came too much that is no line of ours.
        """
        data = port.read()
        if not data:
            return []
        dropped = lines.dropped_bytes
        texts = []
        junk = 0
        for line in lines.feed(data):
            text = unframed(line)
            if text is None:
                junk += len(line)
            else:
                texts.append(text)
        junk += lines.dropped_bytes - dropped
        self._junk_bytes = junk if texts else self._junk_bytes + junk
        if self._junk_bytes > MOST_JUNK_BYTES:
            raise _WrongDevice("it sends too much that is not of the sketch of tracker-gui; is it another device?")
        return texts

    def _shake_hands(self, port: Port, lines: LineSplitter) -> tuple[int, tuple[OutputInfo, ...]]:
        """Greet the board, ask for its outputs and make it safe; return the last number that was used."""
        params = self.settings.params
        hello = f"HELLO {VERSION} {round(1000 * params.watchdog_s)} {round(1000 * params.answer_timeout_s)}"
        outputs: list[OutputInfo] = []
        for number, payload in enumerate((hello, "LIST", "SAFE"), start=1):
            data = framed(f"{number} {payload}")
            # An end first: half a line of whoever spoke with the board before must not spoil the first one.
            port.write(data if number > 1 else b"\n" + data)
            self.traffic.sent(data)
            for words in self._answers(port, lines, number):
                if words[0] == "OUT" and (info := read_output(words[1:])) is not None:
                    outputs.append(info)
                elif words[0] == "IN":
                    self._hear_input(words)
        return number, tuple(outputs)

    def _answers(self, port: Port, lines: LineSplitter, number: int) -> list[list[str]]:
        """Return what a board says before it acknowledges."""
        said: list[list[str]] = []
        until_s = self._clock() + HANDSHAKE_TIMEOUT_S
        while self._clock() < until_s:
            for text in self._texts(port, lines):
                self.traffic.came(text.encode())
                words = text.split()
                if words[:2] == ["ACK", str(number)]:
                    return said
                if words[:2] == ["ERR", str(number)]:
                    raise _WrongDevice(f"its sketch refuses to work with this program ({text})")
                # What it announced before it heard us may still arrive.
                if words and words[0] != "READY":
                    said.append(words)
            if self._closing.is_set():
                break
        raise OSError("the board does not answer")

    def _listen(self, port: Port, lines: LineSplitter) -> None:
        assert self._outbox is not None
        while not self._closing.is_set() and not self._broken:
            try:
                texts = self._texts(port, lines)
            except _WrongDevice as error:
                raise OSError(str(error)) from error
            for text in texts:
                self._obey(text, self._outbox)
        self._raise_if_broken()

    def _obey(self, text: str, outbox: Outbox) -> None:
        words = text.split()
        kind = words[0] if words else ""
        if kind in ("ACK", "ERR") and len(words) > 1 and words[1].isdecimal():
            if not outbox.answered(int(words[1]), None if kind == "ACK" else " ".join(words[2:3])):
                return
            self.traffic.came(text.encode())
            return
        self.traffic.came(text.encode())
        if kind == "READY" and not self._leaving:
            raise _Restarted
        if kind == "IN":
            self._hear_input(words)
        elif kind == "SAFE":
            outbox.became_safe(words[1] if words[-1] == "longest" else None)

    def _hear_input(self, words: list[str]) -> None:
        if len(words) == 3 and words[2].isdecimal():
            self._inputs[words[1]] = int(words[2])
            self._tell(f"{words[1]} {words[2]}")

    def _raise_if_broken(self) -> None:
        if self._broken:
            raise OSError(self._broken)


def _awaited(
    begin: Callable[[Callable[[DeviceResult], None]], None], t_decided_s: float, timeout_s: float
) -> DeviceResult:
    """Begin something that gives its result to a function, and wait for it."""
    results: list[DeviceResult] = []
    done = threading.Event()

    def take(result: DeviceResult) -> None:
        results.append(result)
        done.set()

    begin(take)
    done.wait(timeout_s)
    return results[0] if results else DeviceResult(t_decided_s, None, None, False, "failed: no result came")
