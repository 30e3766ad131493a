"""Where animals spent their time, as colours over the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from tracker_gui.core.arrays import U8

#: Longest stays would leave all else dark: shares of the longest are raised to this power.
GAMMA = 0.5
BLUR_CELLS = 0.8


class HeatMapOverlay(QGraphicsItem):
    """A picture of a few cells, drawn once for each change and zoom and then copied."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._pixels: U8 | None = None
        self._room = QRectF()
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(0)
        self.hide()

    def show_seconds(self, seconds: NDArray[np.float32], cell_px: float, opacity_01: float) -> None:
        """Show (rows, columns) seconds; nothing where they are all 0."""
        room = QRectF(-0.5, -0.5, seconds.shape[1] * cell_px, seconds.shape[0] * cell_px)
        if room != self._room:
            self.prepareGeometryChange()
            self._room = room
        self._pixels = coloured(seconds, opacity_01)
        height, width = self._pixels.shape[:2]
        self._image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._room

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._room, self._image)


def coloured(seconds: NDArray[np.float32], opacity_01: float) -> U8:
    """Return seconds as (rows, columns, 4) BGRA: nothing where nobody was, then from violet to yellow.

    Colours are multiplied with their opacity, as Qt blends them fastest.
    """
    smooth = cv2.GaussianBlur(seconds, (0, 0), BLUR_CELLS)
    most = float(smooth.max())
    share = np.zeros_like(smooth) if most <= 0 else (smooth / most) ** GAMMA
    colour = cv2.applyColorMap((255 * share).astype(np.uint8), cv2.COLORMAP_PLASMA)
    # Of cells hardly anybody was in, only a breath, so that the picture stays to be seen.
    cover = opacity_01 * np.minimum(1.0, 4 * share)
    return np.dstack([colour * cover[..., None], 255 * cover]).round().astype(np.uint8)
