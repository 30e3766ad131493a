"""All boards of one program: each is opened once, whoever asks for it, and all become safe together."""

from __future__ import annotations

import atexit
import threading
import time
from typing import TYPE_CHECKING

from tracker_gui.core.errors import SettingsError
from tracker_gui.engine.devices.board import SAFE_WAIT_S, Board
from tracker_gui.engine.devices.board_settings import BoardSettings
from tracker_gui.engine.devices.port import Identity, SerialLink
from tracker_gui.engine.devices.remembered import VIRTUAL_BOARD, load_boards
from tracker_gui.simulate.virtual_board import VirtualBoard
from tracker_gui.simulate.virtual_link import InProcessLink

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.core.devices import Device
    from tracker_gui.engine.devices.port import Link


def serial_link(settings: BoardSettings) -> Link:
    """Return the way to a board on a serial port."""
    return SerialLink(settings.identity, int(settings.params.baud))


class BoardSet:
    """The boards by name; see `core.devices.Devices`. A context: at its end all are safe and closed.

    Parameters
    ----------
    remembered : callable
        Returns the boards the user has named.
    """

    def __init__(self, remembered: Callable[[], Sequence[BoardSettings]] = load_boards) -> None:
        # For a program that ends without closing it: a plain sketch has no watchdog.
        atexit.register(self.close)
        self._remembered = remembered
        self._lock = threading.RLock()
        self._boards: dict[str, Board] = {}
        self._virtual: InProcessLink | None = None
        self.listeners: list[Callable[[str, str], None]] = []

    @property
    def boards(self) -> tuple[Board, ...]:
        """Those that are open, or looked for."""
        with self._lock:
            return tuple(self._boards.values())

    def find(self, name: str) -> Board | None:
        """Return an open board; None where it is not open."""
        with self._lock:
            return self._boards.get(name)

    @property
    def virtual(self) -> InProcessLink | None:
        """The virtual board while it is open: what it looks like, and its buttons."""
        return self._virtual

    def device(self, name: str) -> Device:
        return self.open(name)

    def open(self, name: str) -> Board:
        """Open a remembered board or the virtual one, or return it where it is open already.

        Raises
        ------
        SettingsError
            There is none of that name.
        """
        with self._lock:
            if name in self._boards:
                return self._boards[name]
            if name == VIRTUAL_BOARD:
                self._virtual = InProcessLink(VirtualBoard())
                return self.add(BoardSettings(name, Identity(path=name)), self._virtual)
            listed = {board.name: board for board in self._remembered()}
            if name not in listed:
                known = ", ".join(listed) or "none"
                raise SettingsError(
                    name, f"no board of this name is remembered (known: {known})", "Name it under Tools > Devices."
                )
            return self.add(listed[name], serial_link(listed[name]))

    def add(self, settings: BoardSettings, link: Link) -> Board:
        """Open a board through a link of one's own, such as a virtual one."""
        with self._lock:
            if settings.name in self._boards:
                raise SettingsError(settings.name, "there is an open board of this name", "Close that one first.")
            board = self._boards[settings.name] = Board(settings, link)
            board.listeners.append(self._tell)
            board.open()
            return board

    def _tell(self, name: str, text: str) -> None:
        for listener in tuple(self.listeners):
            listener(name, text)

    def close_board(self, name: str) -> None:
        """Make one board safe and let go of it."""
        board = self.find(name)
        if board is None:
            return
        board.close()
        with self._lock:
            # Only now: until it has let go of the port nobody else could open it.
            self._boards.pop(name, None)
        if name == VIRTUAL_BOARD:
            self._end_virtual()

    def _end_virtual(self) -> None:
        with self._lock:
            virtual, self._virtual = self._virtual, None
        if virtual is not None:
            virtual.close()

    def safe_state(self, reason: str, wait_s: float = SAFE_WAIT_S) -> None:
        """Bring all boards into their safe state at once; wait for that together, up to `wait_s`."""
        until_s = time.monotonic() + wait_s
        for done in [board.go_safe(reason) for board in self.boards]:
            done.wait(max(0.0, until_s - time.monotonic()))

    def disarm(self) -> None:
        """Let no command through to any board any more; the emergency stop."""
        for board in self.boards:
            board.disarm()

    def allow_rules(self) -> None:
        """Let rules arm the boards again, after an emergency stop."""
        for board in self.boards:
            board.allow_rules()

    def rules_ended(self) -> None:
        """Disarm the boards that rules have armed."""
        for board in self.boards:
            board.rules_ended()

    def close(self) -> None:
        """Make all boards safe, all at the same time, and let go of them."""
        atexit.unregister(self.close)
        with self._lock:
            boards, self._boards = list(self._boards.values()), {}
        closing = [threading.Thread(target=board.close, name=f"closing {board.name}") for board in boards]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self._end_virtual()

    def __enter__(self) -> BoardSet:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
