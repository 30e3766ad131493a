"""The found-count in the corner of the picture: a sign, a colour and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from tracker_gui.qt.theme.colours import CHIP, CHIP_TEXT, DARK
from tracker_gui.qt.theme.icons import pixmap_in
from tracker_gui.qt.theme.sizes import scaled

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from tracker_gui.qt.found_count import FoundCount

HEIGHT_PX = 28


class FoundBadge(QWidget):
    """Dark in both faces, because it lies on a picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = ""
        #: Said before the count, such as which of two settings found so many.
        self.before = ""
        self._sign = ("circle-outline", DARK.dim)
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self.hide()

    def show_count(self, count: FoundCount | None) -> None:
        self.setVisible(count is not None)
        if count is None:
            return
        sign = ("check-circle", DARK.ok) if count.complete else ("alert-circle", DARK.warn)
        words = f"{self.before}{count.words}"
        if (words, sign) != (self.words, self._sign):
            self.words, self._sign = words, sign
            self.setAccessibleName(words)
            self.fit()
            self.update()

    def fit(self) -> None:
        """Take the room for the words, as far as the picture has it."""
        parent = self.parentWidget()
        assert parent is not None
        self.resize(self.sizeHint().boundedTo(QSize(max(0, parent.width() - 2 * self.x()), parent.height())))

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.words) + 44, scaled(HEIGHT_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(CHIP)
        ground.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.drawPixmap(8, (self.height() - 18) // 2, pixmap_in(*self._sign))
        painter.setPen(QColor(CHIP_TEXT))
        room = self.rect().adjusted(32, 0, -8, 0)
        words = self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
