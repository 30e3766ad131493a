"""The preset that is open in the window, and every change of it as an undo step."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from tracker_gui.core.preset import Preset, StageChoice, save
from tracker_gui.exchange.open_preset import open_preset

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.preset import Problem

_drags = itertools.count(1)


def new_drag() -> int:
    """Return a number that no other drag has: changes that carry the same one are one undo step."""
    return next(_drags)


class PresetDocument(QObject):
    """Holds one frozen preset; the undo stack is the only way it changes.

    Attributes
    ----------
    path : Path or None
        Where it was opened from or saved to.
    """

    changed = Signal()
    path_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.path: Path | None = None
        self._preset = Preset()
        self._locked = False

    @property
    def preset(self) -> Preset:
        return self._preset

    @property
    def locked(self) -> bool:
        """Whether changes are refused, because a run's results must belong to one set of settings."""
        return self._locked

    def set_locked(self, locked: bool) -> None:
        self._locked = locked
        self.changed.emit()

    @property
    def is_saved(self) -> bool:
        return self.undo_stack.isClean()

    def change(self, preset: Preset, what: str, drag: int = 0) -> None:
        """Put another preset in force as one undo step.

        Parameters
        ----------
        what : str
            For the menu: "Undo change Contrast".
        drag : int
            Not 0: changes with the same number become one step.
        """
        if preset != self._preset and not self._locked:
            self.undo_stack.push(_Change(self, self._preset, preset, what, drag))

    def change_stage(self, field: str, chosen: StageChoice | None, what: str, drag: int = 0) -> None:
        """Change `source`, `detector` or `tracker`."""
        self.change(replace(self._preset, **{field: chosen}), what, drag)  # type: ignore[arg-type]

    def change_list(self, field: str, chosen: tuple[StageChoice, ...], what: str, drag: int = 0) -> None:
        """Change `image`, `enrich` or `outputs`."""
        self.change(replace(self._preset, **{field: chosen}), what, drag)  # type: ignore[arg-type]

    def _put(self, preset: Preset) -> None:
        self._preset = preset
        self.changed.emit()

    def begin(self, preset: Preset, path: Path | None = None, *, saved: bool = True) -> None:
        """Start anew with a preset; what was there before cannot be undone to."""
        self.undo_stack.clear()
        if not saved:
            self.undo_stack.resetClean()
        self.path = path
        self._put(preset)
        self.path_changed.emit()

    def open(self, path: Path) -> list[Problem]:
        """Open a settings file of this program or of TracktorLive; return what could not be used.

        Raises
        ------
        TrackerError
            Nothing was changed.
        """
        preset, problems = open_preset(path)
        if preset.source is None:
            preset = replace(preset, source=self._preset.source)
        own = preset.about != "Imported from a TracktorLive parameter file."
        self.begin(preset, path if own else None, saved=own and not problems)
        return problems

    def save(self, path: Path) -> None:
        """Write the preset.

        Raises
        ------
        OutputError
        """
        name = path.stem if self._preset.name in ("", "Untitled") else self._preset.name
        preset = replace(self._preset, name=name)
        save(preset, path)
        self._preset = preset
        self.path = path
        self.undo_stack.setClean()
        self.path_changed.emit()


class _Change(QUndoCommand):
    def __init__(self, document: PresetDocument, old: Preset, new: Preset, what: str, drag: int) -> None:
        super().__init__(what)
        self._document = document
        self._old = old
        self._new = new
        self._drag = drag

    def id(self) -> int:
        return 1 if self._drag else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Change) or other._drag != self._drag:
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True

    def redo(self) -> None:
        self._document._put(self._new)

    def undo(self) -> None:
        self._document._put(self._old)


def with_params(chosen: StageChoice, params: Any) -> StageChoice:
    """Return the same stage with other settings."""
    return replace(chosen, params=params)
