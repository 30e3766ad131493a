"""Keeps the heat map on the picture up to date while it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tracker_gui.qt.views.overlays.heat_map import HeatMapOverlay

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGraphicsItem

    from tracker_gui.qt.session import Session
    from tracker_gui.qt.views.canvas import Canvas


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
        session.ticked.connect(self.refresh)
        session.view_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show where animals were up to now."""
        settings = self._session.settings
        found = self._session.view.measures.heat_s(self._session.heat_animal) if settings.heat_map else None
        self.overlay.setVisible(found is not None)
        if found is not None:
            self.overlay.setOpacity(settings.heat_opacity_percent / 100)
            self.overlay.show_seconds(*found)
