"""One live plot: what it shows, its curves, and why it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout

from tracker_gui.analysis.figure import clock, levels_of, time_ticks
from tracker_gui.analysis.quantities import QUANTITIES
from tracker_gui.engine.live_plot import PlotChoice
from tracker_gui.qt.plots.line_looks import pen_of
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text, scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.engine.live_plot import Plot

LEAST_HEIGHT_PX = 112
AXIS_WIDTH_PX = 44
#: A range that is used for less than this share is made smaller; above, it would change all the time.
SHRINK_BELOW = 0.45
#: Above and below the curves, so that the outermost numbers are not cut.
LABEL_ROOM = 0.08
SAVE_AS = ("PNG", "SVG", "PDF", "EPS", "CSV")


class TimeAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """Times as minutes and seconds."""

    def tickValues(self, minimum: float, maximum: float, size: float) -> list[tuple[float, list[float]]]:
        values, step_s = time_ticks(minimum, maximum, max(2, int(size / scaled(60))))
        return [(step_s, values)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [clock(value, spacing) for value in values]


class ValueAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """Round numbers, or a few words at their places."""

    def __init__(self) -> None:
        super().__init__("left")
        self._words: tuple[tuple[float, str], ...] = ()

    def show_levels(self, levels: tuple[tuple[float, str], ...], y_range: tuple[float, float], rows: int) -> None:
        words = levels or tuple(levels_of(*y_range, rows))
        if words != self._words:
            self._words = words
            # More words than there is room for are left out, evenly.
            step = -(-len(words) // max(1, 2 * rows))
            self.setTicks([list(words[::step])])


class PlotCard(QFrame):
    """A choice of what is plotted over the curves themselves.

    `chosen` says that something else is to be plotted, `closed` that this plot is not wanted any more,
    and `save_wanted(kind)` that it is to be saved.
    """

    chosen = Signal(object)
    closed = Signal(object)
    save_wanted = Signal(object, str)

    def __init__(self, choice: PlotChoice) -> None:
        super().__init__()
        self.choice = choice
        self.newest: Plot | None = None
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 4)
        rows.setSpacing(4)
        rows.addLayout(self._make_head())
        self.time_axis, self.value_axis = TimeAxis("bottom"), ValueAxis()
        self.plot = pyqtgraph.PlotWidget(axisItems={"bottom": self.time_axis, "left": self.value_axis})
        grow_with_text(self.plot.setMinimumHeight, LEAST_HEIGHT_PX)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setAccessibleName("Curves")
        self._space = self.plot.getViewBox()
        self._space.setMouseEnabled(False, False)
        self._space.disableAutoRange()
        rows.addWidget(self.plot, 1)
        self.why_empty = QLabel()
        self.why_empty.setWordWrap(True)
        self.why_empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.why_empty.setProperty("dim", True)
        # Beside the axes, whatever the size.
        beside = QVBoxLayout(self.plot)
        beside.setContentsMargins(scaled(AXIS_WIDTH_PX), 4, 4, scaled(16))
        beside.addWidget(self.why_empty)
        self.curves: dict[int | None, Any] = {}
        self._x_range = self._y_range = (0.0, 0.0)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show_choice()

    def _make_head(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(4)
        self.quantity = QComboBox()
        for quantity in QUANTITIES:
            self.quantity.addItem(quantity.title, quantity.name)
            self.quantity.setItemData(self.quantity.count() - 1, quantity.about, Qt.ItemDataRole.ToolTipRole)
        self.quantity.setAccessibleName("What is plotted")
        # In a narrow column the words give way, not the buttons behind them.
        self.quantity.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.quantity.setMinimumContentsLength(8)
        self.quantity.activated.connect(self._choose)
        self.first, self.second = QComboBox(), QComboBox()
        for box in (self.first, self.second):
            box.activated.connect(self._choose)
            box.setMinimumContentsLength(3)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.unit = QLabel()
        self.unit.setProperty("dim", True)
        self.save_button = QToolButton()
        self.save_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.save_button.setToolTip("Save this plot")
        self.save_button.setAccessibleName("Save this plot")
        menu = QMenu(self.save_button)
        for kind in SAVE_AS:
            menu.addAction(f"Save as {kind}…").setData(kind)
        menu.triggered.connect(self._save)
        self.save_button.setMenu(menu)
        self.close_button = QToolButton()
        self.close_button.setToolTip("Take this plot away")
        self.close_button.setAccessibleName("Take this plot away")
        self.close_button.clicked.connect(self._close)
        head.addWidget(self.quantity, 4)
        head.addWidget(self.unit)
        head.addStretch(1)
        head.addWidget(self.save_button)
        head.addWidget(self.close_button)
        # In a line of their own, or a narrow column would cut the buttons off.
        targets = QHBoxLayout()
        targets.setSpacing(4)
        for box in (self.first, self.second):
            targets.addWidget(box, 1)
        rows = QVBoxLayout()
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addLayout(targets)
        return rows

    # ---- what is chosen

    def _show_choice(self) -> None:
        kind = self.choice.kind
        self.quantity.setCurrentIndex(self.quantity.findData(kind.name))
        self.quantity.setToolTip(kind.about)
        self.first.setVisible(kind.per in ("pair", "place"))
        self.second.setVisible(kind.per == "pair")
        names = {"pair": ("The one animal", "The other animal"), "place": ("Zone, line or point", "")}.get(kind.per)
        for box, name in zip((self.first, self.second), names or ("", ""), strict=True):
            box.setToolTip(name)
            box.setAccessibleName(name)

    def offer(self, animals: Sequence[int], places: Sequence[str]) -> None:
        """Fill the choices of animals and zones; where none is chosen yet, take the first."""
        per = self.choice.kind.per
        if per == "place":
            _fill(self.first, list(places), self.choice.target)
            if self.choice.target not in places and places:
                self._become(PlotChoice("place", places[0]))
        elif per == "pair":
            pair = self.choice.pair or (0, 0)
            for box, wanted in zip((self.first, self.second), pair, strict=True):
                _fill(box, [str(animal) for animal in animals], str(wanted))
            if len(animals) > 1 and (self.choice.pair is None or pair[0] == pair[1]):
                self._become(PlotChoice("pair", f"{animals[0]}-{animals[1]}"))

    def _choose(self, _: int) -> None:
        name = self.quantity.currentData()
        same = name == self.choice.quantity
        target = ""
        if same and self.choice.kind.per == "pair":
            one, other = self.first.currentText(), self.second.currentText()
            # The same animal twice has no distance: the other box makes way.
            if one == other and self.choice.pair is not None:
                one, other = (str(each) for each in reversed(self.choice.pair))
            target = f"{one}-{other}"
        elif same and self.choice.kind.per == "place":
            target = self.first.currentText()
        self._become(PlotChoice(name, target))

    def _become(self, choice: PlotChoice) -> None:
        if choice != self.choice:
            self.choice = choice
            self._show_choice()
            self.chosen.emit(self)

    def _close(self) -> None:
        self.closed.emit(self)

    def _save(self, action: Any) -> None:
        self.save_wanted.emit(self, action.data())

    # ---- what is shown

    def show_plot(self, plot: Plot, x_range: tuple[float, float], zero_s: float, why_empty: str) -> None:
        """Draw the curves.

        Parameters
        ----------
        x_range : tuple of float
            From where to where the axis of time goes.
        zero_s : float
            The time stamp that is 0 there.
        why_empty : str
            A sentence for a plot without any value.
        """
        self.newest = plot
        self.unit.setText(plot.unit)
        self._show_ranges(plot, x_range)
        wanted = {line.animal for line in plot.lines}
        for animal in self.curves.keys() - wanted:
            self.plot.removeItem(self.curves.pop(animal))
        for line in plot.lines:
            curve = self.curves.get(line.animal)
            if curve is None:
                curve = self.curves[line.animal] = pyqtgraph.PlotCurveItem(pen=pen_of(line.animal))
                self.plot.addItem(curve, ignoreBounds=True)
            # "finite" leaves the gaps open.
            curve.setData(line.x - zero_s, line.y, connect="finite")
        self.why_empty.setText(why_empty if plot.is_empty else "")
        self.why_empty.setVisible(plot.is_empty)

    def _show_ranges(self, plot: Plot, x_range: tuple[float, float]) -> None:
        if x_range != self._x_range:
            self._x_range = x_range
            self.plot.setXRange(*x_range, padding=0)
        low, high = plot.y_range
        before_low, before_high = self._y_range
        before = before_high - before_low
        fits = before_low <= low and high <= before_high and high - low > SHRINK_BELOW * before
        if not fits:
            self._y_range = plot.y_range
            self.plot.setYRange(low, high, padding=LABEL_ROOM)
        if not plot.is_empty or not plot.lines:
            self.value_axis.show_levels(plot.levels, self._y_range, max(2, self.plot.height() // scaled(28)))

    def _recolour(self) -> None:
        c = colours()
        self.plot.setBackground(QColor(c.raised))
        font = QFont(QApplication.font())
        font.setPointSizeF(font.pointSizeF() - 1.5)
        self.value_axis.setWidth(scaled(AXIS_WIDTH_PX))
        for axis in (self.time_axis, self.value_axis):
            axis.setPen(QColor(c.line))
            axis.setTextPen(QColor(c.dim))
            axis.setTickFont(font)
        for animal, curve in self.curves.items():
            curve.setPen(pen_of(animal))
        self.save_button.setIcon(icon("content-save-outline"))
        self.close_button.setIcon(icon("close"))


def _fill(box: QComboBox, words: list[str], wanted: str) -> None:
    if [box.itemText(number) for number in range(box.count())] != words:
        with QSignalBlocker(box):
            box.clear()
            box.addItems(words)
    with QSignalBlocker(box):
        box.setCurrentIndex(box.findText(wanted))
