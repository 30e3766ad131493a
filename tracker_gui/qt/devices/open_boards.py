"""The boards of a window: opened when they are first needed, safe and closed when it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker_gui.engine.devices.board_set import BoardSet


class OpenBoards:
    """Holds the one set of boards of a window. Costs nothing until a board is wanted."""

    def __init__(self) -> None:
        self._boards: BoardSet | None = None

    @property
    def boards(self) -> BoardSet:
        if self._boards is None:
            from tracker_gui.engine.devices.board_set import BoardSet

            self._boards = BoardSet()
        return self._boards

    def close(self) -> None:
        """Make all boards safe and let go of them."""
        if self._boards is not None:
            self._boards.close()
