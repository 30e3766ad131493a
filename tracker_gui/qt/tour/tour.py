"""A short tour: a bubble that points at the places of the window, and is never in the way of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tracker_gui.qt.own_keys import keep_press_keys
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.tour.stops import STOPS

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.tour.stops import Stop

WIDTH_PX = 340
GAP_PX = 12
RING_PX = 3


class Ring(QWidget):
    """A frame around what is pointed at; the mouse goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        appearance().changed.connect(self.update)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().accent), RING_PX))
        inside = RING_PX // 2 + 1
        painter.drawRoundedRect(self.rect().adjusted(inside, inside, -inside, -inside), 6, 6)


class Tour(QFrame):
    """The bubble. It is a part of the window, so everything beneath it goes on and can be used."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._stops: list[Stop] = []
        self._at = 0
        self._opened = ""
        self.setProperty("popup", True)
        self.setAccessibleName("Tour of the window")
        self.setAutoFillBackground(True)
        self.ring = Ring(window)
        self.title, self.words, self._count = QLabel(), QLabel(), QLabel()
        self.title.setProperty("section", True)
        self.words.setWordWrap(True)
        self._count.setProperty("dim", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(8)
        rows.addWidget(self.title)
        rows.addWidget(self.words)
        rows.addLayout(self._foot())
        self._placed = QTimer(self)
        self._placed.setSingleShot(True)
        self._placed.setInterval(0)
        self._placed.timeout.connect(self._place)
        window.installEventFilter(self)
        window.monitor.changed.connect(self._follow_face)
        window.closing.connect(self.leave)
        self.hide()

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.skip, self.back, self.next = QPushButton("Skip"), QPushButton("Back"), QPushButton("Next")
        self.skip.setToolTip("End the tour (Esc); Help > Tour of the window shows it again")
        self.next.setProperty("primary", True)
        self.skip.clicked.connect(self.leave)
        self.back.clicked.connect(self._step_back)
        self.next.clicked.connect(self._step_on)
        row.addWidget(self._count)
        row.addStretch(1)
        for button in (self.skip, self.back, self.next):
            button.setAutoDefault(True)
            keep_press_keys(button)
            row.addWidget(button)
        return row

    # ---- ways through

    @property
    def is_on(self) -> bool:
        return not self.isHidden()

    @property
    def stop(self) -> Stop:
        """The present stop."""
        return self._stops[self._at]

    def start(self, *, with_focus: bool = True) -> None:
        """Begin at the first stop.

        Parameters
        ----------
        with_focus : bool
            Take the keys to the bubble, which a tour that nobody asked for does not.
        """
        self._window.session.settings.tour_seen = True
        self._stops = [stop for stop in STOPS if stop.panel or stop.place(self._window).isVisible()]
        self._show_stop(0)
        if with_focus:
            self.next.setFocus()

    def leave(self) -> None:
        """End; what was shown for the tour is closed again."""
        if not self.is_on:
            return
        self._close_panel()
        held = self.isAncestorOf(self._window.focusWidget() or self._window)
        self.hide()
        self.ring.hide()
        if held:
            self._window.picture.frame_pane.setFocus()

    def _step_on(self) -> None:
        if self._at + 1 < len(self._stops):
            self._show_stop(self._at + 1)
        else:
            self.leave()

    def _step_back(self) -> None:
        self._show_stop(max(0, self._at - 1))

    def _show_stop(self, at: int) -> None:
        self._close_panel()
        self._at = at
        stop, last = self.stop, at + 1 == len(self._stops)
        if stop.panel:
            dock = self._window.docks.docks[stop.panel]
            if dock.isHidden():
                dock.show()
                self._opened = stop.panel
            dock.raise_()
        self.title.setText(stop.title)
        self.words.setText(stop.words)
        self._count.setText(f"{at + 1} of {len(self._stops)}")
        self.setAccessibleDescription(f"{stop.title}. {stop.words}")
        self.back.setEnabled(at > 0)
        self.skip.setVisible(not last)
        self.next.setText("Done" if last else "Next")
        self.show()
        self._place()
        # A panel that was just shown gets its place only afterwards.
        self._placed.start()

    def _close_panel(self) -> None:
        if self._opened:
            self._window.docks.docks[self._opened].hide()
            self._opened = ""

    def _follow_face(self) -> None:
        if self._window.monitor.is_on:
            self.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Else Esc would go to whatever has it as its key in the window.
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    # ---- where it stands

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.is_on and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._placed.start()
        return False

    def _place(self) -> None:
        if not self.is_on:
            return
        target = self.stop.place(self._window)
        self.resize(WIDTH_PX, max(self.sizeHint().height(), self.heightForWidth(WIDTH_PX)))
        self.ring.setVisible(target.isVisible())
        whole = self._window.rect()
        if not target.isVisible():
            self.move(whole.center() - self.rect().center())
        else:
            around = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
            self.ring.setGeometry(around.adjusted(-RING_PX, -RING_PX, RING_PX, RING_PX) & whole)
            self.ring.raise_()
            self.move(beside(around, self.size().width(), self.size().height(), whole))
        self.raise_()


def beside(around: QRect, width: int, height: int, whole: QRect) -> QPoint:
    """Return where a bubble stands that leaves what it points at to be seen: right, left, below, above, else inside."""
    left = min(max(around.left(), whole.left() + GAP_PX), whole.right() - GAP_PX - width)
    top = min(max(around.top(), whole.top() + GAP_PX), whole.bottom() - GAP_PX - height)
    places = (
        QPoint(around.right() + GAP_PX, top), QPoint(around.left() - GAP_PX - width, top),
        QPoint(left, around.bottom() + GAP_PX), QPoint(left, around.top() - GAP_PX - height),
    )  # fmt: skip
    room = whole.adjusted(GAP_PX // 2, GAP_PX // 2, -GAP_PX // 2, -GAP_PX // 2)
    for place in places:
        if room.contains(QRect(place.x(), place.y(), width, height)):
            return place
    return QPoint(
        min(around.right() - width - GAP_PX, whole.right() - GAP_PX - width),
        min(around.bottom() - height - GAP_PX, whole.bottom() - GAP_PX - height),
    )


def tour_of(window: MainWindow) -> Tour:
    """Return the window's one, made on first use."""
    there = window.findChild(Tour)
    return there if isinstance(there, Tour) else Tour(window)
