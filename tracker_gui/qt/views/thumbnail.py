"""Small pictures: a sign of the theme, and the thumbnail of a preset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.icons import ICON_PX, pixmap

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPaintEvent, QResizeEvent

HEIGHT_PX = 136
LARGEST_PX = QSize(640, 480)
PLACEHOLDER_PX = 36


class Sign(QLabel):
    """An icon of the theme that follows its colours."""

    def __init__(self, name: str, tone: str = "text", size_px: int = ICON_PX) -> None:
        super().__init__()
        self._name, self._tone, self._size_px = name, tone, size_px
        self.setFixedSize(size_px, size_px)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def set_sign(self, name: str, tone: str) -> None:
        """Show another icon."""
        self._name, self._tone = name, tone
        self._recolour()

    def _recolour(self) -> None:
        self.setPixmap(pixmap(self._name, self._tone, self._size_px))


class Thumbnail(QWidget):
    """The whole of a small picture in a strip of fixed height; a sign where there is none."""

    def __init__(self, image: QImage, placeholder: str) -> None:
        super().__init__()
        self._image = image
        self._placeholder = placeholder
        self._scaled = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        appearance().changed.connect(self._scale)

    @property
    def has_picture(self) -> bool:
        return not self._image.isNull()

    def show_image(self, image: QImage) -> None:
        """Show another picture."""
        self._image = image
        self._scale()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scale()

    def _scale(self) -> None:
        if self._image.isNull():
            self._scaled = pixmap(self._placeholder, "dim", PLACEHOLDER_PX)
        else:
            ratio = self.devicePixelRatioF()
            self._scaled = QPixmap.fromImage(self._image.scaled(
                self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            ))  # fmt: skip
            self._scaled.setDevicePixelRatio(ratio)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours().canvas))
        size = self._scaled.deviceIndependentSize().toSize()
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter.drawPixmap(place, self._scaled)
        painter.end()


def read_thumbnail(path: Path) -> QImage:
    """Return a picture file made no larger than a card needs, an empty picture where there is none; on any thread."""
    reader = QImageReader(str(path))
    size = reader.size()
    if size.isValid() and (size.width() > LARGEST_PX.width() or size.height() > LARGEST_PX.height()):
        reader.setScaledSize(size.scaled(LARGEST_PX, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
