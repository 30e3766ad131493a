"""What a clip shows of each frame: all of it or a window that follows animals, as it came or with its tracks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.arrays import F64, U8, frozen
from tracker_gui.core.picture import ScaledPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.types import Snapshot, TrackState
from tracker_gui.engine.annotated import annotated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.annotation import Annotation
    from tracker_gui.core.clips import ClipOrder
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.picture import Picture
    from tracker_gui.core.types import Detections, Frame, Motion, Tracks

#: Slower than this says nothing of where an animal faces.
LEAST_SPEED_PX_S = 20.0


@dataclass(frozen=True, slots=True)
class Tracked:
    """What was found on a frame, without its picture."""

    tracks: Tracks
    detections: Detections
    motion: Motion | None

    @classmethod
    def of(cls, snapshot: Snapshot) -> Tracked:
        """Return what a snapshot says, and let go of its pixels."""
        return cls(snapshot.tracks, replace(snapshot.detections, explanation=None), snapshot.motion)


class WindowPicture:
    """A window of another picture, moved and turned; made when its pixels are asked for. What lies outside is black."""

    __slots__ = ("_angle_rad", "_centre_px", "_picture", "size_px")

    def __init__(
        self, picture: Picture, size_px: tuple[int, int], centre_px: tuple[float, float], angle_rad: float
    ) -> None:
        self.size_px = size_px
        self._picture = picture
        self._centre_px = centre_px
        self._angle_rad = angle_rad

    def _cut(self, whole_u8: U8) -> U8:
        width, height = self.size_px
        cos, sin = math.cos(self._angle_rad), math.sin(self._angle_rad)
        x, y = self._centre_px
        to_x, to_y = (width - 1) / 2, (height - 1) / 2
        matrix: F64 = np.array([[cos, -sin, to_x - cos * x + sin * y], [sin, cos, to_y - sin * x - cos * y]])
        return frozen(np.asarray(cv2.warpAffine(whole_u8, matrix, self.size_px, flags=cv2.INTER_LINEAR), np.uint8))

    def luma_u8(self, rect: Rect | None = None) -> U8:
        luma = self._cut(self._picture.luma_u8())
        return luma if rect is None else luma[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def bgr_u8(self) -> U8:
        return self._cut(self._picture.bgr_u8())


class ClipView:
    """Turns the frames of one clip, in their order, into what it shows.

    Parameters
    ----------
    order : ClipOrder
    followed : sequence of int
        Ids of the animals in the middle of the window; of several, the point between them.
    place_px : (x, y)
        Where they were at the event, for frames before they are first seen.
    size_px : (width, height)
        Of the pictures in which positions are told.
    annotation : Annotation, optional
        What is drawn where it is annotated.
    """

    def __init__(
        self, order: ClipOrder, followed: Sequence[int], place_px: tuple[float, float] | None, size_px: tuple[int, int],
        annotation: Annotation | None = None,
    ) -> None:  # fmt: skip
        self._order = order
        self._followed = followed
        self._place_px = place_px or ((size_px[0] - 1) / 2, (size_px[1] - 1) / 2)
        self._heading_rad = -math.pi / 2
        self._size_px = size_px
        self._annotation = annotation
        self._overlay: TrackOverlay | None = None

    def shot(self, frame: Frame, tracked: Tracked | None) -> Frame:
        """Return the frame as the clip shows it; `tracked` is needed where the order needs tracks.

        Raises
        ------
        InputError, SettingsError
            What is to be drawn needs a table or a font that cannot be used.
        """
        if tracked is None:
            return frame
        if frame.size_px != self._size_px:
            frame = replace(frame, picture=ScaledPicture(frame.picture, self._size_px))
        if self._order.annotated:
            snapshot = Snapshot(frame, Prepared(frame), tracked.detections, tracked.tracks, tracked.motion)
            if self._overlay is None:
                overlay = TrackOverlay(self._annotation)
                overlay.open()
                self._overlay = overlay
            frame = annotated(snapshot, self._overlay)
        if self._order.crop_px is None:
            return frame
        self._follow(tracked)
        angle_rad = -math.pi / 2 - self._heading_rad if self._order.heading_up else 0.0
        return replace(frame, picture=WindowPicture(frame.picture, self._order.crop_px, self._place_px, angle_rad))

    def _follow(self, tracked: Tracked) -> None:
        tracks = tracked.tracks
        rows = np.flatnonzero(np.isin(tracks.track_id, self._followed) & (tracks.state != int(TrackState.LOST)))
        if not len(rows):
            return  # the window stays where they were last
        x, y = tracks.xy_px[rows].mean(axis=0).tolist()
        self._place_px = (x, y)
        heading_rad = _heading_rad(tracked, int(rows[0]))
        if heading_rad is not None:
            self._heading_rad = heading_rad


def _heading_rad(tracked: Tracked, row: int) -> float | None:
    """Return where an animal faces, or else moves to; None where neither is sure."""
    motion = tracked.motion
    if motion is not None:
        return float(motion.heading_rad[row]) if motion.heading_sure[row] else None
    vx, vy = tracked.tracks.velocity_px_s[row].tolist()
    return math.atan2(vy, vx) if math.hypot(vx, vy) > LEAST_SPEED_PX_S else None


def nearest(tracks: Tracks, place_px: tuple[float, float] | None) -> int | None:
    """Return the id of the animal that is seen nearest to a place, or the first; None where none is seen."""
    rows = np.flatnonzero(tracks.measured)
    if not len(rows):
        return None
    if place_px is not None:
        rows = rows[np.argsort(np.hypot(*(tracks.xy_px[rows] - np.array(place_px)).T), kind="stable")]
    return int(tracks.track_id[rows[0]])
