"""The window that fills a display with a stimulus, and knows when its first picture was handed to the display."""

from __future__ import annotations

import bisect
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QRasterWindow

from tracker_gui.core.stimuli import Looming

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from tracker_gui.core.stimuli import StimulusOrder
    from tracker_gui.qt.stimuli.decoded_file import DecodedFile


class StimulusWindow(QRasterWindow):
    """Shows one stimulus from its first painting on.

    Signals
    -------
    began(float)
        Monotonic time right after its first picture was handed to the window system.
    left()
        Esc, or the window was closed: nobody is ever trapped behind it.
    """

    began = Signal(float)
    left = Signal()
    #: Another key (a QKeySequence): the emergency stop counts here, too.
    pressed = Signal(object)

    def __init__(self, order: StimulusOrder, file: DecodedFile | None) -> None:
        super().__init__()
        self._order, self._file = order, file
        self._painted = False
        self.onset_s: float | None = None
        self.setTitle("Stimulus (Esc ends it)")
        self.setCursor(Qt.CursorShape.BlankCursor)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # Painting and handing over both happen inside the event, so its end is the moment.
        if self._painted:
            self._painted = False
            if self.onset_s is None:
                self.onset_s = time.monotonic()
                self.began.emit(self.onset_s)
            # requestUpdate alone would paint nothing, because no part of the window is marked as old.
            self.update()
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            self.pressed.emit(QKeySequence(event.keyCombination()))

    def closeEvent(self, event: QEvent) -> None:
        self.left.emit()
        event.accept()

    def paintEvent(self, _: QPaintEvent) -> None:
        t_s = 0.0 if self.onset_s is None else time.monotonic() - self.onset_s
        grey = self._order.ground_grey
        area = QRectF(0, 0, self.width(), self.height())
        with QPainter(self) as painter:
            painter.fillRect(area, QColor(grey, grey, grey))
            shows = self._order.shows
            if isinstance(shows, Looming):
                self._paint_disc(painter, shows, area.center(), t_s)
            elif self._file is not None:
                picture = self._file.pictures[bisect.bisect_right(self._file.times_s, t_s) - 1]
                size = QSize(picture.size()).scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRectF(QPointF(), size.toSizeF())
                place.moveCenter(area.center())
                painter.drawImage(place, picture)
        self._painted = True

    def _paint_disc(self, painter: QPainter, disc: Looming, centre: QPointF, t_s: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("black" if disc.is_dark else "white"))
        # The painter counts in units of the desktop, the disc in true pixels of the display.
        radius = disc.diameter_px(t_s) / 2 / self.devicePixelRatio()
        painter.drawEllipse(centre, radius, radius)
