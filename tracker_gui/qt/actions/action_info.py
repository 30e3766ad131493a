"""One declaration gives the menu entry, the shortcut and the button of something the window can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.qt.actions.needs import Need
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
    shortcut : str
        Its key as long as the user chooses no other.
    everywhere : bool
        Its key counts in the other windows of the program too.
    near_picture : bool
        Its key counts only while the picture or the transport has the focus: elsewhere Space ticks a box.
    checked : callable, optional
        Asked whenever the window's state changes.
    enabled : Need, optional
        What it needs, and what is said where that is missing.
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
    everywhere: bool = False
    near_picture: bool = False
    toolbar: int = 0
    wordy: bool = False
    segment: bool = False
    checked: Callable[[MainWindow], bool] | None = None
    enabled: Need | None = None
    separated: bool = False

    def why_not(self, window: MainWindow) -> str:
        """Return why it cannot be done now, in one sentence, or nothing."""
        return "" if self.enabled is None else self.enabled.why_not(window)
