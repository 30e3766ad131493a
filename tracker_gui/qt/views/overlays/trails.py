"""Where the animals went in the last seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from tracker_gui.qt.theme.colours import CHIP, identity_colour
from tracker_gui.qt.views.overlays.overlay import Overlay, line_pen

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from tracker_gui.engine.trails import Trail


class TrailsOverlay(Overlay):
    """A line per animal in its colour over a darker, wider one, so that it shows on any ground."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, QPolygonF]] = []

    def show_trails(self, trails: tuple[Trail, ...]) -> None:
        self._lines = [
            (identity_colour(trail.track_id), QPolygonF([QPointF(x, y) for x, y in part.tolist()]))
            for trail in trails
            for part in trail.parts
            if len(part) > 1
        ]
        self.update()

    def draw(self, painter: QPainter, scale: float) -> None:
        painter.setPen(line_pen(CHIP, 4))
        for _, line in self._lines:
            painter.drawPolyline(line)
        for colour, line in self._lines:
            painter.setPen(line_pen(colour, 2))
            painter.drawPolyline(line)
