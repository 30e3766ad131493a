"""Live plots of the present camera: what the animals do now, and did in the last hours."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.engine.live_plot import PlotChoice, choice_of, plot_of
from tracker_gui.qt.plots.animal_key import AnimalKey
from tracker_gui.qt.plots.plot_card import PlotCard
from tracker_gui.qt.plots.plot_files import PlotPage, file_stem, page_of, write_pages
from tracker_gui.qt.plots.save_often import SaveOften
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from tracker_gui.core.errors import TrackerError
    from tracker_gui.engine.live_measures import LiveMeasures, Span
    from tracker_gui.qt.session import Session

#: Faster than this nobody reads a plot, and each update of three plots costs some milliseconds.
UPDATE_MS = 100
WINDOWS = (("Last 10 s", 10), ("Last 30 s", 30), ("Last minute", 60), ("Last 5 min", 300), ("Last 30 min", 1800),
           ("Last 2 h", 7200), ("All", 0))  # fmt: skip
FIRST_PLOTS = ("speed", "count")
#: A time that grows is given room ahead, so that its axis need not change with every picture.
ROOM_AHEAD = 1.15


class PlotsPanel(QFrame):
    """Some plots with one axis of time, and the key to their curves."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("surface", True)
        self.paused = False
        self.cards: list[PlotCard] = []
        self._drawn: tuple[object, ...] | None = None
        self._all_s = 0.0
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addLayout(self._make_head())
        self.key = AnimalKey()
        self.key.changed.connect(self._draw_anew)
        rows.addWidget(self.key)
        self.why_empty = QLabel()
        self.why_empty.setWordWrap(True)
        self.why_empty.setProperty("dim", True)
        rows.addWidget(self.why_empty)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setObjectName("body")
        self._stack = QVBoxLayout(body)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(8)
        area.setWidget(body)
        rows.addWidget(area, 1)
        self.save_often = SaveOften(session, self.pages)
        rows.addWidget(self.save_often)
        self._timer = QTimer(self)
        self._timer.setInterval(UPDATE_MS)
        self._timer.timeout.connect(self.draw)
        for text in session.settings.plots or FIRST_PLOTS:
            choice = choice_of(text)
            if choice is not None:
                self.add(choice)
        session.document.changed.connect(self.draw)
        session.cameras_changed.connect(self.draw)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(4)
        self.window_box = QComboBox()
        for words, seconds in WINDOWS:
            self.window_box.addItem(words, seconds)
        self.window_box.setToolTip("How much time the plots show")
        self.window_box.setAccessibleName("Time shown")
        at = self.window_box.findData(self._session.settings.plot_window_s)
        self.window_box.setCurrentIndex(max(0, at))
        self.window_box.currentIndexChanged.connect(self._choose_window)
        self.unit_box = QComboBox()
        self.unit_box.addItems(["px", "mm"])
        self.unit_box.setAccessibleName("Unit of lengths")
        self.unit_box.setToolTip("The unit of lengths in all plots: pixels, or millimetres by the scale")
        self.unit_box.setCurrentIndex(1)
        self.unit_box.currentIndexChanged.connect(self._draw_anew)
        self.pause_button = QToolButton()
        self.pause_button.setCheckable(True)
        self.pause_button.setToolTip("Let the plots stand still; measuring goes on")
        self.pause_button.setAccessibleName("Pause the plots")
        self.pause_button.toggled.connect(self._pause)
        self.add_button = QToolButton()
        self.add_button.setText("Add plot")
        self.add_button.setToolTip("Add another plot below")
        self.add_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add_button.clicked.connect(self._add_another)
        head.addWidget(self.window_box)
        head.addWidget(self.unit_box)
        head.addWidget(self.pause_button)
        head.addStretch(1)
        head.addWidget(self.add_button)
        return head

    def sizeHint(self) -> QSize:
        return QSize(380, 560)

    # ---- what is chosen

    @property
    def measures(self) -> LiveMeasures:
        return self._session.view.measures

    @property
    def window_s(self) -> float | None:
        """How much time is shown, None for all."""
        return float(self.window_box.currentData()) or None

    @property
    def mm_per_px(self) -> float | None:
        """The scale that lengths are shown in, None for pixels."""
        scale = self._session.view.preset.scale
        return scale.mm_per_px if scale is not None and self.unit_box.currentIndex() == 1 else None

    def add(self, choice: PlotChoice) -> PlotCard:
        """Add a plot at the end."""
        card = PlotCard(choice)
        card.chosen.connect(self._keep)
        card.closed.connect(self._remove)
        card.save_wanted.connect(self._save)
        self.cards.append(card)
        self._stack.addWidget(card, 1)
        self._keep()
        return card

    def _add_another(self) -> None:
        shown = {card.choice.quantity for card in self.cards}
        unused = [name for name in ("speed", "nearest", "x", "y", "count", "heading", "activity") if name not in shown]
        self.add(PlotChoice(unused[0] if unused else "speed"))

    def _remove(self, card: PlotCard) -> None:
        self.cards.remove(card)
        self._stack.removeWidget(card)
        card.hide()
        card.deleteLater()
        self._keep()

    def _keep(self, _: object = None) -> None:
        self._session.settings.plots = [card.choice.text for card in self.cards]
        self._draw_anew()

    def _choose_window(self, _: int) -> None:
        self._session.settings.plot_window_s = int(self.window_box.currentData())
        self._draw_anew()

    def _pause(self, on: bool) -> None:
        self.paused = on
        self.pause_button.setIcon(icon("play" if on else "pause"))
        self._draw_anew()

    def _measure_what_is_chosen(self) -> None:
        shapes = {zone.name: zone.shape for zone in self._session.view.preset.zones}
        animals = self.measures.animals()
        for card in self.cards:
            card.offer(animals, list(shapes))
        places = [card.choice.target for card in self.cards if card.choice.quantity == "place"]
        pairs = [card.choice.pair for card in self.cards]
        self.measures.choose(
            [pair for pair in pairs if pair is not None], {name: shapes[name] for name in places if name in shapes}
        )

    # ---- what is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._draw_anew()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _draw_anew(self, _: object = None) -> None:
        self._drawn = None
        self.draw()

    def draw(self) -> None:
        """Draw all plots as things are now; nothing where nothing changed, or where they are to stand still."""
        measures = self.measures
        span = measures.span()
        state = (measures, span, self._session.view.preset)
        before = self._drawn
        if not self.isVisible() or before == state or (self.paused and before is not None and before[0] is measures):
            return
        self._measure_what_is_chosen()
        self._drawn = state
        animals = measures.animals()
        self.key.show_animals(animals)
        self.key.setVisible(bool(animals))
        self.unit_box.setVisible(self._session.view.preset.scale is not None)
        self.why_empty.setText("" if self.cards else "No plot is chosen. 'Add plot' adds one.")
        self.why_empty.setVisible(not self.cards)
        x_range, zero_s = self._time_range(span)
        for card in self.cards:
            plot = plot_of(card.choice, measures, self.key.shown, self.window_s, self.mm_per_px)
            card.show_plot(plot, x_range, zero_s, self._why_empty(card.choice, span) if plot.is_empty else "")

    def _time_range(self, span: Span | None) -> tuple[tuple[float, float], float]:
        """Return the range of the axis of time, and the time stamp that is 0 on it."""
        window_s = self.window_s
        end_s = 0.0 if span is None else span.end_s
        if window_s is not None:
            return (-window_s, 0.0), end_s
        begin_s = 0.0 if span is None else span.begin_s
        long_s = max(10.0, end_s - begin_s)
        if not long_s <= self._all_s <= long_s * ROOM_AHEAD * 1.5:
            self._all_s = long_s * ROOM_AHEAD
        return (0.0, self._all_s), begin_s

    def _why_empty(self, choice: PlotChoice, span: Span | None) -> str:
        preset = self._session.view.preset
        if preset.source is None:
            return "Nothing is open yet. Open a video or a camera, and play it."
        if span is None:
            return "Nothing was played yet. Play, or start tracking, and the curves begin."
        if not self.key.shown and choice.kind.per in ("animal", "place"):
            hidden = bool(self.measures.animals())
            return "All animals are hidden. Click their numbers above." if hidden else "No animal was found yet."
        if choice.quantity == "heading" and not any(
            each.stage == "kinematics" and each.enabled for each in preset.enrich
        ):
            return "No heading is known. Switch on 'Speed and heading' in the step Track."
        if choice.quantity == "place" and not preset.zones:
            return "There is no zone yet. Draw one on the picture."
        if choice.quantity in ("pair", "nearest") and len(self.measures.animals()) < 2:
            return "A distance needs two animals; fewer were found."
        return "Nothing was measured in this time."

    def _recolour(self) -> None:
        self.pause_button.setIcon(icon("play" if self.paused else "pause"))
        self.add_button.setIcon(icon("plus"))

    # ---- files

    def pages(self) -> list[PlotPage]:
        """Return all plots as they are to be written now."""
        return [self._page(card) for card in self.cards]

    def _page(self, card: PlotCard) -> PlotPage:
        return page_of(card.choice, self.measures, self.key.shown, self.window_s, self.mm_per_px)

    def _save(self, card: PlotCard, kind: str) -> None:
        page = self._page(card)  # as it is when it is asked for, not when a name is found
        proposed = self._session.output_folder().parent / f"{file_stem(card.choice)}.{kind.lower()}"
        name, _ = QFileDialog.getSaveFileName(self, "Save the plot", str(proposed), f"{kind} (*.{kind.lower()})")
        if name:
            self.write(page, Path(name), kind)

    def write(self, page: PlotPage, path: Path, kind: str) -> None:
        """Write one plot; how that went becomes a sentence in the window."""
        path = path if path.suffix else path.with_suffix(f".{kind.lower()}")
        self._written = path
        read_in_background(functools.partial(write_pages, [(page, path)], kind), self._tell)

    def _tell(self, error: TrackerError | None) -> None:
        said = Remark("plot", "ok", f"The plot was saved as {self._written}.")
        self._session.remarked.emit(said if error is None else Remark("plot", "bad", str(error)))
