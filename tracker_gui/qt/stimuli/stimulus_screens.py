"""The displays on which rules show stimuli; prepared on any thread, shown on that of the window."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.rule_stages import ActionFailed, ActionResult
from tracker_gui.core.stimuli import Looming

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.rule_stages import ActionRequest
    from tracker_gui.core.stimuli import StimulusOrder
    from tracker_gui.qt.stimuli.decoded_file import DecodedFile
    from tracker_gui.qt.stimuli.stimulus_window import StimulusWindow

log = logging.getLogger(__name__)

#: Of the window on the only display there is.
WINDOW_PX = (640, 480)
#: A window that nobody has painted by then is hidden by something.
SEEN_WITHIN_MS = 1000


class ScreenStimulus:
    """A stimulus that is ready; see `core.stimuli.Stimulus`."""

    def __init__(self, screens: StimulusScreens, order: StimulusOrder, file: DecodedFile | None) -> None:
        self._screens, self.order, self.file = screens, order, file

    def show(self, request: ActionRequest, on_result: Callable[[ActionResult], None]) -> None:
        if self._screens.is_closed:
            raise ActionFailed("the window is closed")
        self._screens.show_wished.emit(Showing(self, request, on_result, self._screens.turn))

    def end(self) -> None:
        self._screens.end_wished.emit(self)


@dataclass(slots=True)
class Showing:
    """A stimulus on its way to a display, or on it."""

    stimulus: ScreenStimulus
    request: ActionRequest
    on_result: Callable[[ActionResult], None]
    turn: int
    window: StimulusWindow | None = None
    words: str = ""
    is_told: bool = False

    def tell(self, result: str, onset_s: float | None = None) -> None:
        """Tell what became of it, once."""
        if self.is_told:
            return
        self.is_told = True
        decided_s = self.request.t_decided_s
        self.on_result(ActionResult(self.request.number, decided_s, onset_s, onset_s, result, onset_s is not None))


class StimulusScreens(QObject):
    """Shows stimuli, one at a time on each display; see `core.stimuli.Stimuli`.

    Signals
    -------
    show_wished(Showing), end_wished(ScreenStimulus)
        From whatever thread to that of the window.
    """

    show_wished = Signal(object)
    #: A QKeySequence, in the window of a stimulus.
    pressed = Signal(object)
    end_wished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_closed = False
        #: Counts the stops: what was wished before one may come in after it.
        self.turn = 0
        self.shown: dict[int, Showing] = {}
        self.show_wished.connect(self._show)
        self.end_wished.connect(self._end)

    def prepare(self, order: StimulusOrder) -> ScreenStimulus:
        """Decode what is shown; for any thread but that of the window.

        Raises
        ------
        TrackerError
            There is no such display, or the file cannot be shown.
        """
        count = len(QGuiApplication.screens())
        if order.display > count > 1:
            raise SettingsError("", f"there is no display {order.display} (this computer has {count})")
        if isinstance(order.shows, Looming):
            return ScreenStimulus(self, order, None)
        from tracker_gui.qt.stimuli.decoded_file import decode

        return ScreenStimulus(self, order, decode(order.shows, order.lasts_s))

    def end_all(self) -> None:
        """End whatever is shown, now (only on the window's thread)."""
        self.turn += 1
        self._end(None)

    def close(self) -> None:
        """End all and show nothing any more."""
        self.is_closed = True
        self.end_all()

    def _show(self, showing: Showing) -> None:
        from tracker_gui.qt.stimuli.stimulus_window import StimulusWindow

        request = showing.request
        if self.is_closed or request.cancelled.is_set() or showing.turn != self.turn:
            showing.tell("not shown: the rules were stopped")
            return
        if time.monotonic() > request.deadline_s:
            showing.tell("not shown: too late, the window was busy")
            return
        order = showing.stimulus.order
        screens = QGuiApplication.screens()
        number = min(order.display, len(screens))
        self._take_down(number, "another one was shown")
        screen = screens[number - 1]
        window = showing.window = StimulusWindow(order, showing.stimulus.file)
        window.setScreen(screen)
        window.began.connect(lambda onset_s: self._began(number, showing, onset_s))
        window.pressed.connect(self.pressed)
        window.left.connect(lambda: self._end_one(number, showing, "somebody ended it"))
        self.shown[number] = showing
        if len(screens) == 1:
            showing.words = "in a window, because there is only this display"
            area = screen.availableGeometry()
            window.resize(*WINDOW_PX)
            window.setPosition(area.center().x() - WINDOW_PX[0] // 2, area.center().y() - WINDOW_PX[1] // 2)
            window.show()
        else:
            showing.words = f"full screen on {screen.name() or f'display {number}'}"
            window.setFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
            window.setGeometry(screen.geometry())
            window.showFullScreen()
        QTimer.singleShot(SEEN_WITHIN_MS, window, lambda: self._look(number, showing))

    def _began(self, number: int, showing: Showing, onset_s: float) -> None:
        window = showing.window
        if window is None:
            return  # ended before it was painted
        late_ms = 1000 * (onset_s - showing.request.t_decided_s)
        showing.tell(f"shown {late_ms:.1f} ms after the decision, {showing.words}", onset_s)
        timer = QTimer(window)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: self._end_one(number, showing, "it was over"))
        timer.start(round(1000 * showing.stimulus.order.lasts_s))

    def _look(self, number: int, showing: Showing) -> None:
        if not showing.is_told:
            self._end_one(number, showing, "the display did not show it")

    def _end(self, stimulus: ScreenStimulus | None) -> None:
        for number, showing in list(self.shown.items()):
            if stimulus is None or showing.stimulus is stimulus:
                self._take_down(number, "the rules were stopped")

    def _end_one(self, number: int, showing: Showing, why: str) -> None:
        if self.shown.get(number) is showing:
            self._take_down(number, why)

    def _take_down(self, number: int, why: str) -> None:
        showing = self.shown.pop(number, None)
        if showing is None:
            return
        showing.tell(f"not shown: {why}")
        log.info("the stimulus on display %d ended: %s", number, why)
        if showing.window is not None:
            showing.window.hide()
            showing.window.deleteLater()
            showing.window = None
