"""The zones of the present camera while it is tracked: who is there, how often they came, for how long."""

from __future__ import annotations

import csv
import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from tracker_gui.analysis.figure import clock
from tracker_gui.analysis.live_zones import AnimalInZone, LineFigures, ZoneFigures
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import TrackerError
from tracker_gui.qt.panels.panel_info import PanelInfo
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.qt.session import Session

COLUMNS = ("Zone", "Now", "Entries", "Time", "First in")
TIPS = (
    "Each zone can be opened to see its animals by their numbers",
    "How many animals are there now; a missing one counts for half a second",
    "How often an animal came in from outside; for a line, how often it was crossed to its left and to its right",
    "How long animals were there; of the zone the sum of all, in min:s",
    "From the first frame until an animal first came in, in min:s",
)
CSV_HEAD = ("zone", "animal", "present", "entries", "exits", "time_s", "latency_s", "to_left", "to_right")
NONE = "–"  # noqa: RUF001 - what a table shows where there is nothing
TENTH_S = 0.1
INDENT_PX = 16
#: A longer name of a zone is told by its tip.
WIDEST_COLUMN_PX = 160
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Figures = ZoneFigures | LineFigures


class ZonesPanel(QFrame):
    """A row for each zone and line; opened, one for each animal."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("surface", True)
        self._figures: tuple[Figures, ...] = ()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        head = QHBoxLayout()
        self.since = QLabel()
        self.since.setProperty("dim", True)
        self.save_button = QToolButton()
        self.save_button.setText("Save table…")
        self.save_button.setToolTip("Save what was counted so far as a table (CSV)")
        self.save_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.save_button.clicked.connect(self._ask_where)
        head.addWidget(self.since, 1)
        head.addWidget(self.save_button)
        rows.addLayout(head)
        self.why_empty = QLabel()
        self.why_empty.setProperty("dim", True)
        self.why_empty.setWordWrap(True)
        rows.addWidget(self.why_empty)
        self.table = QTreeWidget()
        self.table.setHeaderLabels(COLUMNS)
        self.table.setAccessibleName("Zones")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setUniformRowHeights(True)
        self.table.setIndentation(INDENT_PX)
        for column, tip in enumerate(TIPS):
            self.table.headerItem().setToolTip(column, tip)
            if column:
                self.table.headerItem().setTextAlignment(column, RIGHT)
        header = self.table.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        grow_with_text(header.setMaximumSectionSize, WIDEST_COLUMN_PX)
        rows.addWidget(self.table, 1)
        rows.addStretch(0)
        session.ticked.connect(self._look)
        session.cameras_changed.connect(self._look)
        session.document.changed.connect(self._look)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._look()

    def sizeHint(self) -> QSize:
        return QSize(380, 320)

    def _recolour(self) -> None:
        self.save_button.setIcon(icon("content-save-outline"))

    # ---- what is shown

    def _look(self) -> None:
        measures = self._session.view.measures
        self._figures = measures.zone_figures()
        span = measures.span()
        zones = self._session.view.preset.zones
        if not zones:
            self.why_empty.setText(
                "There is no zone yet. Draw a zone on the picture, and who is in it is counted here."
            )
        elif not self._figures:
            self.why_empty.setText("Only points were drawn, and nobody can be in a point. Draw a zone or a line.")
        elif span is None:
            self.why_empty.setText("Nothing was played yet. Play, or start tracking, and this table fills.")
        counts = span is not None and bool(self._figures)
        self.why_empty.setVisible(not counts)
        for widget in (self.table, self.save_button, self.since):
            widget.setVisible(counts)
        if span is None or not counts:
            return
        self.since.setText(f"Counted over {clock(span.end_s - span.begin_s, TENTH_S)}")
        self.since.setToolTip(f"From {clock(span.begin_s, TENTH_S)} to {clock(span.end_s, TENTH_S)} of the source")
        self._show_rows()

    def _show_rows(self) -> None:
        while self.table.topLevelItemCount() > len(self._figures):
            self.table.takeTopLevelItem(self.table.topLevelItemCount() - 1)
        for number, figures in enumerate(self._figures):
            item = self.table.topLevelItem(number)
            if item is None:
                item = QTreeWidgetItem()
                self.table.addTopLevelItem(item)
            _show(item, _zone_words(figures))
            if isinstance(figures, ZoneFigures):
                # The names are in the tip, because a crowd would widen the column.
                here = ", ".join(map(str, figures.present))
                item.setToolTip(1, f"Here now: {here}" if here else "Nobody is here now")
            rows = _animal_words(figures)
            while item.childCount() > len(rows):
                item.takeChild(item.childCount() - 1)
            for row, words in enumerate(rows):
                child = item.child(row)
                if child is None:
                    child = QTreeWidgetItem(item)
                _show(child, words)
                child.setToolTip(0, f"Animal {words[0]}")

    # ---- the table as a file

    def _ask_where(self) -> None:
        text = table_csv(self._figures)  # as it is when it is asked for, not when a name is found
        proposed = self._session.output_folder().parent / "zones.csv"
        name, _ = QFileDialog.getSaveFileName(self, "Save the table of zones", str(proposed), "Tables (*.csv)")
        if name:
            self.save(Path(name), text)

    def save(self, path: Path, text: str) -> None:
        """Write the table; how that went becomes a sentence in the window."""
        self._written = path if path.suffix else path.with_suffix(".csv")
        read_in_background(functools.partial(_write, self._written, text), self._tell)

    def _tell(self, error: TrackerError | None) -> None:
        said = Remark("zones", "ok", f"The table was saved as {self._written}.")
        self._session.remarked.emit(said if error is None else Remark("zones", "bad", str(error)))


def table_csv(figures: Sequence[Figures]) -> str:
    """Return all counts as a table: of each zone and line the sum first, then each animal."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(CSV_HEAD)
    for each in figures:
        if isinstance(each, LineFigures):
            for animal, left, right in (("all", each.to_left, each.to_right), *each.animals):
                table.writerow([each.name, animal, "", "", "", "", "", left, right])
            continue
        table.writerow([each.name, "all", len(each.present), each.entries, each.exits, *_seconds(each)])
        for animal in each.animals:
            row = [each.name, animal.animal_id, int(animal.present), animal.entries, animal.exits, *_seconds(animal)]
            table.writerow(row)
    return text.getvalue()


def _seconds(of: ZoneFigures | AnimalInZone) -> tuple[str, str, str, str]:
    """Return time and latency with ten thousandths, and nothing for the ways over a line."""
    return f"{of.time_s:.4f}", "" if of.latency_s is None else f"{of.latency_s:.4f}", "", ""


def _write(path: Path, text: str) -> TrackerError | None:
    try:
        write_atomically(path, text)
    except TrackerError as error:
        return error
    return None


def _time(seconds: float | None) -> str:
    return NONE if seconds is None else clock(seconds, TENTH_S)


def _ways(left: int, right: int) -> str:
    return f"{left} left, {right} right"


def _zone_words(figures: Figures) -> tuple[str, ...]:
    if isinstance(figures, LineFigures):
        return figures.name, "", _ways(figures.to_left, figures.to_right), "", ""
    return (
        figures.name, str(len(figures.present)), str(figures.entries), _time(figures.time_s), _time(figures.latency_s),
    )  # fmt: skip


def _animal_words(figures: Figures) -> list[tuple[str, ...]]:
    if isinstance(figures, LineFigures):
        return [(str(animal), "", _ways(left, right), "", "") for animal, left, right in figures.animals]
    return [
        (str(a.animal_id), "here" if a.present else "", str(a.entries), _time(a.time_s), _time(a.latency_s))
        for a in figures.animals
    ]


def _show(item: QTreeWidgetItem, words: tuple[str, ...]) -> None:
    for column, text in enumerate(words):
        if item.text(column) != text:
            item.setText(column, text)
            item.setToolTip(column, text)
            if column:
                item.setTextAlignment(column, RIGHT)
            else:
                item.setToolTip(0, text)


PANEL = PanelInfo(
    "zones", "Zones", "right", 1, ZonesPanel, "Who is in which zone, how often and for how long", help_page="zones"
)
