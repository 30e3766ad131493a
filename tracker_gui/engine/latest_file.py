"""A file that always becomes the newest of several texts, written where nobody waits for the disk."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.aside import aside

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)


class LatestFile:
    """Takes texts from any thread; one that a newer one has overtaken is never written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        self._text: str | None = None
        self._thread: threading.Thread | None = None

    def write(self, text: str) -> None:
        """Write soon; a failure costs a line in the log."""
        with self._mutex:
            self._text = text
            if self._thread is None:
                self._thread = aside(self._work)

    def flush(self, timeout_s: float) -> None:
        """Wait until all is written, but not for ever."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _work(self) -> None:
        while True:
            with self._mutex:
                text, self._text = self._text, None
                if text is None:
                    self._thread = None
                    return
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(self.path, text)
            except (OSError, TrackerError) as error:
                log.warning("%s is not kept: %s", self.path, error)
