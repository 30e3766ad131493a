"""What the tests of boards share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tracker_gui.core.devices import DeviceState
from tracker_gui.engine.devices.board import Board
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.port import Identity
from tracker_gui.simulate.virtual_board import VirtualBoard
from tracker_gui.simulate.virtual_link import InProcessLink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Bench:
    """A virtual board on a cable inside the process, and the program's side of it."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.virtual = VirtualBoard()
        self.link = InProcessLink(self.virtual)
        self.board = Board(BoardSettings("box", Identity(path="virtual"), BoardParams(**params)), self.link)

    @property
    def values(self) -> dict[str, int]:
        return self.virtual.view().values

    @property
    def said(self) -> list[str]:
        """What the virtual board was told, without numbers and keep-alives."""
        lines = [line.partition(" ")[2] for line in self.virtual.heard]
        return [line for line in lines if line != "PING"]


@pytest.fixture
def bench(no_leaks: None, ends: Any) -> Iterator[Callable[..., Bench]]:
    """Return a function that opens a board with such settings, armed."""
    made: list[Bench] = []

    def make(arm: bool = True, **params: Any) -> Bench:
        bench = Bench({**ends.PATIENT, **params})
        made.append(bench)
        bench.board.open()
        ends.until(lambda: bench.board.state is DeviceState.READY)
        if arm:
            bench.board.arm()
        return bench

    yield make
    for each in made:
        each.board.close()
        each.link.close()
