"""Draw a half-plane: all on one side of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.geometry import HalfPlane
from tracker_gui.core.shape_edit import rounded
from tracker_gui.qt.editors.drag_tool import DragTool, end_of
from tracker_gui.qt.editors.tool import Pointer, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point


class HalfPlaneTool(DragTool):
    """Along its border; what is left of the pull is inside."""

    def shape(self, start: Point, pointer: Pointer) -> HalfPlane | None:
        one, other = rounded(*start), rounded(*end_of(start, pointer))
        return None if one == other else HalfPlane(start=one, end=other)


TOOL = ToolInfo(
    "half_plane", "Half-plane", "arrow-split-vertical", "H", "Draw a border: all on its left is inside",
    "Drag along the border; what lies to the left of the arrow is inside. Shift: level, upright or diagonal.",
    25, HalfPlaneTool,
)  # fmt: skip
