"""Drawing on the picture: the tools, and what can be done with what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.actions.action_info import ActionInfo
from tracker_gui.qt.actions.needs import SOURCE, UNLOCKED, Need
from tracker_gui.qt.editors.tool import all_tools

if TYPE_CHECKING:
    from tracker_gui.core.shape_edit import Align
    from tracker_gui.qt.editors.tool import ToolInfo
    from tracker_gui.qt.main_window import MainWindow


def _some(least: int, words: str) -> Need:
    return Need(lambda window: len(window.picture.editor.selection) >= least, words, UNLOCKED)


_CAN_DRAW = Need(SOURCE.holds, SOURCE.otherwise, UNLOCKED)
_CHOSEN = Need(
    lambda window: bool(window.picture.editor.selection), "Nothing is selected: click a shape on the picture first."
)
_ONE_OR_MORE = _some(1, _CHOSEN.otherwise)
_TWO_OR_MORE = _some(2, "Select two shapes or more first: click one, then others with Shift.")
_THREE_OR_MORE = _some(3, "Select three shapes or more first: click one, then others with Shift.")
_ONE = Need(lambda window: window.picture.editor.only is not None, "Select one shape alone first.", _ONE_OR_MORE)


def _tool(info: ToolInfo) -> ActionInfo:
    def take(window: MainWindow) -> None:
        window.picture.editor.use(info.name)
        window.picture.frame_pane.setFocus()

    return ActionInfo(
        f"tool_{info.name}", info.title, "Draw", info.tip, take, icon=info.icon, shortcut=info.shortcut,
        near_picture=True, checked=lambda window: window.picture.editor.tool_info.name == info.name,
        enabled=_CAN_DRAW if info.changes else None, separated=info.order % 10 == 1 and info.order > 11,
    )  # fmt: skip


def _align(how: Align, text: str) -> ActionInfo:
    def act(window: MainWindow) -> None:
        window.picture.editor.align(how)

    tip = f"Move what is selected so that it shares one line: {text.lower()}"
    return ActionInfo(
        f"align_{how.replace(' ', '_')}", text, "Draw/Align", tip, act,
        icon=f"align-{_ALIGN_ICONS[how]}", enabled=_TWO_OR_MORE,
    )  # fmt: skip


_ALIGN_ICONS = {
    "left": "horizontal-left", "right": "horizontal-right", "top": "vertical-top", "bottom": "vertical-bottom",
    "centre x": "horizontal-center", "centre y": "vertical-center",
}  # fmt: skip

ACTIONS = (
    *(_tool(info) for info in all_tools()),
    ActionInfo(
        "rename_shape", "Rename…", "Draw", "Type another name, where the shape is",
        lambda window: window.picture.editor.rename_wanted.emit(), icon="form-textbox", shortcut="F2",
        near_picture=True, enabled=_ONE,
        separated=True,
    ),
    ActionInfo(
        "duplicate", "Duplicate", "Draw", "Put a copy beside what is selected",
        lambda window: window.picture.editor.duplicate(), icon="content-duplicate", shortcut="Ctrl+D",
        near_picture=True, enabled=_ONE_OR_MORE,
    ),
    ActionInfo(
        "copy_shapes", "Copy", "Draw", "Copy what is selected, for this or another preset or camera",
        lambda window: window.picture.editor.copy(), icon="content-copy", shortcut="Ctrl+C", near_picture=True,
        enabled=_CHOSEN,
    ),
    ActionInfo(
        "paste_shapes", "Paste", "Draw", "Add the shapes that were copied",
        lambda window: window.picture.editor.paste(), icon="content-paste", shortcut="Ctrl+V", near_picture=True,
        enabled=_CAN_DRAW,
    ),
    ActionInfo(
        "delete_shapes", "Delete", "Draw", "Take away the corner that was touched last, else what is selected",
        lambda window: window.picture.editor.delete(), icon="trash-can-outline", shortcut="Del", near_picture=True,
        enabled=_ONE_OR_MORE,
    ),
    ActionInfo(
        "arena_grid", "Grid of arenas…", "Draw", "An arena for each well of a plate, laid over the picture",
        lambda window: window.steps.section("Arena, zones").step.open_grid(),  # type: ignore[attr-defined]
        icon="dots-grid", enabled=_CAN_DRAW,
    ),
    ActionInfo(
        "select_all_shapes", "Select all", "Draw", "Select every shape that is shown",
        lambda window: window.picture.editor.select_all(), icon="select-all", shortcut="Ctrl+A", near_picture=True,
    ),
    ActionInfo(
        "bring_to_front", "Bring to front", "Draw", "Draw it over the others of its kind",
        lambda window: window.picture.editor.order("front"), icon="arrange-bring-to-front", shortcut="Ctrl+]",
        near_picture=True, enabled=_ONE_OR_MORE, separated=True,
    ),
    ActionInfo(
        "send_to_back", "Send to back", "Draw", "Draw it under the others of its kind",
        lambda window: window.picture.editor.order("back"), icon="arrange-send-to-back", shortcut="Ctrl+[",
        near_picture=True, enabled=_ONE_OR_MORE,
    ),
    ActionInfo(
        "mirror_x", "Mirror left to right", "Draw", "Turn what is selected into its mirror image",
        lambda window: window.picture.editor.mirror("x"), icon="flip-horizontal", enabled=_ONE_OR_MORE,
    ),
    ActionInfo(
        "mirror_y", "Mirror top to bottom", "Draw", "Turn what is selected into its mirror image, upside down",
        lambda window: window.picture.editor.mirror("y"), icon="flip-vertical", enabled=_ONE_OR_MORE,
    ),
    _align("left", "Left edges"),
    _align("centre x", "Centres, one above the other"),
    _align("right", "Right edges"),
    _align("top", "Top edges"),
    _align("centre y", "Centres, side by side"),
    _align("bottom", "Bottom edges"),
    ActionInfo(
        "spread_x", "Equal distances, left to right", "Draw/Align",
        "Put what lies between the outermost at equal distances",
        lambda window: window.picture.editor.spread("x"), icon="distribute-horizontal-center",
        enabled=_THREE_OR_MORE, separated=True,
    ),
    ActionInfo(
        "spread_y", "Equal distances, top to bottom", "Draw/Align",
        "Put what lies between the outermost at equal distances",
        lambda window: window.picture.editor.spread("y"), icon="distribute-vertical-center",
        enabled=_THREE_OR_MORE,
    ),
)  # fmt: skip
