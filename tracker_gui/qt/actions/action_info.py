"""One declaration gives the menu entry, the shortcut and the button of something the window can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.qt.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """What can be done, where it is found, and when.

    Attributes
    ----------
    menu : str
        ``"File"``, ``"Edit"``, ``"Draw"``, ``"View"``, ``"Run"``, ``"Tools"`` or ``"Help"``;
        ``"View/Appearance"`` for a submenu.
    tip : str
        What it does, in one sentence.
    toolbar : int
        Place in the tool bar, counted from 1; 0 for none. Each ten is a group.
    wordy : bool
        Its button shows the text too.
    segment : bool
        One of several that exclude one another.
    near_picture : bool
        Its key counts only while the picture or the transport has the focus: elsewhere Space ticks a box.
    checked, enabled : callable, optional
        Asked whenever the window's state changes.
    separated : bool
        A line above it in the menu.
    """

    name: str
    text: str
    menu: str
    tip: str
    act: Callable[[MainWindow], object]
    icon: str = ""
    tone: str = "text"
    shortcut: str = ""
    near_picture: bool = False
    toolbar: int = 0
    wordy: bool = False
    segment: bool = False
    checked: Callable[[MainWindow], bool] | None = None
    enabled: Callable[[MainWindow], bool] | None = None
    separated: bool = False
