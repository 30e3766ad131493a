"""What an action needs, with the sentence that is said where it is not so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.qt.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Need:
    """A condition of an action; called with the window it answers whether the action can be done.

    Attributes
    ----------
    holds : callable
        Asked whenever the window's state changes.
    otherwise : str
        Why it cannot be done and what to do about it, in one sentence.
    after : Need, optional
        What must hold before; its sentence is the more helpful one.
    """

    holds: Callable[[MainWindow], bool]
    otherwise: str
    after: Need | None = None

    def why_not(self, window: MainWindow) -> str:
        """Return the sentence that says why it cannot be done, or nothing."""
        before = "" if self.after is None else self.after.why_not(window)
        return before or ("" if self.holds(window) else self.otherwise)

    def __call__(self, window: MainWindow) -> bool:
        return not self.why_not(window)


NOT_TRACKING = Need(lambda window: not window.session.is_tracking, "A tracking run is under way: stop it first.")
SOURCE = Need(lambda window: window.session.info is not None, "Nothing is open: open a video or a camera first.")
UNLOCKED = Need(
    lambda window: not window.document.locked,
    "Locked while tracking: results belong to one set of settings. Stop tracking first.",
)
