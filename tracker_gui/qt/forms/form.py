"""A form made from a stage's `Params`: nobody lays out a form by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from tracker_gui.core.params import Kind, Params, SettingInfo, describe
from tracker_gui.qt.forms.colour_control import ColourControl
from tracker_gui.qt.forms.controls import (
    ChoiceControl,
    Control,
    NumberControl,
    OptionalNumberControl,
    PathControl,
    SwitchControl,
    TextControl,
    short_unit,
)
from tracker_gui.qt.forms.list_controls import LinesControl, NumbersControl
from tracker_gui.qt.forms.name_control import NameControl
from tracker_gui.qt.forms.shapes_control import ShapesControl
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SMALL = QSize(14, 14)


def make_control(info: SettingInfo) -> Control:
    """Return the control for one setting."""
    made: dict[Kind, Callable[[SettingInfo], Control]] = {
        Kind.BOOL: SwitchControl,
        Kind.INT: NumberControl,
        Kind.FLOAT: NumberControl,
        Kind.CHOICE: ChoiceControl,
        Kind.TEXT: TextControl,
        Kind.COLOUR: ColourControl,
        Kind.PATH: PathControl,
        Kind.SHAPES: ShapesControl,
        Kind.TEXTS: LinesControl,
        Kind.NUMBERS: NumbersControl,
    }
    if info.refers_to:
        return NameControl(info)
    if info.optional and info.kind in (Kind.INT, Kind.FLOAT):
        return OptionalNumberControl(info)
    return made[info.kind](info)


def explanation(info: SettingInfo) -> str:
    """Return the tool tip: what it does, its range, its default."""
    lines = [info.description]
    if info.range_text:
        lines.append(f"Range: {info.range_text}.")
    if info.kind not in (Kind.SHAPES, Kind.PATH, Kind.TEXTS, Kind.NUMBERS):
        unit = f" {info.unit}" if info.unit else ""
        default = {True: "on", False: "off"}.get(info.default) if info.kind is Kind.BOOL else info.default
        lines.append(f"Default: {'none' if default is None else default}{unit}.")
    return "<p>" + "</p><p>".join(line for line in lines if line) + "</p>"


def label_of(info: SettingInfo) -> str:
    """Return the title, with the unit where that is too long to stand behind the number."""
    if not info.unit or short_unit(info.unit) or info.title.lower() in info.unit:
        return info.title
    return f"{info.title}, {info.unit}"


class _Row(QWidget):
    """Label, reset button and control of one setting."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        self.info = info
        self.control = make_control(info)
        self.reset = QToolButton()
        self.reset.setIconSize(SMALL)
        self.reset.setToolTip("Back to the default")
        self.reset.setAccessibleName(f"Reset {info.title}")
        # Kept in the layout, so that nothing jumps when it appears.
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.setToolTip(explanation(info))
        self.control.setAccessibleName(info.title)
        # It is the part with the focus of which a screen reader tells the name.
        for part in self.control.findChildren(QWidget):
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and not part.accessibleName():
                part.setAccessibleName(info.title)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(1)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        if info.kind is Kind.BOOL:
            head.addWidget(self.control, 1)
        else:
            label = QLabel(label_of(info))
            label.setProperty("dim", True)
            label.setBuddy(self.control)
            head.addWidget(label, 1)
        head.addWidget(self.reset)
        rows.addLayout(head)
        if info.kind is not Kind.BOOL:
            rows.addWidget(self.control)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.reset.setIcon(icon("restore", "dim"))

    def show_value(self, value: Any) -> None:
        self.control.show_value(value)
        self.reset.setVisible(value != self.info.default)


class StageForm(QWidget):
    """All settings of one stage.

    `edited(params, title, drag)` carries the new, valid settings and the title of what was changed.

    Parameters
    ----------
    defaults : Params, optional
        What its buttons reset to, where that is not what the class says.
    """

    edited = Signal(object, str, int)

    def __init__(self, kind: type[Params], leave_out: tuple[str, ...] = (), defaults: Params | None = None) -> None:
        super().__init__()
        self._kind = kind
        self._params: Params = kind()
        # Values that are not valid with the others yet, such as a minimum above a maximum that is still to come.
        self._waiting: dict[str, Any] = {}
        self._rows: dict[str, _Row] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        infos = [info for info in describe(kind) if info.name not in leave_out]
        if defaults is not None:
            infos = [replace(info, default=getattr(defaults, info.name)) for info in infos]
        for info in infos:
            if not info.more:
                layout.addWidget(self._row(info))
        self._problem = QLabel()
        self._problem.setProperty("tone", "warn")
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout.addWidget(self._problem)
        rare = [info for info in infos if info.more]
        self.more = QToolButton()
        self.more.setProperty("link", True)
        self.more.setCheckable(True)
        self._rare = QWidget()
        if rare:
            layout.addWidget(self.more)
            inner = QVBoxLayout(self._rare)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(6)
            for info in rare:
                inner.addWidget(self._row(info))
            layout.addWidget(self._rare)
            self._rare.hide()
            self.more.toggled.connect(self._show_more)
        self.show_params(self._params)

    def _row(self, info: SettingInfo) -> _Row:
        row = _Row(info)
        self._rows[info.name] = row
        row.control.edited.connect(self._edited)
        row.reset.clicked.connect(self._reset)
        return row

    def control(self, name: str) -> Control:
        """Return the control of one setting."""
        return self._rows[name].control

    @property
    def params(self) -> Params:
        return self._params

    def set_frame_size(self, size_px: tuple[int, int]) -> None:
        """Tell where the middle of the picture is, for new shapes."""
        for row in self._rows.values():
            if isinstance(row.control, ShapesControl):
                row.control.frame_size_px = size_px

    def set_names(self, names: Mapping[str, Sequence[str]]) -> None:
        """Tell which zones, lines, rules and boards there are, for settings that name one."""
        for row in self._rows.values():
            if isinstance(row.control, NameControl):
                row.control.set_names(names.get(row.control.refers_to, ()))

    def show_params(self, params: Params) -> None:
        """Show other settings of the same kind without telling anybody."""
        self._params = params
        self._waiting.clear()
        self._problem.hide()
        for name, row in self._rows.items():
            row.show_value(getattr(params, name))
        self._show_what_applies()

    def _show_what_applies(self) -> None:
        """Hide what has no effect beside the other settings."""
        for row in self._rows.values():
            row.setVisible(row.info.applies(self._params))
        self._name_more()

    def _show_more(self, shown: bool) -> None:
        self._rare.setVisible(shown)
        self._name_more()

    def _name_more(self) -> None:
        count = sum(row.info.more and row.info.applies(self._params) for row in self._rows.values())
        self.more.setText("Less" if self.more.isChecked() else f"More ({count})")
        self.more.setVisible(count > 0)

    def _edited(self, value: Any, drag: int) -> None:
        control = self.sender()
        name = next(name for name, row in self._rows.items() if row.control is control)
        self._try(name, value, drag)

    def _reset(self) -> None:
        button = self.sender()
        name = next(name for name, row in self._rows.items() if row.reset is button)
        row = self._rows[name]
        row.control.show_value(row.info.default)
        self._try(name, row.info.default, 0)

    def _try(self, name: str, value: Any, drag: int) -> None:
        waiting = {**self._waiting, name: value}
        current = {field: getattr(self._params, field) for field in self._kind.model_fields}
        try:
            params = self._kind(**{**current, **waiting})
        except ValidationError as error:
            self._waiting = waiting
            first = error.errors(include_url=False)[0]
            message = str(first["msg"]).removeprefix("Value error, ")
            self._problem.setText(f"Not used yet: {message}.")
            self._problem.show()
            return
        self._waiting = {}
        self._problem.hide()
        self._params = params
        for row in self._rows.values():
            row.reset.setVisible(getattr(params, row.info.name) != row.info.default)
        self._show_what_applies()
        self.edited.emit(params, self._rows[name].info.title, drag)
