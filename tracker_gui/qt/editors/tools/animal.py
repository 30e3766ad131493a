"""Click an animal: the detector's settings are proposed from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.geometry import Polygon
from tracker_gui.qt.editors.blob_draft import blob_proposing_of
from tracker_gui.qt.editors.tool import Pointer, Sketch, Tool, ToolInfo

if TYPE_CHECKING:
    from tracker_gui.qt.editors.editor import Editor


class AnimalTool(Tool):
    """A click proposes, another click proposes anew; Enter accepts, Esc gives up."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._proposing = blob_proposing_of(editor)
        self._proposing.changed.connect(editor.sketch_changed)

    def press(self, pointer: Pointer) -> None:
        self._proposing.click(pointer.xy)

    def enter(self) -> bool:
        return self._proposing.accept()

    def drop(self) -> bool:
        return self._proposing.clear()

    def leave(self) -> None:
        self.drop()
        self._proposing.changed.disconnect(self.editor.sketch_changed)

    def sketch(self) -> Sketch:
        draft = self._proposing.draft
        if draft is None or not self._proposing.still_shown:
            return Sketch()
        return Sketch(shape=Polygon(points=draft.outline_px), points=draft.others_px)


TOOL = ToolInfo(
    "animal", "Click an animal", "eyedropper", "A",
    "Click an animal: threshold, areas and whether animals are dark or light are proposed from it",
    "Click an animal. Enter accepts what is proposed, Esc gives it up.", 61, AnimalTool, stays=True, draws=False,
)  # fmt: skip
