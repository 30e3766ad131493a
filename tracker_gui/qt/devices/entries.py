"""What the list of devices holds: boards that have a name, ports that have none yet, and the virtual board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.engine.devices.board_settings import BoardSettings
from tracker_gui.engine.devices.port import FoundPort, Identity, find_port
from tracker_gui.engine.devices.remembered import VIRTUAL_BOARD

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the list.

    Attributes
    ----------
    settings : BoardSettings
        Of a port without a name: its title and the usual settings.
    remembered : bool
        The user has given it a name.
    path : str or None
        Where it is now; None while it is away.
    """

    settings: BoardSettings
    remembered: bool
    path: str | None

    @property
    def is_virtual(self) -> bool:
        return self.settings.name == VIRTUAL_BOARD

    @property
    def key(self) -> str:
        """Names the same row when the list is made anew."""
        return self.settings.name if self.remembered or self.is_virtual else f"port {self.settings.identity}"


def entries(boards: Sequence[BoardSettings], ports: Sequence[FoundPort]) -> list[Entry]:
    """Return the rows: named boards, then boards without a name, the virtual one, and other ports."""
    named = [Entry(board, True, find_port(board.identity, ports)) for board in boards]
    known = {board.identity for board in boards}
    free = [port for port in ports if port.identity not in known]
    found = [(port, Entry(BoardSettings(port.title, port.identity), False, port.path)) for port in free]
    virtual = Entry(BoardSettings(VIRTUAL_BOARD, Identity(path=VIRTUAL_BOARD)), False, VIRTUAL_BOARD)
    return [
        *named,
        *(entry for port, entry in found if port.is_usb),
        virtual,
        *(entry for port, entry in found if not port.is_usb),
    ]
