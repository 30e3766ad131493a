"""What the screen gets to see: the newest snapshot, at a rate a screen can show, with the trails of all frames."""

from __future__ import annotations

import enum
import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.mailbox import Mailbox
from tracker_gui.engine.trails import Trail, Trails

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.core.types import Snapshot

log = logging.getLogger(__name__)

SCREEN_INTERVAL_S = 1 / 31
RATE_OVER_S = 1.0


class Beside(enum.Enum):
    """What is shown beside the frame."""

    NOTHING = "nothing"
    MASK = "mask"
    PREPARED = "picture after the image steps"
    FOREGROUND = "difference from the background"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture for the screen.

    Attributes
    ----------
    bgra_u8 : (h, w, 4) uint8
    beside : Beside
        What was wanted beside the frame.
    beside_u8 : (h, w) or (h, w, 4) uint8, or None
        None where there is nothing of the kind (no background step).
    beside_origin_px : tuple of int
        Where its first pixel lies in the frame (a crop).
    tracked : bool
        The tracker took this frame; False for a preview of settings, which has detections only.
    """

    snapshot: Snapshot
    bgra_u8: U8
    beside: Beside
    beside_u8: U8 | None
    beside_origin_px: tuple[int, int]
    trails: tuple[Trail, ...]
    tracked: bool
    latency_ms: float


class FrameWatcher(Protocol):
    """Sees every tracked frame, on the tracking thread, and must be quick."""

    def see(self, snapshot: Snapshot) -> None:
        """Take one frame."""

    def break_off(self) -> None:
        """Hear that the next frame does not follow on from the one before."""


class ScreenFeed:
    """Takes every snapshot from the tracking thread and leaves the newest for the screen.

    Parameters
    ----------
    wake : callable
        Called on the tracking thread when there is something to take, once until it is taken.
    watchers : sequence of FrameWatcher
        Who wants every frame, not only those that are shown.
    """

    def __init__(self, wake: Callable[[], None], watchers: Sequence[FrameWatcher] = ()) -> None:
        self._wake = wake
        self._watchers = tuple(watchers)
        self._shown: Mailbox[Shown] = Mailbox()
        self.trails = Trails()
        self._next_due_s = 0.0
        self._arrivals_s: deque[float] = deque()
        #: Frames per second that went through in the last second.
        self.processed_hz = 0.0
        #: May be set from any thread; takes effect with the next frame.
        self.beside = Beside.NOTHING
        self.explain_always = False
        #: Pictures per second that are wanted; None for as many as a screen can show.
        self.screen_hz: float | None = None

    def take(self) -> Shown | None:
        """Return the newest picture, None if it was taken already."""
        return self._shown.take()

    @property
    def explain(self) -> bool:
        """Whether the next frame should come with its mask and the reasons of rejected blobs."""
        return self._due() and (self.explain_always or self.beside is Beside.MASK)

    def _due(self) -> bool:
        return time.monotonic() >= self._next_due_s

    def forget(self) -> None:
        """Drop the trails (after a seek)."""
        for watcher in self._watchers:
            watcher.break_off()
        self.trails.clear()
        self._arrivals_s.clear()
        self.processed_hz = 0.0

    def offer(
        self,
        snapshot: Snapshot,
        background_u8: U8 | None = None,
        *,
        new: bool = True,
        tracked: bool = True,
        now: bool = False,
    ) -> None:
        """Take one snapshot; pass it on when the screen is ready for another.

        Parameters
        ----------
        new : bool
            A frame that was not offered before.
        tracked : bool
            Its tracks belong to its detections.
        now : bool
            Pass it on in any case.
        """
        if new:
            self.watch(snapshot)
            self._count()
            self.trails.add(snapshot)
        if not now and not self._due():
            return
        # Counted on from when it was due, so that a source of 30/s with some jitter is shown whole.
        now_s = time.monotonic()
        interval_s = SCREEN_INTERVAL_S if self.screen_hz is None else 1.0 / self.screen_hz
        self._next_due_s = max(self._next_due_s, now_s - interval_s) + interval_s
        beside = self.beside
        picture, origin = _beside(beside, snapshot, background_u8)
        shown = Shown(
            snapshot=snapshot,
            bgra_u8=frozen(cv2.cvtColor(snapshot.frame.bgr_u8, cv2.COLOR_BGR2BGRA)),
            beside=beside,
            beside_u8=picture,
            beside_origin_px=origin,
            trails=self.trails.shown(),
            tracked=tracked,
            latency_ms=sum(snapshot.timing_ms.values()),
        )
        if self._shown.put(shown):
            self._wake()

    def watch(self, snapshot: Snapshot) -> None:
        """Let the watchers see a frame, which may not be for the screen."""
        for watcher in self._watchers:
            try:
                watcher.see(snapshot)
            except Exception:
                # A plot must never cost a track.
                log.exception("%s failed and sees no more frames", type(watcher).__name__)
                self._watchers = tuple(other for other in self._watchers if other is not watcher)

    def _count(self) -> None:
        arrivals, now_s = self._arrivals_s, time.monotonic()
        arrivals.append(now_s)
        while now_s - arrivals[0] > RATE_OVER_S:
            arrivals.popleft()
        span_s = now_s - arrivals[0]
        self.processed_hz = (len(arrivals) - 1) / span_s if span_s > 0 else 0.0


def _beside(wanted: Beside, snapshot: Snapshot, background_u8: U8 | None) -> tuple[U8 | None, tuple[int, int]]:
    prepared = snapshot.prepared
    picture: Any = None
    origin = prepared.origin_px
    if wanted is Beside.MASK:
        explanation = snapshot.detections.explanation
        picture, origin = (None if explanation is None else explanation.mask_u8), (0, 0)
    elif wanted is Beside.BACKGROUND:
        picture, origin = background_u8, (0, 0)
    elif wanted is Beside.FOREGROUND:
        picture = prepared.state().foreground_u8
    elif wanted is Beside.PREPARED:
        picture = prepared.state(colour=any(step.needs_colour for step in prepared.steps)).image_u8
    if picture is None:
        return None, (0, 0)
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)
    return frozen(np.ascontiguousarray(picture)), origin
