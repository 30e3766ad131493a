"""The picture with the tracks drawn over it: a click chooses an animal, or says where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt, Signal

from tracker_gui.analysis.track_grid import LOST, TrackGrid
from tracker_gui.core.types import Tracks, TrackState
from tracker_gui.engine.trails import Trail
from tracker_gui.qt.theme.colours import CHIP, CHIP_TEXT
from tracker_gui.qt.views.canvas import Canvas
from tracker_gui.qt.views.overlays.overlay import Overlay, line_pen
from tracker_gui.qt.views.overlays.tracks import TracksOverlay
from tracker_gui.qt.views.overlays.trails import TrailsOverlay

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter
    from PySide6.QtWidgets import QWidget

#: A hand that clicks moves so far; further is a drag.
CLICK_PX = 4
NEAR_PX = 24.0
RING_PX = 14.0
#: An animal that is lost is shown where it was for so long.
REMEMBERED_FRAMES = 90
EDGE_PX = 20
TRAIL_FRAMES = 60


class PictureSpot(NamedTuple):
    """A place of the picture for which a menu is wanted; no animal where none is near."""

    animal: int | None
    x_px: float
    y_px: float
    at: QPoint


class ChosenOverlay(Overlay):
    """A ring round the animals that are meant, the first one with a full line."""

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[float, float]] = []

    def show_places(self, places: list[tuple[float, float]]) -> None:
        self._places = places
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = RING_PX / scale
        for number, (x, y) in enumerate(self._places):
            style = Qt.PenStyle.DashLine if number else Qt.PenStyle.SolidLine
            for pen in (line_pen(CHIP, 4), line_pen(CHIP_TEXT, 2, style)):
                painter.setPen(pen)
                painter.drawEllipse(QPointF(x, y), radius, radius)


class ReviewPicture(Canvas):
    """Frame, trails, tracks and the ring of the chosen animal.

    While `placing`, a click says where the chosen animal is.
    """

    animal_clicked = Signal(int)
    placed = Signal(float, float)
    menu_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Picture")
        self._trails, self._tracks, self._chosen = TrailsOverlay(), TracksOverlay(), ChosenOverlay()
        for overlay in (self._trails, self._tracks, self._chosen):
            self.add_overlay(overlay)
        self._pressed: QPoint | None = None
        self._drawn: dict[int, tuple[float, float]] = {}
        self.placing = False

    def set_placing(self, placing: bool) -> None:
        """Let a click say where the chosen animal is, or choose one again."""
        self.placing = placing
        if placing:
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.viewport().unsetCursor()

    # ---- what is drawn

    def show_blank(self, table: TrackGrid) -> None:
        """Make room for tracks without a picture."""
        places = table.xy_px[table.state != LOST]
        width, height = (places.max(axis=0) + EDGE_PX).astype(int).tolist() if len(places) else (640, 480)
        self.show_picture(None, (max(1, width), max(1, height)))

    def show_tracks(self, table: TrackGrid, frame: int, meant: tuple[int, ...]) -> None:
        """Draw where the animals are in a frame, how they came there, and a ring round those that are meant."""
        row = table.row(frame)
        if row is None:
            self._drawn = {}
            self._trails.show_trails(())
            self._tracks.show_tracks(tracks_at(table, None))
            self._chosen.show_places([])
            return
        tracks = tracks_at(table, row)
        self._drawn = dict(zip(tracks.track_id.tolist(), map(tuple, tracks.xy_px.tolist()), strict=True))
        self._trails.show_trails(trails_to(table, row))
        self._tracks.show_tracks(tracks)
        self._chosen.show_places([self._drawn[animal] for animal in meant if animal in self._drawn])

    def place_of(self, animal: int) -> tuple[float, float] | None:
        """Return where an animal is drawn, in pixels of the frame."""
        return self._drawn.get(animal)

    def nearest(self, x_px: float, y_px: float) -> int | None:
        """Return the animal drawn at a place of the frame, None where none is near."""
        reach = NEAR_PX / max(self.scale_factor, 1e-6)
        near = [(np.hypot(x - x_px, y - y_px), animal) for animal, (x, y) in self._drawn.items()]
        near = [pair for pair in near if pair[0] <= reach]
        return min(near)[1] if near else None

    # ---- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if self.placing:
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        place = event.position().toPoint()
        if pressed is None or (place - pressed).manhattanLength() > CLICK_PX:
            return
        spot = self.mapToScene(place)
        animal = self.nearest(spot.x(), spot.y())
        if self.placing:
            self.placed.emit(spot.x(), spot.y())
        elif animal is not None:
            self.animal_clicked.emit(animal)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two quick clicks while placing are two places.
        if self.placing:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        spot = self.mapToScene(event.pos())
        self.menu_wanted.emit(PictureSpot(self.nearest(spot.x(), spot.y()), spot.x(), spot.y(), event.globalPos()))


def tracks_at(table: TrackGrid, row: int | None) -> Tracks:
    """Return the tracks of one row as the overlays draw them; a lost animal stays a while where it was."""
    if row is None:
        columns = np.empty(0, np.int64)
        xy, state = np.empty((0, 2)), np.empty(0, np.int64)
    else:
        before = table.state[max(0, row - REMEMBERED_FRAMES) : row + 1]
        known = before != LOST
        age = np.argmax(known[::-1], axis=0)
        columns = np.flatnonzero(known.any(axis=0))
        xy = table.xy_px[row - age[columns], columns]
        state = table.state[row, columns].astype(np.int64)
    n = len(columns)
    return Tracks(
        roster=tuple(table.ids.tolist()),
        track_id=table.ids[columns],
        state=state,
        xy_px=xy,
        box_xyxy_px=np.zeros((n, 4)),
        velocity_px_s=np.zeros((n, 2)),
        area_px2=np.zeros(n),
        angle_rad=np.zeros(n),
        age_frames=np.zeros(n, np.int64),
        missed_frames=np.zeros(n, np.int64),
        detection_index=np.full(n, -1),
    )


def trails_to(table: TrackGrid, row: int) -> tuple[Trail, ...]:
    """Return where each animal was in the frames up to a row; a new part begins after each gap."""
    part = slice(max(0, row - TRAIL_FRAMES + 1), row + 1)
    seen = table.state[part] < TrackState.LOST
    trails = []
    for column, animal in enumerate(table.ids.tolist()):
        there = np.flatnonzero(seen[:, column])
        if len(there) < 2:
            continue
        breaks = np.flatnonzero(np.diff(there) > 1) + 1
        trails.append(Trail(animal, tuple(np.split(table.xy_px[part][there, column], breaks))))
    return tuple(trails)
