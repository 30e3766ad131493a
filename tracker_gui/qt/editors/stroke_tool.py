"""Brush and eraser: a round tip that is dragged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from tracker_gui.core.shape_edit import rounded
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor


class StrokeTool(Tool):
    """Gathers the way of the mouse; a subclass paints when the button comes up."""

    cursor = Qt.CursorShape.BlankCursor
    erases = False

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._way: list[Point] = []
        self._at: Point | None = None

    def paint(self, points: list[Point], radius_px: float) -> None:
        """Take the stroke into the settings."""
        raise TypeError(f"{type(self).__name__} paints nothing along {points} with {radius_px} px")

    def press(self, pointer: Pointer) -> None:
        self._way = [rounded(*pointer.xy)]
        self.move(pointer, True)

    def move(self, pointer: Pointer, down: bool) -> None:
        self._at = pointer.xy
        # A way of points nearer than a fraction of the tip would only take longer to join.
        if down and self._way and math.dist(self._way[-1], pointer.xy) >= max(0.5, self.editor.brush_px / 12):
            self._way.append(rounded(*pointer.xy))
        self.editor.sketch_changed.emit()

    def release(self, pointer: Pointer) -> None:
        way, self._way = self._way, []
        if way:
            if math.dist(way[-1], pointer.xy) > 0.25:
                way.append(rounded(*pointer.xy))
            self.paint(way, self.editor.brush_px / 2)
        self.editor.sketch_changed.emit()

    def drop(self) -> bool:
        begun, self._way = bool(self._way), []
        self.editor.sketch_changed.emit()
        return begun

    def sketch(self) -> Sketch:
        if self._at is None:
            return Sketch()
        radius = self.editor.brush_px / 2
        return Sketch(
            stroke=tuple(self._way), stroke_px=-2 * radius if self.erases else 2 * radius, ring_px=radius, at=self._at
        )
