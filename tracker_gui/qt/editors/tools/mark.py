"""Set a point, to measure distances from."""

from __future__ import annotations

from tracker_gui.core.geometry import Mark
from tracker_gui.core.shape_edit import rounded
from tracker_gui.qt.editors.tool import Pointer, Tool, ToolInfo


class MarkTool(Tool):
    """One click, one point."""

    def press(self, pointer: Pointer) -> None:
        self.editor.add(Mark(at=rounded(*pointer.xy)))


TOOL = ToolInfo(
    "mark", "Point", "crosshairs", "O", "Set a point to measure distances from; always a zone",
    "Click where the point is.", 32, MarkTool, stays=True, only_zones=True,
)  # fmt: skip
