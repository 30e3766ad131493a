"""The videos of a batch as rows: settings, state and what was said of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from tracker_gui.engine.batch_job import Outcome, Progress
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker_gui.core.preset import Preset
    from tracker_gui.engine.batch import BatchVideo
    from tracker_gui.engine.batch_job import State

Index = QModelIndex | QPersistentModelIndex

HEADS = ("Video", "Settings", "State", "Remarks")
VIDEO, SETTINGS, STATE, REMARKS = range(4)
#: Sign, its tone and the word of each state.
LOOKS: dict[State, tuple[str, str, str]] = {
    "waiting": ("clock-outline", "dim", "Waiting"),
    "running": ("play", "accent", "Running"),
    "done": ("check-circle", "ok", "Done"),
    "failed": ("alert-octagon", "bad", "Failed"),
    "cancelled": ("stop-circle", "warn", "Cancelled"),
}
#: The share of a video that is done, 0..1; None while nothing can be said of it.
SHARE_ROLE = Qt.ItemDataRole.UserRole


@dataclass(slots=True)
class Row:
    """One video.

    Attributes
    ----------
    path : str
        As it was added.
    preset : Preset or None
        None for the settings that are open in the window.
    """

    path: str
    video: BatchVideo
    preset: Preset | None = None
    state: State = "waiting"
    progress: Progress | None = None
    remark: str = ""


class VideoModel(QAbstractTableModel):
    """The rows of the upper table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._open_name = ""

    # ---- what is changed

    def add(self, rows: Iterable[Row]) -> None:
        """Append videos; the same one may be there twice, with other settings."""
        fresh = list(rows)
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(fresh) - 1)
            self.rows += fresh
            self.endInsertRows()

    def remove(self, numbers: Iterable[int]) -> None:
        for number in sorted(numbers, reverse=True):
            self.beginRemoveRows(QModelIndex(), number, number)
            del self.rows[number]
            self.endRemoveRows()

    def set_preset(self, numbers: Iterable[int], preset: Preset | None) -> None:
        """Choose other settings; None for those that are open in the window."""
        for number in numbers:
            self.rows[number].preset = preset
            self._changed(number)

    def show_open_name(self, name: str) -> None:
        """Say what the settings are called that are open in the window."""
        self._open_name = name
        for number in range(len(self.rows)):
            self._changed(number)

    def begin(self) -> None:
        """All wait again."""
        for number, row in enumerate(self.rows):
            row.state, row.progress, row.remark = "waiting", None, ""
            self._changed(number)

    def hear(self, number: int, what: Progress | Outcome) -> None:
        """Show how far a video is, or how it ended."""
        row = self.rows[number]
        if isinstance(what, Outcome):
            row.state = what.state
            earlier = "tracked before, not again" if what.was_there else ""
            row.remark = "; ".join(part for part in (what.reason.removeprefix(f"{row.path}: "), earlier) if part)
        else:
            row.state, row.progress = "running", what
        self._changed(number)

    def videos(self, open_preset: Preset) -> list[BatchVideo]:
        """Return what is to be run."""
        return [replace(row.video, preset=row.preset or open_preset) for row in self.rows]

    def count(self, states: Sequence[str]) -> int:
        return sum(row.state in states for row in self.rows)

    def _changed(self, number: int) -> None:
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(HEADS) - 1))

    # ---- what is shown

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.path if column == VIDEO else self._words(row, column) or None
        if column == STATE and role == Qt.ItemDataRole.DecorationRole:
            name, tone, _ = LOOKS[row.state]
            return icon(name, tone)
        if column == STATE and role == SHARE_ROLE:
            return _share(row)
        return None

    def _words(self, row: Row, column: int) -> str:
        if column == VIDEO:
            return row.video.name
        if column == SETTINGS:
            return f"Open: {self._open_name}" if row.preset is None else row.preset.name
        if column == STATE:
            word = LOOKS[row.state][2]
            if row.state != "running" or row.progress is None:
                return word
            share = _share(row)
            return f"{word}, {row.progress.frames} frames" if share is None else f"{word}, {100 * share:.0f} %"
        return row.remark


def _share(row: Row) -> float | None:
    if row.state == "done":
        return 1.0
    if row.progress is None or not row.progress.frames_in_all:
        return None
    return min(1.0, row.progress.frames / row.progress.frames_in_all)
