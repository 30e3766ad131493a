"""Keeps the heat map on the picture up to date while it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tracker_gui.qt.views.overlays.heat_map import HeatMapOverlay

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGraphicsItem

    from tracker_gui.qt.session import Session
    from tracker_gui.qt.views.canvas import Canvas

#: Of the session, five a second: once a second is soon enough for what fills over minutes.
TICKS = 5


class HeatMapLayer(QObject):
    """The overlay of one canvas, as the session's settings say.

    Parameters
    ----------
    below : QGraphicsItem
        What is to stay above the heat map.
    """

    def __init__(self, session: Session, canvas: Canvas, below: QGraphicsItem) -> None:
        super().__init__(canvas)
        self._session = session
        self.overlay = HeatMapOverlay()
        canvas.scene().addItem(self.overlay)
        self.overlay.stackBefore(below)
        self._ticks = 0
        session.ticked.connect(self._tick)
        session.view_changed.connect(self.refresh)

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks % TICKS == 0:
            self.refresh()

    def refresh(self) -> None:
        """Show where animals were up to now."""
        settings = self._session.settings
        found = self._session.view.measures.heat_s(self._session.heat_animal) if settings.heat_map else None
        self.overlay.setVisible(found is not None)
        if found is not None:
            self.overlay.show_seconds(*found, settings.heat_opacity_percent / 100)
