"""The colour and the dash of each animal's curve, on the screen and on paper."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from tracker_gui.analysis.figure import DASHES
from tracker_gui.qt.theme.appearance import colours
from tracker_gui.qt.theme.colours import identity_colour, seen_on

PAPER = "#ffffff"
SAMPLE_SIZE = QSize(20, 12)


def dash_of(animal: int | None) -> int:
    """Return which dash a curve has: colours repeat after seven animals, both together after 28."""
    return 0 if animal is None else (animal - 1) % len(DASHES)


def colour_of(animal: int | None, ground: str) -> str:
    """Return the colour of an animal's curve, visible on its ground."""
    if animal is None:
        return seen_on(ground, colours().accent)
    return seen_on(ground, identity_colour(animal))


def pen_of(animal: int | None, width_px: int = 1) -> QPen:
    """Return the pen of a curve on the screen."""
    # Wider than one pixel, Qt draws a curve of a thousand points ten times as slowly.
    pen = QPen(QColor(colour_of(animal, colours().raised)), width_px)
    pen.setCosmetic(True)
    dash = DASHES[dash_of(animal)]
    if dash:
        pen.setDashPattern([each / width_px for each in dash])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def sample(animal: int, shown: bool) -> QIcon:
    """Return a piece of an animal's curve, for a key."""
    picture = QPixmap(SAMPLE_SIZE * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    pen = pen_of(animal, 2)
    pen.setCosmetic(False)
    if not shown:
        pen.setColor(QColor(colours().line))
    painter.setPen(pen)
    middle = SAMPLE_SIZE.height() / 2
    painter.drawLine(QLineF(0, middle, SAMPLE_SIZE.width(), middle))
    painter.end()
    return QIcon(picture)
