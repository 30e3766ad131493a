"""A tool that shows a grid of arenas before it is made; its corner wells can be dragged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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


def open_grid(editor: Editor, parent: QWidget) -> GridDialog:
    """Open the dialog beside the picture, with the grid shown on it until it is closed."""
    size_px = editor.session.info.size_px if editor.session.info is not None else (640, 480)
    dialog = GridDialog(size_px, int(getattr(editor.preset.tracker.params, "animals", 1)), parent)

    def make(_: Editor) -> Tool:
        return GridTool(editor, dialog)

    info = ToolInfo(
        NAME, "Grid of arenas", "dots-grid", "", "", "Drag the corner wells onto those of the plate.", 99, make,
        stays=True, draws=False,
    )  # fmt: skip

    def finished(result: int) -> None:
        if editor.tool_info is info:
            editor.use("select")
        if result:
            editor.set_arenas(dialog.grid.arenas(), dialog.animals.value())
        dialog.deleteLater()

    dialog.finished.connect(finished)
    editor.take(info)
    dialog.show()
    return dialog
