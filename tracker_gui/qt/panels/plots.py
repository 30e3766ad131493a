"""Live plots, whose library is loaded when they are first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.panels.panel_info import PanelInfo

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.session import Session


def _make(session: Session) -> QWidget:
    from tracker_gui.qt.plots.plots_panel import PlotsPanel

    return PlotsPanel(session)


PANEL = PanelInfo(
    "plots", "Plots", "right", 0, _make, "Speed, position, distances and counts as curves", help_page="zones"
)
