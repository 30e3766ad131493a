"""Controls for settings that are lists: texts one per line, and numbers with commas between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSignalBlocker
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout

from tracker_gui.qt.forms.controls import Control, TextControl
from tracker_gui.qt.theme.sizes import grow_with_text, usual

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from tracker_gui.core.params import SettingInfo

LINES_SHOWN = 4


class _Lines(QPlainTextEdit):
    """Keeps Tab for going on to the next control, and tells when it is left."""

    def __init__(self, control: LinesControl) -> None:
        super().__init__()
        self._control = control
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        margins = self.contentsMargins()
        spare = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        height_px = LINES_SHOWN * self.fontMetrics().lineSpacing() + margins.top() + margins.bottom() + spare
        grow_with_text(self.setFixedHeight, usual(height_px))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.type() == QEvent.Type.FocusOut:
            self._control.finish()


class LinesControl(Control):
    """Several texts, one in each line; empty lines at the end do not count."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.lines = _Lines(self)
        self.lines.setPlaceholderText("One per line")
        self.setFocusProxy(self.lines)
        column.addWidget(self.lines)
        self._shown: tuple[str, ...] = ()

    def show_value(self, value: Any) -> None:
        self._shown = tuple(value)
        with QSignalBlocker(self.lines):
            self.lines.setPlainText("\n".join(self._shown))

    def finish(self) -> None:
        """Tell what was typed, once it is complete."""
        text = self.lines.toPlainText().rstrip("\n")
        value = tuple(text.split("\n")) if text else ()
        if value != self._shown:
            self._shown = value
            self.edited.emit(value, 0)


class NumbersControl(TextControl):
    """Whole numbers, as ``1, 2, 5``; what is no number is left out."""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__(info)
        self.line.setPlaceholderText("All")

    def show_value(self, value: Any) -> None:
        super().show_value(", ".join(map(str, value)))

    def _finished(self) -> None:
        words = self.line.text().replace(",", " ").split()
        value = tuple(int(word) for word in words if word.lstrip("-").isdecimal())
        text = ", ".join(map(str, value))
        self.line.setText(text)
        if text != self._shown:
            self._shown = text
            self.edited.emit(value, 0)
