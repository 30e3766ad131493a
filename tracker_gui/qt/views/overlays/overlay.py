"""The base of what is painted over a picture: one class, one file per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform
from PySide6.QtWidgets import QApplication, QGraphicsItem

from tracker_gui.qt.theme.colours import CHIP, readable_on_chip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

EVERYWHERE = QRectF(-1e5, -1e5, 2e5, 2e5)
CHIP_PX = 6.0


class Overlay(QGraphicsItem):
    """Covers the whole frame; a subclass prepares its paths when it is given data and only draws in `draw`."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = painter.worldTransform().m11()
        if scale > 0:
            self.draw(painter, scale)

    def draw(self, painter: QPainter, scale: float) -> None:
        """Draw in pixels of the frame; `scale` is screen pixels per pixel of the frame."""


def line_pen(colour: str, width_px: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen whose width is in screen pixels whatever the zoom."""
    pen = QPen(QColor(colour), width_px, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin)
    pen.setCosmetic(True)
    return pen


def draw_chip(
    painter: QPainter, x: float, y: float, text: str, colour: str, taken: list[QRectF], *, bold: bool = True
) -> None:
    """Draw words on a dark chip with its lower left corner near (x, y), in the size of the screen.

    Parameters
    ----------
    taken : list of QRectF
        Where other chips are; this one is moved up out of their way and added.
    """
    place = painter.worldTransform().map(QPointF(x, y))
    painter.save()
    painter.setWorldTransform(QTransform())
    font = QFont(QApplication.font())
    font.setBold(bold)
    font.setPointSizeF(font.pointSizeF() - (0.0 if bold else 1.0))
    metrics = QFontMetricsF(font)
    chip = QRectF(place.x() + 8, place.y() - metrics.height() - 8, metrics.horizontalAdvance(text) + 2 * CHIP_PX, 0)
    chip.setHeight(metrics.height() + 2)
    room = painter.viewport()
    if chip.right() > room.right():
        chip.moveRight(place.x() - 8)
    for other in taken:
        if chip.intersects(other):
            chip.moveBottom(other.top() - 1)
    taken.append(chip)
    ground = QColor(CHIP)
    ground.setAlpha(225)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(chip, 4, 4)
    painter.setFont(font)
    painter.setPen(QColor(readable_on_chip(colour)))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
