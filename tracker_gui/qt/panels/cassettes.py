"""Cassettes: Python files that hear of every frame, with a form for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.panels.panel_info import PanelInfo

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.session import Session


def _make(session: Session) -> QWidget:
    from tracker_gui.qt.cassettes.cassettes_panel import CassettesPanel

    return CassettesPanel(session)


PANEL = PanelInfo(
    "cassettes", "Cassettes", "right", 3, _make, "Small programs of yours that hear of every frame", "cassettes"
)
