"""One control for each kind of setting; a form puts them together."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from tracker_gui.core.params import Kind
from tracker_gui.qt.document import new_drag
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from tracker_gui.core.params import SettingInfo

SLIDER_STEPS = 1000
NUMBER_WIDTH_PX = 104
LONGEST_SUFFIX = 6
TEXT_MARGINS_PX = (5, 0, 0, 0)
DECIMALS = 8
#: A point in every language, as in the files.
PLAIN = QLocale(QLocale.Language.C)
#: Where a slider over several orders of magnitude has its default.
DEFAULT_AT = 0.35


class Control(QWidget):
    """Shows one value and tells when the user changes it.

    `edited(value, drag)`: changes with the same drag number, other than 0, are one undo step.
    """

    edited = Signal(object, int)

    def show_value(self, value: Any) -> None:
        """Show a value without telling anybody."""
        raise TypeError(f"{type(self).__name__} cannot show {value!r}")


class NumberBox(QDoubleSpinBox):
    """Takes as many decimals as a calibration has, and shows only those that are there."""

    def __init__(self) -> None:
        super().__init__()
        self.setLocale(PLAIN)
        self.setDecimals(DECIMALS)
        self.lineEdit().setTextMargins(*TEXT_MARGINS_PX)

    def textFromValue(self, value: float) -> str:
        text = f"{value:.{self.decimals()}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text


class NumberControl(Control):
    """A slider and a spin box over the same range."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        self._info = info
        self._whole = info.kind is Kind.INT
        self._drag = 0
        row = _row(self)
        self.slider: QSlider | None = None
        if info.lower is not None and info.upper is not None:
            self._curve = _curve(info)
            self.slider = QSlider(Qt.Orientation.Horizontal)
            self.slider.setRange(0, SLIDER_STEPS)
            self.slider.setMinimumWidth(60)
            keep_wheel_for_scrolling(self.slider)
            self.slider.sliderPressed.connect(self._begin_drag)
            self.slider.sliderReleased.connect(self._end_drag)
            self.slider.valueChanged.connect(self._slid)
            row.addWidget(self.slider, 1)
        self.spin: QSpinBox | QDoubleSpinBox = _spin_box(info)
        self.spin.valueChanged.connect(self._typed)
        self.setFocusProxy(self.spin)
        row.addWidget(self.spin)
        if self.slider is None:
            row.addStretch(1)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self.spin):
            self.spin.setValue(value)
        self._show_on_slider(float(value))

    def _show_on_slider(self, value: float) -> None:
        if self.slider is not None and not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(self._position(value))

    def _position(self, value: float) -> int:
        assert self._info.lower is not None and self._info.upper is not None
        share = (value - self._info.lower) / (self._info.upper - self._info.lower)
        return round(SLIDER_STEPS * max(0.0, min(1.0, share)) ** (1.0 / self._curve))

    def _value_at(self, position: int) -> float | int:
        lower, upper, step = self._info.lower, self._info.upper, self._info.step
        assert lower is not None and upper is not None
        value = lower + (upper - lower) * (position / SLIDER_STEPS) ** self._curve
        if step:
            # Coarser where the numbers are larger: nobody means 1,234,570 px² by a slider.
            coarse = step * max(1.0, 10.0 ** math.floor(math.log10(max(1.0, abs(value) / step / 100.0))))
            value = lower + round((value - lower) / coarse) * coarse
        value = max(lower, min(upper, value))
        return round(value) if self._whole else round(value, DECIMALS)

    def _begin_drag(self) -> None:
        self._drag = new_drag()

    def _end_drag(self) -> None:
        self._drag = 0

    def _slid(self, position: int) -> None:
        value = self._value_at(position)
        if value == self.spin.value():
            return
        with QSignalBlocker(self.spin):
            self.spin.setValue(value)  # type: ignore[arg-type]
        self.edited.emit(value, self._drag)

    def _typed(self, value: float) -> None:
        self._show_on_slider(float(value))
        self.edited.emit(int(value) if self._whole else float(value), 0)


def _spin_box(info: SettingInfo) -> QSpinBox | QDoubleSpinBox:
    lower = -1e9 if info.lower is None else info.lower
    upper = 1e9 if info.upper is None else info.upper
    spin: QSpinBox | QDoubleSpinBox
    if info.kind is Kind.INT:
        spin = QSpinBox()
        spin.setRange(int(max(lower, -(2**31))), int(min(upper, 2**31 - 1)))
        spin.setSingleStep(int(info.step or 1))
    else:
        spin = NumberBox()
        spin.setRange(lower, upper)
        spin.setSingleStep(info.step or 0.1)
    if short_unit(info.unit):
        spin.setSuffix(f" {info.unit}")
    spin.setKeyboardTracking(False)
    grow_with_text(spin.setFixedWidth, NUMBER_WIDTH_PX)
    spin.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
    keep_wheel_for_scrolling(spin)
    return spin


def short_unit(unit: str) -> str:
    """Return a unit that fits behind a number; empty for longer ones, which stand in the label."""
    return unit if len(unit) <= LONGEST_SUFFIX else ""


def _curve(info: SettingInfo) -> float:
    """Return the power that puts the default at `DEFAULT_AT` where the range spans orders of magnitude."""
    assert info.lower is not None and info.upper is not None
    span = info.upper - info.lower
    steps = span / (info.step or 1.0)
    if steps <= 400 or info.lower < 0:
        return 1.0
    share = (float(info.default) - info.lower) / span if isinstance(info.default, int | float) else 0.0
    if share >= 0.1:
        return 1.0
    return min(9.0, math.log(max(share, 1e-4)) / math.log(DEFAULT_AT))


class OptionalNumberControl(Control):
    """A number that may be left to the program."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        self._whole = info.kind is Kind.INT
        row = _row(self)
        self.box = QCheckBox("Set")
        self.spin = _spin_box(info)
        self.spin.setValue(max(0, self.spin.minimum()))  # type: ignore[arg-type]
        row.addWidget(self.box)
        row.addStretch(1)
        row.addWidget(self.spin)
        self.box.toggled.connect(self._changed)
        self.spin.valueChanged.connect(self._changed)
        self.setFocusProxy(self.box)
        self.show_value(None)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self.box), QSignalBlocker(self.spin):
            self.box.setChecked(value is not None)
            if value is not None:
                self.spin.setValue(value)
        self.spin.setEnabled(value is not None)

    def _changed(self) -> None:
        value = self.spin.value()
        self.spin.setEnabled(self.box.isChecked())
        self.edited.emit((int(value) if self._whole else float(value)) if self.box.isChecked() else None, 0)


class ChoiceControl(Control):
    """One of several words."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        row = _row(self)
        self.combo = QComboBox()
        if info.optional:
            self.combo.addItem("none", None)
        for choice in info.choices:
            self.combo.addItem(choice.replace("_", " "), choice)
        self.combo.activated.connect(self._chosen)
        keep_wheel_for_scrolling(self.combo)
        self.setFocusProxy(self.combo)
        row.addWidget(self.combo, 1)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(self.combo.findData(value))

    def _chosen(self, _: int) -> None:
        self.edited.emit(self.combo.currentData(), 0)


class SwitchControl(Control):
    """On or off."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        row = _row(self)
        self.box = QCheckBox(info.title)
        self.box.toggled.connect(self._toggled)
        self.setFocusProxy(self.box)
        row.addWidget(self.box, 1)

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(value))

    def _toggled(self, on: bool) -> None:
        self.edited.emit(on, 0)


class TextControl(Control):
    """A line of text."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        self._optional = info.optional
        row = _row(self)
        self.line = QLineEdit()
        self.line.editingFinished.connect(self._finished)
        self.setFocusProxy(self.line)
        row.addWidget(self.line, 1)
        self._shown = ""

    def show_value(self, value: Any) -> None:
        self._shown = "" if value is None else str(value)
        self.line.setText(self._shown)
        self.line.setCursorPosition(0)

    def _finished(self) -> None:
        text = self.line.text()
        if text != self._shown:
            self._shown = text
            self.edited.emit(None if self._optional and not text else text, 0)


class PathControl(TextControl):
    """A file, typed or chosen."""

    def __init__(self, info: SettingInfo, folder: bool = False) -> None:
        super().__init__(info)
        self._title = info.title
        self._folder = folder
        self._value: Path | None = None
        self.button = QToolButton()
        self.button.setIcon(icon("folder-open-outline"))
        self.button.setIconSize(ICON_SIZE)
        self.button.setToolTip("Choose a folder" if folder else "Choose a file")
        self.button.setAccessibleName(f"Choose {info.title}")
        self.button.clicked.connect(self._choose)
        row = self.layout()
        assert row is not None
        row.addWidget(self.button)

    def show_value(self, value: Any) -> None:
        self._value = value
        super().show_value("" if value in (None, Path()) else value)
        self.line.setToolTip("" if value is None else str(value))
        self.line.setCursorPosition(len(self.line.text()))

    def _finished(self) -> None:
        text = self.line.text().strip()
        if text != self._shown:
            self._shown = text
            self._emit(Path(text) if text else None)

    def _choose(self) -> None:
        start = "" if self._value is None else str(self._value)
        if self._folder:
            name = QFileDialog.getExistingDirectory(self, self._title, start)
        else:
            name, _ = QFileDialog.getOpenFileName(self, self._title, start)
        if name:
            self._emit(Path(name))

    def _emit(self, path: Path | None) -> None:
        self.edited.emit(path if path is not None or self._optional else Path(), 0)


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    return row
