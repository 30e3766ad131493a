"""A tool that shows a grid of arenas before it is made; its corner wells can be dragged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tracker_gui.core.drawing import Drawn, Place, ShapeEntry
from tracker_gui.qt.editors.grid_dialog import GridDialog
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool, ToolInfo

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.editors.editor import Editor

CORNERS = ("first", "top_right", "last")
NAME = "arena_grid"


class GridTool(Tool):
    """The dialog and the picture show the same grid."""

    def __init__(self, editor: Editor, dialog: GridDialog) -> None:
        super().__init__(editor)
        self.dialog = dialog
        self._held = ""
        dialog.changed.connect(editor.sketch_changed)

    def _corners(self) -> dict[str, tuple[float, float]]:
        grid = self.dialog.grid
        corners = {"first": grid.first, "last": grid.last}
        return corners if grid.top_right is None else {**corners, "top_right": grid.top_right}

    def press(self, pointer: Pointer) -> None:
        near = {name: math.dist(place, pointer.xy) for name, place in self._corners().items()}
        reach = max(pointer.reach_px, self.dialog.grid.width_px / 2)
        name = min(near, key=near.__getitem__)
        self._held = name if near[name] <= reach else ""

    def move(self, pointer: Pointer, down: bool) -> None:
        if down and self._held:
            corners = {**self._corners(), self._held: pointer.xy}
            self.dialog.put_corners(corners["first"], corners["last"], corners.get("top_right"))

    def release(self, pointer: Pointer) -> None:
        self._held = ""

    def leave(self) -> None:
        self.dialog.changed.disconnect(self.editor.sketch_changed)
        self.dialog.close()

    def sketch(self) -> Sketch:
        shapes = self.dialog.grid.arenas()
        there = [each.place for each in self.editor.drawn() if each.entry.role == "arena"]
        wells = [
            Drawn(Place("arena", number), ShapeEntry(role="arena", name=shape.name, shape=shape))
            for number, shape in enumerate(shapes)
        ]
        names = {"first": shapes[0].name, "last": shapes[-1].name,
                 "top_right": shapes[self.dialog.grid.columns - 1].name}  # fmt: skip
        marks = tuple((place, names[name]) for name, place in self._corners().items())
        return Sketch(moved=tuple(wells), marks=marks, hidden=tuple(there))


class PlateGrid(QObject):
    """The dialog beside the picture, and the grid shown on it until the dialog is closed."""

    def __init__(self, editor: Editor, window: QWidget) -> None:
        super().__init__(window)
        self._editor = editor
        size_px = editor.session.info.size_px if editor.session.info is not None else (640, 480)
        params = editor.preset.tracker.params
        animals = int(getattr(params, "animals", 1)) if getattr(params, "arenas", ()) else 1
        self.dialog = GridDialog(size_px, animals, window)
        self._info = ToolInfo(
            NAME, "Grid of arenas", "dots-grid", "", "", "Drag the corner wells onto those of the plate.", 99,
            self._make, stays=True, draws=False,
        )  # fmt: skip
        self.dialog.finished.connect(self._finished)
        editor.take(self._info)
        self.dialog.show()

    def _make(self, editor: Editor) -> Tool:
        return GridTool(editor, self.dialog)

    def _finished(self, result: int) -> None:
        if self._editor.tool_info is self._info:
            self._editor.use("select")
        if result:
            self._editor.set_arenas(self.dialog.grid.arenas(), self.dialog.animals.value())
        self.dialog.deleteLater()
        self.deleteLater()
