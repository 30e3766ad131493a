"""Take away from regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker_gui.core.painting import can_be_painted, erased
from tracker_gui.qt.editors.stroke_tool import StrokeTool
from tracker_gui.qt.editors.tool import ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.drawing import Place
    from tracker_gui.core.geometry import Point


class EraserTool(StrokeTool):
    """Takes from what is selected; where nothing is, from all shapes of the target's kind."""

    erases = True

    def paint(self, points: list[Point], radius_px: float) -> None:
        chosen = self.editor.selected or [each for each in self.editor.drawn() if each.entry.role == self.editor.target]
        after: dict[Place, Any] = {}
        for each in chosen:
            if each.entry.visible and can_be_painted(each.shape):
                shape = erased(each.shape, points, radius_px)
                if shape is not each.shape:
                    after[each.place] = shape
        if after:
            self.editor.reshape(after, "erase")
        elif not any(can_be_painted(each.shape) for each in chosen):
            self.editor.say("info", "There is nothing to erase from: lines, points and half-planes have no end.")


TOOL = ToolInfo(
    "eraser", "Eraser", "eraser", "X", "Take away from what is selected, or from all of the target's kind",
    "Drag to erase. Only what is selected, if anything is. [ and ]: size.",
    42, EraserTool, stays=True, sized=True,
)  # fmt: skip
