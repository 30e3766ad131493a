"""A slider over the frames of a video that jumps to where it is clicked, with marks of the part that is tracked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QSlider

from tracker_gui.core.session_plan import FrameRange
from tracker_gui.qt.document import new_drag
from tracker_gui.qt.theme.appearance import colours

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

#: Of a mark: its height at the upper edge, its width, and how near the mouse must be.
MARK_PX, FLAG_PX, NEAR_PX = 22, 5, 6
HEIGHT_PX = 24
OUTSIDE_ALPHA = 150


class SeekBar(QSlider):
    """A slider whose two marks can be dragged at the upper edge.

    `range_dragged(part, drag)` carries the new part; changes of one drag have one number.
    """

    range_dragged = Signal(object, int)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName("Frame")
        self.setMinimumHeight(HEIGHT_PX)
        self.part: FrameRange | None = None
        self._dragged = ""
        self._drag = 0

    def show_part(self, part: FrameRange | None) -> None:
        """Show from where to where runs track; None for the whole video."""
        if part != self.part:
            self.part = part
            self.update()

    # ---- places

    def _x(self, frame: int) -> float:
        whole = max(1, self.maximum() - self.minimum())
        return min(1.0, (frame - self.minimum()) / whole) * (self.width() - 1)

    def _frame(self, x: float) -> int:
        share = min(1.0, max(0.0, x / max(1, self.width())))
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def _marks(self) -> dict[str, float]:
        if self.part is None or self.maximum() <= self.minimum():
            return {}
        last = self.maximum() if self.part.stop_frame is None else self.part.stop_frame - 1
        return {"begin": self._x(self.part.first_frame), "end": self._x(last)}

    # ---- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.width() > 0:
            place = event.position()
            near = {name: abs(x - place.x()) for name, x in self._marks().items()}
            name = min(near, key=lambda name: near[name], default="")
            if name and near[name] <= NEAR_PX and place.y() <= self.height() / 2 - 2 and self.isEnabled():
                self._dragged, self._drag = name, new_drag()
            else:
                self.setSliderDown(True)
                self.setSliderPosition(self._frame(place.x()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._drag_mark(self._frame(event.position().x()))
        elif self.isSliderDown():
            self.setSliderPosition(self._frame(event.position().x()))
        event.accept()

    def _drag_mark(self, frame: int) -> None:
        part = self.part or FrameRange()
        stop = self.maximum() + 1 if part.stop_frame is None else part.stop_frame
        if self._dragged == "begin":
            part = FrameRange(first_frame=min(frame, stop - 1), stop_frame=part.stop_frame)
        else:
            end = max(frame, part.first_frame) + 1
            part = FrameRange(first_frame=part.first_frame, stop_frame=None if end > self.maximum() else end)
        self.range_dragged.emit(part, self._drag)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = ""
        self.setSliderDown(False)
        event.accept()

    # ---- the look

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        marks = self._marks()
        if not marks:
            return
        c = colours()
        painter = QPainter(self)
        veil = QColor(c.panel)
        veil.setAlpha(OUTSIDE_ALPHA)
        middle = self.height() / 2
        painter.fillRect(QRectF(0, middle - 3, marks["begin"], 6), veil)
        painter.fillRect(QRectF(marks["end"], middle - 3, self.width() - marks["end"], 6), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.ok if self.isEnabled() else c.dim))
        top = middle - MARK_PX / 2
        for name, x in marks.items():
            inward = FLAG_PX if name == "begin" else -FLAG_PX
            painter.drawRect(QRectF(x - 1 if name == "end" else x, top, 1.5, MARK_PX))
            painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x + inward, top), QPointF(x, top + FLAG_PX)]))
        painter.end()
