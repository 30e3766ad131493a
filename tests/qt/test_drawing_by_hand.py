"""Drawing on the picture with the mouse and the keys, in the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication

from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Line, Mark, Painted, Polygon, Rectangle
from tracker_gui.core.shape_edit import bounds, holds
from tracker_gui.core.shape_handles import handles
from tracker_gui.qt.editors.pick import place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
NONE, SHIFT, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
LEFT, MIDDLE, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton


def near(*values: Any, within: float = 0.5) -> Any:
    return pytest.approx(values, abs=within)


# ---- drawing


def test_a_rectangle_and_a_polygon_are_drawn_moved_undone_and_saved(hand: Any, tmp_path: Path) -> None:
    hand.take("rectangle")
    hand.pull((20, 30), (50, 40), (80, 70))
    rectangle = hand.shapes[0]
    assert isinstance(rectangle, Rectangle)
    assert bounds(rectangle) == near(20, 30, 80, 70)
    assert hand.editor.tool_info.name == "select"
    hand.pull((50, 50), (60, 60), (70, 65))
    assert bounds(hand.shapes[0]) == near(40, 45, 100, 85)
    assert hand.steps == 2
    hand.act("undo")
    assert hand.shapes == [rectangle]
    hand.take("polygon")
    hand.click((120, 20), (160, 20), (160, 60))
    hand.key(Qt.Key.Key_Return)
    assert [zone.name for zone in hand.zones] == ["zone 1", "zone 2"]
    assert len({zone.colour for zone in hand.zones}) == 2
    hand.window.document.save(tmp_path / "drawn.json")
    preset = hand.window.document.preset
    hand.window.session.open_path(tmp_path / "drawn.json")
    assert hand.window.document.preset == preset
    assert [type(shape) for shape in hand.shapes] == [Rectangle, Polygon]


@pytest.mark.parametrize(
    ("tool", "keys", "kind", "box"),
    [
        ("rectangle", SHIFT, Rectangle, (20, 30, 80, 90)), ("rectangle", ALT, Rectangle, (-40, -10, 80, 70)),
        ("circle", NONE, Circle, (-52.1, -42.1, 92.1, 102.1)), ("circle", ALT, Circle, (13.9, 13.9, 86.1, 86.1)),
        ("ellipse", NONE, Ellipse, (20, 30, 80, 70)), ("half_plane", NONE, HalfPlane, (20, 30, 80, 70)),
        ("half_plane", SHIFT, HalfPlane, (20, 30, 71, 81)),
    ],
)  # fmt: skip
def test_shapes_that_are_drawn_in_one_pull(hand: Any, tool: str, keys: Any, kind: type, box: Any) -> None:
    hand.take(tool)
    hand.pull((20, 30), (60, 60), (80, 70), keys=keys)
    assert isinstance(hand.shapes[0], kind)
    assert bounds(hand.shapes[0]) == near(*box, within=1.0)
    assert hand.steps == 1


def test_a_click_is_no_shape(hand: Any) -> None:
    for tool in ("rectangle", "circle", "ellipse", "half_plane"):
        hand.take(tool)
        hand.click((50, 50))
    assert hand.shapes == []


def test_a_polygon_closes_on_its_first_corner_or_by_a_double_click(hand: Any) -> None:
    hand.take("polygon")
    hand.click((20, 20), (60, 20), (60, 60), (20.5, 20.5))
    hand.take("polygon")
    hand.click((120, 20), (160, 20))
    hand.double_click((160, 60))
    assert [len(shape.points) for shape in hand.shapes] == [3, 3]


def test_backspace_takes_the_last_corner_back_and_esc_drops_all(hand: Any) -> None:
    hand.take("polygon")
    hand.click((20, 20), (60, 20), (90, 90))
    hand.key(Qt.Key.Key_Backspace)
    hand.click((60, 60))
    hand.key(Qt.Key.Key_Return)
    assert hand.shapes[0].points[2] == near(60, 60)
    hand.take("polygon")
    hand.click((120, 20), (160, 20), (160, 60))
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_Return)
    assert len(hand.shapes) == 1
    hand.key(Qt.Key.Key_Escape, times=2)
    assert hand.editor.tool_info.name == "select"


def test_enter_with_too_few_corners_says_so(hand: Any) -> None:
    hand.take("polygon")
    hand.click((20, 20), (60, 20))
    hand.key(Qt.Key.Key_Return)
    assert hand.shapes == []
    assert "At least 3 points" in "\n".join(hand.window.notices.sentences)


def test_lines_and_points_become_zones_whatever_the_target_is(hand: Any) -> None:
    hand.take("rectangle", "arena")
    hand.take("line")
    hand.click((20, 20), (60, 40))
    hand.key(Qt.Key.Key_Return)
    hand.take("mark")
    hand.click((100, 100))
    assert [type(shape) for shape in hand.shapes] == [Line, Mark]


@pytest.mark.parametrize("target", ["keep", "ignore", "arena"])
def test_the_target_says_what_a_shape_becomes(hand: Any, target: str) -> None:
    hand.take("rectangle", target)
    hand.pull((20, 30), (80, 70))
    preset = hand.window.document.preset
    region: Any = preset.image[0].params
    arenas: Any = preset.tracker.params
    lists = {"keep": region.keep, "ignore": region.ignore, "arena": arenas.arenas}
    assert isinstance(lists[target][-1], Rectangle)
    assert hand.zones == ()
    assert [place.role for place in hand.editor.selection] == [target]


def test_brush_and_eraser(hand: Any) -> None:
    hand.take("brush")
    hand.window.picture.options_bar.size_box.setValue(20)
    hand.pull((40, 40), (60, 40), (80, 40))
    hand.pull((80, 40), (80, 80))
    assert len(hand.shapes) == 1, "what is selected grows"
    assert isinstance(hand.shapes[0], Painted)
    assert holds(hand.shapes[0], (80, 70))
    hand.take("eraser")
    hand.key(Qt.Key.Key_BracketLeft)
    assert hand.editor.brush_px == 16
    hand.pull((30, 40), (60, 40))
    assert not holds(hand.shapes[0], (50, 40))
    assert holds(hand.shapes[0], (80, 40))
    assert hand.steps == 3
    for _ in range(3):
        hand.act("undo")
    assert hand.shapes == []


def test_two_quick_dabs_are_two_and_do_not_move_the_view(hand: Any) -> None:
    hand.pane.zoom(3)
    scale = hand.pane.scale_factor
    hand.take("brush")
    hand.double_click((99, 74))
    assert hand.pane.scale_factor == scale
    hand.take("select")
    hand.editor.select(())
    hand.double_click((80, 60))
    assert hand.pane.scale_factor < scale, "beside all shapes it still fits the picture"


def test_nothing_is_drawn_while_tracking(hand: Any) -> None:
    hand.take("rectangle")
    hand.window.document.set_locked(True)
    assert not hand.window.picture.draw_bar.buttons["rectangle"].isEnabled()
    hand.pull((20, 30), (80, 70))
    assert hand.shapes == []
    assert "Nothing can be drawn while tracking" in "\n".join(hand.window.notices.sentences)
    hand.window.document.set_locked(False)


def test_the_tool_in_the_guide_for_contributors_draws(hand: Any, project: Path) -> None:
    guide = (project / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = next(part for part in guide.split("```python\n") if "class CrossTool" in part).partition("```")[0]
    module: dict[str, Any] = {}
    exec(code, module)
    hand.editor.take(module["TOOL"])
    hand.click((80, 60))
    assert [shape.points for shape in hand.shapes] == [
        (near(71, 60), near(89, 60)), (near(80, 51), near(80, 69)),
    ]  # fmt: skip


# ---- changing what is there


def draw_three(hand: Any) -> None:
    for x in (20, 80, 140):
        hand.take("rectangle")
        hand.pull((x, 20 + x / 10), (x + 30, 50 + x / 10))


def test_shift_adds_a_band_catches_and_a_click_beside_lets_go(hand: Any) -> None:
    draw_three(hand)
    hand.click((35, 35))
    hand.click((95, 35), keys=SHIFT)
    assert len(hand.editor.selection) == 2
    hand.click((95, 35), keys=SHIFT)
    assert [place.number for place in hand.editor.selection] == [0]
    hand.pull((70, 5), (199, 90))
    assert [place.number for place in hand.editor.selection] == [1, 2]
    hand.click((100, 120))
    assert hand.editor.selection == ()
    hand.act("select_all_shapes")
    assert len(hand.editor.selection) == 4  # the dish is a region to keep


def test_several_are_moved_together_and_aligned(hand: Any) -> None:
    draw_three(hand)
    hand.pull((5, 5), (199, 90))
    before = [bounds(shape) for shape in hand.shapes]
    hand.pull((35, 35), (45, 60))
    assert [bounds(shape).x0 - old.x0 for shape, old in zip(hand.shapes, before, strict=True)] == near(10, 10, 10)
    hand.act("align_top")
    assert len({round(bounds(shape).y0, 1) for shape in hand.shapes}) == 1
    assert hand.steps == 5


def test_a_corner_a_side_and_the_turn_are_dragged(hand: Any) -> None:
    hand.take("rectangle")
    hand.pull((60, 60), (100, 90))
    held = {(handle.role, handle.number): handle for handle in handles(hand.shapes[0])}
    hand.pull(held["corner", 2].at, (110, 95), (120, 100))
    assert bounds(hand.shapes[0]) == near(60, 60, 120, 100)
    side = next(h for h in handles(hand.shapes[0]) if (h.role, h.number) == ("side", 3))
    hand.pull(side.at, (50, 80))
    assert bounds(hand.shapes[0]) == near(50, 60, 120, 100)
    turn = next(h for h in handles(hand.shapes[0]) if h.role == "turn")
    hand.pull(place_of(turn, 1 / hand.pane.scale_factor), (130, 60), (150, 80), keys=SHIFT)
    assert hand.shapes[0].angle_deg == 90
    assert hand.steps == 4


def test_corners_are_added_moved_and_removed(hand: Any) -> None:
    hand.take("polygon")
    hand.click((60, 60), (120, 60), (120, 100))
    hand.key(Qt.Key.Key_Return)
    hand.double_click((90, 60))
    assert [shape.points[1] for shape in hand.shapes] == [near(90, 60)]
    hand.pull((90, 60), (90, 40))
    assert hand.shapes[0].points[1] == near(90, 40)
    hand.key(Qt.Key.Key_Delete)
    assert len(hand.shapes[0].points) == 3
    hand.double_click((90, 60))
    hand.click((120, 100), keys=ALT)
    assert hand.shapes[0].points[-1] == near(120, 60)
    hand.click((60, 60), keys=ALT)
    assert len(hand.shapes[0].points) == 3
    assert "No corner can be taken away" in "\n".join(hand.window.notices.sentences)


def test_arrow_keys_move_what_is_selected_and_else_go_frame_by_frame(
    hand: Any, wait_for_index: Callable[[MainWindow, int], None]
) -> None:
    hand.take("mark")
    hand.click((50, 50))
    (x, y), steps = hand.shapes[0].at, hand.steps
    hand.key(Qt.Key.Key_Right, times=3)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert hand.shapes[0].at == near(x + 3, y + 10)
    assert hand.steps == steps + 4
    newest = hand.window.session.newest
    assert newest is not None
    assert newest.snapshot.frame.index == 0
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_Right)
    wait_for_index(hand.window, 1)


def test_a_key_held_down_is_one_step(hand: Any, qtbot: QtBot) -> None:
    hand.take("mark")
    hand.click((50, 50))
    steps = hand.steps
    for _ in range(5):
        qtbot.keyPress(hand.pane, Qt.Key.Key_Left)
    qtbot.keyRelease(hand.pane, Qt.Key.Key_Left)
    assert hand.shapes[0].at == near(45, 50)
    assert hand.steps == steps + 1


def test_duplicate_copy_paste_and_delete(hand: Any) -> None:
    hand.take("ellipse")
    hand.pull((20, 30), (80, 70))
    hand.act("duplicate")
    assert [zone.name for zone in hand.zones] == ["zone 1", "zone 2"]
    assert bounds(hand.shapes[1]).x0 > bounds(hand.shapes[0]).x0
    hand.act("copy_shapes")
    hand.act("delete_shapes")
    assert len(hand.zones) == 1
    hand.act("paste_shapes")
    hand.act("paste_shapes")
    assert [zone.name for zone in hand.zones] == ["zone 1", "zone 2", "zone 3"]
    assert len(set(hand.shapes)) == 3


def test_pasting_what_is_no_shape_says_so(hand: Any) -> None:
    QGuiApplication.clipboard().setText("hello")
    hand.act("paste_shapes")
    assert "the clipboard: holds no shapes" in "\n".join(hand.window.notices.sentences)


def test_esc_gives_a_drag_up(hand: Any, qtbot: QtBot) -> None:
    hand.take("rectangle")
    hand.pull((60, 60), (100, 90))
    before = hand.shapes
    hand.send(QEvent.Type.MouseButtonPress, (80, 75), LEFT, LEFT, NONE)
    hand.send(QEvent.Type.MouseMove, (120, 95), NO_BUTTON, LEFT, NONE)
    assert hand.pane.editing.shown.shapes
    hand.key(Qt.Key.Key_Escape)
    hand.send(QEvent.Type.MouseButtonRelease, (120, 95), LEFT, NO_BUTTON, NONE)
    assert hand.shapes == before
    assert hand.steps == 1
    assert not hand.pane.editing.shown.shapes


def test_the_middle_button_and_space_move_the_view(hand: Any, qtbot: QtBot) -> None:
    def centre() -> QPointF:
        return hand.pane.mapToScene(hand.pane.viewport().rect().center())

    hand.pane.zoom(3)
    before = centre()
    hand.pull((50, 50), (60, 60), button=MIDDLE)
    assert (centre() - before).manhattanLength() > 5
    before = centre()
    qtbot.keyPress(hand.pane, Qt.Key.Key_Space)
    hand.pull((50, 50), (60, 60))
    qtbot.keyRelease(hand.pane, Qt.Key.Key_Space)
    assert (centre() - before).manhattanLength() > 5
    assert not hand.window.session.is_playing
    assert hand.editor.selection == ()


def test_a_shape_is_renamed_where_it_is(hand: Any, qtbot: QtBot) -> None:
    hand.take("circle")
    hand.pull((60, 60), (80, 60))
    hand.act("rename_shape")
    box = hand.window.picture._rename
    assert box.isVisible()
    qtbot.keyClicks(box, "nest")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert [zone.name for zone in hand.zones] == ["nest"]
    hand.act("rename_shape")
    qtbot.keyClicks(box, "other")
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not box.isVisible()
    assert [zone.name for zone in hand.zones] == ["nest"]


def test_the_menu_of_a_shape_holds_what_the_window_can_do(hand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.take("circle")
    hand.pull((60, 60), (80, 60))
    menu = hand.window.picture._menu
    menu.fill()
    assert hand.window.action("duplicate") in menu.actions()
    assert not any("rule" in action.text() for action in menu.actions()), "offered although nothing can do it"
    rule = QAction("Make a rule from this zone", hand.window)
    monkeypatch.setattr(hand.window, "find_action", {"make_rule_from_zone": rule}.get)
    menu.fill()
    assert rule in menu.actions()
    menu.colours.triggered.emit(menu.colours.actions()[2])
    assert hand.zones[0].colour == "#009E73"


def test_a_region_is_taken_by_its_line_alone(hand: Any) -> None:
    hand.click((99.5, 74.5))
    assert hand.editor.selection == ()
    hand.click((99.5, 7.5))
    assert [place.role for place in hand.editor.selection] == ["keep"]


def test_an_undo_lets_go_of_what_is_no_longer_there(hand: Any) -> None:
    hand.take("circle")
    hand.pull((60, 60), (80, 60))
    hand.act("undo")
    assert hand.editor.selection == ()
    assert not hand.pane.editing.shown.selected


def test_every_tool_paints_what_it_is_doing(hand: Any) -> None:
    for tool in hand.editor.tools:
        hand.take(tool)
        hand.hover((50, 50))
        hand.send(QEvent.Type.MouseButtonPress, (50, 50), LEFT, LEFT, NONE)
        hand.send(QEvent.Type.MouseMove, (90, 80), NO_BUTTON, LEFT, NONE)
        assert not hand.pane.grab().isNull()
        hand.key(Qt.Key.Key_Escape)
        hand.send(QEvent.Type.MouseButtonRelease, (90, 80), LEFT, NO_BUTTON, NONE)
    assert hand.pane.viewport().rect().contains(QPoint(5, 5))
