"""The other end of a serial line: boards that work, and such that do not. All on pseudo-terminals."""

from __future__ import annotations

import os
import random
import select
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from tracker_gui.core.devices import DeviceCommand
from tracker_gui.engine.devices.board import Board
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.port import FoundPort, Identity, SerialLink

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 20.0
#: Where a test is not about time, a busy machine must not fail it.
PATIENT = {"watchdog_s": 5.0, "answer_timeout_s": 5.0}


def until(condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> object:
    """Wait until a condition holds, and fail where it never does."""
    give_up_s = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < give_up_s, "it never came to that"
        time.sleep(0.002)
    return found


def command(payload: bytes, **more: object) -> DeviceCommand:
    """Return a command of now with time enough."""
    now_s = time.monotonic()
    return DeviceCommand(payload, now_s, now_s + PATIENCE_S, **more)  # type: ignore[arg-type]


def board_at(path: str, name: str = "box", **params: object) -> Board:
    """Return a board on a path, not yet open."""
    identity = Identity(path=path)
    settings = BoardSettings(name, identity, BoardParams(**{**PATIENT, **params}))
    return Board(settings, SerialLink(identity, int(settings.params.baud)))


class OtherEnd:
    """The far end of a pseudo-terminal; nobody reads or writes there but the test."""

    def __init__(self) -> None:
        import pty
        import tty

        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)

    def say(self, data: bytes) -> int:
        try:
            return os.write(self._master, data)
        except BlockingIOError:
            return 0

    def take(self, wait_s: float = 0.0) -> bytes:
        """Return what has arrived, waiting a moment for the first of it."""
        data = b""
        while select.select([self._master], [], [], 0 if data else wait_s)[0]:
            data += os.read(self._master, 65536)
        return data

    def take_until(self, wanted: bytes) -> bytes:
        """Return all that arrives up to some bytes."""
        data = b""
        give_up_s = time.monotonic() + PATIENCE_S
        while wanted not in data:
            assert time.monotonic() < give_up_s, f"{wanted!r} never came, only {data!r}"
            data += self.take(0.05)
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._master)
        os.close(self._slave)


class BusyEnd(OtherEnd, ABC):
    """A far end with a thread of its own, which does `turn` again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__)

    @abstractmethod
    def turn(self) -> None:
        """Read or write a little."""

    def _run(self) -> None:
        while not self._ended.is_set():
            self.turn()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *more: object) -> None:
        self._ended.set()
        self._thread.join()
        super().__exit__(*more)


class PlainSketch(BusyEnd):
    """Keeps every byte with its time, and may answer."""

    def __init__(self, answers: dict[bytes, bytes] | None = None) -> None:
        super().__init__()
        self.got: list[tuple[float, bytes]] = []
        self._answers = answers or {}

    def turn(self) -> None:
        for byte in self.take(0.02):
            self.got.append((time.monotonic(), bytes([byte])))
            self.say(self._answers.get(bytes([byte]), b""))

    @property
    def bytes_got(self) -> bytes:
        return b"".join(data for _, data in self.got)


class Babbler(BusyEnd):
    """A wrong device: says garbage at a rate of its own, whatever it is told."""

    def __init__(self, bytes_per_s: int, seed: int = 15) -> None:
        super().__init__()
        self._garbage = random.Random(seed).randbytes(1 << 16)
        self._per_turn = bytes_per_s // 100
        self.said_bytes = 0

    def turn(self) -> None:
        self._ended.wait(0.01)
        self.said_bytes += self.say(self._garbage[: self._per_turn])


class Sockets:
    """What the operating system would list: path by serial number of the boards that are plugged in now."""

    VENDOR, PRODUCT = 0x2341, 0x0043

    def __init__(self) -> None:
        self.plugged: dict[str, str] = {}

    def identity(self, serial_number: str) -> Identity:
        return Identity(self.VENDOR, self.PRODUCT, serial_number)

    def ports(self) -> list[FoundPort]:
        return [FoundPort(path, "Board", self.identity(number)) for number, path in self.plugged.items()]

    def board(self, serial_number: str, name: str = "box", **params: object) -> Board:
        settings = BoardSettings(name, self.identity(serial_number), BoardParams(**{**PATIENT, **params}))
        return Board(settings, SerialLink(settings.identity, int(settings.params.baud), self.ports))
