"""Draw a line, to count who crosses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Line
from tracker_gui.qt.editors.points_tool import PointsTool
from tracker_gui.qt.editors.tool import ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point


class LineTool(PointsTool):
    """Point by point, not closed."""

    def shape(self, points: tuple[Point, ...]) -> Line:
        return Line(points=points)


TOOL = ToolInfo(
    "line", "Line", "vector-polyline", "L", "Draw a line to count who crosses it; always a zone",
    "Click two or more points; Enter or a double click ends. Shift: level, upright or diagonal.",
    31, LineTool, only_zones=True,
)  # fmt: skip
