"""A box for a length in millimetres that may be unknown yet."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal

from tracker_gui.qt.forms.controls import NumberBox
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.theme.sizes import grow_with_text

LARGEST_MM = 1_000_000.0


class LengthBox(NumberBox):
    """Sends `entered(mm)` once a length is typed; shows "?" while there is none."""

    entered = Signal(float)

    def __init__(self, unit: str = " mm") -> None:
        super().__init__()
        self.setRange(0.0, LARGEST_MM)
        self.setSuffix(unit)
        self.setSpecialValueText("?")
        self.setKeyboardTracking(False)
        grow_with_text(self.setMinimumWidth, 104)
        keep_wheel_for_scrolling(self)
        self.valueChanged.connect(self._typed)

    def show_length(self, length: float | None) -> None:
        """Show a length without telling anybody; None for one that is not known."""
        if not self.hasFocus() or length is not None:
            with QSignalBlocker(self):
                self.setValue(0.0 if length is None else length)

    def _typed(self, value: float) -> None:
        if value > 0:
            self.entered.emit(value)
