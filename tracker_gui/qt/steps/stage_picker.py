"""Choose one stage of a kind and set it: a combo box over the stages, the form of the chosen one below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from tracker_gui.core import registry
from tracker_gui.core.preset import StageChoice, choice
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.steps.step import dim_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker_gui.core.params import Params


class StagePicker(QWidget):
    """Sends `picked(choice, words, drag)` with the whole new choice."""

    picked = Signal(object, str, int)

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._chosen: StageChoice | None = None
        # What was set of a stage is still there when the user comes back to it.
        self._left: dict[str, StageChoice] = {}
        self.form: StageForm | None = None
        self._size_px = (640, 480)
        self._names: Mapping[str, Sequence[str]] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self.combo = QComboBox()
        self.combo.setAccessibleName("Kind")
        self.combo.setToolTip("How it is done; each way keeps its own settings while you try another")
        keep_wheel_for_scrolling(self.combo)
        for name in registry.names(kind):
            self.combo.addItem(registry.load(kind, name).title, name)
        self.combo.activated.connect(self._another)
        self._about = dim_label("")
        self._rows.addWidget(self.combo)
        self._rows.addWidget(self._about)

    def show_choice(self, chosen: StageChoice | None) -> None:
        """Show a choice without telling anybody; None for none yet."""
        before, self._chosen = self._chosen, chosen
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(-1 if chosen is None else self.combo.findData(chosen.stage))
        if chosen is None:
            self._drop_form()
            self._about.setText("")
            return
        self._left[chosen.stage] = chosen
        if self.form is None or before is None or before.stage != chosen.stage:
            self._drop_form()
            stage = registry.load(self._kind, chosen.stage)
            self._about.setText(stage.about)
            self.form = StageForm(type(chosen.params))
            self.form.set_frame_size(self._size_px)
            self.form.set_names(self._names)
            self.form.edited.connect(self._edited)
            self._rows.addWidget(self.form)
        if self.form.params != chosen.params:
            self.form.show_params(chosen.params)

    def set_frame_size(self, size_px: tuple[int, int]) -> None:
        self._size_px = size_px
        if self.form is not None:
            self.form.set_frame_size(size_px)

    def set_names(self, names: Mapping[str, Sequence[str]]) -> None:
        """Tell which zones, lines, rules and boards there are."""
        self._names = names
        if self.form is not None:
            self.form.set_names(names)

    def _drop_form(self) -> None:
        if self.form is not None:
            self._rows.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None

    def _another(self, _: int) -> None:
        name = self.combo.currentData()
        if self._chosen is None or name != self._chosen.stage:
            chosen = self._left.get(name) or choice(self._kind, name)
            self.picked.emit(chosen, f"use {self.combo.currentText()}", 0)

    def _edited(self, params: Params, title: str, drag: int) -> None:
        assert self._chosen is not None
        chosen = StageChoice(self._kind, self._chosen.stage, params, self._chosen.enabled)
        self.picked.emit(chosen, f"change {title}", drag)
