"""Forms follow from the declaration of the settings: every one is built, shows and gives back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from tracker_gui.core import registry
from tracker_gui.core.geometry import SHAPE_KINDS, Circle, HalfPlane, Polygon
from tracker_gui.core.params import Kind, Params, SettingInfo, describe
from tracker_gui.qt.forms.controls import (
    ChoiceControl,
    NumberControl,
    OptionalNumberControl,
    PathControl,
    SwitchControl,
    TextControl,
)
from tracker_gui.qt.forms.form import StageForm, explanation
from tracker_gui.qt.forms.list_controls import LinesControl, NumbersControl
from tracker_gui.qt.forms.name_control import NameControl
from tracker_gui.qt.forms.shapes_control import ShapesControl, new_shape

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

ALL = registry.all_names()
BLOBS = registry.load("detectors", "blobs").Params


#: Texts that some settings do not take as they are.
FITTING = {
    "text": "x > 1", "from_time": "12:30", "to_time": "12:30", "url": "http://camera/", "to": "${OTHER}",
    "upload": "s3://lab/clips",
}  # fmt: skip


def another_value(info: SettingInfo) -> Any:
    """Return a valid value that is not the default."""
    if info.kind is Kind.BOOL:
        return not info.default
    if info.kind is Kind.CHOICE:
        return next(choice for choice in info.choices if choice != info.default)
    if info.kind in (Kind.INT, Kind.FLOAT):
        if info.default is None:
            return round(info.upper or 100)
        step = info.step or 1
        value = info.default + step if info.upper is None or info.default + step <= info.upper else info.default - step
        return round(value) if info.kind is Kind.INT else value
    if info.kind is Kind.SHAPES:
        return (Circle(centre=(30, 40), radius=20),)
    lists = {Kind.TEXTS: ("two words", "${subject}"), Kind.NUMBERS: (3, 1)}
    if info.kind in lists:
        return lists[info.kind]
    return Path("some") / "file.png" if info.kind is Kind.PATH else FITTING.get(info.name, "text")


def set_by_hand(form: StageForm, info: SettingInfo, value: Any) -> None:
    """Operate the control as a user does."""
    control = form.control(info.name)
    if isinstance(control, NumberControl):
        control.spin.setValue(value)
    elif isinstance(control, OptionalNumberControl):
        control.box.setChecked(True)
        control.spin.setValue(value)
    elif isinstance(control, ChoiceControl):
        index = control.combo.findData(value)
        control.combo.setCurrentIndex(index)
        control.combo.activated.emit(index)
    elif isinstance(control, NameControl):
        control.set_names((value,))
        index = control.combo.findData(value)
        control.combo.setCurrentIndex(index)
        control.combo.activated.emit(index)
    elif isinstance(control, SwitchControl):
        control.box.click()
    elif isinstance(control, LinesControl):
        control.lines.setPlainText("\n".join(value) + "\n")
        control.finish()
    elif isinstance(control, NumbersControl):
        control.line.setText(" ".join(map(str, value)) + " x")
        control.line.editingFinished.emit()
    elif isinstance(control, PathControl | TextControl):
        control.line.setText(str(value))
        control.line.editingFinished.emit()
    elif isinstance(control, ShapesControl):
        control.frame_size_px = (100, 100)
        control.add_shape(Circle)


@pytest.mark.parametrize("name", ALL, ids=str)
def test_the_form_of_every_stage_shows_the_settings_it_is_given(
    name: registry.StageName, dressed: QApplication, qtbot: QtBot
) -> None:
    kind: type[Params] = registry.load(name.kind, name.name).Params
    form = StageForm(kind)
    qtbot.addWidget(form)
    assert form.params == kind()
    for info in describe(kind):
        changed = kind(**{**dict(kind()), info.name: another_value(info)})
        form.show_params(changed)
        assert form.params == changed


@pytest.mark.parametrize("name", ALL, ids=str)
def test_every_control_of_every_stage_gives_back_what_is_set(
    name: registry.StageName, dressed: QApplication, qtbot: QtBot
) -> None:
    kind: type[Params] = registry.load(name.kind, name.name).Params
    for info in describe(kind):
        form = StageForm(kind)
        qtbot.addWidget(form)
        wanted = another_value(info)
        heard: list[tuple[Any, str, int]] = []
        form.edited.connect(lambda *what, heard=heard: heard.append(what))
        set_by_hand(form, info, wanted)
        params, title, _ = heard[-1]
        assert title == info.title
        if info.kind is Kind.SHAPES:
            assert len(getattr(params, info.name)) == 1
        else:
            exact = wanted if not isinstance(wanted, float) else pytest.approx(wanted, abs=1e-9)
            assert getattr(params, info.name) == exact
        others = {k: v for k, v in dict(params).items() if k != info.name}
        assert others == {k: v for k, v in dict(kind()).items() if k != info.name}


@pytest.mark.parametrize("name", ALL, ids=str)
def test_showing_settings_tells_nobody(name: registry.StageName, dressed: QApplication, qtbot: QtBot) -> None:
    kind: type[Params] = registry.load(name.kind, name.name).Params
    form = StageForm(kind)
    qtbot.addWidget(form)
    with qtbot.assertNotEmitted(form.edited):
        for info in describe(kind):
            form.show_params(kind(**{**dict(kind()), info.name: another_value(info)}))


def test_a_name_that_is_missing_stays_in_its_list_and_says_so(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(registry.load("events", "in_zone").Params)
    qtbot.addWidget(form)
    form.set_names({"zone": ("arena",)})
    form.show_params(registry.load("events", "in_zone").Params(zone="nest"))
    control = form.control("zone")
    assert isinstance(control, NameControl)
    assert control.combo.currentText() == "nest (missing)"
    assert [control.combo.itemText(n) for n in range(control.combo.count())] == ["arena", "nest (missing)"]


def test_each_tool_tip_says_what_it_does_and_its_range(dressed: QApplication) -> None:
    info = next(info for info in describe(BLOBS) if info.name == "block_size_px")
    text = explanation(info)
    assert info.description in text
    assert "3 to 999 px" in text
    assert "Default: 51 px" in text


def test_the_slider_reaches_both_ends_of_a_wide_range(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(BLOBS)
    qtbot.addWidget(form)
    control = form.control("max_area_px2")
    assert isinstance(control, NumberControl)
    assert control.slider is not None
    control.slider.setValue(control.slider.maximum())
    assert form.params.max_area_px2 == 10_000_000  # type: ignore[attr-defined]
    form.show_params(BLOBS())
    assert 0.2 < control.slider.value() / control.slider.maximum() < 0.5


def test_the_spin_box_moves_the_slider_along(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(BLOBS)
    qtbot.addWidget(form)
    control = form.control("level")
    assert isinstance(control, NumberControl)
    assert control.slider is not None
    before = control.slider.value()
    control.spin.setValue(200)
    assert control.slider.value() > before


def test_reset_brings_the_default_back(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(BLOBS)
    qtbot.addWidget(form)
    row = form._rows["offset"]
    assert row.reset.isHidden()
    form.show_params(BLOBS(offset=40))
    assert not row.reset.isHidden()
    row.reset.click()
    assert form.params.offset == BLOBS().offset  # type: ignore[attr-defined]
    assert row.reset.isHidden()


def test_a_range_the_wrong_way_round_is_told_and_not_used(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(BLOBS)
    qtbot.addWidget(form)
    with qtbot.assertNotEmitted(form.edited):
        form.control("min_area_px2").spin.setValue(9000)  # type: ignore[attr-defined]
    assert "must be below" in form._problem.text()
    assert not form._problem.isHidden()
    with qtbot.waitSignal(form.edited) as edited:
        form.control("max_area_px2").spin.setValue(20_000)  # type: ignore[attr-defined]
    params = edited.args[0]
    assert (params.min_area_px2, params.max_area_px2) == (9000, 20_000)
    assert form._problem.isHidden()


def test_what_has_no_effect_beside_the_other_settings_is_hidden(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(BLOBS)
    qtbot.addWidget(form)
    form.show()
    usual = {"block_size_px": True, "offset": True, "level": False, "difference": False, "polarity": True}
    assert {name: form.control(name).isVisible() for name in usual} == usual
    form.show_params(BLOBS(method="background"))
    other = {"block_size_px": False, "offset": False, "level": False, "difference": True, "polarity": False}
    assert {name: form.control(name).isVisible() for name in other} == other


def test_rare_settings_are_behind_more(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(BLOBS)
    qtbot.addWidget(form)
    form.show()
    assert not form.control("open_px").isVisible()
    form.more.click()
    assert form.control("open_px").isVisible()


def test_the_wheel_does_not_change_what_was_not_clicked(dressed: QApplication, qtbot: QtBot) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    form = StageForm(BLOBS)
    qtbot.addWidget(form)
    combo = form.control("method").combo  # type: ignore[attr-defined]
    assert isinstance(combo, QComboBox)
    none = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase)
    event = QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), *none, False)
    QApplication.sendEvent(combo, event)
    assert combo.currentData() == "adaptive"


@pytest.mark.parametrize("kind", SHAPE_KINDS, ids=lambda kind: kind.__name__)
def test_a_new_shape_lies_in_the_middle_of_the_frame(kind: type[Any]) -> None:
    shape = new_shape(kind, (640, 480))
    assert isinstance(shape, kind)
    if kind is not HalfPlane:
        mask = shape.mask((640, 480))
        assert mask[240, 320] == 255
        assert 0.2 < (mask > 0).mean() < 0.9


def test_the_numbers_of_a_shape_can_be_edited_and_the_shape_removed(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(registry.load("image", "region_mask").Params)
    qtbot.addWidget(form)
    control = form.control("keep")
    assert isinstance(control, ShapesControl)
    control.add_shape(Circle)
    control._entries[0]._spins["radius"][0].setValue(77)
    assert form.params.keep[0].radius == 77  # type: ignore[attr-defined]
    control._entries[0].name.setText("dish")
    control._entries[0].name.editingFinished.emit()
    assert form.params.keep[0].name == "dish"  # type: ignore[attr-defined]
    control._entries[0].remove.click()
    assert form.params.keep == ()  # type: ignore[attr-defined]


def test_the_corners_of_a_polygon_are_lines_of_text(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(registry.load("image", "region_mask").Params)
    qtbot.addWidget(form)
    control = form.control("ignore")
    assert isinstance(control, ShapesControl)
    control.add_shape(Polygon)
    editor = control._entries[0]._points
    assert editor is not None
    editor.setPlainText("0, 0\n50, 0\n50, 60")
    assert form.params.ignore[0].points == ((0, 0), (50, 0), (50, 60))  # type: ignore[attr-defined]
    editor.setPlainText("0, 0\n50")
    assert "three corners" in control._entries[0]._problem.text()
    assert form.params.ignore[0].points == ((0, 0), (50, 0), (50, 60))  # type: ignore[attr-defined]


def test_digits_that_a_spin_box_does_not_show_are_kept(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(registry.load("image", "region_mask").Params)
    qtbot.addWidget(form)
    exact = Circle(centre=(99.512345, 74.498765), radius=67.123)
    form.show_params(type(form.params)(keep=(exact,)))
    control = form.control("keep")
    assert isinstance(control, ShapesControl)
    control._entries[0]._spins["radius"][0].setValue(50)
    assert form.params.keep[0].centre == exact.centre  # type: ignore[attr-defined]


def test_a_number_keeps_the_digits_of_a_calibration(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(registry.load("image", "undistort").Params)
    qtbot.addWidget(form)
    control = form.control("k1")
    assert isinstance(control, NumberControl)
    control.spin.lineEdit().setText("-0.28340811")
    control.spin.interpretText()
    assert form.params.k1 == -0.28340811  # type: ignore[attr-defined]


def test_a_number_that_may_be_left_out_can_be_left_out_again(dressed: QApplication, qtbot: QtBot) -> None:
    form = StageForm(registry.load("image", "undistort").Params)
    qtbot.addWidget(form)
    control = form.control("cx")
    assert isinstance(control, OptionalNumberControl)
    control.box.click()
    control.spin.setValue(320.5)
    assert form.params.cx == 320.5  # type: ignore[attr-defined]
    control.box.click()
    assert form.params.cx is None  # type: ignore[attr-defined]
