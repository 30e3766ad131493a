"""Set the points by which pixels become metres on the ground."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Polygon
from tracker_gui.core.shape_edit import rounded
from tracker_gui.qt.editors.ground_draft import ground_draft_of
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor


class GroundTool(Tool):
    """A click sets a point, a pull moves one that is there; Alt+click or Backspace takes one away."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._draft = ground_draft_of(editor)
        self._draft.changed.connect(editor.sketch_changed)
        self._held: int | None = None
        self._at: Point | None = None

    def _under(self, pointer: Pointer) -> int | None:
        distances = [math.dist(point.picture_px, pointer.xy) for point in self._draft.points]
        near = min(range(len(distances)), key=distances.__getitem__, default=None)
        return near if near is not None and distances[near] <= pointer.reach_px else None

    def press(self, pointer: Pointer) -> None:
        under = self._under(pointer)
        if under is not None and pointer.alt:
            self._draft.remove(under)
            return
        if under is None:
            self._draft.add(rounded(*pointer.xy))
            under = len(self._draft.points) - 1
        self._held, self._at = under, None

    def move(self, pointer: Pointer, down: bool) -> None:
        if down and self._held is not None:
            self._at = rounded(*pointer.xy)
            self.editor.sketch_changed.emit()

    def release(self, pointer: Pointer) -> None:
        held, at = self._held, self._at
        self.drop()
        if held is not None and at is not None and held < len(self._draft.points):
            self._draft.move(held, at)

    def back(self) -> bool:
        if not self._draft.points:
            return False
        self._draft.remove(len(self._draft.points) - 1)
        return True

    def drop(self) -> bool:
        begun, self._held, self._at = self._held is not None, None, None
        self.editor.sketch_changed.emit()
        return begun

    def leave(self) -> None:
        self.drop()
        self._draft.changed.disconnect(self.editor.sketch_changed)

    def sketch(self) -> Sketch:
        places = [point.picture_px for point in self._draft.points]
        if self._held is not None and self._at is not None and self._held < len(places):
            places[self._held] = self._at
        marks = []
        for number, (place, point) in enumerate(zip(places, self._draft.points, strict=True), 1):
            where = "" if point.ground_m is None else f": {point.ground_m[0]:g}, {point.ground_m[1]:g} m"
            marks.append((place, f"{number}{where}"))
        # Of more than four, nobody knows in what order they would make an outline.
        outline = Polygon(points=tuple(places)) if len(places) in (3, 4) else None
        return Sketch(shape=outline, marks=tuple(marks))


TOOL = ToolInfo(
    "ground", "Ground plane", "perspective-less", "G", "Set four or more points whose places on the ground you know",
    "Click points on the ground, then type where they are. Drag moves, Alt+click removes one.",
    52, GroundTool, stays=True, draws=False,
)  # fmt: skip
