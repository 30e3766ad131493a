"""Draw a circle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Circle
from tracker_gui.core.shape_edit import length, rounded
from tracker_gui.qt.editors.drag_tool import DragTool
from tracker_gui.qt.editors.tool import Pointer, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point


class CircleTool(DragTool):
    """From the centre to the rim; with Alt from rim to rim, which is easier where the centre is not seen."""

    def shape(self, start: Point, pointer: Pointer) -> Circle:
        reach = math.dist(start, pointer.xy)
        if pointer.alt:
            middle = ((start[0] + pointer.xy[0]) / 2, (start[1] + pointer.xy[1]) / 2)
            return Circle(centre=rounded(*middle), radius=length(reach / 2))
        return Circle(centre=rounded(*start), radius=length(reach))


TOOL = ToolInfo(
    "circle", "Circle", "circle-outline", "C", "Draw a circle from its centre",
    "Drag from the centre to the rim. Alt: from rim to rim.", 22, CircleTool,
)  # fmt: skip
