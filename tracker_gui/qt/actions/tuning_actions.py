"""Two sets of settings side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.needs import SOURCE, UNLOCKED, Need
from tracker_gui.qt.tuning.kept_menu import keep_now

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow

_COMPARING = Need(
    lambda window: window.picture.tuning.kept is not None,
    "Nothing is compared: keep the present settings as A first, with 'Compare settings'.",
)
_CAN_CHANGE = Need(UNLOCKED.holds, UNLOCKED.otherwise, _COMPARING)


def _compare(window: MainWindow) -> None:
    tuning = window.picture.tuning
    if tuning.kept is None:
        keep_now(window.session)
    else:
        tuning.end()


ACTIONS = (
    ActionInfo(
        "compare", "Compare settings", "View/Compare",
        "Keep the present settings as A and see beside them what changed settings, B, find; or end that", _compare,
        icon="compare", shortcut="Ctrl+Shift+B", checked=lambda window: window.picture.tuning.kept is not None,
        enabled=SOURCE,
    ),
    ActionInfo(
        "use_a", "Use A", "View/Compare", "Put the settings A in force; one undo step brings B back",
        lambda window: window.picture.tuning.use_kept(), enabled=_CAN_CHANGE,
    ),
    ActionInfo(
        "use_b", "Use B", "View/Compare", "Keep the settings B, which are in force, and compare no more",
        lambda window: window.picture.tuning.end(), enabled=_COMPARING,
    ),
    ActionInfo(
        "swap_settings", "Swap A and B", "View/Compare",
        "Go on changing A: what was A is in force and called B, and B is kept as A",
        lambda window: window.picture.tuning.swap(), icon="swap-horizontal", enabled=_CAN_CHANGE,
    ),
)  # fmt: skip
