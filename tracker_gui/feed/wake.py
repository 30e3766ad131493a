"""Waking processes that wait: a datagram to each over the loopback, since Python has no lock between processes.

Who waits says so again and again, and is forgotten when that stays away, however it ended.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time

HOST = "127.0.0.1"
TOKEN_BYTES = 16
HELLO_EVERY_S = 0.5
FORGOTTEN_AFTER_S = 3.0


class Waker:
    """The end that wakes.

    Parameters
    ----------
    token : bytes
        Who does not know it is not woken.
    """

    def __init__(self, token: bytes) -> None:
        self._token = token
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self._socket.setblocking(False)
        self._heard_s: dict[tuple[str, int], float] = {}

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def listeners(self) -> int:
        """How many wait, or did a moment ago."""
        self._listen()
        return len(self._heard_s)

    def _listen(self) -> None:
        now_s = time.monotonic()
        # Windows reports here that a listener is gone.
        with contextlib.suppress(BlockingIOError, ConnectionResetError):
            while True:
                said, address = self._socket.recvfrom(64)
                if said == self._token:
                    self._heard_s[address] = now_s
                elif said == b"-" + self._token:
                    self._heard_s.pop(address, None)
        for address in [a for a, heard_s in self._heard_s.items() if now_s - heard_s > FORGOTTEN_AFTER_S]:
            del self._heard_s[address]

    def wake(self) -> None:
        """Wake all who wait; never blocks."""
        self._listen()
        for address in self._heard_s:
            with contextlib.suppress(OSError):
                self._socket.sendto(b"+", address)

    def close(self) -> None:
        self._socket.close()


class Sleeper:
    """The end that waits.

    Parameters
    ----------
    port : int
        Of the `Waker`.
    """

    def __init__(self, port: int, token: bytes) -> None:
        self._token = token
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect((HOST, port))
        self._socket.setblocking(False)
        self._said_s = 0.0

    def announce(self) -> None:
        """Say that somebody waits here, where that is due."""
        now_s = time.monotonic()
        if now_s - self._said_s > HELLO_EVERY_S:
            self._said_s = now_s
            with contextlib.suppress(OSError):
                self._socket.send(self._token)

    def drain(self) -> None:
        """Forget what woke it so far; look for news after that."""
        with contextlib.suppress(OSError):
            while self._socket.recv(64):
                pass

    def sleep(self, timeout_s: float) -> None:
        """Wait until woken, at the longest until it is time to say hello again."""
        select.select([self._socket], [], [], max(0.0, min(timeout_s, HELLO_EVERY_S)))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.send(b"-" + self._token)
        self._socket.close()
