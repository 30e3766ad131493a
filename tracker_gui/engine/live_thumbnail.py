"""A small picture of a live source, for choosing one; whatever the source does, nobody waits for it."""

from __future__ import annotations

import functools
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.live import CaptureState
from tracker_gui.core.mailbox import Mailbox
from tracker_gui.engine.capture import CaptureLoop, CaptureStatus
from tracker_gui.engine.counters import RateMeter
from tracker_gui.engine.live_channel import make_live

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.preset import StageChoice
    from tracker_gui.core.types import Frame

log = logging.getLogger(__name__)

INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One small picture and what was measured of the source it shows.

    Attributes
    ----------
    bgra_u8 : (h, w, 4) uint8
    size_px : tuple of int
        Of the source's own pictures.
    rate_hz : float
        Pictures that arrived per second.
    """

    bgra_u8: U8
    size_px: tuple[int, int]
    rate_hz: float


class LiveThumbnail:
    """Runs one live source at a time and leaves at most ten small pictures a second of it.

    Every public method but `run`, which belongs to a thread of its own, returns at once.

    Parameters
    ----------
    most_px : tuple of int
        Width and height that a picture must fit into.
    on_picture : callable
        Called when there is something to `take`, once until it is taken. Like `on_status`, on threads
        of this object, and never again once `run` has returned.
    on_status : callable
    """

    def __init__(
        self,
        source: StageChoice,
        most_px: tuple[int, int],
        on_picture: Callable[[], None],
        on_status: Callable[[CaptureStatus], None],
    ) -> None:
        self._most_px = most_px
        self._on_picture = on_picture
        self._on_status = on_status
        self._pictures: Mailbox[Thumbnail] = Mailbox()
        self._changed = threading.Condition()
        self._closing = False
        self._wish: StageChoice | None = source
        #: Whose call-backs count: those of a loop that is being stopped do not.
        self._current: object | None = None
        self._rate = RateMeter()
        self._next_due_s = 0.0

    def use(self, source: StageChoice) -> None:
        """Show another source, or the same with other settings; of many wishes only the newest is opened."""
        with self._changed:
            self._wish = source
            self._changed.notify_all()

    def close(self) -> None:
        """Let `run` give the source back and return."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def take(self) -> Thumbnail | None:
        """Return the newest picture, None if it was taken already."""
        return self._pictures.take()

    def run(self) -> None:
        """Keep the wished source running until `close`."""
        while (source := self._next_wish()) is not None:
            loop = self._begin(source)
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._wish is not None)
            self._current = None
            if loop is not None and not loop.stop():
                log.info("%s does not let go at once; its thread ends when its driver returns", loop.name)

    def _next_wish(self) -> StageChoice | None:
        with self._changed:
            wish, self._wish = self._wish, None
            return None if self._closing else wish

    def _begin(self, source: StageChoice) -> CaptureLoop | None:
        token = self._current = object()
        self._rate = RateMeter()
        self._next_due_s = 0.0
        try:
            loop = CaptureLoop(
                make_live(source, loop=True), functools.partial(self._see, token), functools.partial(self._tell, token)
            )
        except TrackerError as error:
            self._tell(token, CaptureStatus(CaptureState.FAILED, str(error), time.monotonic()))
            return None
        loop.start()
        return loop

    def _tell(self, token: object, status: CaptureStatus) -> None:
        if token is self._current:
            self._on_status(status)

    def _see(self, token: object, frame: Frame) -> None:
        if token is not self._current:
            return
        now_s = time.monotonic()
        # When it arrived: a source that has looked ahead hands over several at once.
        self._rate.mark(frame.t_capture_s)
        if now_s < self._next_due_s:
            return
        self._next_due_s = now_s + INTERVAL_S
        if self._pictures.put(Thumbnail(small(frame, self._most_px), frame.size_px, self._rate.rate_hz(now_s))):
            self._on_picture()


def small(frame: Frame, most_px: tuple[int, int]) -> U8:
    """Return the (h, w, 4) picture of a frame, made smaller where it does not fit."""
    width, height = frame.size_px
    scale = min(1.0, most_px[0] / width, most_px[1] / height)
    picture = frame.bgr_u8
    if scale < 1.0:
        size_px = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA)
    return frozen(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA))
