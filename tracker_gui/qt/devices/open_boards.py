"""The boards of a window: opened when they are first needed, safe and closed when it goes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker_gui.engine.devices.board_set import BoardSet


class OpenBoards:
    """Holds the one set of boards of a window. Costs nothing until a board is wanted."""

    def __init__(self) -> None:
        self._boards: BoardSet | None = None
        self._lock = threading.Lock()

    @property
    def boards(self) -> BoardSet:
        with self._lock:  # rules ask for them on threads of their own
            if self._boards is None:
                from tracker_gui.engine.devices.board_set import BoardSet

                self._boards = BoardSet()
            return self._boards

    @property
    def are_open(self) -> bool:
        return self._boards is not None

    def close(self) -> None:
        """Make all boards safe and let go of them."""
        if self._boards is not None:
            self._boards.close()
