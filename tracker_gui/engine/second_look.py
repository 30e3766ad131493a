"""A second set of settings looks at the frames that the screen shows; the loop of a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.pipeline import Pipeline
from tracker_gui.engine.sampling import Interrupted, Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.types import Frame, SourceInfo
    from tracker_gui.engine.screen_feed import ScreenFeed

log = logging.getLogger(__name__)


class SecondLook:
    """Of frames and settings only the newest count. Every method but `loop` may be called from any thread.

    Parameters
    ----------
    feed : ScreenFeed
        Gets a preview of each frame that is looked at.
    on_problem : callable
        Called on the loop's thread with why the settings cannot be used, None once they can.
    """

    def __init__(self, feed: ScreenFeed, on_problem: Callable[[TrackerError | None], None]) -> None:
        self._feed = feed
        self._on_problem = on_problem
        self._changed = threading.Condition()
        self._wish: tuple[StageChoice, SourceInfo, Preset] | None = None
        self._frame: Frame | None = None
        self._new = False
        self._closing = False
        # of the loop alone
        self._source: tuple[StageChoice, SourceInfo] | None = None
        self._sampler: Sampler | None = None
        self._pipeline: Pipeline | None = None
        self._problem: TrackerError | None = None

    def use(self, source: StageChoice, info: SourceInfo, preset: Preset) -> None:
        """Look at frames of a source with these settings."""
        self._put((source, info, preset), self._frame)

    def see(self, frame: Frame) -> None:
        """Look at a frame."""
        self._put(self._wish, frame)

    def leave(self) -> None:
        """Look at nothing, and give back the source."""
        self._put(None, None)

    def again(self) -> None:
        """Look at the present frame again, because something else of it is wanted."""
        self._put(self._wish, self._frame)

    def _put(self, wish: tuple[StageChoice, SourceInfo, Preset] | None, frame: Frame | None) -> None:
        with self._changed:
            self._wish, self._frame, self._new = wish, frame, True
            self._changed.notify_all()

    def close(self) -> None:
        """End the loop soon."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def loop(self) -> None:
        """Work until closed; the target of the thread."""
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._closing or self._new)
                    if self._closing:
                        return
                    wish, frame, self._new = self._wish, self._frame, False
                try:
                    self._turn(wish, frame)
                except Interrupted:
                    continue
                except TrackerError as error:
                    self._tell(error)
                except Exception as error:
                    log.exception("the second look failed")
                    what = f"could not be looked at ({type(error).__name__}: {error})"
                    self._tell(TrackerError("settings A", what, "The log has details."))
        finally:
            self._close_source()

    def _turn(self, wish: tuple[StageChoice, SourceInfo, Preset] | None, frame: Frame | None) -> None:
        if wish is None:
            self._close_source()
            return
        source, info, preset = wish
        if self._source is None or self._source[0] != source or self._source[1].size_px != info.size_px:
            self._close_source()
            self._source = (source, info)
        if self._pipeline is None:
            if info.can_seek and not info.is_live:
                self._sampler = Sampler(source.make(), self._is_unwanted)
            self._pipeline = Pipeline(preset, info, self._sampler)
        elif self._pipeline.preset != preset:
            self._pipeline.update(preset)
        self._tell(None)
        if frame is not None and frame.size_px == info.size_px:
            preview = self._pipeline.preview(frame)
            self._feed.offer(preview, self._pipeline.background_u8, new=False, tracked=False, now=True)

    def _is_unwanted(self) -> bool:
        wish, source = self._wish, self._source
        return self._closing or wish is None or source is None or wish[0] != source[0]

    def _tell(self, problem: TrackerError | None) -> None:
        if problem is not self._problem:
            self._problem = problem
            self._on_problem(problem)

    def _close_source(self) -> None:
        for held in (self._pipeline, self._sampler):
            if held is not None:
                held.close()
        self._pipeline = self._sampler = self._source = None
