"""One figure, large enough to be read from two metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.icons import pixmap

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

EDGE_PX = 12
#: Of the height: with 90 px, letters are 9 mm high on a usual screen, a two-hundredth of two metres.
TITLE_SHARE, VALUE_SHARE = 0.19, 0.54
LEAST_TITLE_PX = 13
LEAST_HEIGHT_PX = 56


@dataclass(frozen=True, slots=True)
class Figure:
    """What a read-out shows.

    Attributes
    ----------
    detail : str
        What belongs to the value and is of less weight, such as its unit or of which camera it is.
    tone, sign : str
        The colour of the value and the icon before it: together, because a colour alone tells nothing to some.
    """

    title: str
    value: str
    detail: str = ""
    tone: str = ""
    sign: str = ""


class ReadOut(QWidget):
    """A title with a detail above a value that fills the room; a long value is smaller, never cut."""

    def __init__(self) -> None:
        super().__init__()
        self.figure = Figure("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        appearance().changed.connect(self.update)

    def show_figure(self, figure: Figure) -> None:
        """Show another figure."""
        if figure != self.figure:
            self.figure = figure
            self.setAccessibleName(" ".join((figure.title, figure.value, figure.detail)))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, LEAST_HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, LEAST_HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        c, figure = colours(), self.figure
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.panel))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        height, width = float(self.height()), self.width() - 2.0 * EDGE_PX
        title_px = max(float(LEAST_TITLE_PX), height * TITLE_SHARE)
        line = QRectF(EDGE_PX, height * 0.06, width, title_px * 1.3)
        painter.setPen(QColor(c.dim))
        apart = f"{figure.title}   {figure.detail}"
        painter.setFont(fitting(self.font(), apart, title_px, width))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, figure.title)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, figure.detail)
        room = QRectF(EDGE_PX, line.bottom(), width, height * 0.97 - line.bottom())
        value_px = height * VALUE_SHARE
        if figure.sign:
            sign_px = round(min(value_px * 0.8, 48))
            top = room.center().y() - sign_px / 2
            painter.drawPixmap(round(room.left()), round(top), pixmap(figure.sign, figure.tone or "dim", sign_px))
            room.setLeft(room.left() + sign_px + EDGE_PX)
        painter.setPen(QColor(getattr(c, figure.tone or "text")))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(fitting(font, figure.value, value_px, room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, figure.value)


def fitting(font: QFont, text: str, wanted_px: float, width_px: float) -> QFont:
    """Return the font as large as wanted, smaller where the text would be wider than the room."""
    fitted = QFont(font)
    fitted.setPixelSize(max(1, round(wanted_px)))
    taken_px = QFontMetricsF(fitted).horizontalAdvance(text)
    if taken_px > width_px > 0:
        fitted.setPixelSize(max(1, int(wanted_px * width_px / taken_px)))
    return fitted
