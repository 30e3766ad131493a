"""The rules, whose kinds of events and actions are loaded when they are first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.panels.panel_info import PanelInfo

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.session import Session


def _make(session: Session) -> QWidget:
    from tracker_gui.qt.rules.rules_panel import RulesPanel

    return RulesPanel(session)


PANEL = PanelInfo(
    "rules", "Rules", "right", 2, _make, "When an animal does this, do that: as sentences", help_page="rules"
)
