"""The base of what is painted over a picture: one class, one file per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QApplication, QGraphicsItem

from tracker_gui.core.overlays import unit_of
from tracker_gui.qt.theme.colours import CHIP, readable_on_chip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from tracker_gui.core.arrays import U8

EVERYWHERE = QRectF(-1e5, -1e5, 2e5, 2e5)
CHIP_PX = 6.0
#: Between a picture that fits and the edge of its view.
MARGIN_PX = 8


class Overlay(QGraphicsItem):
    """Covers the whole frame; a subclass prepares its paths when it is given data and only draws in `draw`."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        #: Of the picture below; (0, 0) draws everything as on one 600 px high.
        self.frame_px = (0, 0)
        #: Of the unit, so that what is drawn can be seen on a small view of the picture.
        self.least_unit = 0.9

    def unit(self, painter: QPainter) -> float:
        """Return how many pixels of the screen one of the looks has: as in a recording that fits, at any zoom."""
        width, height = self.frame_px
        if width <= 0 or height <= 0:
            return 1.0
        room = painter.viewport()
        fits = min((room.width() - 2 * MARGIN_PX) / width, (room.height() - 2 * MARGIN_PX) / height)
        return max(self.least_unit, fits * unit_of(height))

    def room(self, painter: QPainter) -> tuple[float, float, float, float]:
        """Return (x0, y0, x1, y1) of the screen in which words are to be seen: what shows of the picture."""
        room = QRectF(painter.viewport())
        if self.frame_px != (0, 0):
            room &= painter.worldTransform().mapRect(QRectF(-0.5, -0.5, *self.frame_px))
        return room.left(), room.top(), room.right(), room.bottom()

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


def draw_patch(painter: QPainter, patch: U8, x: float, y: float) -> None:
    """Draw a patch of `Lettering`, made for the density of the screen, with its top left corner at a place of it."""
    height, width = patch.shape[:2]
    image = QImage(patch.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    ratio = painter.device().devicePixelRatioF()
    painter.save()
    painter.setWorldTransform(QTransform())
    painter.drawImage(QRectF(round(x * ratio) / ratio, round(y * ratio) / ratio, width / ratio, height / ratio), image)
    painter.restore()
