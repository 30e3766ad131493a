"""Work that may have to wait for a disk, done where nobody waits for it."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def aside(act: Callable[[], None]) -> threading.Thread:
    """Run `act` on a thread of its own, which does not keep the program from ending."""
    thread = threading.Thread(target=act, name="files", daemon=True)
    thread.start()
    return thread


_turns: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
_one_by_one = threading.Lock()


def in_turn(act: Callable[[], None]) -> threading.Thread:
    """Run `act` aside, but after all that was handed over before: of two writes of one file the later one lasts."""
    _turns.put(act)

    def work() -> None:
        with _one_by_one:
            _turns.get()()

    return aside(work)
