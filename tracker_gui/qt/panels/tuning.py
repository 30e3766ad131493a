"""Frames of the whole source, on which settings are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.panels.panel_info import PanelInfo

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.session import Session


def _make(session: Session) -> QWidget:
    from tracker_gui.qt.tuning.tuning_panel import TuningPanel

    return TuningPanel(session)


PANEL = PanelInfo(
    "tuning", "Tuning", "bottom", 1, _make, "What the settings find on frames of the whole source", help_page="tuning"
)
