"""How the program reaches a virtual board: inside this process, or through a pseudo-terminal."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.simulate.virtual_board import VirtualBoard

READ_S = 0.1
MOST_BYTES = 64 * 1024


class InProcessLink:
    """A cable inside this process; works on every system.

    Parameters
    ----------
    resets_on_open : bool
        The board starts anew when the port is opened, as most Arduinos do.
    """

    def __init__(self, board: VirtualBoard, resets_on_open: bool = True) -> None:
        self.board = board
        self._resets = resets_on_open
        self._ready = threading.Condition()
        self._to_computer = bytearray()
        self._open_ports: list[_VirtualPort] = []
        self._poked = self._closed = False
        self._thread = threading.Thread(target=self._run, name="virtual board", daemon=True)
        self._thread.start()

    def open(self) -> _VirtualPort:
        """Return the computer's end.

        Raises
        ------
        OSError
            It is open already, or the board is gone.
        """
        with self._ready:
            if self._closed:
                raise FileNotFoundError("the virtual board is gone")
            if self._open_ports:
                raise PermissionError("the virtual board is open already")
            if self._resets:
                self.board.reset()
            self._to_computer.clear()
            port = _VirtualPort(self)
            self._open_ports.append(port)
            self._poke()
            return port

    def close(self) -> None:
        """Take the board away, as if its cable were pulled for good."""
        with self._ready:
            self._closed = True
            self._open_ports.clear()
            self._ready.notify_all()
        self._thread.join()

    def press(self, button: str, down: bool) -> None:
        """Press or release one of the board's buttons."""
        self.board.press(button, down)
        with self._ready:
            self._poke()

    def _poke(self) -> None:
        self._poked = True
        self._ready.notify_all()

    def _run(self) -> None:
        while True:
            nap_s = self.board.tick()
            said = self.board.take_output()
            with self._ready:
                if self._closed:
                    return
                if said and self._open_ports:
                    # A computer that never reads must not fill the memory.
                    self._to_computer += said[: max(0, MOST_BYTES - len(self._to_computer))]
                    self._ready.notify_all()
                self._ready.wait_for(lambda: self._poked or self._closed, nap_s)
                self._poked = False

    # ---- for the port

    def _read(self, port: _VirtualPort) -> bytes:
        with self._ready:
            self._ready.wait_for(lambda: self._to_computer or port not in self._open_ports, READ_S)
            if port not in self._open_ports:
                raise ConnectionResetError("the virtual board is gone")
            data = bytes(self._to_computer)
            self._to_computer.clear()
            return data

    def _write(self, port: _VirtualPort, data: bytes) -> None:
        with self._ready:
            if port not in self._open_ports:
                raise ConnectionResetError("the virtual board is gone")
        self.board.receive(data)
        with self._ready:
            self._poke()

    def _close(self, port: _VirtualPort) -> None:
        with self._ready:
            if port in self._open_ports:
                self._open_ports.remove(port)
            self._ready.notify_all()


class _VirtualPort:
    """The computer's end of an `InProcessLink`."""

    def __init__(self, link: InProcessLink) -> None:
        self._link = link

    def read(self) -> bytes:
        """Wait a moment for bytes; empty where there were none."""
        return self._link._read(self)

    def write(self, data: bytes) -> None:
        self._link._write(self, data)

    def drop_output(self) -> None:
        """Nothing is ever on its way: the board takes bytes as they are written."""

    def close(self) -> None:
        self._link._close(self)


class PtyLink:
    """A board behind a pseudo-terminal, for other programs and for tests. Not on Windows, which has none.

    Attributes
    ----------
    path : str
        What to open as a serial port.
    """

    def __init__(self, board: VirtualBoard, on_bytes: Callable[[bytes], None] | None = None) -> None:
        import pty
        import tty

        self.board = board
        self._on_bytes = on_bytes
        self._board_end, self._other_end = pty.openpty()
        # Else the terminal would send back what the board says before anybody has opened it.
        tty.setraw(self._other_end)
        os.set_blocking(self._board_end, False)
        self.path = os.ttyname(self._other_end)
        self._wake_end, self._wake = os.pipe()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="virtual board on a pty", daemon=True)
        self._thread.start()

    def press(self, button: str, down: bool) -> None:
        """Press or release one of the board's buttons."""
        self.board.press(button, down)
        os.write(self._wake, b"x")

    def close(self) -> None:
        """Pull the cable: whoever has the port open is told by the operating system."""
        if self._closed:
            return
        self._closed = True
        os.write(self._wake, b"x")
        self._thread.join()
        for end in (self._board_end, self._other_end, self._wake_end, self._wake):
            os.close(end)

    def _run(self) -> None:
        awake_s = time.monotonic()
        while not self._closed:
            nap_s = self.board.tick()
            self._say(self.board.take_output())
            busy_s = time.monotonic() - awake_s
            ready, _, _ = select.select([self._board_end, self._wake_end], [], [], nap_s)
            awake_s = time.monotonic()
            if self._wake_end in ready:
                os.read(self._wake_end, 1024)
            if self._board_end in ready:
                data = os.read(self._board_end, 4096)
                if self._on_bytes is not None:
                    self._on_bytes(data)
                self.board.receive(data, busy_s)

    def _say(self, data: bytes) -> None:
        # Nobody may have opened it, or not read for long; a board does not wait either.
        with contextlib.suppress(BlockingIOError):
            if data:
                os.write(self._board_end, data)
