"""A panel is one file in this folder that holds ``PANEL = PanelInfo(...)``."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tracker_gui.qt.help_pages import PAGE_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.session import Session


@dataclass(frozen=True, slots=True)
class PanelInfo:
    """What the main window needs to know of a panel.

    Attributes
    ----------
    place : str
        ``"left"``, ``"centre"`` (takes the room that is left) or ``"below"`` the centre; or, as a dock
        that is moved, closed and brought back, at first at the ``"right"`` or the ``"bottom"``.
    order : int
        Within its place, from the top.
    make : callable
        Called with the session; of a dock when it is first shown, so heavy libraries are imported there.
    tip : str
        What is to be seen in it, in a few words.
    help_page : str
        What F1 shows in it, a page of `resources/help`.
    """

    name: str
    title: str
    place: Literal["left", "centre", "below", "right", "bottom"]
    order: int
    make: Callable[[Session], QWidget]
    tip: str = ""
    help_page: str = "first_steps"

    def made(self, session: Session) -> QWidget:
        """Return a new panel with its name for screen readers and its page of the help."""
        panel = self.make(session)
        panel.setAccessibleName(self.title)
        panel.setProperty(PAGE_PROPERTY, self.help_page)
        return panel


def all_panels() -> list[PanelInfo]:
    """Return the panels of this folder in the order of their places."""
    package = importlib.import_module("tracker_gui.qt.panels")
    found = []
    for module in pkgutil.iter_modules(package.__path__):
        panel = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "PANEL", None)
        if isinstance(panel, PanelInfo):
            found.append(panel)
    return sorted(found, key=lambda panel: (panel.place, panel.order))
