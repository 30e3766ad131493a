"""What is done beside the video that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


def _batch(window: MainWindow) -> None:
    from tracker_gui.qt.batch.batch_window import show_batch

    show_batch(window)


def _review(window: MainWindow) -> None:
    from tracker_gui.qt.review.review_window import show_review

    show_review(window)


ACTIONS = (
    ActionInfo(
        "batch", "Batch…", "Tools", "Track and measure many videos, into one set of tables and a report", _batch,
        icon="table-multiple", shortcut="Ctrl+B",
    ),
    ActionInfo(
        "review", "Review tracks…", "Tools", "Look through finished tracks over their video, and correct them",
        _review, icon="timeline-check-outline", shortcut="Ctrl+Shift+T",
    ),
)  # fmt: skip
