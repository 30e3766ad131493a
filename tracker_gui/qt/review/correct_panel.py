"""What can be done about an animal here, and what was done so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from tracker_gui.qt.theme.colours import identity_colour
from tracker_gui.qt.theme.icons import ICON_SIZE
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QAction

    from tracker_gui.analysis.corrections import Correction
    from tracker_gui.analysis.track_grid import TrackGrid

BUTTONS = ("swap", "change", "interpolate", "place", "delete", "delete_on")
SQUARE_PX = 12
LEAST_LIST_PX = 44


class CorrectPanel(QFrame):
    """Two animals, the buttons, and the list of corrections.

    Attributes
    ----------
    animal, other : int or None
        The one that is meant, and the one it is swapped with or changed to.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._ids: tuple[int, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        title = QLabel("Correct")
        title.setProperty("section", True)
        column.addWidget(title)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.animals = self._combo("The animal that is corrected; a click on it in the picture chooses it")
        self.others = self._combo("The animal it is swapped with, or changed to")
        for words, combo in (("Animal", self.animals), ("with or to", self.others)):
            label = QLabel(words)
            label.setBuddy(combo)
            row.addWidget(label)
            row.addWidget(combo, 1)
        column.addLayout(row)
        self.stretch = QLabel()
        self.stretch.setWordWrap(True)
        self.stretch.setProperty("dim", True)
        column.addWidget(self.stretch)
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        column.addLayout(self._grid)
        self.done = QLabel()
        self.done.setProperty("dim", True)
        column.addWidget(self.done)
        self.list = QListWidget()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        grow_with_text(self.list.setMinimumHeight, LEAST_LIST_PX)
        self.list.setAccessibleName("Corrections so far")
        column.addWidget(self.list, 1)
        self.show_corrections(())
        self.show_stretch(None)

    def _combo(self, tip: str) -> QComboBox:
        combo = QComboBox()
        combo.setToolTip(tip)
        combo.setAccessibleName(tip)
        combo.activated.connect(self.chosen)
        return combo

    def add_buttons(self, actions: Mapping[str, QAction]) -> None:
        """Make a button of each of the actions that correct."""
        for number, name in enumerate(BUTTONS):
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(ICON_SIZE)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._grid.addWidget(button, number // 2, number % 2)

    # ---- who

    @property
    def animal(self) -> int | None:
        return _id_in(self.animals)

    @property
    def other(self) -> int | None:
        return _id_in(self.others)

    def show_table(self, table: TrackGrid) -> None:
        """Offer the animals of a table, and one that is new."""
        ids = tuple(table.ids.tolist())
        if ids == self._ids:
            return
        animal, other, self._ids = self.animal, self.other, ids
        with QSignalBlocker(self.animals), QSignalBlocker(self.others):
            for combo in (self.animals, self.others):
                combo.clear()
                for each in ids:
                    combo.addItem(_square(each), str(each), each)
            new = max(ids) + 1
            self.others.addItem(_square(new), f"{new} new", new)
        self.choose(animal if animal in ids else ids[0], other if other in ids else None)

    def choose(self, animal: int | None, other: int | None = None) -> None:
        """Mean an animal, and keep or choose the other one."""
        if animal is None or not self._ids:
            return
        if other is None:
            other = self.other
        if other is None or other == animal:
            other = next((each for each in self._ids if each != animal), max(self._ids) + 1)
        self.animals.setCurrentIndex(self.animals.findData(animal))
        self.others.setCurrentIndex(self.others.findData(other))

    # ---- where and what

    def show_stretch(self, stretch: tuple[int, int] | None) -> None:
        """Say for which frames the buttons count."""
        if stretch is None:
            words = "From this frame on. Keys [ and ] mark a stretch."
        elif stretch[0] == stretch[1]:
            words = f"In frame {stretch[0]} alone. Esc takes the mark away."
        else:
            words = f"In frames {stretch[0]} to {stretch[1]}. Esc takes the mark away."
        self.stretch.setText(words)

    def show_corrections(self, corrections: Sequence[Correction]) -> None:
        """List what was done so far, the newest first."""
        count = len(corrections)
        self.done.setText(
            "No corrections yet" if not count else "One correction" if count == 1 else f"{count} corrections"
        )
        self.list.clear()
        self.list.addItems([str(correction) for correction in reversed(corrections)])


def _id_in(combo: QComboBox) -> int | None:
    data = combo.currentData()
    return None if data is None else int(data)


def _square(animal: int) -> QIcon:
    picture = QPixmap(SQUARE_PX, SQUARE_PX)
    picture.fill(QColor(identity_colour(animal)))
    return QIcon(picture)
