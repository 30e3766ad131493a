"""The base of what is painted over a picture: one class, one file per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QTransform
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


class StillOverlay(Overlay):
    """One that seldom changes: from the second time that it is painted the same, it is only copied.

    96 round arenas with their names cost 14 ms to draw and 0.1 ms to copy, and the picture below changes 60 times
    a second. What changes each time, such as a shape that is dragged, is drawn directly.
    """

    def __init__(self) -> None:
        super().__init__()
        self._still: QImage | None = None
        self._seen: tuple[QTransform, QSize, float] | None = None

    def redraw(self) -> None:
        """Draw anew, because there is something else to show."""
        self._still = self._seen = None
        self.update()

    def is_empty(self) -> bool:
        """Return whether there is nothing to draw."""
        return False

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scale = painter.worldTransform().m11()
        if scale <= 0 or self.is_empty():
            return
        ratio = painter.device().devicePixelRatioF()
        size = (painter.viewport().size().toSizeF() * ratio).toSize()
        seen = (painter.worldTransform(), size, ratio)
        if self._seen != seen:
            self._still, self._seen = None, seen
            self.draw(painter, scale)
            return
        if self._still is None:
            self._still = self._drawn_once(painter, size, ratio, scale)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawImage(0, 0, self._still)
        painter.restore()

    def _drawn_once(self, painter: QPainter, size: QSize, ratio: float, scale: float) -> QImage:
        still = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        still.setDevicePixelRatio(ratio)
        still.fill(Qt.GlobalColor.transparent)
        brush = QPainter(still)
        brush.setRenderHints(painter.renderHints())
        brush.setWorldTransform(painter.worldTransform())
        self.draw(brush, scale)
        brush.end()
        return still


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
    if chip.top() < room.top() + 1:
        chip.moveTop(room.top() + 1)
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
