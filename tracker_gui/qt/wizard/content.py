"""Goes to a frame on which there is something to see where a video begins black."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.first_content import first_content, has_content
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.session import Session

log = logging.getLogger(__name__)


class ContentSearch(QObject):
    """Looks at the first frame of each source once, and searches on where that is empty.

    Attributes
    ----------
    words : str
        What was done, in a sentence; empty where the first frame shows something.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.words = ""
        self._session = session
        self._source: StageChoice | None = None
        self._search: _Search | None = None
        self._goal: int | None = None

    @property
    def is_searching(self) -> bool:
        """Whether the frame with something to see is not shown yet."""
        return self._search is not None or self._goal is not None

    def follow(self) -> None:
        """Look at the source that is open now, if that was not done yet."""
        session = self._session
        source, shown = session.document.preset.source, session.newest
        if self._goal is not None and shown is not None and shown.snapshot.frame.index >= self._goal:
            self._goal = None
        if source == self._source or source is None or shown is None or session.info is None:
            return
        self.stop()
        self._source, self.words = source, ""
        if session.is_live or not session.info.can_seek or has_content(shown.snapshot.frame):
            return
        self.words = "The first frame shows nothing: a frame with something to see is searched for."
        self._search = _Search(source, self)
        self._search.thread.finished.connect(self._take)
        self._search.thread.start()
        self.changed.emit()

    def _take(self) -> None:
        search, self._search = self._search, None
        if search is None or search.cancelled.is_set():
            return
        if search.index is None:
            self.words = "No frame shows anything: all are black or of one grey. Is it the right source?"
        else:
            first = "The first frame is" if search.index == 1 else f"The first {search.index} frames are"
            self.words = f"{first} black or empty, so frame {search.index} is shown."
            self._goal = search.index
            self._session.view.player.seek(search.index)
        self.changed.emit()

    def stop(self) -> None:
        """Give the search up; it is made anew where it is wanted again."""
        self._goal = None
        if self._search is not None:
            self._search.cancelled.set()
            self._search, self._source = None, None

    def wait(self, timeout_ms: int) -> None:
        """Wait until no thread of it is left."""
        for thread in self.findChildren(EngineThread):
            thread.wait(timeout_ms)


class _Search:
    """One search on a thread of its own."""

    def __init__(self, source: StageChoice, parent: QObject) -> None:
        self.cancelled = threading.Event()
        self.index: int | None = None
        self._source = source
        self.thread = EngineThread("content", self._run, parent)

    def _run(self) -> None:
        try:
            self.index = first_content(self._source, self.cancelled.is_set)
        except TrackerError as error:
            # The player says what is the matter with it.
            log.info("no frame with something to see: %s", error)
        except Exception:
            log.exception("the search for a frame with something to see failed")
