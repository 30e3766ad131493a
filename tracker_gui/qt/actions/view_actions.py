"""What is shown, how large, and in which face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.layout_actions import ACTIONS as LAYOUT_ACTIONS
from tracker_gui.qt.actions.needs import NOT_TRACKING, SOURCE, Need
from tracker_gui.qt.theme.appearance import LEAST_PERCENT, MOST_PERCENT, USUAL_PERCENT, Face, appearance

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.qt.main_window import MainWindow

ZOOM = 1.25
TEXT_STEP_PERCENT = 10


def _pictures(name: str, text: str, tip: str, icon: str, toolbar: int, key: str, separated: bool = False) -> ActionInfo:
    def act(window: MainWindow) -> None:
        window.picture.set_pictures(name)

    return ActionInfo(
        f"show_{name}", text, "View", tip, act, icon=icon, shortcut=key, toolbar=toolbar, segment=True,
        checked=lambda window: window.picture.pictures == name, separated=separated,
    )  # fmt: skip


def _face(face: Face) -> ActionInfo:
    def act(window: MainWindow) -> None:
        window.set_face(face)

    return ActionInfo(
        f"face_{face.name.lower()}", face.value, "View/Appearance", f"Colours: {face.value.lower()}", act,
        segment=True, checked=lambda _: appearance().face is face,
    )  # fmt: skip


def _text(percent: int) -> Callable[[MainWindow], object]:
    """Return what makes the text larger by so much, or of the usual size for 0."""

    def act(window: MainWindow) -> None:
        appearance().set_text_percent(appearance().text_percent + percent if percent else USUAL_PERCENT)
        window.session.settings.text_percent = appearance().text_percent

    return act


def _toggle_rejected(window: MainWindow) -> None:
    window.session.show_rejected(not window.session.settings.rejected)


def _toggle_heat_map(window: MainWindow) -> None:
    window.session.show_heat_map(not window.session.settings.heat_map)


def _toggle_welcome(window: MainWindow) -> None:
    window.picture.show_welcome(not window.picture.welcome_shown)


_zoom_in: Callable[[MainWindow], object] = lambda window: window.picture.zoom(ZOOM)  # noqa: E731
_zoom_out: Callable[[MainWindow], object] = lambda window: window.picture.zoom(1 / ZOOM)  # noqa: E731

ACTIONS = (
    _pictures("frame", "Frame", "Show the frame alone", "image-outline", 41, "Ctrl+1"),
    _pictures("mask", "Mask", "Show the mask alone", "circle-half-full", 42, "Ctrl+2"),
    _pictures("both", "Both", "Show frame and mask side by side", "view-split-vertical", 43, "Ctrl+3"),
    ActionInfo(
        "all_cameras", "All cameras", "View", "Show all cameras equally large; a click on one enlarges it",
        lambda window: window.picture.set_grid(not window.picture.tiles.as_grid), icon="view-grid-outline",
        shortcut="Ctrl+4", toolbar=44, segment=True, checked=lambda window: window.picture.tiles.as_grid,
        enabled=Need(lambda window: len(window.session.views) > 1, "There is only one source."),
    ),
    ActionInfo(
        "rejected", "Rejected blobs", "View", "Show what was not taken for an animal, and why", _toggle_rejected,
        icon="close-circle-outline", shortcut="Ctrl+J", toolbar=51,
        checked=lambda window: window.session.settings.rejected, separated=True,
    ),
    ActionInfo(
        "heat_map", "Heat map", "View", "Colour where the animals spent their time; more in the panel 'On the picture'",
        _toggle_heat_map, icon="blur-radial", shortcut="Ctrl+H",
        checked=lambda window: window.session.settings.heat_map,
    ),
    *LAYOUT_ACTIONS,
    ActionInfo("zoom_in", "Zoom in", "View", "Show less of the picture, larger", _zoom_in, shortcut="Ctrl++",
               separated=True),
    ActionInfo("zoom_out", "Zoom out", "View", "Show more of the picture, smaller", _zoom_out, shortcut="Ctrl+-"),
    ActionInfo("fit", "Fit", "View", "Show the whole picture", lambda window: window.picture.fit(),
               icon="fit-to-page-outline", shortcut="Ctrl+0", toolbar=52),
    ActionInfo(
        "welcome", "Welcome page", "View", "Ways to begin, recent files and presets; what is open stays open",
        _toggle_welcome, icon="home-outline", shortcut="Ctrl+Shift+H", separated=True,
        checked=lambda window: window.picture.welcome_shown,
        enabled=Need(
            lambda window: window.document.preset.source is not None,
            "It is shown already, for nothing is open.", NOT_TRACKING,
        ),
    ),
    ActionInfo(
        "monitor", "Monitor", "View", "Only the picture and large figures, for watching; F11 or Esc leads back",
        lambda window: window.monitor.toggle(), icon="monitor-eye", shortcut="F11", separated=True,
        checked=lambda window: window.monitor.is_on,
        enabled=Need(
            lambda window: window.monitor.is_on or window.document.preset.source is not None, SOURCE.otherwise
        ),
    ),
    *(_face(face) for face in Face),
    ActionInfo(
        "text_larger", "Larger text", "View/Appearance", "Make the text of the whole program larger",
        _text(TEXT_STEP_PERCENT), icon="format-font-size-increase", shortcut="Ctrl+Alt++", everywhere=True,
        separated=True,
        enabled=Need(lambda _: appearance().text_percent < MOST_PERCENT, "The text is as large as it can be."),
    ),
    ActionInfo(
        "text_smaller", "Smaller text", "View/Appearance", "Make the text of the whole program smaller",
        _text(-TEXT_STEP_PERCENT), icon="format-font-size-decrease", shortcut="Ctrl+Alt+-", everywhere=True,
        enabled=Need(lambda _: appearance().text_percent > LEAST_PERCENT, "The text is as small as it can be."),
    ),
    ActionInfo(
        "text_usual", "Usual text", "View/Appearance", "Give the text of the whole program its first size",
        _text(0), shortcut="Ctrl+Alt+0", everywhere=True,
        enabled=Need(lambda _: appearance().text_percent != USUAL_PERCENT, "The text has its first size."),
    ),
)  # fmt: skip
