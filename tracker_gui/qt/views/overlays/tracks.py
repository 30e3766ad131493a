"""Where each animal is, who it is, and how that is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPolygonF

from tracker_gui.analysis.lettering import Lettering
from tracker_gui.analysis.overlay import mark_kind, mark_lines
from tracker_gui.analysis.overlay_texts import WORDS, id_places, letters_of
from tracker_gui.core.overlays import OverlaySet
from tracker_gui.core.types import TrackState
from tracker_gui.qt.theme.colours import CHIP, identity_colour
from tracker_gui.qt.views.overlays.overlay import Overlay, draw_patch, line_pen

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from tracker_gui.core.types import Motion, Tracks


class TracksOverlay(Overlay):
    """A mark where an animal was measured, a ring where it is only guessed, a cross where it was lost.

    A line from it is where it faces; there is none where that is not sure.
    """

    def __init__(self) -> None:
        super().__init__()
        self.looks = OverlaySet()
        self.lettering = Lettering(reads=False)
        self._animals: list[tuple[int, TrackState, float, float]] = []
        self._headings: list[tuple[int, float, float, float]] = []

    def show_tracks(self, tracks: Tracks, motion: Motion | None = None) -> None:
        self._headings = []
        if motion is not None:
            sure = np.flatnonzero(motion.heading_sure & tracks.measured).tolist()
            self._headings = [
                (int(tracks.track_id[i]), *tracks.xy_px[i].tolist(), float(motion.heading_rad[i])) for i in sure
            ]
        self._animals = [
            (track_id, TrackState(state), x, y)
            for track_id, state, (x, y) in zip(
                tracks.track_id.tolist(), tracks.state.tolist(), tracks.xy_px.tolist(), strict=True
            )
        ]
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        unit, looks = self.unit(painter), self.looks
        if looks.heading.on:
            painter.setOpacity(looks.heading.opacity_percent / 100)
            self._draw_headings(painter, scale, unit)
        if looks.marks.on:
            painter.setOpacity(looks.marks.opacity_percent / 100)
            for track_id, state, x, y in self._animals:
                self._draw_mark(painter, scale, unit, track_id, state, x, y)
        painter.setOpacity(1.0)
        if looks.ids.on and self._animals:
            self._draw_ids(painter, unit)

    def _draw_headings(self, painter: QPainter, scale: float, unit: float) -> None:
        look = self.looks.heading
        reach, width = look.length_px * unit / scale, look.width_px * unit
        for track_id, x, y, heading in self._headings:
            tip = QPointF(x + reach * math.cos(heading), y + reach * math.sin(heading))
            for pen in (line_pen(CHIP, width + 2), line_pen(look.colour or identity_colour(track_id), width)):
                painter.setPen(pen)
                painter.drawLine(QPointF(x, y), tip)

    def _draw_mark(
        self, painter: QPainter, scale: float, unit: float, track_id: int, state: TrackState, x: float, y: float
    ) -> None:
        look = self.looks.marks
        colour = look.colour or identity_colour(track_id)
        size = look.size_px * unit / scale
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state is TrackState.LOST or look.shape == "one per animal":
            kind = "lost" if state is TrackState.LOST else mark_kind(track_id)
            lines = [QPolygonF([QPointF(x + size * dx, y + size * dy) for dx, dy in line]) for line in mark_lines(kind)]
            width = unit * (2.0 if look.shape == "dot" else 1.0)
            for pen in (line_pen(CHIP, width + 2), line_pen(colour, width)):
                painter.setPen(pen)
                for line in lines:
                    painter.drawPolyline(line)
        elif state is TrackState.PREDICTED:
            for pen in (line_pen(CHIP, 4 * unit), line_pen(colour, 2 * unit, Qt.PenStyle.DotLine)):
                painter.setPen(pen)
                painter.drawEllipse(QPointF(x, y), 1.25 * size, 1.25 * size)
        else:
            painter.setPen(line_pen(CHIP, 2 * unit))
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(x, y), 0.5 * size, 0.5 * size)

    def _draw_ids(self, painter: QPainter, unit: float) -> None:
        look, ratio = self.looks.ids, painter.device().devicePixelRatioF()
        to_screen = painter.worldTransform()
        patches, animals = [], []
        for track_id, state, x, y in self._animals:
            letters = letters_of(look, unit * ratio, identity_colour(track_id))
            patches.append(self.lettering.patch(f"{track_id}{WORDS[state]}", letters))
            place = to_screen.map(QPointF(x, y))
            animals.append((place.x(), place.y()))
        sizes = [(patch.shape[1] / ratio, patch.shape[0] / ratio) for patch in patches]
        for patch, (left, top) in zip(patches, id_places(look, animals, sizes, self.room(painter), unit), strict=True):
            draw_patch(painter, patch, left, top)
