"""What can be done in a review: one declaration gives the menu entry, the key and the button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.qt.review import review_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.qt.review.review_window import ReviewWindow

MENUS = ("File", "Edit", "Correct", "Go", "View")


@dataclass(frozen=True, slots=True)
class ReviewAction:
    """As `ActionInfo` of the main window, for the window of a review.

    Attributes
    ----------
    near_picture : bool
        Its key counts only while the picture or the timeline has the focus: elsewhere Space presses a button.
    toolbar : int
        Place in the tool bar, counted from 1; 0 for none. Each ten is a group.
    """

    name: str
    text: str
    menu: str
    tip: str
    act: Callable[[ReviewWindow], object]
    icon: str = ""
    shortcut: str = ""
    near_picture: bool = False
    toolbar: int = 0
    enabled: Callable[[ReviewWindow], bool] | None = None
    checked: Callable[[ReviewWindow], bool] | None = None
    separated: bool = False


def _open(window: ReviewWindow) -> bool:
    return window.document.table is not None


def _has_picture(window: ReviewWindow) -> bool:
    return window.has_video


def _can_mend(window: ReviewWindow) -> bool:
    current = window.problems.current
    return current is not None and bool(current.mend)


def _has_two(window: ReviewWindow) -> bool:
    table = window.document.table
    other = window.correct.other
    return table is not None and other is not None and table.column(other) is not None


ACTIONS = (
    ReviewAction(
        "open", "Open a result…", "File", "Open a table of tracks, or the record of a run", review_files.ask_result,
        icon="folder-open-outline", shortcut="Ctrl+O", toolbar=11,
    ),
    ReviewAction(
        "video", "Choose the video…", "File", "Show another video behind the tracks", review_files.ask_video,
        icon="movie-open-outline", enabled=_open,
    ),
    ReviewAction(
        "save", "Save corrections", "File",
        "Keep the corrections beside the tracks, now: it is done by itself soon after each, too",
        lambda window: window.document.save(), icon="content-save-outline", shortcut="Ctrl+S", separated=True,
        enabled=lambda window: not window.document.is_saved,
    ),
    ReviewAction(
        "export", "Export corrected tracks…", "File",
        "Write the corrected tracks in the style of the table, and a log of all corrections", review_files.ask_export,
        icon="export", shortcut="Ctrl+E", toolbar=12, enabled=_open,
    ),
    ReviewAction(
        "close", "Close", "File", "End the review; corrections are kept", lambda window: window.close(),
        shortcut="Ctrl+W", separated=True,
    ),
    ReviewAction(
        "undo", "Undo", "Edit", "Take back the last correction", lambda window: window.document.undo_stack.undo(),
        icon="undo", shortcut="Ctrl+Z", toolbar=21, enabled=lambda window: window.document.undo_stack.canUndo(),
    ),
    ReviewAction(
        "redo", "Redo", "Edit", "Make the correction again", lambda window: window.document.undo_stack.redo(),
        icon="redo", shortcut="Ctrl+Shift+Z", toolbar=22, enabled=lambda window: window.document.undo_stack.canRedo(),
    ),
    ReviewAction(
        "stretch_first", "Stretch begins here", "Edit", "Correct from this frame on, up to the end of the stretch",
        lambda window: window.mark_first(), shortcut="[", separated=True, enabled=_open,
    ),
    ReviewAction(
        "stretch_last", "Stretch ends here", "Edit", "Correct up to this frame, from the beginning of the stretch",
        lambda window: window.mark_last(), shortcut="]", enabled=_open,
    ),
    ReviewAction(
        "no_stretch", "No stretch", "Edit", "Correct from the present frame on again; also ends placing by clicks",
        lambda window: window.unmark(), shortcut="Esc", enabled=_open,
    ),
    ReviewAction(
        "swap", "Swap from here", "Correct",
        "The two animals were taken for one another: from this frame on, or in the marked stretch",
        lambda window: window.swap(), icon="swap-horizontal", shortcut="S", enabled=_has_two,
    ),
    ReviewAction(
        "change", "Change from here", "Correct",
        "The animal is the other one: from this frame on, or in the marked stretch; that one must be lost there",
        lambda window: window.change(), icon="arrow-right-bold-outline", shortcut="C", enabled=_open,
    ),
    ReviewAction(
        "interpolate", "Interpolate", "Correct",
        "Fill the gap at this frame, or the gaps of the marked stretch, by a straight line",
        lambda window: window.interpolate(), icon="vector-line", shortcut="I", enabled=_open,
    ),
    ReviewAction(
        "place", "Place by clicks", "Correct",
        "Each click on the picture says where the animal is, and goes one frame on",
        lambda window: window.toggle_placing(), icon="crosshairs", shortcut="A", enabled=_open,
        checked=lambda window: window.picture.placing,
    ),
    ReviewAction(
        "delete", "Delete here", "Correct", "What is taken for the animal in this frame, or in the stretch, is none",
        lambda window: window.delete(), icon="eraser", shortcut="Del", enabled=_open,
    ),
    ReviewAction(
        "delete_on", "Delete from here", "Correct", "What is taken for the animal from this frame on is none",
        lambda window: window.delete_on(), icon="delete-outline", shortcut="Shift+Del", enabled=_open,
    ),
    ReviewAction(
        "shift", "Shift all…", "Correct", "Move all animals, where the table counts from another corner (ToxTrac)",
        review_files.ask_shift, enabled=_open, separated=True,
    ),
    ReviewAction(
        "mend", "Mend as proposed", "Correct", "Do what is proposed for the problem", lambda window: window.mend(),
        icon="auto-fix", shortcut="M", enabled=_can_mend, separated=True,
    ),
    ReviewAction(
        "before", "Problem before", "Go", "Show the problem before", lambda window: window.to_problem(False),
        icon="chevron-left", shortcut="P", toolbar=31, enabled=lambda window: bool(window.problems.shown),
    ),
    ReviewAction(
        "next", "Next problem", "Go", "Show the next problem", lambda window: window.to_problem(True),
        icon="chevron-right", shortcut="N", toolbar=32, enabled=lambda window: bool(window.problems.shown),
    ),
    ReviewAction(
        "play", "Play or pause", "Go", "Play the video with the tracks", lambda window: window.play_or_pause(),
        icon="play", shortcut="Space", near_picture=True, separated=True, enabled=_has_picture,
    ),
    ReviewAction(
        "step_back", "One frame back", "Go", "Show the frame before", lambda window: window.step(-1),
        icon="step-backward", shortcut="Left", near_picture=True, enabled=_open,
    ),
    ReviewAction(
        "step_on", "One frame on", "Go", "Show the next frame", lambda window: window.step(1),
        icon="step-forward", shortcut="Right", near_picture=True, enabled=_open,
    ),
    ReviewAction(
        "leap_back", "Ten frames back", "Go", "Show the frame ten before", lambda window: window.step(-10),
        shortcut="Shift+Left", near_picture=True, enabled=_open,
    ),
    ReviewAction(
        "leap_on", "Ten frames on", "Go", "Show the frame ten behind", lambda window: window.step(10),
        shortcut="Shift+Right", near_picture=True, enabled=_open,
    ),
    ReviewAction(
        "first", "To the first frame", "Go", "Show the first frame", lambda window: window.to_end(False),
        icon="skip-previous", shortcut="Home", near_picture=True, enabled=_open,
    ),
    ReviewAction(
        "last", "To the last frame", "Go", "Show the last frame", lambda window: window.to_end(True),
        icon="skip-next", shortcut="End", near_picture=True, enabled=_open,
    ),
    ReviewAction(
        "time_in", "Zoom the timeline in", "View", "Show fewer frames on the timeline, around the present one",
        lambda window: window.zoom_time(2.0), icon="magnify-plus-outline", shortcut="Ctrl++", toolbar=41, enabled=_open,
    ),
    ReviewAction(
        "time_out", "Zoom the timeline out", "View", "Show more frames on the timeline",
        lambda window: window.zoom_time(0.5), icon="magnify-minus-outline", shortcut="Ctrl+-", toolbar=42,
        enabled=_open,
    ),
    ReviewAction(
        "time_all", "Whole timeline", "View", "Show all frames on the timeline",
        lambda window: window.timeline.axis.show_all(), icon="arrow-expand-horizontal", shortcut="Ctrl+0", toolbar=43,
        enabled=_open,
    ),
    ReviewAction(
        "fit", "Fit the picture", "View", "Show the whole picture", lambda window: window.picture.fit(),
        icon="fit-to-page-outline", shortcut="Ctrl+9", toolbar=44, enabled=_open,
    ),
)  # fmt: skip
