"""A sign over a picture that is not the one of now: since when, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from tracker_gui.qt.source_words import OUT_OF_DATE, STATES
from tracker_gui.qt.theme.colours import CHIP, CHIP_TEXT, DARK
from tracker_gui.qt.theme.icons import pixmap_in
from tracker_gui.qt.theme.sizes import scaled
from tracker_gui.qt.words import duration_in_words

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from tracker_gui.engine.live_figures import LiveFigures

HEIGHT_PX = 32
#: How much of the last picture is still to be seen.
VEILED_OPACITY = 0.4


class LostBadge(QWidget):
    """Dark in both faces, because it lies on a picture; hidden while all is well."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = ""
        self._sign = ("", "")
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self.hide()

    def show_figures(self, figures: LiveFigures | None, *, short: bool = False) -> bool:
        """Show what is the matter with a source; return whether its picture is out of date."""
        state = None if figures is None else figures.status.state
        if figures is None or state not in OUT_OF_DATE:
            self.hide()
            return False
        doing = STATES[state]
        age_s = figures.capture.last_frame_age_s
        since = "" if age_s is None else f"no picture for {duration_in_words(int(age_s))}"
        words = doing.word if short or not since else f"{since} \u00b7 {doing.word}"
        sign = (doing.sign, DARK.bad if doing.tone == "bad" else DARK.warn)
        if (words, sign) != (self.words, self._sign) or self.isHidden():
            self.words, self._sign = words, sign
            self.setAccessibleName(words)
            self.resize(self.sizeHint())
            self.update()
        self.show()
        return True

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.words) + 48, scaled(HEIGHT_PX))

    def centre(self) -> None:
        """Lie in the middle of the parent."""
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect()
        self.move((room.width() - self.width()) // 2, (room.height() - self.height()) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._sign[1]))
        painter.setBrush(QColor(CHIP))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.drawPixmap(10, (HEIGHT_PX - 18) // 2, pixmap_in(*self._sign))
        painter.setPen(QColor(CHIP_TEXT))
        painter.drawText(self.rect().adjusted(36, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, self.words)
