"""Which part of a video is tracked, and the next of a list of trials."""

from __future__ import annotations

from tracker_gui.qt import frame_range
from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.needs import NOT_TRACKING, SOURCE, Need

_FILE = Need(
    lambda window: not window.session.is_live, "A camera has no other frames than the present one.",
    Need(SOURCE.holds, SOURCE.otherwise, NOT_TRACKING),
)  # fmt: skip
_MARKED = Need(
    lambda window: window.document.preset.range is not None, "The whole video is tracked already.", _FILE
)  # fmt: skip

ACTIONS = (
    ActionInfo(
        "next_trial", "Next trial", "Run", "Fill in the session of the next trial of the list, and start it",
        lambda window: window.trials().begin_next(), icon="skip-next", shortcut="Ctrl+Shift+N", enabled=NOT_TRACKING,
    ),
    ActionInfo(
        "range_begin", "Begin at this frame", "Run", "Let tracking begin at the frame that is shown",
        lambda window: frame_range.begin_here(window.session), icon="ray-start", shortcut="I", near_picture=True,
        enabled=_FILE, separated=True,
    ),
    ActionInfo(
        "range_end", "End at this frame", "Run", "Let the frame that is shown be the last one that is tracked",
        lambda window: frame_range.end_here(window.session), icon="ray-end", shortcut="Shift+I", near_picture=True,
        enabled=_FILE,
    ),
    ActionInfo(
        "range_whole", "Track the whole video", "Run", "Take the marks of beginning and end away",
        lambda window: frame_range.use_whole(window.session), icon="ray-start-end", enabled=_MARKED,
    ),
)  # fmt: skip
