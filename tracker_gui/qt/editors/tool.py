"""What a tool of the picture is: one file in `tools/` that holds ``TOOL = ToolInfo(...)``."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.drawing import Drawn, Place
    from tracker_gui.core.geometry import Point
    from tracker_gui.core.shape_edit import Bounds
    from tracker_gui.qt.editors.editor import Editor


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the mouse is, in pixels of the frame.

    Attributes
    ----------
    reach_px : float
        How near counts as "on it": the same on the screen at any zoom.
    screen_px : float
        How many pixels of the frame one pixel of the screen is.
    """

    xy: Point
    reach_px: float
    screen_px: float
    shift: bool = False
    alt: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is shown of an act that is not finished.

    Attributes
    ----------
    shape : Any
        What would be drawn if it ended now.
    moved : tuple of Drawn
        Shapes as they would be; those of the settings are hidden meanwhile.
    points : tuple of Point
        Vertices that are set.
    stroke, stroke_px
        The way and width of a brush.
    ring_px : float
        Radius of the brush about the mouse; 0 for none.
    words : str
        Figures beside the mouse.
    marks : tuple of (Point, str)
        Named points.
    arrow : bool
        A line shows which way it goes.
    hidden : tuple of Place
        Shapes that are not drawn meanwhile.
    """

    shape: Any = None
    moved: tuple[Drawn, ...] = ()
    points: tuple[Point, ...] = ()
    band: Bounds | None = None
    stroke: tuple[Point, ...] = ()
    stroke_px: float = 0.0
    ring_px: float = 0.0
    at: Point = (0.0, 0.0)
    words: str = ""
    marks: tuple[tuple[Point, str], ...] = ()
    hidden: tuple[Place, ...] = ()
    arrow: bool = True


class Tool:
    """Takes what the mouse and keys do over the picture; a subclass acts on the editor.

    Every method that takes a key or double click returns whether it was used.
    """

    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor

    def __init__(self, editor: Editor) -> None:
        self.editor = editor

    def press(self, pointer: Pointer) -> None:
        """Begin where the left button went down."""

    def move(self, pointer: Pointer, down: bool) -> None:
        """Follow the mouse, with the left button down or up."""

    def release(self, pointer: Pointer) -> None:
        """End where the left button came up."""

    def double_click(self, pointer: Pointer) -> bool:
        return False

    def enter(self) -> bool:
        """Finish what was begun."""
        return False

    def back(self) -> bool:
        """Take the last point back."""
        return False

    def drop(self) -> bool:
        """Give up what was begun."""
        return False

    def leave(self) -> None:
        """Give up what was begun, because another tool is taken."""
        self.drop()

    def sketch(self) -> Sketch:
        """Return what to show of what was begun."""
        return Sketch()


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """What the bar needs to know of a tool.

    Attributes
    ----------
    hint : str
        How it is used, in a line beside the target while it is taken.
    order : int
        From the top; each ten is a group.
    stays : bool
        It is kept after a shape is drawn; the others give way to the selection.
    draws : bool
        What it makes goes where the target says.
    changes : bool
        It changes settings, so it rests while they are locked.
    sized : bool
        It has a width that can be set.
    """

    name: str
    title: str
    icon: str
    shortcut: str
    tip: str
    hint: str
    order: int
    make: Callable[[Editor], Tool]
    stays: bool = False
    draws: bool = True
    changes: bool = True
    sized: bool = False
    only_zones: bool = False


def all_tools() -> list[ToolInfo]:
    """Return the tools of the folder in their order."""
    package = importlib.import_module("tracker_gui.qt.editors.tools")
    found = []
    for module in pkgutil.iter_modules(package.__path__):
        tool = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "TOOL", None)
        if isinstance(tool, ToolInfo):
            found.append(tool)
    return sorted(found, key=lambda tool: tool.order)
