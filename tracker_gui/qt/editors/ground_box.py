"""The ground plane as figures: where on the ground each point is, and how well they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton

from tracker_gui.qt.editors.figure_card import FigureCard
from tracker_gui.qt.editors.ground_draft import ground_draft_of
from tracker_gui.qt.forms.controls import NumberBox
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.editors.editor import Editor
    from tracker_gui.qt.editors.ground_draft import GroundDraft

FARTHEST_M = 100_000.0
BOX_PX = 84


class MetreBox(NumberBox):
    """One coordinate on the ground; "?" until it is typed."""

    UNKNOWN = -FARTHEST_M

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setDecimals(3)
        self.setRange(self.UNKNOWN, FARTHEST_M)
        self.setSpecialValueText("? m")
        self.setSuffix(" m")
        self.setKeyboardTracking(False)
        grow_with_text(self.setFixedWidth, BOX_PX)
        self.setToolTip(words)
        self.setAccessibleName(words)
        keep_wheel_for_scrolling(self)

    @property
    def metres(self) -> float | None:
        return None if self.value() == self.UNKNOWN else self.value()

    def show_metres(self, metres: float | None) -> None:
        """Show a coordinate without telling anybody."""
        self.blockSignals(True)
        self.setValue(self.UNKNOWN if metres is None else metres)
        self.blockSignals(False)


class GroundBox(FigureCard):
    """A row for each point."""

    def __init__(self, editor: Editor) -> None:
        super().__init__("Ground plane", "Remove the ground plane: all of its points")
        self._editor = editor
        self.draft: GroundDraft = ground_draft_of(editor)
        self.remove.clicked.connect(self._removed)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.rows.addLayout(self._grid)
        self.boxes: list[tuple[MetreBox, MetreBox]] = []
        self._errors: list[QLabel] = []
        self._numbers: list[QLabel] = []
        #: What was typed of a point of which only one coordinate is known.
        self._halves: dict[int, tuple[float | None, float | None]] = {}
        self.pick = QPushButton("Set points on the picture")
        self.pick.setToolTip("Click four or more points of the ground whose places you know")
        self.pick.clicked.connect(self._pick)
        self.rows.addWidget(self.pick)
        self.draft.changed.connect(self.refresh)
        self.recolour()
        self.refresh()

    def recolour(self) -> None:
        super().recolour()
        self.pick.setIcon(icon("perspective-less", "accent"))

    def refresh(self) -> None:
        points = self.draft.points
        if len(points) != len(self.boxes):
            self._rebuild(len(points))
        errors = self.draft.errors_px
        for number, point in enumerate(points):
            known: tuple[float | None, float | None] = point.ground_m or self._halves.get(number, (None, None))
            for box, metres in zip(self.boxes[number], known, strict=True):
                box.show_metres(metres)
            error = errors[number]
            self._errors[number].setText("" if error is None else f"{error:.1f} px")
        ground = self._editor.preset.ground
        self.words.setProperty("tone", "warn" if self.draft.problem else "")
        self.words.setProperty("dim", not self.draft.problem)
        if self.draft.problem:
            self.words.setText(self.draft.problem)
        elif ground is None:
            self.words.setText("Not set. For a flat ground seen from the side: pixels become metres.")
        elif len(ground.points) == 4:
            self.words.setText("In force. A fifth point would show how exact it is.")
        else:
            self.words.setText(
                f"In force. Reprojection error {ground.reprojection_error_px:.2f} px over {len(ground.points)} points."
            )
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        self.remove.setVisible(bool(points))

    def _rebuild(self, count: int) -> None:
        for old in (*self._numbers, *self._errors, *(box for pair in self.boxes for box in pair)):
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.boxes, self._errors, self._numbers, self._halves = [], [], [], {}
        for number in range(count):
            label = QLabel(f"{number + 1}")
            label.setProperty("strong", True)
            error = QLabel()
            error.setProperty("dim", True)
            error.setToolTip("How far the plane puts this point from where it was clicked")
            boxes = (MetreBox(f"x of point {number + 1}, metres"), MetreBox(f"y of point {number + 1}, metres"))
            for box in boxes:
                box.valueChanged.connect(self._typed)
            for column, widget in enumerate((label, error, *boxes)):
                self._grid.addWidget(widget, number, column)
            self.boxes.append(boxes)
            self._errors.append(error)
            self._numbers.append(label)

    def _typed(self, _: float) -> None:
        sender = self.sender()
        number = next(number for number, boxes in enumerate(self.boxes) if sender in boxes)
        x, y = (box.metres for box in self.boxes[number])
        if x is None or y is None:
            self._halves[number] = (x, y)
            return
        place: Point = (x, y)
        self.draft.set_ground(number, place)

    def _pick(self) -> None:
        self._editor.use("ground")

    def _removed(self) -> None:
        self.draft.put((), "remove the ground plane")
