"""The virtual board as a picture: the door opens, the feeder turns, the lamps shine; its buttons can be pressed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen, QRadialGradient
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tracker_gui.qt.theme.appearance import colours

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent

    from tracker_gui.qt.theme.colours import Colours
    from tracker_gui.simulate.virtual_board import BoardView
    from tracker_gui.simulate.virtual_link import InProcessLink

EVERY_MS = 33
LEAST_PX = (240, 216)
LAMPS_PX = 72
LAMPS = ("led", "out4", "out7")
BUTTONS = {"button1": "Button 1", "button2": "Button 2"}
PADDLES = 4
EMPTY = "Open the board to see its door, its feeder and its lamps."


class BoardPicture(QWidget):
    """Paints what it was told last."""

    def __init__(self) -> None:
        super().__init__()
        self._view: BoardView | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(*LEAST_PX)

    def sizeHint(self) -> QSize:
        return QSize(*LEAST_PX)

    def show_view(self, view: BoardView | None) -> None:
        if view != self._view:
            self._view = view
            self.setAccessibleDescription("" if view is None else ", ".join(self.words(view)))
            self.update()

    @staticmethod
    def words(view: BoardView) -> list[str]:
        """Return what is to be seen, in words."""
        door = round(view.shown["door"])
        given = view.portions["feeder"]
        lamps = [f"{name} {'on' if view.values[name] else 'off'}" for name in LAMPS]
        return [
            "door closed" if door == 0 else f"door open by {door}°",
            f"feeder turning, {given}" if view.values["feeder"] else f"feeder gave {given}",
            *lamps,
            f"light {round(100 * view.values['light'] / 255)} %",
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c = colours()
        painter.fillRect(self.rect(), QColor(c.canvas))
        if self._view is None:
            painter.setPen(QColor(c.dim))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), flags, EMPTY)
        else:
            width, height = self.width() / 2, float(self.height() - LAMPS_PX)
            self._paint_door(painter, c, QRectF(0, 0, width, height), self._view)
            self._paint_feeder(painter, c, QRectF(width, 0, width, height), self._view)
            self._paint_lamps(painter, c, QRectF(0, height, 2 * width, LAMPS_PX), self._view)
        painter.end()

    def _label(self, painter: QPainter, c: Colours, place: QRectF, text: str) -> None:
        painter.setPen(QColor(c.text))
        line = QRectF(place.left(), place.bottom() - 28, place.width(), 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_door(self, painter: QPainter, c: Colours, place: QRectF, view: BoardView) -> None:
        """Draw a gap in a wall, seen from above, and the leaf that turns on its left post."""
        middle = QPointF(place.center().x(), place.top() + 0.62 * (place.height() - 28))
        half = min(30.0, place.width() / 5)
        painter.setPen(QPen(QColor(c.dim), 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(place.left() + 12, middle.y()), middle - QPointF(half, 0))
        painter.drawLine(middle + QPointF(half, 0), QPointF(place.right() - 12, middle.y()))
        angle = math.radians(view.shown["door"])
        hinge = middle - QPointF(half, 0)
        tip = hinge + QPointF(2 * half * math.cos(angle), -2 * half * math.sin(angle))
        painter.setPen(QPen(QColor(c.accent if view.shown["door"] else c.text), 4))
        painter.drawLine(hinge, tip)
        painter.setBrush(QColor(c.text))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(hinge, 4, 4)
        self._label(painter, c, place, self.words(view)[0])

    def _paint_feeder(self, painter: QPainter, c: Colours, place: QRectF, view: BoardView) -> None:
        """Draw a wheel of paddles that turns by one chamber for each portion, and the pellets that fell."""
        radius = min(34.0, place.width() / 4)
        centre = QPointF(place.center().x(), place.top() + 0.45 * (place.height() - 28))
        turns = view.values["feeder"] > 0
        painter.setPen(QPen(QColor(c.accent if turns else c.dim), 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius, radius)
        for paddle in range(PADDLES):
            angle = 2 * math.pi * (paddle + view.shown["feeder"]) / PADDLES
            painter.drawLine(centre, centre + QPointF(radius * math.cos(angle), radius * math.sin(angle)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.text))
        pellets = view.portions["feeder"] % 8
        for pellet in range(pellets):
            painter.drawEllipse(centre + QPointF(10 * (pellet - (pellets - 1) / 2), radius + 14), 3.5, 3.5)
        self._label(painter, c, place, self.words(view)[1])

    def _paint_lamps(self, painter: QPainter, c: Colours, place: QRectF, view: BoardView) -> None:
        lamps = [(f"{name} {'on' if view.values[name] else 'off'}", float(view.values[name])) for name in LAMPS]
        lamps.append((self.words(view)[-1], view.values["light"] / 255))
        step = QPointF(place.width() / 2, (place.height() - 8) / 2)
        for number, (words, share) in enumerate(lamps):
            centre = QPointF(24 + number % 2 * step.x(), place.top() + (number // 2 + 0.5) * step.y())
            if share:
                glow = QRadialGradient(centre, 20)
                lit = QColor(c.warn)
                lit.setAlphaF(0.6 * share)
                glow.setColorAt(0, lit)
                lit.setAlphaF(0)
                glow.setColorAt(1, lit)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(glow)
                painter.drawEllipse(centre, 20, 20)
            painter.setPen(QPen(QColor(c.warn if share else c.dim), 2))
            inner = QColor(c.warn)
            inner.setAlphaF(share)
            painter.setBrush(inner)
            painter.drawEllipse(centre, 7, 7)
            painter.setPen(QColor(c.text))
            text = QRectF(centre.x() + 20, centre.y() - 10, step.x() - 44, 20)
            painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


class VirtualView(QWidget):
    """The picture and the two buttons of the board; follows it only while it is to be seen."""

    def __init__(self) -> None:
        super().__init__()
        self._link: InProcessLink | None = None
        self.picture = BoardPicture()
        self.picture.setAccessibleName("Virtual board")
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, title in BUTTONS.items():
            button = QPushButton(title)
            button.setAutoDefault(False)
            button.setProperty("name", name)
            button.setToolTip("Hold it down, as an animal would: rules can wait for it")
            button.pressed.connect(self._press)
            button.released.connect(self._press)
            self.buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.picture, 1)
        rows.addLayout(row)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._look)

    def show_link(self, link: InProcessLink | None) -> None:
        """Show another board; None for none."""
        self._link = link
        for button in self.buttons.values():
            button.setEnabled(link is not None)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def _look(self) -> None:
        self.picture.show_view(None if self._link is None else self._link.board.view())

    def _press(self) -> None:
        button = self.sender()
        if self._link is not None and isinstance(button, QPushButton):
            self._link.press(str(button.property("name")), button.isDown())
