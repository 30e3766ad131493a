"""A grid of arenas for a well plate, seen on the picture while it is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.arena_grid import PLATES, ArenaGrid
from tracker_gui.core.shape_edit import FARTHEST_PX
from tracker_gui.qt.forms.controls import TEXT_MARGINS_PX, NumberBox
from tracker_gui.qt.steps.step import dim_label
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point

FIRST_ROWS, FIRST_COLUMNS = 4, 6
#: Of the distance between two wells; what plates with round wells have, about.
WELL_SHARE = 0.85
MARGIN_SHARE = 0.1


class GridDialog(QDialog):
    """Rows, columns and corner wells; not modal, so that the picture can be looked at meanwhile.

    `changed()` comes with every figure, `accepted()` with "Make arenas".
    """

    changed = Signal()

    def __init__(self, size_px: tuple[int, int], animals: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Grid of arenas")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addWidget(
            dim_label(
                "One arena for each well, named A1, A2, ... Arenas that are there are replaced; undo brings them back."
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        self._grid, self._row = grid, 0
        self.plate = QComboBox()
        for wells, (count_rows, count_columns) in PLATES.items():
            self.plate.addItem(f"{wells} wells", (count_rows, count_columns))
        self.plate.addItem("Other", None)
        self._add("Plate", "How many wells the plate has", self.plate)
        self.rows_box, self.columns_box = self._count(64), self._count(64)
        self._add("Rows, columns", "1 to 64 each", self.rows_box, self.columns_box)
        self.kind = QComboBox()
        self.kind.addItem("Round", "circle")
        self.kind.addItem("Rectangular", "rectangle")
        self._add("Wells are", "Round wells become circles", self.kind)
        self.first = self._point("Centre of the well at the top left (A1)")
        self.last = self._point("Centre of the well at the bottom right")
        self.third = QCheckBox("The plate lies askew: top right well too")
        self.third.setToolTip("Two corner wells are enough for a plate that lies straight in the picture")
        self.top_right = self._point("Centre of the well at the top right")
        self._add("Top left well, x and y", "Centre of well A1", *self.first)
        self._add("Bottom right well, x and y", "Centre of the last well", *self.last)
        grid.addWidget(self.third, self._row, 0, 1, 3)
        self._row += 1
        self._add("Top right well, x and y", "Centre of the last well of row A", *self.top_right)
        self.width_box, self.height_box = self._number("Width or diameter of a well"), self._number("Height of a well")
        for box in (self.width_box, self.height_box):
            box.setRange(1.0, FARTHEST_PX)
        self._add(
            "Width, height of a well", "The width of a round one is its diameter", self.width_box, self.height_box
        )
        self.animals = self._count(500)
        self.animals.setValue(animals)
        self._add("Animals in each", "1 to 500; every arena has the same number", self.animals)
        rows.addLayout(grid)
        self.words = dim_label("")
        rows.addWidget(self.words)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.make = buttons.addButton("Make arenas", QDialogButtonBox.ButtonRole.AcceptRole)
        self.make.setProperty("primary", True)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        rows.addWidget(buttons)
        self._lay_over(size_px)
        self.plate.setCurrentText("24 wells")
        self.rows_box.setValue(FIRST_ROWS)
        self.columns_box.setValue(FIRST_COLUMNS)
        self._fit_wells()
        self.plate.activated.connect(self._plate_chosen)
        self.kind.activated.connect(self._changed)
        self.third.toggled.connect(self._changed)
        for count in (self.rows_box, self.columns_box):
            count.valueChanged.connect(self._counted)
        for box in (*self.first, *self.last, *self.top_right, self.width_box, self.height_box):
            box.valueChanged.connect(self._changed)
        self._changed()

    def _add(self, words: str, tip: str, *boxes: QWidget) -> None:
        label = QLabel(words)
        label.setProperty("dim", True)
        label.setBuddy(boxes[0])
        self._grid.addWidget(label, self._row, 0)
        for column, box in enumerate(boxes, 1):
            box.setToolTip(box.toolTip() or tip)
            box.setAccessibleName(box.accessibleName() or words)
            self._grid.addWidget(box, self._row, column, 1, 3 - len(boxes))
        self._row += 1

    def _count(self, largest: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(1, largest)
        grow_with_text(box.setMinimumWidth, 96)
        box.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
        return box

    def _number(self, words: str) -> NumberBox:
        box = NumberBox()
        box.setDecimals(1)
        box.setRange(-FARTHEST_PX, FARTHEST_PX)
        box.setSuffix(" px")
        grow_with_text(box.setMinimumWidth, 96)
        box.setToolTip(words)
        box.setAccessibleName(words)
        return box

    def _point(self, words: str) -> tuple[NumberBox, NumberBox]:
        return self._number(f"{words}: x"), self._number(f"{words}: y")

    def _lay_over(self, size_px: tuple[int, int]) -> None:
        """Begin with corner wells near the corners of the picture."""
        width, height = size_px
        margin = MARGIN_SHARE * min(width, height)
        self.put_corners((margin, margin), (width - margin, height - margin))

    def put_corners(self, first: Point, last: Point, top_right: Point | None = None) -> None:
        """Show other corner wells."""
        pairs = ((self.first, first), (self.last, last), (self.top_right, top_right or (last[0], first[1])))
        for boxes, place in pairs:
            for box, value in zip(boxes, place, strict=True):
                box.setValue(value)

    def _fit_wells(self) -> None:
        """Make wells as large as there is room between their centres."""
        (ax, ay), (bx, by) = _place(self.first), _place(self.last)
        across = abs(bx - ax) / max(1, self.columns_box.value() - 1)
        down = abs(by - ay) / max(1, self.rows_box.value() - 1)
        self.width_box.setValue(max(1.0, across * WELL_SHARE))
        self.height_box.setValue(max(1.0, down * WELL_SHARE))
        if self.kind.currentData() == "circle":
            self.width_box.setValue(max(1.0, min(across, down) * WELL_SHARE))

    def _plate_chosen(self, _: int) -> None:
        if self.plate.currentData() is not None:
            count_rows, count_columns = self.plate.currentData()
            self.rows_box.setValue(count_rows)
            self.columns_box.setValue(count_columns)

    def _counted(self) -> None:
        found = self.plate.findData((self.rows_box.value(), self.columns_box.value()))
        self.plate.setCurrentIndex(found if found >= 0 else self.plate.count() - 1)
        self._fit_wells()
        self._changed()

    def _changed(self, _: Any = None) -> None:
        for box in self.top_right:
            box.setEnabled(self.third.isChecked())
        self.height_box.setEnabled(self.kind.currentData() == "rectangle")
        count = self.rows_box.value() * self.columns_box.value()
        self.words.setText(f"{count} arenas. They are shown on the picture; drag its corner wells there, or type.")
        self.make.setText("Make one arena" if count == 1 else f"Make {count} arenas")
        self.changed.emit()

    @property
    def grid(self) -> ArenaGrid:
        """What is set now."""
        return ArenaGrid(
            rows=self.rows_box.value(), columns=self.columns_box.value(), first=_place(self.first),
            last=_place(self.last), top_right=_place(self.top_right) if self.third.isChecked() else None,
            kind=self.kind.currentData(), width_px=self.width_box.value(), height_px=self.height_box.value(),
        )  # fmt: skip

    def keyPressEvent(self, event: Any) -> None:
        # Enter in a box takes the figure, not the whole dialog.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.make.hasFocus():
            return
        super().keyPressEvent(event)


def _place(boxes: tuple[NumberBox, NumberBox]) -> Point:
    return boxes[0].value(), boxes[1].value()
