"""Draw an ellipse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Ellipse
from tracker_gui.core.shape_edit import length, rounded
from tracker_gui.qt.editors.drag_tool import DragTool, box
from tracker_gui.qt.editors.tool import Pointer, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point


class EllipseTool(DragTool):
    """Into the box that is pulled open."""

    def shape(self, start: Point, pointer: Pointer) -> Ellipse:
        centre, width, height = box(start, pointer)
        return Ellipse(centre=rounded(*centre), radius_x=length(width / 2), radius_y=length(height / 2))


TOOL = ToolInfo(
    "ellipse", "Ellipse", "ellipse-outline", "E", "Draw an ellipse into a box",
    "Drag from corner to corner of the box around it. Shift: round. Alt: from its centre.", 23, EllipseTool,
)  # fmt: skip
