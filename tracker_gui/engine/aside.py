"""Work that may have to wait for a disk, done where nobody waits for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def aside(act: Callable[[], None]) -> threading.Thread:
    """Run `act` on a thread of its own, which does not keep the program from ending."""
    thread = threading.Thread(target=act, name="files", daemon=True)
    thread.start()
    return thread
