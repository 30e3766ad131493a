"""The timeline: what is wrong and where, over a row for each animal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from tracker_gui.qt.review.strips import AnimalStrip, ProblemStrip, Strip, row_px
from tracker_gui.qt.review.time_axis import TimeAxis
from tracker_gui.qt.theme.appearance import appearance

if TYPE_CHECKING:
    from tracker_gui.analysis.track_grid import TrackGrid

MOST_ROWS = 9
MARGIN_PX = 8


class Timeline(QFrame):
    """Both strips under one another; many animals scroll."""

    sought = Signal(int)
    stretched = Signal(int, int)
    chosen = Signal(int)
    menu_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", True)
        self.axis = TimeAxis(self)
        self.problems = ProblemStrip(self.axis)
        self.animals = AnimalStrip(self.axis)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(self.animals)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, MARGIN_PX // 2, 0, MARGIN_PX)
        column.setSpacing(0)
        column.addWidget(self.problems)
        column.addWidget(self._scroll)
        for strip in self.strips:
            strip.sought.connect(self.sought)
            strip.stretched.connect(self.stretched)
            strip.menu_wanted.connect(self.menu_wanted)
        self.animals.chosen.connect(self.chosen)
        appearance().changed.connect(self._grow)

    @property
    def strips(self) -> tuple[Strip, ...]:
        return (self.problems, self.animals)

    def show_table(self, table: TrackGrid) -> None:
        """Show other tracks, or the same after a correction."""
        first, last = int(table.frame[0]), int(table.frame[-1])
        if self.problems.table is None or (first, last) != (self.axis.first, self.axis.last):
            self.axis.set_frames(first, last)
        self.problems.table = table
        self.animals.show_table(table)
        self._grow()

    def _grow(self) -> None:
        table = self.animals.table
        if table is not None:
            self._scroll.setFixedHeight(row_px() * min(MOST_ROWS, len(table.ids)))

    def set_frame(self, frame: int) -> None:
        """Show where the picture is."""
        for strip in self.strips:
            strip.set_frame(frame)

    def set_stretch(self, stretch: tuple[int, int] | None) -> None:
        """Show the stretch that is marked."""
        for strip in self.strips:
            strip.set_stretch(stretch)

    def set_chosen(self, animal: int | None) -> None:
        """Show which animal is meant."""
        self.animals.set_chosen(animal)
        if animal is not None and self.animals.table is not None:
            column = self.animals.table.column(animal)
            if column is not None:
                self._scroll.ensureVisible(0, column * row_px() + row_px() // 2, 0, row_px())
