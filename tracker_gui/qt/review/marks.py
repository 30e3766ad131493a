"""How each kind of problem looks: a colour, a shape and a word, the same in the list and on the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from tracker_gui.analysis.track_problems import ProblemKind
from tracker_gui.qt.theme.appearance import colours

if TYPE_CHECKING:
    from collections.abc import Sequence

TONES = {
    ProblemKind.SWAP: "bad",
    ProblemKind.JUMP: "warn",
    ProblemKind.MISS: "accent",
    ProblemKind.MERGE: "ok",
    ProblemKind.CROSSING: "dim",
}
WORDS = {
    ProblemKind.SWAP: "Swaps",
    ProblemKind.JUMP: "Jumps",
    ProblemKind.MISS: "Misses",
    ProblemKind.MERGE: "Merges",
    ProblemKind.CROSSING: "Crossings",
}
TIPS = {
    ProblemKind.SWAP: "Two animals that go on in each other's place",
    ProblemKind.JUMP: "Steps much longer than those the animal usually makes",
    ProblemKind.MISS: "Stretches in which an animal was not seen, or only guessed",
    ProblemKind.MERGE: "Animals that were seen as one while they touched",
    ProblemKind.CROSSING: "Animals that came nearer to each other than a body's length",
}
#: Open shapes are drawn as lines, the others are filled.
OPEN = (ProblemKind.MISS, ProblemKind.CROSSING)
SIZE_PX = 10
ICON_SIZES_PX = (16, 32)


def mark_path(kind: ProblemKind, x: float, y: float, size: float = SIZE_PX) -> QPainterPath:
    """Return the shape of a kind around (x, y)."""
    r = size / 2
    path = QPainterPath()
    if kind is ProblemKind.SWAP:
        # Two heads of arrows that point away from each other.
        for side in (-1, 1):
            path.addPolygon(_polygon([(x + side * r, y), (x + side, y - r), (x + side, y + r), (x + side * r, y)]))
    elif kind is ProblemKind.JUMP:
        path.addPolygon(_polygon([(x, y - r), (x + r, y + r), (x - r, y + r), (x, y - r)]))
    elif kind is ProblemKind.MISS:
        path.addRect(QRectF(x - r + 1, y - r + 1, size - 2, size - 2))
    elif kind is ProblemKind.MERGE:
        path.addEllipse(QPointF(x, y), r, r)
    else:
        for ends in ((-1, 1), (1, -1)):
            path.moveTo(x - r + 1, y + ends[0] * (r - 1))
            path.lineTo(x + r - 1, y + ends[1] * (r - 1))
    return path


def _polygon(points: Sequence[tuple[float, float]]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


def draw_mark(painter: QPainter, kind: ProblemKind, path: QPainterPath) -> None:
    """Draw a shape in the colour of its kind."""
    colour = QColor(getattr(colours(), TONES[kind]))
    if kind in OPEN:
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
    painter.drawPath(path)


def mark_icon(kind: ProblemKind) -> QIcon:
    """Return the shape of a kind as an icon, in the colours of now."""
    made = QIcon()
    for side in ICON_SIZES_PX:
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(side / 16, side / 16)
        draw_mark(painter, kind, mark_path(kind, 8, 8, 11))
        painter.end()
        made.addPixmap(picture)
    return made
