"""The tour of a newcomer: shown once, when the first picture is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tracker_gui.qt.wizard.wizard_bar import WizardBar

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow


class FirstTour(QObject):
    """Waits for a picture, and for the end of a guided set-up or a run, which come first."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.session.shown.connect(self._begin)

    def _begin(self) -> None:
        window = self._window
        guide = window.findChild(WizardBar)
        guided = guide is not None and not guide.isHidden()
        if guided or window.session.is_tracking or window.monitor.is_on or window.picture.welcome_shown:
            return
        window.session.shown.disconnect(self._begin)
        if not window.session.settings.tour_seen:
            from tracker_gui.qt.tour.tour import tour_of

            tour_of(window).start(with_focus=False)


def offer_tour(window: MainWindow) -> None:
    """Show the tour when there is a picture, where this user has not seen it yet."""
    if not window.session.settings.tour_seen:
        FirstTour(window)
