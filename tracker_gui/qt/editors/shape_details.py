"""Name, colour, opacity and figures of what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QToolButton,
    QVBoxLayout,
)

from tracker_gui.core.shape_edit import FARTHEST_PX
from tracker_gui.core.shape_handles import Figure, figures, with_figure
from tracker_gui.qt.document import new_drag
from tracker_gui.qt.editors.looks import colour_of
from tracker_gui.qt.forms.colour_control import swatch
from tracker_gui.qt.forms.controls import NumberBox
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from tracker_gui.qt.editors.editor import Editor

BOX_PX = 92
TOO_MANY_FIGURES = 9


class FigureBox(NumberBox):
    """One figure in one unit."""

    def __init__(self, figure: Figure, unit: str) -> None:
        super().__init__()
        self.figure = figure
        self.mm_per_px = 1.0
        turn = figure.unit == "°"
        self.setRange(-360.0 if turn else -2 * FARTHEST_PX, 360.0 if turn else 2 * FARTHEST_PX)
        self.setDecimals(2 if unit != "mm" else 3)
        self.setSuffix("°" if turn else f" {unit}")
        self.setKeyboardTracking(False)
        grow_with_text(self.setFixedWidth, BOX_PX)
        words = f"{figure.name} in {'degrees' if turn else unit}"
        self.setAccessibleName(words)
        self.setToolTip(words)
        keep_wheel_for_scrolling(self)

    def show_px(self, value: float) -> None:
        """Show a value given in pixels without telling anybody."""
        with QSignalBlocker(self):
            self.setValue(value * self.mm_per_px)

    @property
    def px(self) -> float:
        return self.value() / self.mm_per_px


class ShapeDetails(QFrame):
    """Everything of one shape; of several what they share."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self._drag = 0
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        self._words = QLabel()
        self._words.setProperty("dim", True)
        rows.addWidget(self._words)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.name = QLineEdit()
        self.name.setMaxLength(100)
        self.name.setAccessibleName("Name")
        self.name.setToolTip("The name under which events, tables and plots know it")
        self.name.editingFinished.connect(self._named)
        self.colour = QToolButton()
        self.colour.setIconSize(QSize(14, 14))
        self.colour.setToolTip("Colour on the picture and in plots")
        self.colour.setAccessibleName("Colour")
        self.colour.clicked.connect(self._ask_colour)
        head.addWidget(self.name, 1)
        head.addWidget(self.colour)
        rows.addLayout(head)
        look = QHBoxLayout()
        look.setSpacing(8)
        self._opacity_word = QLabel("Opacity")
        self._opacity_word.setProperty("dim", True)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setToolTip("How much of the picture the filling hides, 0 to 100 %")
        self.opacity.setAccessibleName("Opacity")
        keep_wheel_for_scrolling(self.opacity)
        self._opacity_word.setBuddy(self.opacity)
        self._percent = QLabel()
        self._percent.setProperty("dim", True)
        grow_with_text(self._percent.setMinimumWidth, 40)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        look.addWidget(self._opacity_word)
        look.addWidget(self.opacity, 1)
        look.addWidget(self._percent)
        rows.addLayout(look)
        self.opacity.sliderPressed.connect(self._begin)
        self.opacity.sliderReleased.connect(self._end)
        self.opacity.valueChanged.connect(self._faded)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        rows.addLayout(self._grid)
        self.boxes: dict[str, list[FigureBox]] = {}
        self._titles: list[QLabel] = []
        editor.session.document.changed.connect(self.refresh)
        editor.selection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is selected now."""
        chosen = self._editor.selected
        self.setVisible(bool(chosen))
        if not chosen:
            return
        only = chosen[0] if len(chosen) == 1 else None
        zones = all(each.entry.role == "zone" for each in chosen)
        self._words.setText(
            f"{len(chosen)} shapes are selected" if only is None else f"{only.shape.label}, {only.entry.role}"
        )
        self.name.setVisible(only is not None)
        if only is not None and not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(only.entry.name)
            self.name.setPlaceholderText(only.label)
        self.colour.setIcon(swatch(colour_of(chosen[0])))
        for widget in (self.colour, self._opacity_word, self.opacity, self._percent):
            widget.setVisible(zones)
        percent = round(chosen[0].entry.opacity_01 * 100)
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(percent)
        self._percent.setText(f"{percent} %")
        self._show_figures(figures(only.shape) if only is not None else [])

    def _show_figures(self, wanted: list[Figure]) -> None:
        wanted = wanted[:TOO_MANY_FIGURES]
        scale = self._editor.preset.scale
        if [figure.name for figure in wanted] != list(self.boxes):
            self._rebuild(wanted)
        for figure in wanted:
            for box in self.boxes[figure.name]:
                if box.suffix() == " mm":
                    box.mm_per_px = 1.0 if scale is None else scale.mm_per_px
                    box.setVisible(scale is not None)
                box.show_px(figure.value)

    def _rebuild(self, wanted: list[Figure]) -> None:
        for widget in [*self._titles, *(box for boxes in self.boxes.values() for box in boxes)]:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._titles, self.boxes = [], {}
        for row, figure in enumerate(wanted):
            title = QLabel(figure.name)
            title.setProperty("dim", True)
            self._titles.append(title)
            self._grid.addWidget(title, row, 0)
            units = ("°",) if figure.unit == "°" else ("px", "mm")
            self.boxes[figure.name] = [FigureBox(figure, unit) for unit in units]
            for column, box in enumerate(self.boxes[figure.name], 1):
                box.valueChanged.connect(self._typed)
                self._grid.addWidget(box, row, column)

    # ---- what the user does

    def _typed(self, _: float) -> None:
        box: Any = self.sender()
        only = self._editor.only
        if only is not None:
            shape = with_figure(only.shape, box.figure.name, box.px)
            self._editor.reshape({only.place: shape}, f"change {box.figure.name} of {only.label}")
            self.refresh()  # where nothing could be changed, the old figure comes back

    def _named(self) -> None:
        only = self._editor.only
        name = self.name.text().strip()
        self.name.setModified(False)
        if only is not None and name != only.entry.name and (name or only.entry.role != "zone"):
            entry = only.entry.model_copy(update={"name": name})
            self._editor.set_entries({only.place: entry}, f"rename {only.label}")
        self.refresh()

    def _begin(self) -> None:
        self._drag = new_drag()

    def _end(self) -> None:
        self._drag = 0

    def _faded(self, percent: int) -> None:
        self._editor.set_look(f"fade {self._editor.words()}", self._drag, opacity_01=percent / 100)

    def _ask_colour(self) -> None:
        dialog = QColorDialog(QColor(colour_of(self._editor.selected[0])), self)
        dialog.colorSelected.connect(self._take_colour)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_colour(self, colour: QColor) -> None:
        self._editor.set_look(f"colour {self._editor.words()}", colour=colour.name())
