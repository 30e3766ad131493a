"""A colour out of those that everyone tells apart, or any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QComboBox, QHBoxLayout

from tracker_gui.qt.forms.controls import Control
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.theme.colours import OKABE_ITO

if TYPE_CHECKING:
    from tracker_gui.core.params import SettingInfo

COLOUR_NAMES = ("Orange", "Sky blue", "Green", "Yellow", "Pink", "Blue", "Vermilion")
SWATCH = QSize(14, 14)
WHITE = "#ffffff"
OTHER = "other"


class ColourControl(Control):
    """A list of colours by their names; what an empty one does is said first."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.combo = QComboBox()
        words = info.no_colour.removeprefix("empty ").removeprefix("is ")
        self.combo.addItem(words[:1].upper() + words[1:], "")
        for colour, name in zip((*OKABE_ITO, WHITE), (*COLOUR_NAMES, "White"), strict=True):
            self.combo.addItem(swatch(colour), name, colour.lower())
        self.combo.addItem("Other…", OTHER)
        self.combo.setIconSize(SWATCH)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.activated.connect(self._chosen)
        keep_wheel_for_scrolling(self.combo)
        self.setFocusProxy(self.combo)
        row.addWidget(self.combo, 1)
        self._value = ""

    def show_value(self, value: Any) -> None:
        self._value = str(value or "").lower()
        with QSignalBlocker(self.combo):
            number = self.combo.findData(self._value)
            if number < 0:
                number = self.combo.count() - 1
                self.combo.insertItem(number, swatch(self._value), self._value, self._value)
            self.combo.setCurrentIndex(number)

    def _chosen(self, _: int) -> None:
        chosen = self.combo.currentData()
        if chosen != OTHER:
            self._take(chosen)
            return
        self.show_value(self._value)
        dialog = QColorDialog(QColor(self._value or OKABE_ITO[0]), self)
        dialog.colorSelected.connect(self._take_colour)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_colour(self, colour: QColor) -> None:
        self._take(colour.name())

    def _take(self, value: str) -> None:
        if value != self._value:
            self.show_value(value)
            self.edited.emit(value, 0)


def swatch(colour: str) -> QIcon:
    """Return a small square of a colour."""
    picture = QPixmap(SWATCH)
    picture.fill(QColor(colour))
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)  # else it is tinted where it is selected
    return made
