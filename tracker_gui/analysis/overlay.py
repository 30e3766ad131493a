"""Tracks drawn into a picture: marks, ids, trails and outlines that stay readable on any ground."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from tracker_gui.core.arrays import U8
    from tracker_gui.core.types import Detections, Motion, Tracks

Bgr = tuple[int, int, int]

#: Okabe and Ito's colours, told apart by everyone; black and white never mean an id.
COLOURS_BGR: tuple[Bgr, ...] = (
    (0, 159, 230), (233, 180, 86), (115, 158, 0), (66, 228, 240), (178, 114, 0), (0, 94, 213), (167, 121, 204),
)  # fmt: skip
#: The second cue: another mark for each round through the colours.
MARKS = (cv2.MARKER_CROSS, cv2.MARKER_SQUARE, cv2.MARKER_DIAMOND, cv2.MARKER_TRIANGLE_UP, cv2.MARKER_STAR)
BLACK: Bgr = (0, 0, 0)
SHIFT = 4  # cv2 draws at sixteenths of a pixel
REFERENCE_HEIGHT_PX = 600


def colour_bgr(track_id: int) -> Bgr:
    """Return the colour of an id."""
    return COLOURS_BGR[(track_id - 1) % len(COLOURS_BGR)]


def mark(track_id: int) -> int:
    """Return cv2's number for the mark of an id."""
    return MARKS[(track_id - 1) // len(COLOURS_BGR) % len(MARKS)]


class TrackOverlay:
    """Draws the tracks of one frame after the other; remembers the trails.

    Parameters
    ----------
    trail_s : float
        Length of the trails, 0 for none.
    outlines : bool
        Draw the outline of every detection that was used.
    """

    def __init__(self, trail_s: float = 1.0, outlines: bool = True) -> None:
        self._trail_s = trail_s
        self._outlines = outlines
        self._trails: dict[int, deque[tuple[float, float, float]]] = {}

    def draw(
        self, picture_u8: U8, t_s: float, tracks: Tracks, detections: Detections, motion: Motion | None = None
    ) -> None:
        """Draw into a writable (h, w, 3) BGR picture.

        Parameters
        ----------
        t_s : float
            Time of the frame, for the trails.
        """
        scale = max(0.9, picture_u8.shape[0] / REFERENCE_HEIGHT_PX)
        for row in range(len(tracks)):
            track_id, state = int(tracks.track_id[row]), int(tracks.state[row])
            x, y = tracks.xy_px[row].tolist()
            colour = colour_bgr(track_id)
            self._remember(track_id, state, t_s, x, y)
            self._draw_trail(picture_u8, track_id, colour, scale)
            index = int(tracks.detection_index[row])
            if self._outlines and 0 <= index < len(detections.contour_px):
                cv2.polylines(picture_u8, [detections.contour_px[index]], True, colour, 1, cv2.LINE_AA)
            if motion is not None and motion.heading_sure[row]:
                _draw_arrow(picture_u8, x, y, float(motion.heading_rad[row]), colour, scale)
            _draw_animal(picture_u8, x, y, track_id, state, colour, scale)

    def _remember(self, track_id: int, state: int, t_s: float, x: float, y: float) -> None:
        trail = self._trails.setdefault(track_id, deque())
        if state == TrackState.LOST:
            trail.clear()
        elif self._trail_s > 0:
            trail.append((t_s, x, y))
        while trail and t_s - trail[0][0] > self._trail_s:
            trail.popleft()

    def _draw_trail(self, picture_u8: U8, track_id: int, colour: Bgr, scale: float) -> None:
        trail = self._trails[track_id]
        if len(trail) < 2:
            return
        line = _fine(np.array(trail)[:, 1:])
        width = max(1, round(scale))
        cv2.polylines(picture_u8, [line], False, BLACK, width + 2, cv2.LINE_AA, SHIFT)
        cv2.polylines(picture_u8, [line], False, colour, width, cv2.LINE_AA, SHIFT)


def _fine(xy_px: object) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return np.asarray(np.round(np.asarray(xy_px) * (1 << SHIFT)), np.int32).reshape(-1, 1, 2)


def _draw_animal(picture_u8: U8, x: float, y: float, track_id: int, state: int, colour: Bgr, scale: float) -> None:
    """Draw the mark and the id; an animal that was not measured has a thin mark, a lost one only a small cross."""
    at = (round(x), round(y))
    # Small enough that the animal itself stays in sight.
    size = max(5, round(6 * scale))
    if state == TrackState.LOST:
        _mark(picture_u8, at, cv2.MARKER_TILTED_CROSS, size, colour, 1)
        return
    _mark(picture_u8, at, mark(track_id), size, colour, 1 if state == TrackState.PREDICTED else max(1, round(scale)))
    text = f"{track_id}?" if state == TrackState.PREDICTED else str(track_id)
    _write(picture_u8, text, (at[0] + round(11 * scale), at[1] - round(7 * scale)), colour, scale)


def _write(picture_u8: U8, text: str, at: tuple[int, int], colour: Bgr, scale: float) -> None:
    """Write with a black rim; OpenCV 5 draws its own letters and takes no notice of a greater thickness."""
    rim = max(1, round(scale))
    for dx, dy in ((-rim, 0), (rim, 0), (0, -rim), (0, rim)):
        place = (at[0] + dx, at[1] + dy)
        cv2.putText(picture_u8, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6 * scale, BLACK, 1, cv2.LINE_AA)
    cv2.putText(picture_u8, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6 * scale, colour, 1, cv2.LINE_AA)


def _mark(picture_u8: U8, at: tuple[int, int], kind: int, size: int, colour: Bgr, width: int) -> None:
    cv2.drawMarker(picture_u8, at, BLACK, kind, size + 2, width + 2, cv2.LINE_AA)
    cv2.drawMarker(picture_u8, at, colour, kind, size, width, cv2.LINE_AA)


def _draw_arrow(picture_u8: U8, x: float, y: float, heading_rad: float, colour: Bgr, scale: float) -> None:
    length = 26 * scale
    tip = (round(x + length * math.cos(heading_rad)), round(y + length * math.sin(heading_rad)))
    foot = (round(x + 0.6 * length * math.cos(heading_rad)), round(y + 0.6 * length * math.sin(heading_rad)))
    for line, width in ((BLACK, 3), (colour, 1)):
        cv2.arrowedLine(picture_u8, foot, tip, line, width, cv2.LINE_AA, tipLength=0.5)
