"""Play, step, track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.needs import NOT_TRACKING, SOURCE, Need

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


_READY = Need(SOURCE.holds, SOURCE.otherwise, NOT_TRACKING)
_CAN_PLAY = Need(
    lambda window: window.session.is_live or not window.session.is_tracking, NOT_TRACKING.otherwise, SOURCE
)
_CAN_SEEK = Need(
    lambda window: not window.session.is_live, "A camera has no other frames than the present one.", _READY
)
_CAN_RECORD = Need(
    lambda window: window.session.is_recording or window.session.is_live,
    "Only a camera is recorded: a video is there already.",
    Need(lambda window: window.session.is_recording or SOURCE(window), SOURCE.otherwise),
)
_TRACKING = Need(lambda window: window.session.is_tracking, "No tracking run is under way.")


def _record(window: MainWindow) -> None:
    if window.session.is_recording:
        window.session.stop_recording()
    else:
        window.session.start_recording()


def _set_up(window: MainWindow) -> None:
    from tracker_gui.qt.wizard.wizard import wizard_of

    wizard_of(window).start()


ACTIONS = (
    ActionInfo(
        "set_up", "Set up step by step", "Run",
        "Be led from the source to a preset that works: crop, background, threshold, animals, zones, check", _set_up,
        icon="map-marker-path", shortcut="Ctrl+Shift+U", enabled=NOT_TRACKING,
    ),
    ActionInfo(
        "start", "Start tracking", "Run",
        "Track into files: a video every frame from its first, a camera from now on",
        lambda window: window.session.start_tracking(), icon="play", tone="ok", shortcut="Ctrl+R", toolbar=31,
        wordy=True, enabled=_READY,
    ),
    ActionInfo(
        "stop", "Stop tracking", "Run", "End the tracking run; what was written is complete",
        lambda window: window.session.stop_tracking(), icon="stop", tone="bad", shortcut="Ctrl+.", toolbar=32,
        wordy=True, enabled=_TRACKING,
    ),
    ActionInfo(
        "record", "Record", "Run", "Record the pictures of every camera, or stop that; tracking is a thing apart",
        _record, icon="record-circle", tone="bad", shortcut="Ctrl+Shift+R", toolbar=35, wordy=True,
        checked=lambda window: window.session.is_recording, enabled=_CAN_RECORD,
    ),
    ActionInfo(
        "play", "Play or pause", "Run",
        "Play the source at its own rate, tracking as it goes; of a camera, let the picture stand still",
        lambda window: window.transport.play_or_pause(), shortcut="Space", near_picture=True,
        enabled=_CAN_PLAY, separated=True,
    ),
    ActionInfo(
        "forward", "One frame on", "Run", "Track and show the next frame",
        lambda window: window.transport.step_on(), shortcut="Right", near_picture=True, enabled=_CAN_SEEK,
    ),
    ActionInfo(
        "back", "One frame back", "Run", "Show the frame before",
        lambda window: window.transport.step_back(), shortcut="Left", near_picture=True, enabled=_CAN_SEEK,
    ),
    ActionInfo(
        "first", "To the first frame", "Run", "Show the first frame",
        lambda window: window.transport.to_first(), shortcut="Home", near_picture=True, enabled=_CAN_SEEK,
    ),
)  # fmt: skip
