"""Save all plots again and again, for the morning after."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSpinBox, QWidget

from tracker_gui.qt.forms.controls import TEXT_MARGINS_PX
from tracker_gui.qt.plots.plot_card import SAVE_AS
from tracker_gui.qt.plots.plot_files import PlotPage, dated, write_pages
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.errors import TrackerError
    from tracker_gui.qt.session import Session


class SaveOften(QWidget):
    """A switch, how often, and in which format.

    Parameters
    ----------
    pages : callable
        Returns all plots as they are now.
    """

    def __init__(self, session: Session, pages: Callable[[], list[PlotPage]]) -> None:
        super().__init__()
        self._session = session
        self._pages = pages
        self._writing = False
        self._failed = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.on = QCheckBox("Save all every")
        self.on.toggled.connect(self._switch)
        self.every = QSpinBox()
        self.every.setRange(1, 86_400)
        self.every.setSuffix(" s")
        self.every.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
        self.every.setValue(session.settings.plot_every_s)
        self.every.setToolTip("Time between two savings, 1 to 86400 s (a day)")
        self.every.setAccessibleName("Time between two savings")
        self.every.valueChanged.connect(self._set_every)
        self.kind = QComboBox()
        self.kind.addItems(SAVE_AS)
        self.kind.setToolTip("In which format")
        self.kind.setAccessibleName("Format")
        for widget in (self.on, self.every, self.kind):
            row.addWidget(widget)
        row.addStretch(1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.save)
        self._tell_where()

    def _tell_where(self) -> None:
        self.on.setToolTip(f"Save each plot as a new file in {self._session.output_folder() / 'plots'}")

    def _set_every(self, seconds: int) -> None:
        self._session.settings.plot_every_s = seconds
        self._timer.setInterval(1000 * seconds)

    def _switch(self, on: bool) -> None:
        self._tell_where()
        self._failed = False
        if on:
            self._timer.start(1000 * self.every.value())
            self.save()
        else:
            self._timer.stop()

    def save(self) -> None:
        """Save all plots now; not while a slow drive still writes those before."""
        pages = self._pages()
        if self._writing or not pages:
            return
        self._writing = True
        folder, kind = self._session.output_folder() / "plots", self.kind.currentText()
        targets = [(page, dated(folder, page.choice, kind)) for page in pages]
        read_in_background(functools.partial(write_pages, targets, kind), self._written)

    def _written(self, error: TrackerError | None) -> None:
        self._writing = False
        if error is None and self._failed:
            self._session.withdrawn.emit("plots")
        elif error is not None and not self._failed:
            self._session.remarked.emit(Remark("plots", "bad", f"{error} It is tried again."))
        self._failed = error is not None
