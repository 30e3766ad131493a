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

    from tracker_gui.core.overlays import Overlays
    from tracker_gui.core.preset import Problem

_drags = itertools.count(1)


def new_drag() -> int:
    """Return a number that no other drag has: changes that carry the same one are one undo step."""
    return next(_drags)


class PresetDocument(QObject):
    """Holds one frozen preset; the undo stack is the only way it changes.

    A preset may have several cameras. One of them is the present one: `preset` has its settings, and
    what is changed is changed for it. `whole` has them all.

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
        self._whole = self._preset = Preset()
        self._camera = 0
        self._locked = False

    @property
    def preset(self) -> Preset:
        """The settings of the present camera."""
        return self._preset

    @property
    def whole(self) -> Preset:
        return self._whole

    @property
    def camera(self) -> int:
        """The number of the present camera, from 0."""
        return self._camera

    def show_camera(self, number: int) -> None:
        """Make another camera the present one; no change of the preset, so nothing to undo."""
        number = max(0, min(number, self._whole.camera_count - 1))
        if number != self._camera:
            self._put(self._whole, number)

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
        """Put other settings of the present camera in force as one undo step.

        Parameters
        ----------
        what : str
            For the menu: "Undo change Contrast".
        drag : int
            Not 0: changes with the same number become one step.
        """
        self.change_whole(self._whole.with_camera(self._camera, preset), what, drag)

    def change_overlays(self, overlays: Overlays, what: str, drag: int = 0) -> None:
        """Change what is drawn: also while tracking, because no result depends on it."""
        whole = replace(self._whole, overlays=overlays)
        if whole != self._whole:
            place = self._camera
            self.undo_stack.push(_Change(self, (self._whole, place), (whole, place), what, drag))

    def change_whole(self, whole: Preset, what: str, drag: int = 0, camera: int | None = None) -> None:
        """Put another preset in force as one undo step; `camera` is the present one afterwards."""
        if whole != self._whole and not self._locked:
            after = self._camera if camera is None else camera
            self.undo_stack.push(_Change(self, (self._whole, self._camera), (whole, after), what, drag))

    def change_stage(self, field: str, chosen: StageChoice | None, what: str, drag: int = 0) -> None:
        """Change `source`, `detector` or `tracker`."""
        self.change(replace(self._preset, **{field: chosen}), what, drag)  # type: ignore[arg-type]

    def change_list(self, field: str, chosen: tuple[StageChoice, ...], what: str, drag: int = 0) -> None:
        """Change `image`, `enrich` or `outputs`."""
        self.change(replace(self._preset, **{field: chosen}), what, drag)  # type: ignore[arg-type]

    def _put(self, whole: Preset, camera: int) -> None:
        self._camera = max(0, min(camera, whole.camera_count - 1))
        self._whole = whole
        self._preset = whole.camera(self._camera)
        self.changed.emit()

    def begin(self, preset: Preset, path: Path | None = None, *, saved: bool = True) -> None:
        """Start anew with a preset; what was there before cannot be undone to."""
        self.undo_stack.clear()
        if not saved:
            self.undo_stack.resetClean()
        self.path = path
        self._put(preset, 0)
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
            preset = replace(preset, source=self._preset.source, range=self._preset.range)
        own = preset.about != "Imported from a TracktorLive parameter file."
        self.begin(preset, path if own else None, saved=own and not problems)
        return problems

    def save(self, path: Path) -> None:
        """Write the preset.

        Raises
        ------
        OutputError
        """
        name = path.stem if self._whole.name in ("", "Untitled") else self._whole.name
        whole = replace(self._whole, name=name)
        save(whole, path)
        self._whole, self._preset = whole, whole.camera(self._camera)
        self.path = path
        self.undo_stack.setClean()
        self.path_changed.emit()


class _Change(QUndoCommand):
    """From one (preset, present camera) to another."""

    def __init__(
        self, document: PresetDocument, old: tuple[Preset, int], new: tuple[Preset, int], what: str, drag: int
    ) -> None:
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
        self.setObsolete(self._new[0] == self._old[0])
        return True

    def redo(self) -> None:
        self._document._put(*self._new)

    def undo(self) -> None:
        self._document._put(*self._old)


def with_params(chosen: StageChoice, params: Any) -> StageChoice:
    """Return the same stage with other settings."""
    return replace(chosen, params=params)
