"""Measure how large a pixel is, along something of known length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Line
from tracker_gui.core.scale import SHORTEST_PX
from tracker_gui.core.shape_edit import rounded
from tracker_gui.qt.editors.drag_tool import LEAST_PULL_PX, end_of
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor


class ScaleTool(Tool):
    """A line is pulled along it; the ends of one that is there can be moved."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._fixed: Point | None = None
        self._number = 1
        self._pulled: tuple[Point, Point] | None = None

    def _line(self) -> tuple[Point, Point] | None:
        scale = self.editor.preset.scale
        return self._pulled or self.editor.scale_line or (None if scale is None else scale.line)

    def press(self, pointer: Pointer) -> None:
        self._fixed, self._number, self._pulled = rounded(*pointer.xy), 1, None
        line = self._line()
        for number, end in enumerate(line or ()):
            if line is not None and math.dist(end, pointer.xy) <= pointer.reach_px:
                self._fixed, self._number = line[1 - number], number
                return

    def move(self, pointer: Pointer, down: bool) -> None:
        if not down or self._fixed is None:
            return
        far = math.dist(self._fixed, pointer.xy) >= max(LEAST_PULL_PX * pointer.screen_px, SHORTEST_PX)
        end = rounded(*end_of(self._fixed, pointer))
        self._pulled = ((self._fixed, end) if self._number else (end, self._fixed)) if far else None
        self.editor.sketch_changed.emit()

    def release(self, pointer: Pointer) -> None:
        self.move(pointer, True)
        line = self._pulled
        self.drop()
        if line is not None:
            self.editor.set_scale_line(line)

    def drop(self) -> bool:
        begun, self._fixed, self._pulled = self._fixed is not None, None, None
        if not begun and self.editor.scale_line is not None:
            self.editor.scale_line = None
            begun = True
        self.editor.sketch_changed.emit()
        return begun

    def sketch(self) -> Sketch:
        line = self._line()
        if line is None:
            return Sketch()
        scale = self.editor.preset.scale
        known = None if scale is None or self.editor.scale_line is not None else scale.length_mm
        long_px = math.dist(*line)
        words = f"{long_px:.1f} px = ? mm" if known is None else f"{long_px:.1f} px = {known:g} mm"
        middle = ((line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2)
        return Sketch(shape=Line(points=line), points=line, words=words, at=middle, arrow=False)


TOOL = ToolInfo(
    "scale", "Scale", "ruler", "M", "Measure how large a pixel is, along something of known length",
    "Drag along something of known length, then type the length. Shift: level, upright or diagonal.",
    51, ScaleTool, stays=True, draws=False,
)  # fmt: skip
