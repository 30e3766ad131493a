"""Stages of which any number may be used: outputs, and what is told of the animals beyond their place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout

from tracker_gui.core import registry
from tracker_gui.core.preset import StageChoice, choice
from tracker_gui.qt.forms.form import StageForm

if TYPE_CHECKING:
    from tracker_gui.core.params import Params


class StageSwitch(QFrame):
    """A stage that is used or not: a switch, and its form while it is on."""

    edited = Signal(object, str, int)

    def __init__(self, kind: str, name: str) -> None:
        super().__init__()
        self._name = name
        self._chosen = choice(kind, name, enabled=False)
        stage = registry.load(kind, name)
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 6, 8, 8)
        rows.setSpacing(8)
        self.switch = QCheckBox(stage.title)
        self.switch.setToolTip(stage.about)
        self.switch.toggled.connect(self._switched)
        rows.addWidget(self.switch)
        self.form = StageForm(stage.Params)
        self.form.edited.connect(self._changed)
        rows.addWidget(self.form)

    @property
    def name(self) -> str:
        return self._name

    def show_choice(self, chosen: StageChoice | None) -> None:
        """Show how the preset has it; None where it does not have it at all."""
        self._chosen = replace(self._chosen, enabled=False) if chosen is None else chosen
        self.switch.blockSignals(True)
        self.switch.setChecked(self._chosen.enabled)
        self.switch.blockSignals(False)
        if self.form.params != self._chosen.params:
            self.form.show_params(self._chosen.params)
        self.form.setVisible(self._chosen.enabled and bool(type(self._chosen.params).model_fields))

    def _switched(self, on: bool) -> None:
        words = f"switch {self.switch.text()} {'on' if on else 'off'}"
        self.edited.emit(replace(self._chosen, enabled=on), words, 0)

    def _changed(self, params: Params, title: str, drag: int) -> None:
        self.edited.emit(replace(self._chosen, params=params), f"change {title}", drag)


def with_choice(listed: tuple[StageChoice, ...], chosen: StageChoice) -> tuple[StageChoice, ...]:
    """Return the list with `chosen` in place of the same stage, or at the end."""
    if any(c.stage == chosen.stage for c in listed):
        return tuple(chosen if c.stage == chosen.stage else c for c in listed)
    return (*listed, chosen)
