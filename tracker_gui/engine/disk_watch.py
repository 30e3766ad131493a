"""How much space is left, asked on a thread of its own: a network drive may take minutes to answer."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

EVERY_S = 2.0
CLOSE_WITHIN_S = 0.2


class DiskWatch:
    """Asks again and again for the free space where `folder` is or will be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._free_bytes: int | None = None
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="disk watch", daemon=True)
        self._thread.start()

    @property
    def free_bytes(self) -> int | None:
        """The newest answer; None before the first one, and where it cannot be told."""
        return self._free_bytes

    def look_at(self, folder: Path) -> None:
        """Watch another folder."""
        if folder != self._folder:
            self._folder = folder
            self._wake.set()

    def close(self) -> None:
        """End, without waiting long for a drive that does not answer."""
        self._closed = True
        self._wake.set()
        self._thread.join(CLOSE_WITHIN_S)

    def _watch(self) -> None:
        while not self._closed:
            self._wake.clear()
            self._free_bytes = free_bytes(self._folder)
            self._wake.wait(EVERY_S)


def free_bytes(folder: Path) -> int | None:
    """Return the free space of the disk that a folder is on, or would be made on; None where nobody can tell."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return None
