"""Draw a polygon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Polygon
from tracker_gui.qt.editors.points_tool import PointsTool
from tracker_gui.qt.editors.tool import ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point


class PolygonTool(PointsTool):
    """Corner by corner."""

    least = 3
    closes = True

    def shape(self, points: tuple[Point, ...]) -> Polygon:
        return Polygon(points=points)


TOOL = ToolInfo(
    "polygon", "Polygon", "vector-polygon", "P", "Draw a polygon corner by corner",
    "Click each corner; the first one again, Enter or a double click closes. Backspace: last corner back.",
    24, PolygonTool,
)  # fmt: skip
