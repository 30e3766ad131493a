"""The tracks that are looked through: as they were, what was corrected so far, and what is left to look at."""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from tracker_gui.analysis.correction_file import corrections_path, read_corrections, write_corrections, write_log
from tracker_gui.analysis.corrections import Correction, corrected
from tracker_gui.analysis.line_speed import USUAL_WINDOW_S
from tracker_gui.analysis.track_problems import TrackProblem, find_problems
from tracker_gui.core.errors import OutputError, TrackerError
from tracker_gui.engine.result_files import ResultFiles, find_result
from tracker_gui.exchange.editable_tracks import EditableTracks, body_px, read_editable_tracks
from tracker_gui.exchange.track_export import write_tracks
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tracker_gui.analysis.track_grid import TrackGrid

log = logging.getLogger(__name__)

#: Corrections are kept so long after the last one was made.
SAVE_AFTER_MS = 800


@dataclass(frozen=True, slots=True)
class OpenedResult:
    """A result that was read, with the corrections of an earlier review."""

    files: ResultFiles
    tracks: EditableTracks
    corrections: tuple[Correction, ...]
    table: TrackGrid
    body_px: float | None


def open_result(path: Path, video: Path | None = None) -> OpenedResult:
    """Read a track table, what belongs to it, and the corrections beside it.

    Raises
    ------
    TrackerError
    """
    files = find_result(path, video)
    tracks = read_editable_tracks(files.tracks, files.first_frame)
    corrections = read_corrections(files.tracks, tracks.sha256)
    return OpenedResult(files, tracks, corrections, corrected(tracks.table, corrections), body_px(tracks))


def _told(work: Callable[[], Any]) -> Any:
    """Return what `work` returns, or the error it raised: on another thread nobody would hear of it."""
    try:
        return work()
    except TrackerError as error:
        return error
    except Exception as error:
        log.exception("the review failed")
        return TrackerError("review", f"an unexpected problem ({error})", "The log has details.")


class _Correct(QUndoCommand):
    """One act of the user: one correction, or several that belong together."""

    def __init__(self, document: ReviewDocument, corrections: tuple[Correction, ...], table: TrackGrid) -> None:
        super().__init__(str(corrections[0]))
        self._document = document
        self._corrections = corrections
        self._table: TrackGrid | None = table

    def redo(self) -> None:
        table, self._table = self._table, None
        self._document.add(self._corrections, table)

    def undo(self) -> None:
        self._document.take_back(len(self._corrections))


class ReviewDocument(QObject):
    """Tracks with their corrections; the file they came from is never written.

    Attributes
    ----------
    table : TrackGrid or None
        As corrected so far; None while nothing is open.
    problems : tuple of TrackProblem
        Of that table; found on another thread, a moment behind it.
    """

    opened = Signal()
    changed = Signal()
    problems_changed = Signal()
    saved_changed = Signal()
    said = Signal(object)
    exported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.result: OpenedResult | None = None
        self.table: TrackGrid | None = None
        self.corrections: tuple[Correction, ...] = ()
        self.problems: tuple[TrackProblem, ...] = ()
        self.undo_stack = QUndoStack(self)
        self._searched: TrackGrid | None = None
        self._searching = False
        self._saved: tuple[Correction, ...] = ()
        self._save_soon = QTimer(self)
        self._save_soon.setSingleShot(True)
        self._save_soon.setInterval(SAVE_AFTER_MS)
        self._save_soon.timeout.connect(self.save)

    # ---- opening

    def open(self, path: Path, video: Path | None = None) -> None:
        """Open a track table or the manifest of a run; `opened` or `said` tells how that went."""
        self.save()
        read_in_background(functools.partial(_told, functools.partial(open_result, path, video)), self._take)

    def _take(self, result: OpenedResult | TrackerError) -> None:
        if isinstance(result, TrackerError):
            self.said.emit(Remark("open", "bad", str(result)))
            return
        self.result, self.table = result, result.tracks.table
        self.corrections = self._saved = ()
        self.problems, self._searched = (), None
        self.undo_stack.clear()
        for correction in result.corrections:
            # Each can be taken back by itself; the table is made of all of them at once.
            self.undo_stack.push(_Correct(self, (correction,), result.table))
        self._saved = self.corrections
        self._save_soon.stop()
        self.opened.emit()
        self._tell()

    @property
    def path(self) -> Path | None:
        """The track file."""
        return None if self.result is None else self.result.files.tracks

    # ---- correcting

    def correct(self, *corrections: Correction) -> bool:
        """Make corrections that belong together, as one step to undo; return whether they fit."""
        if self.table is None or not corrections:
            return False
        now = datetime.now(UTC).isoformat(timespec="seconds")
        stamped = tuple(correction.model_copy(update={"made_utc": now}) for correction in corrections)
        try:
            table = corrected(self.table, stamped)
        except TrackerError as error:
            self.said.emit(Remark("correct", "warn", str(error)))
            return False
        self.undo_stack.push(_Correct(self, stamped, table))
        return True

    def add(self, corrections: tuple[Correction, ...], table: TrackGrid | None) -> None:
        """Append to the list; called by the undo stack. `table` is what comes of it where that is known."""
        assert self.table is not None
        self.corrections += corrections
        self.table = corrected(self.table, corrections) if table is None else table
        self._tell()

    def take_back(self, count: int) -> None:
        """Shorten the list and apply what is left to the table as it was; called by the undo stack."""
        assert self.result is not None
        self.corrections = self.corrections[:-count]
        self.table = corrected(self.result.tracks.table, self.corrections)
        self._tell()

    def _tell(self) -> None:
        self._save_soon.start()
        self._search()
        self.changed.emit()
        self.saved_changed.emit()

    # ---- problems

    @property
    def is_searching(self) -> bool:
        """Whether `problems` are not yet those of `table`."""
        return self._searched is not self.table

    def _search(self) -> None:
        table, result = self.table, self.result
        if self._searching or table is None or result is None:
            return
        self._searching = True
        work = functools.partial(find_problems, table, result.body_px)
        read_in_background(functools.partial(_searched, table, work), self._take_problems)

    def _take_problems(self, found: tuple[TrackGrid, Sequence[TrackProblem] | TrackerError]) -> None:
        self._searching = False
        table, problems = found
        if table is not self.table:
            self._search()
            return
        self._searched = table
        if isinstance(problems, TrackerError):
            self.said.emit(Remark("problems", "bad", str(problems)))
            problems = ()
        self.problems = tuple(problems)
        self.problems_changed.emit()

    # ---- files

    @property
    def is_saved(self) -> bool:
        return self.corrections == self._saved

    def save(self) -> bool:
        """Keep the corrections beside the track file; return whether that went well."""
        self._save_soon.stop()
        if self.result is None or self.is_saved:
            return True
        try:
            write_corrections(self.result.files.tracks, self.result.tracks.sha256, self.corrections)
        except TrackerError as error:
            self.said.emit(Remark("save", "bad", f"The corrections are not kept. {error}"))
            return False
        self._saved = self.corrections
        self.saved_changed.emit()
        return True

    @property
    def corrections_path(self) -> Path | None:
        """Where the corrections are kept."""
        return None if self.path is None else corrections_path(self.path)

    def export(self, path: Path) -> None:
        """Write the corrected tracks and the log of the corrections; `exported` or `said` tells how that went."""
        result, table = self.result, self.table
        if result is None or table is None:
            return
        work = functools.partial(_export, result, table, self.corrections, path)
        read_in_background(functools.partial(_told, work), self._take_exported)

    def _take_exported(self, written: tuple[Path, Path] | TrackerError) -> None:
        if isinstance(written, TrackerError):
            self.said.emit(Remark("export", "bad", str(written)))
            return
        tracks, log_path = written
        self.said.emit(Remark("export", "ok", f"Exported to {tracks}, the log of corrections to {log_path.name}."))
        self.exported.emit(written)


def _searched(table: TrackGrid, work: Callable[[], Any]) -> tuple[TrackGrid, Any]:
    return table, _told(work)


def _export(
    result: OpenedResult, table: TrackGrid, corrections: tuple[Correction, ...], path: Path
) -> tuple[Path, Path]:
    if path.resolve() == result.files.tracks.resolve():
        raise OutputError(str(path), "holds the tracks as they were, which are kept", "Choose another name.")
    log_path = path.with_name(f"{path.stem}_log.csv")
    write_tracks(result.tracks, table, path, result.files.speed_window_s or USUAL_WINDOW_S)
    write_log(log_path, corrections)
    return path, log_path
