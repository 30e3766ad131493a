"""Draw a rectangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Rectangle
from tracker_gui.core.shape_edit import length, rounded
from tracker_gui.qt.editors.drag_tool import DragTool, box
from tracker_gui.qt.editors.tool import Pointer, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point


class RectangleTool(DragTool):
    """From corner to corner."""

    def shape(self, start: Point, pointer: Pointer) -> Rectangle:
        centre, width, height = box(start, pointer)
        return Rectangle(centre=rounded(*centre), width=length(width), height=length(height))


TOOL = ToolInfo(
    "rectangle", "Rectangle", "rectangle-outline", "R", "Draw a rectangle from corner to corner",
    "Drag from corner to corner. Shift: a square. Alt: from its centre.", 21, RectangleTool,
)  # fmt: skip
