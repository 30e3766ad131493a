"""One picture in a scene, painted from the array it came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsItem

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from tracker_gui.core.arrays import U8


class FrameItem(QGraphicsItem):
    """Shows a (h, w, 4) BGRA or (h, w) gray array without copying it."""

    def __init__(self) -> None:
        super().__init__()
        self._pixels: U8 | None = None
        self._image = QImage()

    def show_picture(self, pixels: U8 | None, origin_px: tuple[int, int] = (0, 0)) -> None:
        """Show another picture whose first pixel lies at `origin_px`; None for none."""
        size = None if self._pixels is None else self._pixels.shape[:2]
        if pixels is None or size != pixels.shape[:2]:
            self.prepareGeometryChange()
        # The array is kept as long as the image that points into it.
        self._pixels = pixels
        if pixels is None:
            self._image = QImage()
        else:
            height, width = pixels.shape[:2]
            kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB32
            self._image = QImage(pixels.data, width, height, pixels.strides[0], kind)
        # The centre of the first pixel is (0, 0) everywhere in the program.
        self.setPos(QPointF(origin_px[0] - 0.5, origin_px[1] - 0.5))
        self.update()

    @property
    def is_shown(self) -> bool:
        return not self._image.isNull()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._image.width(), self._image.height())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._image.isNull():
            painter.drawImage(0, 0, self._image)
