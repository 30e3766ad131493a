"""Looks every two seconds which cameras are connected."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from tracker_gui.core.cameras import INDEX, CameraDevice, can_list, list_cameras

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

EVERY_S = 2.0


class CameraWatch:
    """Asks the operating system, which may be slow, on a thread that the owner gives `run` to.

    Parameters
    ----------
    on_list : callable
        Called with the list of cameras at the first look, and whenever it is another one.
    """

    def __init__(self, on_list: Callable[[list[CameraDevice]], None], every_s: float = EVERY_S) -> None:
        self._on_list = on_list
        self._every_s = every_s
        self._closing = threading.Event()

    def close(self) -> None:
        """Let `run` return; does not wait for it."""
        self._closing.set()

    def look(self) -> list[CameraDevice]:
        """Return the cameras that are connected; the first by its number where the system names none."""
        if not can_list():
            return [CameraDevice(f"{INDEX}0", "First camera of this computer", 0)]
        try:
            return list_cameras()
        except OSError as error:
            log.warning("the list of cameras cannot be read (%s)", error)
            return []

    def run(self) -> None:
        """Look until `close`."""
        before: list[CameraDevice] | None = None
        while not self._closing.is_set():
            found = self.look()
            if found != before:
                before = found
                self._on_list(found)
            self._closing.wait(self._every_s)
