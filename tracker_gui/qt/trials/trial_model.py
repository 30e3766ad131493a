"""The trials as rows of a table, with an undo of its own: they are no part of the preset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from tracker_gui.core.trial_list import TYPED, Trial
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker_gui.core.trial_list import TrialState

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HEADS = ("State", "Subject", "Treatment", "Video, or live", "Notes", "Results")
STATE, RESULT = 0, 5
#: Sign, its tone and the word of each state.
LOOKS: dict[str, tuple[str, str, str]] = {
    "to do": ("circle-outline", "dim", "To do"),
    "running": ("play", "accent", "Running"),
    "done": ("check-circle", "ok", "Done"),
    "stopped": ("stop-circle", "warn", "Stopped early"),
    "failed": ("alert-octagon", "bad", "Failed"),
}
MOST_UNDONE = 100


class TrialModel(QAbstractTableModel):
    """All trials.

    Signals
    -------
    edited()
        The list is another one now.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.trials: tuple[Trial, ...] = ()
        self._before: list[tuple[Trial, ...]] = []

    # ---- what is changed

    def put(self, trials: tuple[Trial, ...], undoable: bool = True) -> None:
        """Show another list."""
        if trials == self.trials:
            return
        if undoable:
            self._before = [*self._before, self.trials][-MOST_UNDONE:]
        self.beginResetModel()
        self.trials = trials
        self.endResetModel()
        self.edited.emit()

    def undo(self) -> bool:
        """Take the last change back; False where there is none."""
        if not self._before:
            return False
        before = self._before.pop()
        self.put(before, undoable=False)
        return True

    def remove(self, numbers: Iterable[int]) -> None:
        gone = set(numbers)
        self.put(tuple(trial for number, trial in enumerate(self.trials) if number not in gone))

    def set_state(self, number: int, state: TrialState, result: str | None = None) -> None:
        """Say what became of a trial; nothing to undo, because it happened."""
        if number < len(self.trials):
            trial = self.trials[number]
            changed = replace(trial, state=state, result=trial.result if result is None else result)
            self._replace(number, changed)

    def _replace(self, number: int, trial: Trial) -> None:
        self.trials = (*self.trials[:number], trial, *self.trials[number + 1 :])
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(HEADS) - 1))
        self.edited.emit()

    @property
    def next(self) -> int | None:
        """The number of the first trial that is to do, None where there is none."""
        return next((number for number, trial in enumerate(self.trials) if trial.state == "to do"), None)

    # ---- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.trials)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if role == Role.DisplayRole:
            return HEADS[section] if orientation == Qt.Orientation.Horizontal else f"{section + 1:02}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual if index.column() in (STATE, RESULT) else usual | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        trial = self.trials[index.row()]
        sign, tone, word = LOOKS[trial.state]
        if index.column() == STATE:
            return {Role.DisplayRole: word, Role.DecorationRole: icon(sign, tone)}.get(Role(role))
        if role in (Role.DisplayRole, Role.EditRole, Role.ToolTipRole):
            return trial.result if index.column() == RESULT else getattr(trial, TYPED[index.column() - 1])
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.EditRole or index.column() in (STATE, RESULT):
            return False
        typed: dict[str, Any] = {TYPED[index.column() - 1]: str(value).strip()}
        trial = replace(self.trials[index.row()], **typed)
        if trial != self.trials[index.row()]:
            self._before = [*self._before, self.trials][-MOST_UNDONE:]
            self._replace(index.row(), trial)
        return True
