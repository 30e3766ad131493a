"""A control for the name of something that is there: a zone, a line, another rule, a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from tracker_gui.qt.forms.controls import Control
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.params import SettingInfo

#: Names that may be typed, too, because what has them may be away.
TYPED = ("board", "output", "phase")
NONE_WORDS = {"zone": "the whole picture"}


class NameControl(Control):
    """A list of names to choose from; one that is missing stays, and says so."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        self.refers_to = info.refers_to
        self._optional = info.optional
        self._names: tuple[str, ...] = ()
        self._value: str | None = None
        self.combo = QComboBox()
        self.combo.setEditable(self.refers_to in TYPED)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setPlaceholderText(f"Choose a {self.refers_to}")
        self.combo.activated.connect(self._chosen)
        line = self.combo.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._typed)
        keep_wheel_for_scrolling(self.combo)
        self.setFocusProxy(self.combo)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo, 1)

    def set_names(self, names: Sequence[str]) -> None:
        """Tell which names there are."""
        self._names = tuple(names)
        self.show_value(self._value)

    def show_value(self, value: Any) -> None:
        self._value = value
        with QSignalBlocker(self.combo):
            self.combo.clear()
            if self._optional:
                self.combo.addItem(NONE_WORDS.get(self.refers_to, "none"), None)
            for name in self._names:
                self.combo.addItem(name, name)
            if value and value not in self._names:
                gone = "" if self.refers_to in TYPED else " (missing)"
                self.combo.addItem(f"{value}{gone}", value)
            index = next((n for n in range(self.combo.count()) if self.combo.itemData(n) == value), -1)
            self.combo.setCurrentIndex(index)
            if self.combo.isEditable():
                self.combo.setEditText(value or "")
        for number in range(self.combo.count()):
            self.combo.setItemData(number, self.combo.itemText(number), Qt.ItemDataRole.ToolTipRole)

    def _chosen(self, _: int) -> None:
        self._tell(self.combo.currentData())

    def _typed(self) -> None:
        self._tell(self.combo.currentText().strip())

    def _tell(self, value: str | None) -> None:
        if value != self._value:
            self._value = value
            self.edited.emit(value, 0)
