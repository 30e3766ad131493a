"""Opens a board, its door at 90 degrees, and waits to be ended. A process of its own for the tests."""

from __future__ import annotations

import sys
import time

from tracker_gui.commands.terminal import stop_on_signal
from tracker_gui.core.devices import DeviceCommand, DeviceState
from tracker_gui.engine.devices.board_set import BoardSet
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.port import Identity

PATIENCE_S = 20.0


def main() -> int:
    settings = BoardSettings("box", Identity(path=sys.argv[1]), BoardParams(watchdog_s=1, answer_timeout_s=5))
    give_up_s = time.monotonic() + PATIENCE_S
    if "--forget" in sys.argv:
        boards = BoardSet(lambda: [settings])
        open_the_door(boards, give_up_s)
        return 0
    with stop_on_signal() as stop, BoardSet(lambda: [settings]) as boards:
        open_the_door(boards, give_up_s)
        if "--crash" in sys.argv:
            raise RuntimeError("on purpose")
        while not stop and time.monotonic() < give_up_s:
            time.sleep(0.01)
    return stop.exit_code


def open_the_door(boards: BoardSet, give_up_s: float) -> None:
    board = boards.open("box")
    while board.state is not DeviceState.READY and time.monotonic() < give_up_s:
        time.sleep(0.01)
    board.arm()
    now_s = time.monotonic()
    print(board.send(DeviceCommand(b"SET door 90", now_s, now_s + PATIENCE_S)).result, file=sys.stderr)
    print("open", flush=True)


if __name__ == "__main__":
    sys.exit(main())
