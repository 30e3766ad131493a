"""Frames with their tracks drawn in, for a recorder beside the one that keeps them clean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2

from tracker_gui.core.arrays import U8, frozen

if TYPE_CHECKING:
    from tracker_gui.analysis.overlay import TrackOverlay
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame, Snapshot


class AnnotatedPicture:
    """A tracked picture that is drawn when its pixels are asked for: by the recorder's thread, not by tracking."""

    __slots__ = ("_bgr", "_overlay", "_snapshot", "size_px")

    def __init__(self, snapshot: Snapshot, overlay: TrackOverlay) -> None:
        self._snapshot = snapshot
        self._overlay = overlay
        self._bgr: U8 | None = None
        self.size_px = snapshot.frame.size_px

    def luma_u8(self, rect: Rect | None = None) -> U8:
        luma = frozen(cv2.cvtColor(self.bgr_u8(), cv2.COLOR_BGR2GRAY))
        return luma if rect is None else luma[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def bgr_u8(self) -> U8:
        if self._bgr is None:
            snapshot = self._snapshot
            drawn = snapshot.frame.bgr_u8.copy()
            self._overlay.draw(drawn, snapshot)
            self._bgr = frozen(drawn)
        return self._bgr


def annotated(snapshot: Snapshot, overlay: TrackOverlay) -> Frame:
    """Return the frame of a snapshot with its tracks drawn in, to be `put` into a recorder of its own.

    Parameters
    ----------
    overlay : TrackOverlay
        One for the whole recording, used by nobody else: it remembers the trails.
    """
    # Frames that were not tracked are missing here, and with them what was heard.
    return replace(snapshot.frame, picture=AnnotatedPicture(snapshot, overlay), sound=None)
