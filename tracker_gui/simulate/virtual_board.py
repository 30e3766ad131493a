"""A virtual Arduino with a door, a feeder, lamps and buttons, for learning, rehearsal and tests.

It does what `resources/arduino/tracker_gui_board` does, line for line. It has no thread and no port of its
own: `simulate/virtual_link.py` gives it those.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.core.board_lines import (
    ANNOUNCE_S,
    LAST_NUMBER,
    READY,
    VERSION,
    LineSplitter,
    framed,
    output_line,
    read_switching,
    unframed,
)
from tracker_gui.core.devices import OutputInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OUTPUTS = (
    OutputInfo("door", "servo", 0, 0, 180),
    OutputInfo("feeder", "feeder", 0, 0, 20, 0, 500),
    OutputInfo("led", "digital", 0, 0, 1),
    OutputInfo("light", "pwm", 0, 0, 255),
    OutputInfo("out4", "digital", 0, 0, 1, 10_000),
    OutputInfo("out7", "digital", 0, 0, 1, 10_000),
)
INPUTS = ("button1", "button2")
WATCHDOG_MS = (100, 10_000)
PORTION_S = 0.6
#: A small servo turns so fast; only for drawing.
SERVO_DEG_S = 360.0
MOST_KEPT = 1000
MOST_NAP_S = 0.2


@dataclass(frozen=True, slots=True)
class BoardView:
    """What can be seen of a virtual board.

    Attributes
    ----------
    linked : bool
        A computer speaks with it; without one all outputs are safe.
    values : dict
        Output -> its value now.
    shown : dict
        Output -> where it really is: a door takes its time. Degrees for servos, turns for feeders.
    portions : dict
        Feeder -> portions given since the board started.
    """

    linked: bool
    values: dict[str, int]
    shown: dict[str, float]
    portions: dict[str, int]
    pressed: frozenset[str]


class _Output:
    def __init__(self, info: OutputInfo) -> None:
        self.info = info
        self.value = info.safe
        self.on_since_s: float | None = None
        self.switched_on_s: float | None = None
        self.pulse_until_s: float | None = None
        self.next_portion_s = 0.0
        self.portions = 0
        self.moved_from, self.moved_s = float(info.safe), 0.0

    def where(self, now_s: float) -> float:
        """Return where a servo stands on its way, or how far a feeder has turned."""
        if self.info.kind == "feeder":
            if self.value == 0:
                return float(self.portions)
            return self.portions + max(0.0, 1.0 - (self.next_portion_s - now_s) / PORTION_S)
        if self.info.kind != "servo":
            return float(self.value)
        way = self.value - self.moved_from
        gone = min(abs(way), (now_s - self.moved_s) * SERVO_DEG_S)
        return self.moved_from + (gone if way > 0 else -gone)


class VirtualBoard:
    """The board's own programme. All methods may be called from any thread.

    Parameters
    ----------
    boot_s : float
        Silence after a reset, as an Arduino's boot loader keeps it.
    """

    def __init__(
        self, outputs: Sequence[OutputInfo] = OUTPUTS, boot_s: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._infos = tuple(outputs)
        self._boot_s = boot_s
        self._clock = clock
        self._lock = threading.RLock()
        self._pressed: set[str] = set()
        #: (monotonic time, output, value) of every change.
        self.changes: deque[tuple[float, str, int]] = deque(maxlen=MOST_KEPT)
        #: Every good line that arrived, without its check sum.
        self.heard: deque[str] = deque(maxlen=MOST_KEPT)
        self.damaged_lines = 0
        self.reset()

    def reset(self) -> None:
        """Do what the reset button does, and opening the port of many boards."""
        with self._lock:
            now_s = self._clock()
            self._outputs = {info.name: _Output(info) for info in self._infos}
            self._lines = LineSplitter()
            self._out = bytearray()
            self._linked = False
            self._last_number = 0
            self._watchdog_s = self._answer_s = 1.0
            self._heard_s = now_s
            self._announce_s = now_s + self._boot_s
            self._deaf_until_s = now_s + self._boot_s

    def view(self) -> BoardView:
        """Return what can be seen of it now."""
        with self._lock:
            now_s = self._clock()
            outputs = self._outputs.items()
            return BoardView(
                self._linked,
                {name: each.value for name, each in outputs},
                {name: each.where(now_s) for name, each in outputs},
                {name: each.portions for name, each in outputs if each.info.kind == "feeder"},
                frozenset(self._pressed),
            )

    def press(self, button: str, down: bool) -> None:
        """Press or release a button."""
        with self._lock:
            if down != (button in self._pressed):
                (self._pressed.add if down else self._pressed.discard)(button)
                if self._linked:
                    self._say(f"IN {button} {int(down)}")

    def receive(self, data: bytes, waited_s: float = 0.0) -> None:
        """Take bytes from the wire, which may have lain there for `waited_s`."""
        with self._lock:
            if self._clock() < self._deaf_until_s:
                return
            if self._linked and waited_s > self._answer_s:
                # Nobody knows how old it is, and the computer has given it up.
                self._lines = LineSplitter()
                return
            for line in self._lines.feed(data):
                text = unframed(line)
                if text is None:
                    self.damaged_lines += 1
                else:
                    self.heard.append(text)
                    self._obey(text)

    def take_output(self) -> bytes:
        """Return what it has to say since the last time, for the wire."""
        with self._lock:
            said, self._out = bytes(self._out), bytearray()
            return said

    def tick(self) -> float:
        """Do what is due, and return how many seconds may pass before the next time."""
        with self._lock:
            now_s = self._clock()
            if self._linked and now_s - self._heard_s > self._watchdog_s:
                self._all_safe()
                self._linked, self._announce_s = False, now_s
                self._say("SAFE silent")
            if not self._linked and now_s >= self._announce_s:
                self._announce_s = now_s + ANNOUNCE_S
                self._say(f"{READY} {VERSION} virtual")
            for output in self._outputs.values():
                self._tend(output, now_s)
            return min(MOST_NAP_S, max(0.0, min(self._due_s()) - now_s))

    def _due_s(self) -> list[float]:
        due = [self._heard_s + self._watchdog_s if self._linked else self._announce_s]
        for each in self._outputs.values():
            if each.pulse_until_s is not None:
                due.append(each.pulse_until_s)
            if each.on_since_s is not None and each.info.longest_on_ms:
                due.append(each.on_since_s + each.info.longest_on_ms / 1000)
            if each.info.kind == "feeder" and each.value:
                due.append(each.next_portion_s)
        return due

    def _tend(self, each: _Output, now_s: float) -> None:
        if each.info.kind == "feeder" and each.value and now_s >= each.next_portion_s:
            each.portions += 1
            each.next_portion_s += PORTION_S
            self._put(each, each.value - 1)
        if each.pulse_until_s is not None and now_s >= each.pulse_until_s:
            self._put(each, each.info.safe)
        longest_s = each.info.longest_on_ms / 1000
        if longest_s and each.on_since_s is not None and now_s - each.on_since_s >= longest_s:
            self._put(each, each.info.safe)
            self._say(f"SAFE {each.info.name} longest")

    def _obey(self, text: str) -> None:
        number_word, _, rest = text.partition(" ")
        verb, _, rest_words = rest.partition(" ")
        if not number_word.isdecimal() or not 1 <= int(number_word) <= LAST_NUMBER:
            self.damaged_lines += 1
            return
        number = int(number_word)
        if verb == "HELLO":
            self._greet(number, rest_words.split())
            return
        if not self._linked:
            self._say(f"ERR {number} hello")
            return
        self._heard_s = self._clock()
        if not 1 <= (number - self._last_number) % LAST_NUMBER <= LAST_NUMBER // 2:
            self._say(f"ERR {number} old")
            return
        self._last_number = number
        problem = self._do(verb, rest)
        self._say(f"ERR {number} {problem}" if problem else f"ACK {number}")
        if verb == "BYE":
            self._all_safe()
            self._linked, self._announce_s = False, self._clock()

    def _greet(self, number: int, words: list[str]) -> None:
        if len(words) != 3 or words[0] != str(VERSION) or not all(word.isdecimal() for word in words[1:]):
            self._say(f"ERR {number} version")
            return
        self._all_safe()
        self._linked, self._last_number, self._heard_s = True, number, self._clock()
        self._watchdog_s = min(max(int(words[1]), WATCHDOG_MS[0]), WATCHDOG_MS[1]) / 1000
        self._answer_s = int(words[2]) / 1000
        self._say(f"ACK {number}")

    def _do(self, verb: str, payload: str) -> str:
        if verb in ("PING", "BYE"):
            return ""
        if verb == "SAFE":
            self._all_safe()
            return ""
        if verb == "LIST":
            for info in self._infos:
                self._say(output_line(info))
            for name in INPUTS:
                self._say(f"IN {name} {int(name in self._pressed)}")
            return ""
        return self._switch(payload)

    def _switch(self, payload: str) -> str:
        wanted = read_switching(payload, self._infos)
        if isinstance(wanted, str):
            return "command"
        each, now_s = self._outputs[wanted.output], self._clock()
        if wanted.value != each.info.safe:
            gap_s = each.info.least_gap_ms / 1000
            if each.switched_on_s is not None and now_s - each.switched_on_s < gap_s:
                return "gap"
            each.switched_on_s = now_s
            if each.info.kind == "feeder" and each.value == 0:
                each.next_portion_s = now_s + PORTION_S
        self._put(each, wanted.value)
        each.pulse_until_s = now_s + wanted.pulse_ms / 1000 if wanted.pulse_ms else None
        return ""

    def _put(self, each: _Output, value: int) -> None:
        now_s = self._clock()
        if value != each.value:
            each.moved_from, each.moved_s = each.where(now_s), now_s
            each.value = value
            self.changes.append((now_s, each.info.name, value))
        if value == each.info.safe:
            each.on_since_s = each.pulse_until_s = None
        elif each.on_since_s is None:
            each.on_since_s = now_s

    def _all_safe(self) -> None:
        for each in self._outputs.values():
            self._put(each, each.info.safe)

    def _say(self, text: str) -> None:
        self._out += framed(text)
