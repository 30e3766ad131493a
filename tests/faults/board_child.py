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
    settings = BoardSettings("box", Identity(path=sys.argv[1]), BoardParams(watchdog_s=0.4))
    give_up_s = time.monotonic() + PATIENCE_S
    with stop_on_signal() as stop, BoardSet(lambda: [settings]) as boards:
        board = boards.open("box")
        while board.state is not DeviceState.READY and time.monotonic() < give_up_s:
            time.sleep(0.01)
        board.arm()
        now_s = time.monotonic()
        print(board.send(DeviceCommand(b"SET door 90", now_s, now_s + PATIENCE_S)).result, file=sys.stderr)
        print("open", flush=True)
        if "--crash" in sys.argv:
            raise RuntimeError("on purpose")
        while not stop and time.monotonic() < give_up_s:
            time.sleep(0.01)
    return stop.exit_code


if __name__ == "__main__":
    sys.exit(main())
