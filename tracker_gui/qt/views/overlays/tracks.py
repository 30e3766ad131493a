"""Where each animal is, who it is, and how that is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor

from tracker_gui.core.types import TrackState
from tracker_gui.qt.theme.colours import CHIP, identity_colour
from tracker_gui.qt.views.overlays.overlay import Overlay, draw_chip, line_pen

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from tracker_gui.core.types import Motion, Tracks

MARK_PX = 5.0
HEADING_PX = 16.0
WORDS = {
    TrackState.FOUND: "",
    TrackState.MERGED: " touching",
    TrackState.PREDICTED: " guessed",
    TrackState.LOST: " lost",
}


class TracksOverlay(Overlay):
    """A dot where an animal was measured, a ring where it is only guessed, a cross where it was lost.

    A line from the dot is where it faces; there is none where that is not sure.
    """

    def __init__(self) -> None:
        super().__init__()
        self._animals: list[tuple[int, TrackState, float, float]] = []
        self._headings: list[tuple[str, float, float, float]] = []

    def show_tracks(self, tracks: Tracks, motion: Motion | None = None) -> None:
        self._headings = []
        if motion is not None:
            sure = np.flatnonzero(motion.heading_sure & tracks.measured).tolist()
            self._headings = [
                (identity_colour(int(tracks.track_id[i])), *tracks.xy_px[i].tolist(), float(motion.heading_rad[i]))
                for i in sure
            ]
        self._animals = [
            (track_id, TrackState(state), x, y)
            for track_id, state, (x, y) in zip(
                tracks.track_id.tolist(), tracks.state.tolist(), tracks.xy_px.tolist(), strict=True
            )
        ]
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        reach = HEADING_PX / scale
        for colour, x, y, heading in self._headings:
            tip = QPointF(x + reach * math.cos(heading), y + reach * math.sin(heading))
            for pen in (line_pen(CHIP, 4), line_pen(colour, 2)):
                painter.setPen(pen)
                painter.drawLine(QPointF(x, y), tip)
        for track_id, state, x, y in self._animals:
            colour = identity_colour(track_id)
            radius = MARK_PX / scale
            if state is TrackState.LOST:
                for pen in (line_pen(CHIP, 4), line_pen(colour, 2)):
                    painter.setPen(pen)
                    painter.drawLine(QPointF(x - radius, y - radius), QPointF(x + radius, y + radius))
                    painter.drawLine(QPointF(x - radius, y + radius), QPointF(x + radius, y - radius))
            elif state is TrackState.PREDICTED:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for pen in (line_pen(CHIP, 4), line_pen(colour, 2, Qt.PenStyle.DotLine)):
                    painter.setPen(pen)
                    painter.drawEllipse(QPointF(x, y), 2 * radius, 2 * radius)
            else:
                painter.setPen(line_pen(CHIP, 2))
                painter.setBrush(QColor(colour))
                painter.drawEllipse(QPointF(x, y), radius * 0.8, radius * 0.8)
        taken: list[QRectF] = []
        # From the bottom up, because a chip makes room upward.
        for track_id, state, x, y in sorted(self._animals, key=lambda animal: -animal[3]):
            draw_chip(painter, x, y, f"{track_id}{WORDS[state]}", identity_colour(track_id), taken)
