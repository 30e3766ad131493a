"""Where the animals went in the last seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPolygonF

from tracker_gui.core.overlays import TrailsLook
from tracker_gui.qt.theme.colours import CHIP, identity_colour
from tracker_gui.qt.views.overlays.overlay import Overlay, line_pen

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64
    from tracker_gui.engine.trails import Trail

#: So far a line may be from the places it goes through; ten trails of a minute then cost a tenth of the time.
TOLERANCE_PX = 0.5
#: Beyond, lines are one pixel thin: broad ones of ten animals over a minute took half a core.
MOST_BROAD_CORNERS = 500


class TrailsOverlay(Overlay):
    """A line per animal in its colour over a darker, wider one, so that it shows on any ground."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, QPolygonF]] = []
        self.look = TrailsLook()

    def show_trails(self, trails: tuple[Trail, ...]) -> None:
        self._lines = [
            (
                self.look.colour or identity_colour(trail.track_id),
                QPolygonF([QPointF(x, y) for x, y in simplified(part)]),
            )
            for trail in trails
            for part in trail.parts
            if len(part) > 1
        ]
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        if not self.look.on:
            return
        painter.setOpacity(self.look.opacity_percent / 100)
        if sum(line.size() for _, line in self._lines) > MOST_BROAD_CORNERS:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for colour, line in self._lines:
                painter.setPen(line_pen(colour, 1))
                painter.drawPolyline(line)
            return
        width = self.look.width_px * self.unit(painter)
        painter.setPen(line_pen(CHIP, width + 2))
        for _, line in self._lines:
            painter.drawPolyline(line)
        for colour, line in self._lines:
            painter.setPen(line_pen(colour, width))
            painter.drawPolyline(line)


def simplified(xy_px: F64) -> list[list[float]]:
    """Return the corners of a line that looks the same as the one through (k, 2) places (Douglas and Peucker 1973)."""
    corners: list[list[float]] = cv2.approxPolyDP(xy_px.astype(np.float32), TOLERANCE_PX, False)[:, 0].tolist()
    return corners
