"""Play, step, track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


def _ready(window: MainWindow) -> bool:
    return window.session.info is not None and not window.session.is_tracking


ACTIONS = (
    ActionInfo(
        "start", "Start tracking", "Run", "Track every frame from the first, and write the files",
        lambda window: window.session.start_tracking(), icon="play", tone="ok", shortcut="Ctrl+R", toolbar=31,
        wordy=True, enabled=_ready,
    ),
    ActionInfo(
        "stop", "Stop", "Run", "End the tracking run; what was written is complete",
        lambda window: window.session.stop_tracking(), icon="stop", tone="bad", shortcut="Ctrl+.", toolbar=32,
        wordy=True, enabled=lambda window: window.session.is_tracking,
    ),
    ActionInfo(
        "play", "Play or pause", "Run", "Play the source at its own rate, tracking as it goes",
        lambda window: window.transport.play_or_pause(), shortcut="Space", near_picture=True,
        enabled=_ready, separated=True,
    ),
    ActionInfo(
        "forward", "One frame on", "Run", "Track and show the next frame",
        lambda window: window.session.player.step(), shortcut="Right", near_picture=True, enabled=_ready,
    ),
    ActionInfo(
        "back", "One frame back", "Run", "Show the frame before",
        lambda window: window.transport.step_back(), shortcut="Left", near_picture=True, enabled=_ready,
    ),
    ActionInfo(
        "first", "To the first frame", "Run", "Show the first frame",
        lambda window: window.transport.to_first(), shortcut="Home", near_picture=True, enabled=_ready,
    ),
)  # fmt: skip
