"""Marks over the seek bar: where the rules would have acted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QSlider, QWidget

from tracker_gui.qt.theme.appearance import appearance, colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

HALF_PX, HEIGHT_PX = 3.5, 6.0


@dataclass(frozen=True, slots=True)
class FiringMark:
    """A frame, and what would have been done on it."""

    frame: int
    words: str


class FiringMarks(QWidget):
    """Small triangles that point at the frames; the mouse goes through to the bar."""

    def __init__(self, bar: QSlider) -> None:
        super().__init__(bar)
        self._bar = bar
        self.marks: tuple[FiringMark, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Where the rules would act")
        bar.installEventFilter(self)
        appearance().changed.connect(self.update)
        self.hide()

    def show_marks(self, marks: Sequence[FiringMark]) -> None:
        """Show these in place of those of before."""
        self.marks = tuple(marks)
        self.setGeometry(self._bar.rect())
        self.setVisible(bool(marks))
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._bar.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours().warn))
        span = max(1, self._bar.maximum() - self._bar.minimum())
        seen = set()
        for mark in self.marks:
            x = round(self.width() * (mark.frame - self._bar.minimum()) / span)
            if x not in seen:  # one for each pixel is enough
                seen.add(x)
                tip = QPointF(x, HEIGHT_PX)
                painter.drawPolygon(QPolygonF([QPointF(x - HALF_PX, 0), QPointF(x + HALF_PX, 0), tip]))
        painter.end()
