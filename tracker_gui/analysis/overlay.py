"""Tracks drawn into a picture: trails, marks, ids, zones and texts that stay readable on any ground."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tracker_gui.analysis.lettering import Lettering, blend
from tracker_gui.analysis.overlay_texts import WORDS, TextWriter, id_places, letters_of, text_place
from tracker_gui.analysis.shape_layer import SHIFT, fine, shape_tiles
from tracker_gui.core.annotation import Annotation
from tracker_gui.core.colours import CHIP, OKABE_ITO, bgr, identity_colour
from tracker_gui.core.overlays import unit_of
from tracker_gui.core.types import LAST_MEASURED, TrackState

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tracker_gui.core.arrays import F64, U8
    from tracker_gui.core.errors import TrackerError
    from tracker_gui.core.overlays import IdsLook, TextLook, ZonesLook
    from tracker_gui.core.types import Detections, Snapshot

Bgr = tuple[int, int, int]
#: For each animal the lines of where it was, (k, 2) each.
Trails = Sequence[tuple[int, Sequence[Any]]]

RIM: Bgr = bgr(CHIP)
SINGLE, SEVERAL = "#56B4E9", "#E69F00"
MARK_KINDS = ("cross", "square", "diamond", "triangle", "star")


def mark_kind(track_id: int) -> str:
    """Return the second cue of an id: another mark for each round through the colours."""
    return MARK_KINDS[(track_id - 1) // len(OKABE_ITO) % len(MARK_KINDS)]


def mark_lines(kind: str) -> list[F64]:
    """Return the lines of a mark that is one across, about (0, 0)."""
    r = 0.5
    cross = [np.array([(-r, 0), (r, 0)]), np.array([(0, -r), (0, r)])]
    tilted = [np.array([(-r, -r), (r, r)]) * 0.8, np.array([(-r, r), (r, -r)]) * 0.8]
    rings = {
        "square": [(-r, -r), (r, -r), (r, r), (-r, r)],
        "diamond": [(0, -r), (r, 0), (0, r), (-r, 0)],
        "triangle": [(0, -r), (r, r), (-r, r)],
    }
    if kind in rings:
        return [np.array([*rings[kind], rings[kind][0], rings[kind][1]], dtype=np.float64)]
    return {"cross": cross, "star": cross + tilted, "lost": tilted}[kind]


class TrackOverlay:
    """Draws the tracks of one frame after the other as an annotation says; remembers the trails.

    Belongs to one thread. `open` must be called before texts that show a table say anything.
    """

    def __init__(self, annotation: Annotation | None = None) -> None:
        self.annotation = Annotation() if annotation is None else annotation
        self.looks = self.annotation.looks
        self.writer = TextWriter(self.looks.texts, dict(self.annotation.words))
        self._lettering = Lettering()
        self._trails: dict[int, deque[tuple[float, float, float]]] = {}
        self._shown_trails: Trails = ()
        self._layer: tuple[tuple[int, int], list[tuple[int, int, U8]]] | None = None

    def open(self) -> None:
        """Read the tables and load the fonts; takes as long as the disk does.

        Raises
        ------
        InputError, SettingsError
            One of them cannot be used.
        """
        problems: list[TrackerError] = self.writer.read()
        if problems:
            raise problems[0]
        looks = self.looks
        written: list[IdsLook | ZonesLook | TextLook] = [looks.ids, looks.zones, *looks.texts]
        for look in written:
            if look.on:
                self._lettering.check(look.font, look.font_file)

    def draw(self, picture_u8: U8, snapshot: Snapshot, trails: Trails | None = None) -> None:
        """Draw into a writable (h, w, 3) BGR picture.

        Parameters
        ----------
        trails : optional
            In place of those of the frames that were drawn before.
        """
        height, width = picture_u8.shape[:2]
        unit = unit_of(height)
        looks = self.looks
        self._draw_shapes(picture_u8, (width, height), unit)
        if looks.mask.on:
            _fill(picture_u8, snapshot.detections, bgr(looks.mask.colour or SINGLE), looks.mask.opacity_percent)
        self._shown_trails = self._remembered(snapshot) if trails is None else trails
        layers: list[tuple[Any, Callable[[U8, float, Snapshot], None]]] = [
            (looks.outlines, self._draw_outlines),
            (looks.trails, self._draw_trails),
            (looks.heading, self._draw_headings),
            (looks.marks, self._draw_marks),
        ]
        for look, paint in layers:
            if look.on:
                _through(picture_u8, look.opacity_percent, paint, unit, snapshot)
        if looks.ids.on:
            self._draw_ids(picture_u8, unit, snapshot)
        for text_look, text in self.writer.texts(snapshot):
            patch = self._lettering.patch(text, letters_of(text_look, unit))
            x, y = text_place(text_look, (patch.shape[1], patch.shape[0]), (width, height), unit)
            blend(picture_u8, patch, round(x), round(y))

    def _draw_shapes(self, picture_u8: U8, size_px: tuple[int, int], unit: float) -> None:
        if self._layer is None or self._layer[0] != size_px:
            tiles = shape_tiles(self.annotation.shapes, self.looks.zones, size_px, unit, self._lettering)
            self._layer = (size_px, tiles)
        for x, y, tile in self._layer[1]:
            blend(picture_u8, tile, x, y)

    def _remembered(self, snapshot: Snapshot) -> Trails:
        t_s, tracks, length_s = snapshot.frame.t_capture_s, snapshot.tracks, self.looks.trails.length_s
        rows = zip(tracks.track_id.tolist(), tracks.state.tolist(), tracks.xy_px.tolist(), strict=True)
        for track_id, state, (x, y) in rows:
            trail = self._trails.setdefault(track_id, deque())
            if state == TrackState.LOST:
                trail.clear()
            elif length_s > 0:
                trail.append((t_s, x, y))
            while trail and t_s - trail[0][0] > length_s:
                trail.popleft()
        here = set(tracks.track_id.tolist())
        return [
            (track_id, [np.array(t)[:, 1:]]) for track_id, t in self._trails.items() if len(t) > 1 and track_id in here
        ]

    def _draw_trails(self, picture_u8: U8, unit: float, _: Snapshot) -> None:
        look = self.looks.trails
        for track_id, parts in self._shown_trails:
            colour = bgr(look.colour or identity_colour(track_id))
            for part in parts:
                _line(picture_u8, part, colour, look.width_px * unit)

    def _draw_outlines(self, picture_u8: U8, unit: float, snapshot: Snapshot) -> None:
        look, detections = self.looks.outlines, snapshot.detections
        if look.of == "tracked animals":
            listed = [
                (row, look.colour or identity_colour(track_id))
                for row, track_id in zip(
                    snapshot.tracks.detection_index.tolist(), snapshot.tracks.track_id.tolist(), strict=True
                )
                if 0 <= row < len(detections)
            ]
        else:
            listed = [
                (row, look.colour or (SEVERAL if several else SINGLE))
                for row, several in enumerate(detections.oversize.tolist())
            ]
        for row, colour in listed:
            ring = outline_of(detections, row)
            if look.of == "all that is found":
                cv2.polylines(picture_u8, [ring], True, RIM, max(1, round(look.width_px * unit)) + 2, cv2.LINE_AA)
            cv2.polylines(picture_u8, [ring], True, bgr(colour), max(1, round(look.width_px * unit)), cv2.LINE_AA)

    def _draw_headings(self, picture_u8: U8, unit: float, snapshot: Snapshot) -> None:
        motion, tracks, look = snapshot.motion, snapshot.tracks, self.looks.heading
        if motion is None:
            return
        for row in np.flatnonzero(motion.heading_sure & tracks.measured).tolist():
            x, y = tracks.xy_px[row].tolist()
            turn, reach = float(motion.heading_rad[row]), look.length_px * unit
            colour = bgr(look.colour or identity_colour(int(tracks.track_id[row])))
            tip = (x + reach * math.cos(turn), y + reach * math.sin(turn))
            _line(picture_u8, np.array([(x, y), tip]), colour, look.width_px * unit)

    def _draw_marks(self, picture_u8: U8, unit: float, snapshot: Snapshot) -> None:
        tracks, look = snapshot.tracks, self.looks.marks
        size = look.size_px * unit
        rows = zip(tracks.track_id.tolist(), tracks.state.tolist(), tracks.xy_px.tolist(), strict=True)
        for track_id, state, (x, y) in rows:
            colour = bgr(look.colour or identity_colour(track_id))
            if state == TrackState.LOST:
                _mark(picture_u8, "lost", x, y, size, colour, unit)
            elif look.shape == "one per animal":
                wide = unit if state <= LAST_MEASURED else min(unit, 1.0)
                _mark(picture_u8, mark_kind(track_id), x, y, size, colour, wide)
            elif state <= LAST_MEASURED:
                _dot(picture_u8, x, y, 0.4 * size + unit, RIM)
                _dot(picture_u8, x, y, 0.4 * size, colour)
            else:
                for paint, wide in ((RIM, 3 * unit), (colour, unit)):
                    _dot(picture_u8, x, y, 1.25 * size, paint, max(1, round(wide)))

    def _draw_ids(self, picture_u8: U8, unit: float, snapshot: Snapshot) -> None:
        tracks, look = snapshot.tracks, self.looks.ids
        rows = zip(tracks.track_id.tolist(), tracks.state.tolist(), strict=True)
        patches = [
            self._lettering.patch(
                f"{track_id}{WORDS[TrackState(state)]}", letters_of(look, unit, identity_colour(track_id))
            )
            for track_id, state in rows
        ]
        sizes = [(float(patch.shape[1]), float(patch.shape[0])) for patch in patches]
        room = (0.0, 0.0, float(picture_u8.shape[1]), float(picture_u8.shape[0]))
        places = id_places(look, tracks.xy_px.tolist(), sizes, room, unit)
        for patch, (x, y) in zip(patches, places, strict=True):
            blend(picture_u8, patch, round(x), round(y))


def outline_of(detections: Detections, row: int) -> NDArray[np.int32]:
    """Return the (k, 1, 2) outline of a detection, its box where the detector gives only that."""
    if row < len(detections.contour_px):
        return detections.contour_px[row]
    x0, y0, x1, y1 = np.round(detections.box_xyxy_px[row]).astype(np.int32).tolist()
    return np.array([[[x0, y0]], [[x1, y0]], [[x1, y1]], [[x0, y1]]], np.int32)


def _fill(picture_u8: U8, detections: Detections, colour: Bgr, opacity_percent: int) -> None:
    height, width = picture_u8.shape[:2]
    for row in range(len(detections)):
        ring = outline_of(detections, row)
        x, y, w, h = cv2.boundingRect(ring)
        x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + w), min(height, y + h)
        if x0 >= x1 or y0 >= y1:
            continue
        part = picture_u8[y0:y1, x0:x1]
        filled = part.copy()
        cv2.fillPoly(filled, [ring], colour, cv2.LINE_AA, 0, (-x0, -y0))
        share = opacity_percent / 100
        cv2.addWeighted(filled, share, part, 1 - share, 0, dst=part)


def _through(
    picture_u8: U8, opacity_percent: int, paint: Callable[[U8, float, Any], None], unit: float, snapshot: Snapshot
) -> None:
    """Let something be painted so that the picture below shines through."""
    if opacity_percent >= 100:
        paint(picture_u8, unit, snapshot)
        return
    painted = picture_u8.copy()
    paint(painted, unit, snapshot)
    share = opacity_percent / 100
    cv2.addWeighted(painted, share, picture_u8, 1 - share, 0, dst=picture_u8)


def _line(picture_u8: U8, xy_px: Any, colour: Bgr, width_px: float) -> None:
    line, width = fine(xy_px), max(1, round(width_px))
    cv2.polylines(picture_u8, [line], False, RIM, width + 2, cv2.LINE_AA, SHIFT)
    cv2.polylines(picture_u8, [line], False, colour, width, cv2.LINE_AA, SHIFT)


def _dot(picture_u8: U8, x: float, y: float, radius_px: float, colour: Bgr, width_px: int = -1) -> None:
    column, row = fine([(x, y)])[0, 0].tolist()
    cv2.circle(picture_u8, (column, row), round(radius_px * (1 << SHIFT)), colour, width_px, cv2.LINE_AA, SHIFT)


def _mark(picture_u8: U8, kind: str, x: float, y: float, size: float, colour: Bgr, width_px: float) -> None:
    lines = [fine(line * size + (x, y)) for line in mark_lines(kind)]
    width = max(1, round(width_px))
    cv2.polylines(picture_u8, lines, False, RIM, width + 2, cv2.LINE_AA, SHIFT)
    cv2.polylines(picture_u8, lines, False, colour, width, cv2.LINE_AA, SHIFT)
