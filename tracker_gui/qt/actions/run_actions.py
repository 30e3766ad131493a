"""Play, step, track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


def _ready(window: MainWindow) -> bool:
    return window.session.info is not None and not window.session.is_tracking


def _can_play(window: MainWindow) -> bool:
    return window.session.info is not None and (window.session.is_live or not window.session.is_tracking)


def _can_seek(window: MainWindow) -> bool:
    return _ready(window) and not window.session.is_live


def _can_record(window: MainWindow) -> bool:
    return window.session.is_recording or (window.session.is_live and window.session.info is not None)


def _record(window: MainWindow) -> None:
    if window.session.is_recording:
        window.session.stop_recording()
    else:
        window.session.start_recording()


ACTIONS = (
    ActionInfo(
        "start", "Start tracking", "Run",
        "Track into files: a video every frame from its first, a camera from now on",
        lambda window: window.session.start_tracking(), icon="play", tone="ok", shortcut="Ctrl+R", toolbar=31,
        wordy=True, enabled=_ready,
    ),
    ActionInfo(
        "stop", "Stop tracking", "Run", "End the tracking run; what was written is complete",
        lambda window: window.session.stop_tracking(), icon="stop", tone="bad", shortcut="Ctrl+.", toolbar=32,
        wordy=True, enabled=lambda window: window.session.is_tracking,
    ),
    ActionInfo(
        "record", "Record", "Run", "Record the pictures of every camera, or stop that; tracking is a thing apart",
        _record, icon="record-circle", tone="bad", shortcut="Ctrl+Shift+R", toolbar=35, wordy=True,
        checked=lambda window: window.session.is_recording, enabled=_can_record,
    ),
    ActionInfo(
        "play", "Play or pause", "Run",
        "Play the source at its own rate, tracking as it goes; of a camera, let the picture stand still",
        lambda window: window.transport.play_or_pause(), shortcut="Space", near_picture=True,
        enabled=_can_play, separated=True,
    ),
    ActionInfo(
        "forward", "One frame on", "Run", "Track and show the next frame",
        lambda window: window.transport.step_on(), shortcut="Right", near_picture=True, enabled=_can_seek,
    ),
    ActionInfo(
        "back", "One frame back", "Run", "Show the frame before",
        lambda window: window.transport.step_back(), shortcut="Left", near_picture=True, enabled=_can_seek,
    ),
    ActionInfo(
        "first", "To the first frame", "Run", "Show the first frame",
        lambda window: window.transport.to_first(), shortcut="Home", near_picture=True, enabled=_can_seek,
    ),
)  # fmt: skip
