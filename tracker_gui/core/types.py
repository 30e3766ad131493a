"""What flows from room to room: small frozen records of read-only arrays, the unit in each name."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64, I32, I64, U8, Bool
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.picture import Picture
    from tracker_gui.core.prepared import Prepared
    from tracker_gui.core.sound import Sound


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source says of itself once it is open.

    Attributes
    ----------
    frame_count : int or None
        Frames that can really be read; None while it is not known (a stream, a file not yet counted).
    rate_hz : float
        Nominal frames per second; the truth is in each frame's time stamp.
    """

    name: str
    size_px: tuple[int, int]
    rate_hz: float
    frame_count: int | None
    is_live: bool = False
    can_seek: bool = True
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of one source.

    Attributes
    ----------
    index : int
        Position in the source, the first frame is 0.
    t_capture_s : float
        Monotonic time: for a file the time stamp relative to its first frame, else the arrival.
    t_wall_s : float or None
        The same instant in seconds since 1970 UTC, None where the source does not say.
    lost_before : int
        Frames the source lost between this one and the one before it.
    sound : Sound or None
        What was heard since the frame before, from a live source that hears; None from all others.
    """

    index: int
    t_capture_s: float
    t_wall_s: float | None
    source_id: str
    lost_before: int
    picture: Picture
    sound: Sound | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        return self.picture.size_px

    @property
    def luma_u8(self) -> U8:
        return self.picture.luma_u8()

    @property
    def bgr_u8(self) -> U8:
        return self.picture.bgr_u8()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a detector said what it said; made only on request, for the screen.

    Attributes
    ----------
    mask_u8 : (h, w) uint8 or None
        The thresholded picture of the whole frame, 0 or 255.
    rejected_xy_px, rejected_area_px2, rejected_reason
        One entry for each blob that was not taken.
    """

    mask_u8: U8 | None
    rejected_xy_px: F64
    rejected_area_px2: F64
    rejected_reason: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detections:
    """What was seen in one frame, n entries.

    Attributes
    ----------
    xy_px : (n, 2) float64
        Centroids.
    box_xyxy_px : (n, 4) float64
    area_px2 : (n,) float64
    angle_rad : (n,) float64
        Direction of the long axis, (-pi/2, pi/2]; an axis has no front.
    score_01 : (n,) float64
    class_id : (n,) int32
    oversize : (n,) bool
        Too large for one animal, small enough for several that touch; only a tracker that can split
        merged blobs may use these.
    contour_px : tuple of (k, 1, 2) int32
        Outlines; empty where the detector gives boxes.
    searched : tuple of Rect or None
        The windows that were searched, None for the whole frame.
    """

    xy_px: F64
    box_xyxy_px: F64
    area_px2: F64
    angle_rad: F64
    score_01: F64
    class_id: I32
    oversize: Bool
    contour_px: tuple[I32, ...] = ()
    searched: tuple[Rect, ...] | None = None
    explanation: Explanation | None = None

    def __len__(self) -> int:
        return len(self.xy_px)


def no_detections(searched: tuple[Rect, ...] | None = None, explanation: Explanation | None = None) -> Detections:
    """Return the record of a frame in which nothing was seen."""
    return Detections(
        xy_px=np.empty((0, 2)),
        box_xyxy_px=np.empty((0, 4)),
        area_px2=np.empty(0),
        angle_rad=np.empty(0),
        score_01=np.empty(0),
        class_id=np.empty(0, np.int32),
        oversize=np.empty(0, np.bool_),
        searched=searched,
        explanation=explanation,
    )


class TrackState(IntEnum):
    """How a track's position came about. Only FOUND and MERGED were measured on this frame."""

    FOUND = 0
    MERGED = 1
    PREDICTED = 2
    LOST = 3


#: A plain number: comparing an array with an enumeration takes longer than all else in `Tracks.measured`.
LAST_MEASURED = int(TrackState.MERGED)


@dataclass(frozen=True, slots=True)
class Tracks:
    """Who is where after one frame.

    A track is listed from the first time it was seen; an animal of the roster that is not listed has
    never been seen. The position of a LOST track is the last that was known, for drawing only: no
    rule, file or plot may take it for a place where the animal is.

    Attributes
    ----------
    roster : tuple of int
        Ids the tracker answers for in every frame (fixed-count trackers); empty where ids come and go.
    track_id : (n,) int64
    state : (n,) int64 of TrackState
    xy_px : (n, 2) float64
    box_xyxy_px : (n, 4) float64
    velocity_px_s : (n, 2) float64
    area_px2 : (n,) float64
    angle_rad : (n,) float64
        Long axis, (-pi/2, pi/2].
    age_frames, missed_frames : (n,) int64
    detection_index : (n,) int64
        Row of the detection that was used, -1 for none.
    """

    roster: tuple[int, ...]
    track_id: I64
    state: I64
    xy_px: F64
    box_xyxy_px: F64
    velocity_px_s: F64
    area_px2: F64
    angle_rad: F64
    age_frames: I64
    missed_frames: I64
    detection_index: I64

    def __len__(self) -> int:
        return len(self.track_id)

    @property
    def measured(self) -> Bool:
        """(n,) bool: seen on this very frame (found or merged)."""
        return np.asarray(self.state <= LAST_MEASURED)


def no_tracks(roster: tuple[int, ...] = ()) -> Tracks:
    """Return the record of a frame before any track was seen."""
    return Tracks(
        roster=roster,
        track_id=np.empty(0, np.int64),
        state=np.empty(0, np.int64),
        xy_px=np.empty((0, 2)),
        box_xyxy_px=np.empty((0, 4)),
        velocity_px_s=np.empty((0, 2)),
        area_px2=np.empty(0),
        angle_rad=np.empty(0),
        age_frames=np.empty(0, np.int64),
        missed_frames=np.empty(0, np.int64),
        detection_index=np.empty(0, np.int64),
    )


@dataclass(frozen=True, slots=True)
class Motion:
    """What enrichment adds to the tracks of one frame, row for row.

    Attributes
    ----------
    speed_px_s : (n,) float64
        Smoothed; meaningful only where `speed_known`.
    heading_rad : (n,) float64
        Where the animal faces, 0 along +x, clockwise on screen; meaningful only where `heading_sure`.
    """

    speed_px_s: F64
    speed_known: Bool
    heading_rad: F64
    heading_sure: Bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One frame's whole way, for files and the screen."""

    frame: Frame
    prepared: Prepared
    detections: Detections
    tracks: Tracks
    motion: Motion | None = None
    timing_ms: dict[str, float] = field(default_factory=dict)
