"""Paint a region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker_gui.core.painting import brushed, can_be_painted
from tracker_gui.qt.editors.stroke_tool import StrokeTool
from tracker_gui.qt.editors.tool import ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point


class BrushTool(StrokeTool):
    """Adds to the selected shape, or begins a new one."""

    def paint(self, points: list[Point], radius_px: float) -> None:
        only = self.editor.only
        if only is not None and can_be_painted(only.shape):
            shape: Any = brushed(only.shape, points, radius_px)
            self.editor.reshape({only.place: shape}, f"paint {only.label}")
            return
        shape = brushed(None, points, radius_px)
        if shape is not None:
            self.editor.add(shape)


TOOL = ToolInfo(
    "brush", "Brush", "brush", "B", "Paint a region; what is selected grows by it",
    "Drag to paint. A selected shape grows by it; Esc lets go of it, to begin another. [ and ]: size.",
    41, BrushTool, stays=True, sized=True,
)  # fmt: skip
