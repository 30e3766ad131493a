"""What a window had open, kept on disk so that a crash or a power cut does not cost it.

Each window has one file, ``open/NAME.json``, beside a ``NAME.lock`` that it holds until it ends, however it ends: a
file whose lock is free was left behind by a window that is gone. Files of living windows are nobody else's.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_gui.core import logins
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.data_files import data_folder
from tracker_gui.core.errors import SettingsError, TrackerError
from tracker_gui.core.preset import Preset, parse, read_json, to_document
from tracker_gui.engine.recording_files import SegmentPaths, leftovers, lock

if TYPE_CHECKING:
    from typing import BinaryIO

    from tracker_gui.core.preset import Problem

log = logging.getLogger(__name__)

FORMAT = "tracker-gui open"
SCHEMA_VERSION = 1
STATE, LOCK, DAMAGED = ".json", ".lock", ".damaged"
#: Of windows that are gone; older ones are removed.
MOST_KEPT = 10


@dataclass(frozen=True, slots=True)
class OpenState:
    """What is open.

    Attributes
    ----------
    path : Path or None
        Where the preset was opened from or saved to.
    is_saved : bool
        Whether the preset is the same as in that file.
    recording : tuple of Path
        Folders into which a recording is made.
    """

    preset: Preset
    path: Path | None
    is_saved: bool
    recording: tuple[Path, ...] = ()

    @property
    def is_worth_keeping(self) -> bool:
        """Whether there is anything to lose or to open again."""
        return not self.is_saved or self.preset.source is not None or bool(self.recording)

    def text(self) -> str:
        """Return the file that keeps it; passwords are put where logins are kept.

        Raises
        ------
        OutputError
        """
        document: dict[str, Any] = {
            "format": FORMAT,
            "schema_version": SCHEMA_VERSION,
            "path": None if self.path is None else str(self.path),
            "saved": self.is_saved,
            "recording": [str(folder) for folder in self.recording],
            "preset": logins.put_away_all(to_document(self.preset)),
        }
        return json.dumps(document, ensure_ascii=False) + "\n"


def open_folder() -> Path:
    """Return where what is open is kept; it may not exist yet."""
    return data_folder() / "open"


class OpenFile:
    """The file of one living window, made when there is something to keep."""

    def __init__(self) -> None:
        self._stem = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._mutex = threading.Lock()
        self._lock: BinaryIO | None = None
        self._number = 0
        self._closed = False

    @property
    def path(self) -> Path:
        return open_folder() / (self._stem + STATE)

    def keep(self, state: OpenState, number: int) -> bool:
        """Write what is open, or remove the file where that is nothing; may wait for the disk.

        Parameters
        ----------
        number : int
            Counts up; one that comes late does not write over a newer one.

        Returns
        -------
        bool
            False where it could not be written; the log says why.
        """
        with self._mutex:
            if self._closed or number <= self._number:
                return True
            self._number = number
            try:
                if not state.is_worth_keeping:
                    self.path.unlink(missing_ok=True)
                    return True
                if self._lock is None:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                    self._lock = self.path.with_suffix(LOCK).open("wb")
                    lock(self._lock)
                write_atomically(self.path, state.text(), private=True)
            except (OSError, TrackerError) as error:
                log.warning("what is open is not kept: %s", error)
                return False
            return True

    def close(self, forget: bool) -> None:
        """Write no more; without `forget` the file is left for the next start."""
        with self._mutex:
            self._closed = True
            if self._lock is not None:
                self._lock.close()
            if forget or not self.path.exists():
                _remove(self.path)


@dataclass
class LeftBehind:
    """What a window that is gone had open; nobody else is offered it until it is put back or discarded.

    Attributes
    ----------
    problems : list of Problem
        Settings that could not be read; the rest is there.
    kept_s : float
        When it was kept, in seconds since 1970.
    segments : list of SegmentPaths
        Recordings that were cut off.
    """

    state: OpenState
    problems: list[Problem]
    kept_s: float
    segments: list[SegmentPaths]
    path: Path
    _lock: BinaryIO

    def put_back(self) -> None:
        """Leave it for the next start."""
        self._lock.close()

    def discard(self) -> None:
        """Remove it; recordings stay as they are."""
        self._lock.close()
        _remove(self.path)


def left_behind() -> LeftBehind | None:
    """Return the newest of what windows that are gone had open, None where there is nothing; reads files.

    A file that cannot be read is set aside under another name.
    """
    try:
        files = sorted(open_folder().glob(f"*{STATE}"), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError as error:
        log.warning("%s cannot be read: %s", open_folder(), error)
        return None
    newest: LeftBehind | None = None
    gone = 0
    for path in files:
        held = _free_lock(path)
        if held is None:
            continue
        gone += 1
        if newest is None:
            newest = _read(path, held)
            if newest is None:
                held.close()
            continue
        held.close()
        if gone > MOST_KEPT:
            _remove(path)
    return newest


def _free_lock(path: Path) -> BinaryIO | None:
    """Hold the lock of a file; None where a living window holds it."""
    try:
        held = path.with_suffix(LOCK).open("ab")
    except OSError as error:
        log.warning("%s", error)
        return None
    if lock(held):
        return held
    held.close()
    return None


def _read(path: Path, held: BinaryIO) -> LeftBehind | None:
    try:
        document = read_json(path)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise SettingsError(str(path), "does not say what was open")
        preset, problems = parse(document.get("preset"), "the last session")
        kept_s = path.stat().st_mtime
    except (OSError, TrackerError) as error:
        log.warning("what was open cannot be read, it is kept as %s: %s", path.with_suffix(DAMAGED).name, error)
        _set_aside(path)
        return None
    named = document.get("path")
    folders = document.get("recording")
    listed = tuple(Path(item) for item in folders if isinstance(item, str)) if isinstance(folders, list) else ()
    state = OpenState(preset, Path(named) if isinstance(named, str) else None, document.get("saved") is True, listed)
    return LeftBehind(state, problems, kept_s, _cut_off(listed), path, held)


def _cut_off(folders: tuple[Path, ...]) -> list[SegmentPaths]:
    found = []
    for folder in folders:
        try:
            found += leftovers(folder)
        except OSError as error:
            log.warning("%s: unfinished recordings cannot be looked for (%s)", folder, error)
    return found


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(DAMAGED))
    except OSError as error:
        log.warning("%s", error)


def _remove(path: Path) -> None:
    for file in (path, path.with_suffix(LOCK)):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed: %s", file, error)
