"""What happened, in order: cameras that went and came, runs, recordings, problems; to be read in the morning."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
)

from tracker_gui.qt.notifications import KINDS
from tracker_gui.qt.panels.panel_info import PanelInfo
from tracker_gui.qt.rules.rule_remarks import RULE_TOPIC
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from tracker_gui.qt.remark import Remark
    from tracker_gui.qt.session import Session

COLUMNS = ("Time", "What")
MOST_ROWS = 20_000
WORDS = {"ok": "done", "info": "note", "warn": "warning", "bad": "failure"}
Index = QModelIndex | QPersistentModelIndex


class EventModel(QAbstractTableModel):
    """Remarks with the time at which they were made, oldest first."""

    def __init__(self, history: list[tuple[float, Remark]]) -> None:
        super().__init__()
        self._rows = list(history[-MOST_ROWS:])

    def add(self, t_wall_s: float, remark: Remark) -> None:
        if len(self._rows) >= MOST_ROWS:
            self.beginRemoveRows(QModelIndex(), 0, 0)
            del self._rows[0]
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
        self._rows.append((t_wall_s, remark))
        self.endInsertRows()

    def kind(self, row: int) -> str:
        return self._rows[row][1].kind

    def topic(self, row: int) -> str:
        return self._rows[row][1].topic

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        t_wall_s, remark = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return time.strftime("%H:%M:%S", time.localtime(t_wall_s))
            return " ".join(remark.text.split("\n"))
        if role == Qt.ItemDataRole.ToolTipRole:
            day = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(t_wall_s))
            return f"{day}, {WORDS[remark.kind]}\n{remark.text}"
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return icon(*KINDS[remark.kind])
        return None


class _Filter(QSortFilterProxyModel):
    """Rows of some kinds that hold some words."""

    def __init__(self, model: EventModel) -> None:
        super().__init__()
        self._model = model
        self._kinds: tuple[str, ...] = tuple(WORDS)
        self._topic = ""
        self.setSourceModel(model)
        self.setFilterKeyColumn(1)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def set_kinds(self, kinds: tuple[str, ...], topic: str = "") -> None:
        self.beginFilterChange()
        self._kinds, self._topic = kinds, topic
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        wanted = self._model.kind(row) in self._kinds and self._model.topic(row).startswith(self._topic)
        return wanted and super().filterAcceptsRow(row, parent)


class EventLog(QFrame):
    """A table that grows at its end, with a choice of kinds and a search."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setProperty("surface", True)
        self.model = EventModel(session.history)
        self.filter = _Filter(self.model)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        head = QHBoxLayout()
        self.kinds = QComboBox()
        self.kinds.addItem("All", tuple(WORDS))
        self.kinds.addItem("Warnings and failures", ("warn", "bad"))
        self.kinds.addItem("Failures", ("bad",))
        self.kinds.addItem("What rules did", RULE_TOPIC)
        self.kinds.setToolTip("Which kinds of events are listed")
        self.kinds.currentIndexChanged.connect(self._choose)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter by words")
        self.search.setAccessibleName("Filter by words")
        self.search.setToolTip("Show only what holds these words")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.filter.setFilterFixedString)
        head.addWidget(self.kinds)
        head.addWidget(self.search, 1)
        rows.addLayout(head)
        self.why_empty = QLabel("Nothing happened yet. What cameras, runs and rules do is listed here.")
        self.why_empty.setProperty("dim", True)
        self.why_empty.setWordWrap(True)
        rows.addWidget(self.why_empty)
        self.table = QTableView()
        self.table.setModel(self.filter)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        rows.addWidget(self.table, 1)
        session.logged.connect(self._add)
        appearance().changed.connect(self.table.viewport().update)
        self._show_emptiness()

    def _add(self, t_wall_s: float, remark: Remark) -> None:
        bar = self.table.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        self.model.add(t_wall_s, remark)
        if at_end:
            self.table.scrollToBottom()
        self._show_emptiness()

    def _choose(self, _: int) -> None:
        chosen = self.kinds.currentData()
        if isinstance(chosen, str):
            self.filter.set_kinds(tuple(WORDS), chosen)
        else:
            self.filter.set_kinds(chosen)

    def _show_emptiness(self) -> None:
        empty = self.model.rowCount() == 0
        self.why_empty.setVisible(empty)
        self.table.setVisible(not empty)


PANEL = PanelInfo(
    "event_log", "Events", "bottom", 0, EventLog, "What happened, in order, with the time", help_page="cameras"
)
