"""The stops of the tour: real places of the window, each with a sentence or two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Stop:
    """One place.

    Attributes
    ----------
    place : callable
        Returns the widget that is pointed at; the stop is left out while that is hidden.
    panel : str
        Name of the panel that is shown for it where it is closed, and closed again afterwards.
    """

    title: str
    words: str
    place: Callable[[MainWindow], QWidget]
    panel: str = ""


STOPS = (
    Stop(
        "The steps",
        "From top to bottom they are the order of the work. Each says with a sign and a word whether it is done, "
        "missing or has a problem; a click opens its settings. Every change can be undone.",
        lambda window: window.steps,
    ),
    Stop(
        "The picture",
        "What you set is judged here at once: the corner says how many animals are found. Turn the wheel to zoom, "
        "hold Space and pull to move. A right click on a shape shows what can be done with it.",
        lambda window: window.picture.frame_pane,
    ),
    Stop(
        "The tools",
        "Draw zones, arenas and regions to keep or to ignore, measure the scale, or click an animal to have the "
        "settings proposed. Each has a key.",
        lambda window: window.picture.draw_bar,
    ),
    Stop(
        "Play",
        "Go through the video frame by frame, or play it, with the settings as they are. Nothing is written yet.",
        lambda window: window.transport,
    ),
    Stop(
        "Open, save, start",
        "Save keeps all settings as one file, the preset. Start tracks every frame and writes the files. Beside it: "
        "the frame, the mask, or both.",
        lambda window: window.tool_bar,
    ),
    Stop(
        "Panels",
        "Plots, times in zones and the log of events are panels: show them under View > Panels, move them, or close "
        "them.",
        lambda window: window.docks.docks["plots"],
        panel="plots",
    ),
    Stop(
        "How it is doing",
        "Frames per second, what was lost, and the room on the disk. That was the tour: F1 opens the help, and Ctrl+K "
        "finds whatever the program can do. Run > Set up step by step leads you through your first video.",
        lambda window: window.status,
    ),
)
