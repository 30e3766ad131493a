"""The animals as a key to their curves, each of which can be hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from tracker_gui.qt.plots.line_looks import SAMPLE_SIZE, sample
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

BUTTON_WIDTH_PX = 56
GAP_PX = 4


class AnimalKey(QWidget):
    """A button for each animal; as many in a row as there is room for.

    `changed` says that another set of animals is to be seen.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[int, QToolButton] = {}
        self._hidden: set[int] = set()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)
        self._across = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        appearance().changed.connect(self._redraw)

    @property
    def shown(self) -> tuple[int, ...]:
        return tuple(animal for animal in self.buttons if animal not in self._hidden)

    def show_animals(self, animals: tuple[int, ...]) -> None:
        """List these animals; one that was hidden before stays so."""
        if tuple(self.buttons) == animals:
            return
        for animal in [animal for animal in self.buttons if animal not in animals]:
            button = self.buttons.pop(animal)
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {animal: self.buttons.get(animal) or self._make(animal) for animal in animals}
        self._redraw()
        self._arrange(force=True)

    def _make(self, animal: int) -> QToolButton:
        button = QToolButton()
        button.setText(str(animal))
        button.setCheckable(True)
        button.setChecked(animal not in self._hidden)
        button.setProperty("animal", animal)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(SAMPLE_SIZE)
        grow_with_text(button.setFixedWidth, BUTTON_WIDTH_PX)
        button.setToolTip(f"Show or hide animal {animal} in all plots")
        button.setAccessibleName(f"Animal {animal}")
        button.toggled.connect(self._toggle)
        return button

    def _toggle(self, on: bool) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        animal = int(button.property("animal"))
        if on:
            self._hidden.discard(animal)
        else:
            self._hidden.add(animal)
        button.setIcon(sample(animal, on))
        self.changed.emit()

    def _redraw(self) -> None:
        for animal, button in self.buttons.items():
            button.setIcon(sample(animal, button.isChecked()))

    def _arrange(self, force: bool = False) -> None:
        across = max(1, (self.width() + GAP_PX) // (BUTTON_WIDTH_PX + GAP_PX))
        if across == self._across and not force:
            return
        self._across = across
        for button in self.buttons.values():
            self._grid.removeWidget(button)
        for number, button in enumerate(self.buttons.values()):
            self._grid.addWidget(button, number // across, number % across)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(across, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
