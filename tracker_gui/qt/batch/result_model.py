"""One of the tables over all videos, as far as these are measured."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from tracker_gui.analysis.result_tables import COLUMNS

Index = QModelIndex | QPersistentModelIndex
#: The title of each table that is offered.
TABLES = {"animals": "Animals", "zones": "Zones", "visits": "Visits", "lines": "Lines", "freezing": "Freezing"}
HIDDEN = ("folder", "preset")


class ResultModel(QAbstractTableModel):
    """Shows the columns that hold anything."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[dict[str, Any]] = []
        self._columns: list[str] = []
        self._kinds: dict[str, str] = {}

    def show_rows(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Show the rows of one table of `COLUMNS`."""
        self.beginResetModel()
        self._rows, self._kinds = rows, COLUMNS[table]
        self._columns = [
            name for name in self._kinds if name not in HIDDEN and any(row.get(name) not in (None, "") for row in rows)
        ]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return heading(self._columns[section])
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(self._columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        name = self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return in_words(self._rows[index.row()].get(name))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(name)
        return None

    def _side(self, name: str) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if self._kinds[name] == "string" else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


#: The unit at the end of a column's name, as people write it.
UNITS = {"_px_s": "px/s", "_mm_s": "mm/s", "_px": "px", "_mm": "mm", "_deg": "°", "_s": "s"}


def heading(column: str) -> str:
    """Return a column's name as words, with its unit behind a comma."""
    for ending, unit in UNITS.items():
        if column.endswith(ending):
            return f"{column.removesuffix(ending).replace('_', ' ').capitalize()}, {unit}"
    return column.replace("_", " ").capitalize()


def in_words(value: Any) -> str:
    """Return a value with as many digits as it deserves."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:.4g}"
        if isinstance(value, float) and abs(value) < 1000
        else (f"{value:.0f}" if isinstance(value, float) else str(value))
    )
