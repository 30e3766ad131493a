"""Step 5: the list of what is drawn, its figures, scale, ground plane, well plates, files and cameras."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from tracker_gui.core.geometry import Circle, Rectangle
from tracker_gui.core.preset import CameraSetup, choice
from tracker_gui.qt.editors.grid_dialog import GridDialog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow


@pytest.fixture
def step(hand: Any) -> Any:
    hand.window.steps.open_step("Arena, zones")
    return hand.window.steps.section("Arena, zones").step


def draw(hand: Any, *boxes: tuple[float, float, float, float]) -> None:
    for x0, y0, x1, y1 in boxes:
        hand.take("rectangle", "zone")
        hand.pull((x0, y0), (x1, y1))


def names_in(step: Any) -> list[str]:
    shown = step.list.list
    return [shown.item(number).text().split("    ")[0] for number in range(shown.count())]


def sentences(window: MainWindow) -> str:
    return "\n".join(window.notices.sentences)


def test_steps_stand_in_the_order_of_their_numbers(hand: Any) -> None:
    listed = [(section.step.number, section.step.title) for section in hand.window.steps.sections]
    assert listed == sorted(listed)
    assert (5, "Arena, zones") in listed
    assert listed[-1] == (9, "Outputs and run")


def test_the_list_shows_what_lies_on_top_first_and_selects_with_the_picture(hand: Any, step: Any) -> None:
    draw(hand, (20, 20, 50, 50), (80, 20, 110, 50))
    assert names_in(step) == ["zone 2", "zone 1", "keep 1"]
    hand.click((35, 35))
    assert [item.text().split("    ")[0] for item in step.list.list.selectedItems()] == ["zone 1"]
    step.list.list.clearSelection()
    step.list.list.item(0).setSelected(True)
    assert [place.number for place in hand.editor.selection] == [1]


def test_a_shape_is_added_and_moved_by_figures_alone(hand: Any, step: Any) -> None:
    for action in step.list.add.menu().actions():
        step.list.add.menu().triggered.emit(action)
    assert [zone.shape.label for zone in hand.zones] == [
        "Rectangle", "Circle", "Ellipse", "Polygon", "Half-plane", "Painted region", "Line", "Point",
    ]  # fmt: skip
    step.details.boxes["x"][0].setValue(30)
    step.details.boxes["y"][0].setValue(40)
    assert hand.shapes[-1].at == (30, 40)


def test_order_visibility_and_delete_from_the_list(hand: Any, step: Any) -> None:
    draw(hand, (20, 20, 50, 50), (80, 20, 110, 50))
    step.list.down.click()
    assert [zone.name for zone in hand.zones] == ["zone 2", "zone 1"]
    step.list.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert [zone.visible for zone in hand.zones] == [True, False]
    hand.click((35, 35))
    assert hand.editor.selection == (), "what is hidden cannot be clicked"
    hand.click((95, 35))
    step.list.delete.click()
    assert [zone.name for zone in hand.zones] == ["zone 1"]


def test_name_opacity_and_figures_of_one_shape(hand: Any, step: Any, qtbot: QtBot) -> None:
    draw(hand, (20, 20, 60, 50))
    details = step.details
    details.name.setText("nest")
    details.name.editingFinished.emit()
    details.opacity.setValue(40)
    boxes = details.boxes
    boxes["Width"][0].setValue(50)
    boxes["x"][0].setValue(100)
    boxes["Turn"][0].setValue(30)
    zone = hand.zones[0]
    assert (zone.name, zone.opacity_01) == ("nest", 0.4)
    assert (zone.shape.width, zone.shape.centre[0], zone.shape.angle_deg) == (50, 100, 30)
    assert hand.steps == 6
    hand.act("undo")
    assert boxes["Turn"][0].value() == 0


def test_figures_in_millimetres_where_the_scale_is_known(hand: Any, step: Any) -> None:
    draw(hand, (20, 20, 60, 50))
    assert step.details.boxes["Width"][1].isHidden()
    step.scale.typed.setValue(0.5)
    assert step.details.boxes["Width"][1].isVisible()
    assert step.details.boxes["Width"][1].value() == pytest.approx(20, abs=0.2)
    step.details.boxes["Width"][1].setValue(30)
    assert hand.shapes[0].width == pytest.approx(60)


def test_a_colour_and_an_opacity_for_several_at_once(hand: Any, step: Any) -> None:
    draw(hand, (20, 20, 50, 50), (80, 20, 110, 50))
    hand.pull((10, 10), (130, 90))
    step.details.opacity.setValue(70)
    assert [zone.opacity_01 for zone in hand.zones] == [0.7, 0.7]
    assert "2 shapes" in step.details._words.text()


# ---- scale


def test_the_scale_is_measured_along_a_line_and_then_typed(hand: Any, step: Any, qtbot: QtBot) -> None:
    step.scale.measure.click()
    hand.pull((50, 75), (70, 76), (150, 75), keys=Qt.KeyboardModifier.ShiftModifier)
    assert hand.window.document.preset.scale is None, "its length is not known yet"
    box = hand.window.picture.options_bar.length_box
    assert box.isEnabled()
    box.setValue(40)
    scale = hand.window.document.preset.scale
    assert scale.length_mm == 40
    assert scale.mm_per_px == pytest.approx(0.4, rel=0.01)
    hand.pull((150, 75), (130, 75))
    moved = hand.window.document.preset.scale
    assert moved.mm_per_px == pytest.approx(0.5, rel=0.02)
    assert "are 40 mm" in step.scale.words.text()
    assert hand.steps == 2
    step.scale.typed.setValue(0.25)
    assert hand.window.document.preset.scale.typed_mm_per_px == 0.25
    step.scale.remove.click()
    assert hand.window.document.preset.scale is None


def test_esc_drops_a_line_whose_length_is_not_known(hand: Any, step: Any) -> None:
    hand.take("scale")
    hand.pull((50, 75), (150, 75))
    hand.key(Qt.Key.Key_Escape)
    assert hand.editor.scale_line is None
    assert not hand.window.picture.options_bar.length_box.isEnabled()


# ---- ground plane

CORNERS = [((40, 110), (0, 0)), ((160, 110), (4, 0)), ((130, 40), (4, 6)), ((70, 40), (0, 6))]


def set_ground(hand: Any, step: Any) -> None:
    step.ground.pick.click()
    hand.click(*(place for place, _ in CORNERS))
    for number, (_, (x, y)) in enumerate(CORNERS):
        for box, value in zip(step.ground.boxes[number], (x, y), strict=True):
            box.setValue(value)


def test_four_points_and_their_places_make_a_ground_plane(hand: Any, step: Any) -> None:
    step.ground.pick.click()
    hand.click(*(place for place, _ in CORNERS[:3]))
    assert "1 more" in step.ground.words.text()
    assert hand.window.steps.section("Arena, zones").head.state.kind == "problem"
    step.ground.draft.put((), "")
    set_ground(hand, step)
    ground = hand.window.document.preset.ground
    assert [point.ground_m for point in ground.points] == [place for _, place in CORNERS]
    assert "In force" in step.ground.words.text()
    hand.click((100, 70))
    assert hand.window.document.preset.ground == ground, "the fifth is not typed yet"
    assert "1 more to be typed" in step.ground.words.text()
    there = ground.to_ground_m([[100.0, 70.0]])[0]
    for box, value in zip(step.ground.boxes[4], there, strict=True):
        box.setValue(round(float(value) + 0.05, 2))
    assert "Reprojection error" in step.ground.words.text()
    assert hand.window.document.preset.ground.reprojection_error_px > 0.1


def test_a_point_that_is_not_typed_yet_stays_while_others_are(hand: Any, step: Any) -> None:
    step.ground.pick.click()
    hand.click(*(place for place, _ in CORNERS), (100, 70))
    for number, (_, (x, y)) in enumerate(CORNERS):
        step.ground.boxes[number][0].setValue(x)
        step.ground.boxes[number][1].setValue(y)
    assert len(step.ground.boxes) == 5
    assert len(hand.window.document.preset.ground.points) == 4


def test_a_point_of_the_ground_is_dragged_and_removed_and_undo_brings_it_back(hand: Any, step: Any) -> None:
    set_ground(hand, step)
    before = hand.window.document.preset.ground
    hand.pull((40, 110), (30, 120))
    assert hand.window.document.preset.ground.points[0].picture_px == pytest.approx((30, 120), abs=0.5)
    hand.click((30, 120), keys=Qt.KeyboardModifier.AltModifier)
    assert hand.window.document.preset.ground is None
    assert len(step.ground.draft.points) == 3
    hand.act("undo")
    hand.act("undo")
    assert hand.window.document.preset.ground == before
    assert len(step.ground.boxes) == 4
    assert step.ground.draft.problem == ""


# ---- well plates


def open_grid(step: Any) -> GridDialog:
    step.open_grid()
    return step.window().findChild(GridDialog)


def test_a_grid_of_arenas_is_seen_dragged_and_made(hand: Any, step: Any) -> None:
    dialog = open_grid(step)
    assert dialog.isVisible()
    assert len(hand.pane.editing.shown.shapes) == 24
    dialog.plate.setCurrentIndex(dialog.plate.findText("6 wells"))
    dialog.plate.activated.emit(0)
    hand.pull(dialog.grid.first, (50, 40))
    hand.pull(dialog.grid.last, (150, 110))
    dialog.animals.setValue(2)
    assert hand.steps == 0
    dialog.make.click()
    tracker: Any = hand.window.document.preset.tracker.params
    assert [arena.name for arena in tracker.arenas] == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert tracker.animals == 2
    assert tracker.arenas[1].centre == pytest.approx((100, 40), abs=1)
    assert all(isinstance(arena, Circle) for arena in tracker.arenas)
    assert hand.steps == 1
    assert hand.editor.tool_info.name == "select"
    assert "6 arenas" in step.state().short


def test_a_grid_that_lies_askew_of_rectangles_and_one_that_is_given_up(hand: Any, step: Any) -> None:
    dialog = open_grid(step)
    dialog.kind.setCurrentIndex(1)
    dialog.third.setChecked(True)
    dialog.put_corners((20, 20), (150, 130), (170, 30))
    wells = dialog.grid.arenas()
    assert isinstance(wells[0], Rectangle)
    assert wells[5].centre == pytest.approx((170, 30))
    assert wells[0].angle_deg == pytest.approx(math.degrees(math.atan2(10, 150)), abs=0.01)
    dialog.reject()
    assert hand.steps == 0
    assert not hand.pane.editing.shown.shapes
    assert hand.editor.tool_info.name == "select"


def test_another_tool_closes_the_grid(hand: Any, step: Any) -> None:
    dialog = open_grid(step)
    hand.take("rectangle")
    assert not dialog.isVisible()
    assert hand.editor.tool_info.name == "rectangle"
    assert hand.steps == 0


# ---- files and cameras


def test_shapes_go_into_a_file_and_come_back(hand: Any, step: Any, tmp_path: Path) -> None:
    draw(hand, (20, 20, 50, 50), (80, 20, 110, 50))
    hand.act("select_all_shapes")
    step.export_shapes(tmp_path / "shapes")
    before = hand.window.document.preset
    hand.act("undo")
    hand.act("undo")
    hand.window.document.change(replace(hand.window.document.preset, image=()), "no region")
    step.import_shapes(tmp_path / "shapes.json")
    assert hand.window.document.preset.zones == before.zones
    assert hand.window.document.preset.image == before.image


def test_a_spoilt_file_of_shapes_is_told(hand: Any, step: Any, tmp_path: Path) -> None:
    draw(hand, (20, 20, 50, 50))
    step.export_shapes(tmp_path / "one.json")
    document = json.loads((tmp_path / "one.json").read_text())
    document["shapes"].append({"role": "zone", "shape": {"kind": "circle", "centre": [0, 0], "radius": -1}})
    (tmp_path / "two.json").write_text(json.dumps(document))
    step.import_shapes(tmp_path / "two.json")
    assert "two.json: shapes[1].shape.radius" in sentences(hand.window)
    (tmp_path / "three.json").write_text("{}")
    step.import_shapes(tmp_path / "three.json")
    assert "three.json: holds no shapes" in sentences(hand.window)


def test_zones_are_copied_to_another_camera(hand: Any, step: Any) -> None:
    second = CameraSetup(source=choice("sources", "simulated"))
    document = hand.window.document
    document.change_whole(replace(document.whole, more_cameras=(second,)), "add a camera")
    draw(hand, (20, 20, 50, 50))
    step._show_what_can_be_done()
    assert step.to_camera.menuAction().isEnabled()
    step.to_camera.aboutToShow.emit()
    actions = step.to_camera.actions()
    assert [action.text() for action in actions] == ["Camera 2"]
    step.to_camera.triggered.emit(actions[0])
    whole = document.whole
    assert [zone.shape for zone in whole.camera(1).zones] == [zone.shape for zone in whole.zones]


def test_what_is_drawn_belongs_to_the_camera_that_is_shown(hand: Any, step: Any) -> None:
    second = CameraSetup(source=choice("sources", "simulated"))
    document = hand.window.document
    document.change_whole(replace(document.whole, more_cameras=(second,)), "add a camera")
    draw(hand, (20, 20, 50, 50))
    document.show_camera(1)
    assert hand.editor.selection == (), "it was the other camera's"
    assert hand.editor.drawn() == []
    hand.editor.add(Circle(centre=(40, 40), radius=9))
    assert [type(zone.shape) for zone in document.whole.zones] == [Rectangle]
    assert [type(zone.shape) for zone in document.whole.more_cameras[0].zones] == [Circle]
