"""Tools whose shape is drawn in one pull of the mouse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracker_gui.core.shape_handles import snapped
from tracker_gui.qt.editors.sizes import size_in_words
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor

#: A shorter pull, in pixels of the screen, was a click.
LEAST_PULL_PX = 4.0


class DragTool(Tool):
    """From where the button went down to where it comes up; a subclass says what that makes."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._start: Point | None = None
        self._shape: Any = None
        self._at: Point = (0.0, 0.0)

    def shape(self, start: Point, pointer: Pointer) -> Any:
        """Return the shape from `start` to the mouse."""
        raise TypeError(f"{type(self).__name__} draws nothing from {start} to {pointer.xy}")

    def press(self, pointer: Pointer) -> None:
        self._start, self._shape = pointer.xy, None

    def move(self, pointer: Pointer, down: bool) -> None:
        if down and self._start is not None:
            self._pull(self._start, pointer)

    def _pull(self, start: Point, pointer: Pointer) -> None:
        far = math.dist(start, pointer.xy) >= LEAST_PULL_PX * pointer.screen_px
        self._shape = self.shape(start, pointer) if far else None
        self._at = pointer.xy
        self.editor.sketch_changed.emit()

    def release(self, pointer: Pointer) -> None:
        if self._start is None:
            return
        self._pull(self._start, pointer)
        shape = self._shape
        self.drop()
        if shape is not None:
            self.finished(shape)

    def finished(self, shape: Any) -> None:
        """Take what was drawn."""
        self.editor.add(shape)

    def drop(self) -> bool:
        begun, self._start, self._shape = self._start is not None, None, None
        self.editor.sketch_changed.emit()
        return begun

    def sketch(self) -> Sketch:
        if self._shape is None:
            return Sketch()
        return Sketch(shape=self._shape, words=size_in_words(self._shape, self.editor.preset.scale), at=self._at)


def box(start: Point, pointer: Pointer) -> tuple[Point, float, float]:
    """Return centre and sides of the box that was pulled open: Shift makes a square, Alt keeps `start` the centre."""
    width, height = pointer.xy[0] - start[0], pointer.xy[1] - start[1]
    if pointer.shift:
        side = max(abs(width), abs(height))
        width, height = math.copysign(side, width), math.copysign(side, height)
    if pointer.alt:
        return start, 2 * abs(width), 2 * abs(height)
    return (start[0] + width / 2, start[1] + height / 2), abs(width), abs(height)


def end_of(start: Point, pointer: Pointer) -> Point:
    """Return the other end of a line that was pulled: Shift keeps it level, upright or diagonal."""
    return snapped(start, pointer.xy) if pointer.shift else pointer.xy
