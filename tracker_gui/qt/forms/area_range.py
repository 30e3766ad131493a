"""How large the blobs are, and the range of areas that counts, whose ends are dragged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tracker_gui.analysis.area_tally import decades_for
from tracker_gui.qt.document import new_drag
from tracker_gui.qt.theme.appearance import appearance, colours

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from tracker_gui.analysis.area_tally import AreaTally

BARS_PX = 64
EDGE_PX = 8
GRIP_PX = 4
LEAST_FACTOR = 1.05
LARGEST_PX2 = 10_000_000.0
STEP = 1.05
OUTSIDE_01 = 0.35


class AreaRange(QWidget):
    """Wide bars are the last frames, narrow ones the frame that is shown; what is shaded is left out.

    Signals
    -------
    dragged(low_px2, high_px2, drag)
        All of one drag have the same number.
    """

    dragged = Signal(float, float, int)

    def __init__(self, tally: AreaTally) -> None:
        super().__init__()
        self._tally = tally
        self._range = (1.0, 1000.0)
        self._decades = 3
        #: 0 the smallest, 1 the largest area: which end the mouse or the keys move.
        self._end = 0
        self._drag = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName("Areas of the blobs")
        self.setToolTip(
            "Areas of all blobs in px²: narrow bars on this frame, wide grey ones on the last frames, "
            "or while the panel 'Tuning' is open on frames of the whole source. Drag the ends of "
            "the range to set smallest and largest area; keys Left and Right move an end, Up and Down take the other."
        )
        appearance().changed.connect(self.update)

    def show_range(self, low_px2: float, high_px2: float) -> None:
        """Show another range without telling anybody."""
        self._range = (low_px2, high_px2)
        self.show_tally()

    def show_tally(self) -> None:
        """Show what the tally holds now."""
        # While an end is dragged, the scale must not change under the mouse.
        if not self._drag:
            self._decades = decades_for(max(self._tally.largest_px2, 1.5 * self._range[1]))
        self.update()

    # ---- where an area is

    def _x(self, area_px2: float) -> float:
        share = math.log10(max(area_px2, 1.0)) / self._decades
        return EDGE_PX + share * (self.width() - 2 * EDGE_PX)

    def area_at(self, x: float) -> float:
        """Return the area at a place from the left, with two significant figures."""
        share = min(1.0, max(0.0, (x - EDGE_PX) / max(1, self.width() - 2 * EDGE_PX)))
        return _rounded(10 ** (share * self._decades))

    def place_of(self, area_px2: float) -> QPointF:
        """Return where an area is in the widget."""
        return QPointF(self._x(area_px2), BARS_PX / 2)

    # ---- hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            low, high = (self._x(area) for area in self._range)
            self._end = 0 if abs(x - low) < abs(x - high) or x < low else 1
            self._drag = new_drag()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag:
            self._move_to(self.area_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = 0
        self.show_tally()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._end = 1 - self._end
            self.update()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            area = self._range[self._end]
            more = event.key() == Qt.Key.Key_Right
            # Two figures may round a small step away.
            stepped = _rounded(area * STEP) if more else _rounded(area / STEP)
            step_px2 = 10 ** max(0, math.floor(math.log10(max(area, 1.0))) - 1)
            if stepped == area:
                stepped = area + step_px2 if more else area - step_px2
            self._drag = new_drag()
            self._move_to(stepped)
            self._drag = 0
        else:
            super().keyPressEvent(event)

    def _move_to(self, area_px2: float) -> None:
        low, high = self._range
        if self._end == 0:
            low = min(max(0.0, area_px2), math.floor(high / LEAST_FACTOR))
        else:
            high = min(max(area_px2, math.ceil(low * LEAST_FACTOR) + 1.0), LARGEST_PX2)
        if (low, high) != self._range:
            self._range = (low, high)
            self.update()
            self.dragged.emit(low, high, self._drag)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    # ---- looks

    def sizeHint(self) -> QSize:
        return QSize(200, BARS_PX + QFontMetrics(self.font()).height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = colours()
        area = QRectF(0, 0, self.width(), BARS_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(face.raised))
        painter.drawRoundedRect(area, 4, 4)
        now, before = self._tally.counts(self._decades)
        most = max(now.max(), before.max(), 1.0)
        wide = (self.width() - 2 * EDGE_PX) / len(now)
        for counts, colour, share in ((before, face.dim, 1.0), (now, face.accent, 0.45)):
            painter.setBrush(QColor(colour))
            for number, count in enumerate(counts.tolist()):
                if count > 0:
                    # By the root, so that one animal is seen beside a hundred specks.
                    high = max(2.0, math.sqrt(count / most) * (BARS_PX - 8))
                    left = EDGE_PX + (number + (1 - share) / 2) * wide
                    painter.drawRect(QRectF(left, BARS_PX - high, max(1.0, wide * share - 1), high))
        low, high_x = (self._x(limit) for limit in self._range)
        veil = QColor(face.base)
        veil.setAlphaF(1 - OUTSIDE_01)
        painter.setBrush(veil)
        painter.drawRect(QRectF(0, 0, low, BARS_PX))
        painter.drawRect(QRectF(high_x, 0, self.width() - high_x, BARS_PX))
        for number, x in enumerate((low, high_x)):
            taken = number == self._end and (self.hasFocus() or bool(self._drag))
            tone = QColor(face.accent if taken else face.text)
            painter.setPen(QPen(tone, 2.0))
            painter.drawLine(QPointF(x, 0), QPointF(x, BARS_PX))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone)
            painter.drawRoundedRect(QRectF(x - GRIP_PX, BARS_PX / 2 - 8, 2 * GRIP_PX, 16), 2, 2)
        painter.setPen(QColor(face.dim))
        for decade in range(self._decades + 1):
            words = (
                str(10**decade) if decade < 4 else f"{10 ** (decade - 3)}k" if decade < 6 else f"{10 ** (decade - 6)}M"
            )
            x = self._x(10**decade)
            room = QFontMetrics(self.font()).horizontalAdvance(words)
            left = min(max(0.0, x - room / 2), self.width() - room)
            painter.drawText(QPointF(left, self.height() - 4.0), words)


def _rounded(area_px2: float) -> float:
    digits = 1 - math.floor(math.log10(max(area_px2, 1.0)))
    return float(round(area_px2, digits)) if area_px2 >= 10 else float(round(area_px2))
