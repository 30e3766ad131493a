"""What a user does in the window, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from tracker_gui.engine.player import Phase
from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.theme.appearance import Face, appearance
from tracker_gui.qt.theme.colours import CHIP, DARK, LIGHT, OKABE_ITO, contrast, readable_on_chip
from tracker_gui.qt.views.overlays.shapes import outline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.forms.controls import NumberControl
    from tracker_gui.qt.forms.form import StageForm
    from tracker_gui.qt.main_window import MainWindow

    Wait = Callable[[MainWindow, int], None]

PATIENCE_MS = 20_000


def detector_form(window: MainWindow) -> StageForm:
    form = window.steps.section("Detect").step.picker.form  # type: ignore[attr-defined]
    assert form is not None
    return form


def number(window: MainWindow, name: str) -> NumberControl:
    return detector_form(window).control(name)  # type: ignore[return-value]


def sentences(window: MainWindow) -> str:
    return "\n".join(window.notices.sentences)


# ---- opening


def test_an_empty_window_says_how_to_begin(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    assert window.picture.welcome.isVisible()
    assert not window.action("start").isEnabled()
    assert window.steps.section("Source").head.state.kind == "missing"


def test_the_simulated_arena_opens_with_settings_that_find_its_animals(
    open_window: Callable[..., MainWindow], qtbot: QtBot, wait_for_index: Wait
) -> None:
    window = open_window()
    window.picture.welcome.card("open_simulated").click()
    wait_for_index(window, 0)
    assert window.picture.frame_pane.badge.words == "5 of 5 found"


def test_a_video_opens_by_its_name(
    open_window: Callable[..., MainWindow], qtbot: QtBot, make_video: Callable[..., Path], wait_for_index: Wait
) -> None:
    window = open_window(None, str(make_video("clip.mp4", 20)))
    wait_for_index(window, 0)
    assert window.session.info is not None
    assert window.session.info.frame_count == 20


def test_a_missing_video_is_a_sentence(open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(None, str(tmp_path / "gone.mp4"))
    qtbot.waitUntil(lambda: "there is no such file" in sentences(window), timeout=PATIENCE_MS)
    assert window.steps.section("Source").head.state.kind == "problem"


# ---- tuning


def test_a_setting_changes_what_is_found_on_the_shown_frame(shown_window: MainWindow, qtbot: QtBot) -> None:
    badge = shown_window.picture.frame_pane.badge
    assert badge.words == "3 of 3 found"
    number(shown_window, "min_area_px2").spin.setValue(390)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: badge.words == "0 blobs for 3", timeout=PATIENCE_MS)
    assert shown_window.steps.section("Detect").head.state.kind == "problem"


def test_one_drag_of_a_slider_is_one_undo_step(shown_window: MainWindow) -> None:
    slider = number(shown_window, "offset").slider
    assert slider is not None
    before = shown_window.document.preset
    slider.setSliderDown(True)
    for position in (600, 650, 700, 750):
        slider.setSliderPosition(position)
    slider.setSliderDown(False)
    assert shown_window.document.undo_stack.count() == 1
    after = shown_window.document.preset
    assert after != before
    shown_window.action("undo").trigger()
    assert shown_window.document.preset == before
    assert number(shown_window, "offset").spin.value() == 18
    shown_window.action("redo").trigger()
    assert shown_window.document.preset == after


def test_the_menu_says_what_would_be_undone(shown_window: MainWindow) -> None:
    number(shown_window, "offset").spin.setValue(30)  # type: ignore[arg-type]
    assert shown_window.action("undo").text() == "Undo change Contrast"


def test_image_steps_are_added_moved_switched_and_removed(shown_window: MainWindow) -> None:
    step: Any = shown_window.steps.section("Image").step
    blur = next(action for action in step.add.menu().actions() if action.data() == "blur")
    blur.trigger()
    chain = lambda: [(c.stage, c.enabled) for c in shown_window.document.preset.image]  # noqa: E731
    assert chain() == [("region_mask", True), ("blur", True)]
    step.cards[1].up.click()
    assert chain() == [("blur", True), ("region_mask", True)]
    step.cards[0].switch.click()
    assert chain() == [("blur", False), ("region_mask", True)]
    step.cards[0].cross.click()
    assert chain() == [("region_mask", True)]
    for _ in range(4):
        shown_window.action("undo").trigger()
    assert chain() == [("region_mask", True)]


def test_settings_that_need_a_background_offer_to_add_one(shown_window: MainWindow, qtbot: QtBot) -> None:
    combo = detector_form(shown_window).control("method").combo  # type: ignore[attr-defined]
    combo.setCurrentIndex(combo.findData("background"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: "background" in sentences(shown_window), timeout=PATIENCE_MS)
    assert shown_window.steps.section("Detect").head.state.kind == "problem"
    notice = shown_window.notices.notice("settings")
    assert notice is not None
    assert notice.button is not None
    notice.button.click()
    qtbot.waitUntil(lambda: shown_window.session.state.problem is None, timeout=PATIENCE_MS)
    assert [c.stage for c in shown_window.document.preset.image] == ["region_mask", "background"]
    assert shown_window.notices.notice("settings") is None


def test_far_more_animals_than_blobs_is_told_with_the_way_out(shown_window: MainWindow, qtbot: QtBot) -> None:
    shown_window.session.use_animals(40)
    qtbot.waitUntil(lambda: "only 3 blobs are found" in sentences(shown_window), timeout=PATIENCE_MS)
    notice = shown_window.notices.notice("number")
    assert notice is not None
    assert notice.button is not None
    notice.button.click()
    assert shown_window.document.preset.tracker.params.animals == 3  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not shown_window.notices.sentences, timeout=PATIENCE_MS)


def test_another_detector_and_back_keeps_what_was_set(shown_window: MainWindow) -> None:
    before = shown_window.document.preset.source
    picker = shown_window.steps.section("Source").step.picker  # type: ignore[attr-defined]
    for stage in ("video_file", "simulated"):
        picker.combo.setCurrentIndex(picker.combo.findData(stage))
        picker.combo.activated.emit(picker.combo.currentIndex())
    assert shown_window.document.preset.source == before


# ---- the picture


def test_the_mask_is_shown_beside_the_frame(shown_window: MainWindow, qtbot: QtBot) -> None:
    pane = shown_window.picture.beside_pane
    assert pane.isVisible()
    qtbot.waitUntil(lambda: pane.frame._pixels is not None, timeout=PATIENCE_MS)
    mask = pane.frame._pixels
    assert mask is not None
    assert mask.shape == (150, 200)
    assert set(np.unique(mask)) == {0, 255}


@pytest.mark.parametrize(
    ("name", "frame", "mask"), [("frame", True, False), ("mask", False, True), ("both", True, True)]
)
def test_frame_mask_or_both(shown_window: MainWindow, name: str, frame: bool, mask: bool) -> None:
    shown_window.action(f"show_{name}").trigger()
    picture = shown_window.picture
    assert (picture.frame_pane.isVisible(), picture.beside_pane.isVisible()) == (frame, mask)
    assert shown_window.action(f"show_{name}").isChecked()


def test_without_a_background_the_pane_says_what_fills_it(shown_window: MainWindow, qtbot: QtBot) -> None:
    shown_window.picture.set_beside(Beside.BACKGROUND)
    pane = shown_window.picture.beside_pane
    qtbot.waitUntil(lambda: pane.why_empty.isVisible(), timeout=PATIENCE_MS)
    assert "add the image step 'Background'" in pane.why_empty.text()


def test_zoom_and_pan_of_the_two_panes_are_linked(shown_window: MainWindow) -> None:
    frame, mask = shown_window.picture.frame_pane, shown_window.picture.beside_pane
    frame.zoom(3.0, QPointF(20, 20))
    middle = QPoint(frame.viewport().width() // 2, frame.viewport().height() // 2)
    assert mask.scale_factor == pytest.approx(frame.scale_factor)
    here, there = frame.mapToScene(middle), mask.mapToScene(middle)
    assert (here.x(), here.y()) == pytest.approx((there.x(), there.y()), abs=1.0)
    shown_window.action("fit").trigger()
    assert frame.scale_factor < 3.0 * 5


def test_zooming_keeps_the_place_under_the_cursor(shown_window: MainWindow) -> None:
    frame = shown_window.picture.frame_pane
    place = QPoint(60, 80)
    before = frame.mapToScene(place)
    frame.zoom(2.0, QPointF(place))
    after = frame.mapToScene(place)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.6)


def test_rejected_blobs_come_with_their_reasons(shown_window: MainWindow, qtbot: QtBot) -> None:
    number(shown_window, "min_area_px2").spin.setValue(390)  # type: ignore[arg-type]
    shown_window.action("rejected").trigger()
    rejected = shown_window.picture.frame_pane.rejected
    qtbot.waitUntil(lambda: len(rejected._blobs) >= 3, timeout=PATIENCE_MS)
    assert all(reason.startswith("too small") for _, _, reason in rejected._blobs)


def test_regions_are_outlined_where_they_are(shown_window: MainWindow) -> None:
    shapes = shown_window.picture.frame_pane.shapes._paths
    assert [drawn.label for _, drawn, _ in shapes] == ["keep 1"]
    assert outline(shown_window.document.preset.image[0].params.keep[0]).contains(QPointF(99, 74))  # type: ignore[attr-defined]


def test_an_outline_holds_what_the_shape_holds() -> None:
    from tracker_gui.core.geometry import Ellipse, HalfPlane, Polygon, Rectangle

    shapes: list[Any] = [
        Rectangle(centre=(50, 40), width=40, height=20, angle_deg=30),
        Ellipse(centre=(50, 40), radius_x=30, radius_y=10, angle_deg=-50),
        Polygon(points=((10, 10), (80, 20), (50, 70))),
        HalfPlane(start=(20, 10), end=(60, 70)),
    ]
    grid = np.array([(x + 0.3, y + 0.4) for x in range(0, 100, 7) for y in range(0, 80, 7)])
    for shape in shapes:
        path = outline(shape)
        assert [path.contains(QPointF(x, y)) for x, y in grid.tolist()] == shape.contains(grid).tolist()


# ---- playing


def test_play_pause_seek_and_step_show_the_right_frame(
    shown_window: MainWindow, qtbot: QtBot, wait_for_index: Wait
) -> None:
    transport = shown_window.transport
    transport.bar.setValue(40)
    wait_for_index(shown_window, 40)
    assert transport.now.text() == "0:01.333"
    transport.forward.click()
    wait_for_index(shown_window, 41)
    transport.back.click()
    wait_for_index(shown_window, 40)
    transport.play.click()
    qtbot.waitUntil(lambda: transport.bar.value() > 45, timeout=PATIENCE_MS)
    assert shown_window.session.is_playing
    transport.play.click()
    qtbot.waitUntil(lambda: shown_window.session.state.phase is Phase.PAUSED, timeout=PATIENCE_MS)
    transport.first.click()
    wait_for_index(shown_window, 0)


def test_the_demo_begins_playing(open_window: Callable[..., MainWindow], qtbot: QtBot, preset_file: Path) -> None:
    window = open_window(preset_file, None, True)
    qtbot.waitUntil(lambda: window.transport.bar.value() > 3, timeout=PATIENCE_MS)
    assert window.session.view.player.repeat


def test_space_plays_where_the_picture_has_the_focus_and_ticks_a_box_elsewhere(
    shown_window: MainWindow, qtbot: QtBot
) -> None:
    shown_window.activateWindow()
    box = shown_window.steps.section("Detect").step.rejected  # type: ignore[attr-defined]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert shown_window.session.settings.rejected
    assert shown_window.session.state.phase is Phase.PAUSED
    pane = shown_window.picture.frame_pane
    pane.setFocus()
    qtbot.waitUntil(pane.hasFocus, timeout=PATIENCE_MS)
    qtbot.keyClick(pane, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: shown_window.session.is_playing, timeout=PATIENCE_MS)


# ---- look


def test_dark_and_light_use_their_own_colours(shown_window: MainWindow) -> None:
    for face, colours in ((Face.LIGHT, LIGHT), (Face.DARK, DARK)):
        shown_window.action(f"face_{face.name.lower()}").trigger()
        palette = QApplication.palette()
        assert palette.color(QPalette.ColorRole.Window).name() == colours.panel
        assert palette.color(QPalette.ColorRole.WindowText).name() == colours.text
        assert shown_window.picture.frame_pane.backgroundBrush().color().name() == colours.canvas
        assert appearance().colours is colours


def test_words_on_the_picture_can_be_read_in_every_identity_colour() -> None:
    for colour in OKABE_ITO:
        assert contrast(readable_on_chip(colour), CHIP) >= 4.5


def test_no_button_is_without_a_name(shown_window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton

    for button in shown_window.findChildren(QAbstractButton):
        if type(button).__name__ == "QToolButton" and "ext" in button.objectName():
            continue  # the tool bar's own "more" button
        assert button.text() or button.toolTip() or button.accessibleName(), button


def test_every_action_has_a_menu_a_tip_and_a_shortcut_of_its_own(shown_window: MainWindow) -> None:
    seen: dict[str, str] = {}
    for info, action in shown_window._actions.values():
        assert info.tip
        assert action in [a for menu in shown_window._menus.values() for a in menu.actions()]
        if info.shortcut:
            assert info.shortcut not in seen, f"{info.name} and {seen[info.shortcut]}"
            seen[info.shortcut] = info.name
