"""A text that takes no more than its lines; the rest of it is in the tool tip."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

NARROWEST_PX = 40
#: What breaks a line in Qt's own layout of text.
LINE_SEPARATOR = "\u2028"


class ClippedLabel(QLabel):
    """Wraps plain text into a fixed number of lines and ends the last one with dots where there is more.

    Parameters
    ----------
    elide : Qt.TextElideMode
        Where the dots stand in a single line.
    """

    def __init__(self, text: str, lines: int = 1, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._whole = text
        self._lines = lines
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def whole_text(self) -> str:
        """The text without dots."""
        return self._whole

    def set_whole_text(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self._clip()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        # Lines are laid out one whole pixel apart, and the last may reach below what the metrics say.
        height_px = math.ceil(self._lines * QFontMetricsF(self.font()).lineSpacing()) + 2
        return QSize(NARROWEST_PX, height_px + margins.top() + margins.bottom())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._clip()

    def _clip(self) -> None:
        self.setText(clipped(self._whole, self.font(), self.contentsRect().width(), self._lines, self._elide))


def clipped(text: str, font: QFont, width_px: int, lines: int, elide: Qt.TextElideMode) -> str:
    """Return the text as `lines` lines that fit into a width."""
    text = text.replace("\n", LINE_SEPARATOR)
    layout, metrics = QTextLayout(text, font), QFontMetrics(font)
    # A word that is wider than the label, such as a file's name, is broken.
    option = layout.textOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    shown: list[str] = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width_px)
        start = line.textStart()
        if len(shown) == lines - 1:
            shown.append(metrics.elidedText(text[start:], elide, width_px))
            break
        shown.append(text[start : start + line.textLength()].rstrip())
    layout.endLayout()
    return "\n".join(shown)
