"""Select, move, resize, turn, and change the corners of what is drawn."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from tracker_gui.core.drawing import Drawn, Place
from tracker_gui.core.shape_edit import Bounds, lies_in, moved, nearest_edge, with_vertex
from tracker_gui.core.shape_handles import Handle, dragged
from tracker_gui.qt.editors.drag_tool import LEAST_PULL_PX
from tracker_gui.qt.editors.pick import handle_under, shape_under
from tracker_gui.qt.editors.sizes import length_in_words, size_in_words
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor


class Act(enum.Enum):
    """What the button that is down does."""

    NONE = 0
    MOVE = 1
    HANDLE = 2
    BAND = 3


class SelectTool(Tool):
    """Click selects, Shift adds; handles and the shape itself are dragged; a pull over nothing catches several."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._act = Act.NONE
        self._start: Point = (0.0, 0.0)
        self._at: Point = (0.0, 0.0)
        self._pulled = False
        self._handle: Handle | None = None
        self._before: list[Drawn] = []
        self._after: dict[Place, Any] = {}
        self._band: Bounds | None = None
        self._kept: tuple[Place, ...] = ()
        self._only_this: Place | None = None

    # ---- the button goes down

    def press(self, pointer: Pointer) -> None:
        self.drop()
        self._start = self._at = pointer.xy
        only = self.editor.only
        handle = handle_under(only.shape, pointer) if only is not None else None
        if only is not None and handle is not None:
            self._take_handle(only, handle, pointer)
            return
        under = shape_under(self.editor.drawn(), pointer)
        chosen = self.editor.selection
        if under is None:
            self._kept = chosen if pointer.shift else ()
            self._act = Act.BAND
            self.editor.select(self._kept)
            return
        place = under.place
        if pointer.shift:
            self.editor.select([p for p in chosen if p != place] if place in chosen else [*chosen, place])
        elif place not in chosen:
            self.editor.select([place])
        elif len(chosen) > 1:
            self._only_this = place
        if place in self.editor.selection and not self.editor.locked:
            self._act = Act.MOVE
            self._before = self.editor.selected

    def _take_handle(self, only: Drawn, handle: Handle, pointer: Pointer) -> None:
        vertex = handle.number if handle.role == "vertex" else None
        self.editor.select([only.place], vertex)
        if self.editor.locked:
            return
        if pointer.alt and vertex is not None:
            self.editor.delete_vertex(only, vertex)
            return
        self._act, self._handle, self._before = Act.HANDLE, handle, [only]

    # ---- it is pulled

    def move(self, pointer: Pointer, down: bool) -> None:
        self._at = pointer.xy
        if not down or self._act is Act.NONE:
            self._look(pointer)
            return
        far = math.dist(self._start, pointer.xy) >= LEAST_PULL_PX * pointer.screen_px
        self._pulled = self._pulled or far
        if not self._pulled:
            return
        if self._act is Act.BAND:
            (x0, y0), (x1, y1) = self._start, pointer.xy
            self._band = Bounds(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        elif self._act is Act.MOVE:
            dx, dy = self._way(pointer)
            self._after = {each.place: moved(each.shape, dx, dy) for each in self._before}
        elif self._handle is not None:
            before = self._before[0]
            to = pointer.xy
            if self._handle.role != "turn":
                # A handle that was taken beside its middle does not jump.
                to = (to[0] + self._handle.at[0] - self._start[0], to[1] + self._handle.at[1] - self._start[1])
            shape = dragged(before.shape, self._handle, to, even=pointer.shift, from_centre=pointer.alt)
            self._after = {before.place: shape}
        self.editor.sketch_changed.emit()

    def _way(self, pointer: Pointer) -> Point:
        dx, dy = pointer.xy[0] - self._start[0], pointer.xy[1] - self._start[1]
        if pointer.shift:
            return (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        return dx, dy

    def _look(self, pointer: Pointer) -> None:
        """Show by the cursor what a press would take."""
        only = self.editor.only
        if only is not None and handle_under(only.shape, pointer) is not None:
            self.cursor = Qt.CursorShape.CrossCursor
        elif shape_under(self.editor.drawn(), pointer) is not None:
            self.cursor = Qt.CursorShape.SizeAllCursor
        else:
            self.cursor = Qt.CursorShape.ArrowCursor

    # ---- it comes up

    def release(self, pointer: Pointer) -> None:
        if self._act is not Act.NONE:
            self.move(pointer, True)
        act, after, band, kept = self._act, self._after, self._band, self._kept
        only_this, pulled, handle = self._only_this, self._pulled, self._handle
        self.drop()
        if act is Act.BAND and band is not None:
            caught = [each.place for each in self.editor.drawn() if each.entry.visible and lies_in(each.shape, band)]
            self.editor.select([*kept, *caught])
        elif after:
            verb = "move" if act is Act.MOVE else "turn" if handle and handle.role == "turn" else "reshape"
            self.editor.reshape(after, f"{verb} {self.editor.words()}")
        elif only_this is not None and not pulled:
            self.editor.select([only_this])

    def double_click(self, pointer: Pointer) -> bool:
        under = shape_under(self.editor.drawn(), pointer)
        if under is None or self.editor.locked:
            return under is not None
        nearest = nearest_edge(under.shape, pointer.xy)
        if nearest is not None and nearest[1] <= pointer.reach_px:
            shape = with_vertex(under.shape, pointer.xy)
            self.editor.reshape({under.place: shape}, f"add a corner to {under.label}")
            self.editor.select([under.place], nearest[0] + 1)
        else:
            self.editor.rename_wanted.emit()
        return True

    def drop(self) -> bool:
        begun = self._pulled
        self._act, self._handle, self._pulled, self._band = Act.NONE, None, False, None
        self._before, self._after, self._only_this, self._kept = [], {}, None, ()
        self.editor.sketch_changed.emit()
        return begun

    def sketch(self) -> Sketch:
        if self._band is not None:
            return Sketch(band=self._band)
        made = tuple(
            Drawn(each.place, each.entry.model_copy(update={"shape": self._after[each.place]}))
            for each in self._before
            if each.place in self._after
        )
        if not made:
            return Sketch()
        scale = self.editor.preset.scale
        if self._act is Act.MOVE:
            words = length_in_words(math.dist(self._start, self._at), scale)
        else:
            words = size_in_words(made[0].shape, scale)
            if self._handle is not None and self._handle.role == "turn" and hasattr(made[0].shape, "angle_deg"):
                words = f"{made[0].shape.angle_deg:.0f}°"
        return Sketch(moved=made, at=self._at, words=words)


TOOL = ToolInfo(
    "select", "Select", "cursor-default-outline", "V", "Select, move and change what is drawn",
    "Click to select, Shift adds. Double click on a line: new corner; Alt+click on a corner: remove it.",
    11, SelectTool, stays=True, draws=False, changes=False,
)  # fmt: skip
