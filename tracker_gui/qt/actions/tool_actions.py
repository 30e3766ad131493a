"""What works on results and not on the present source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


def _review(window: MainWindow) -> None:
    from tracker_gui.qt.review.review_window import show_review

    show_review(window)


ACTIONS = (
    ActionInfo(
        "review", "Review tracks…", "Tools", "Look through finished tracks over their video, and correct them",
        _review, icon="timeline-check-outline", shortcut="Ctrl+Shift+T",
    ),
)  # fmt: skip
