"""Tools whose shape is set point by point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracker_gui.core.geometry import Line
from tracker_gui.core.shape_edit import rounded
from tracker_gui.core.shape_handles import snapped
from tracker_gui.qt.editors.sizes import size_in_words
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor


class PointsTool(Tool):
    """A click sets a point; Enter or a double click ends, Backspace takes the last one back, Esc drops all."""

    least = 2
    closes = False

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._points: list[Point] = []
        self._at: Point | None = None

    def shape(self, points: tuple[Point, ...]) -> Any:
        """Return the shape through the points."""
        raise TypeError(f"{type(self).__name__} draws nothing through {points}")

    def _place(self, pointer: Pointer) -> Point:
        return rounded(*(snapped(self._points[-1], pointer.xy) if pointer.shift and self._points else pointer.xy))

    def press(self, pointer: Pointer) -> None:
        if self.closes and len(self._points) >= self.least and self._on_first(pointer):
            self.enter()
            return
        place = self._place(pointer)
        if not self._points or math.dist(place, self._points[-1]) > pointer.screen_px:
            self._points.append(place)
        self.editor.sketch_changed.emit()

    def _on_first(self, pointer: Pointer) -> bool:
        return math.dist(pointer.xy, self._points[0]) <= pointer.reach_px

    def move(self, pointer: Pointer, down: bool) -> None:
        if self._points:
            near_first = self.closes and len(self._points) >= self.least and self._on_first(pointer)
            self._at = self._points[0] if near_first else self._place(pointer)
            self.editor.sketch_changed.emit()

    def double_click(self, pointer: Pointer) -> bool:
        self.enter()
        return True

    def enter(self) -> bool:
        if not self._points:
            return False
        points = tuple(self._points)
        if len(set(points)) < self.least:
            self.editor.say("info", f"At least {self.least} points are needed; Esc gives up.")
            return True
        self.drop()
        self.editor.add(self.shape(points))
        return True

    def back(self) -> bool:
        if not self._points:
            return False
        self._points.pop()
        self.editor.sketch_changed.emit()
        return True

    def drop(self) -> bool:
        begun = bool(self._points)
        self._points, self._at = [], None
        self.editor.sketch_changed.emit()
        return begun

    def sketch(self) -> Sketch:
        if not self._points:
            return Sketch()
        points = tuple(self._points) if self._at is None else (*self._points, self._at)
        if len(set(points)) < 2:
            return Sketch(points=tuple(self._points))
        way: Any = Line(points=points)
        if self.closes and len(set(points)) >= self.least:
            way = self.shape(points)
        words = size_in_words(way, self.editor.preset.scale)
        return Sketch(shape=way, points=tuple(self._points), words=words, at=points[-1])
