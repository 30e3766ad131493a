"""Clips on their way to a storage: one after the other, tried until they are there, remembered over a restart."""

from __future__ import annotations

import functools
import json
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.data_files import data_folder
from tracker_gui.core.errors import OutputError, TrackerError
from tracker_gui.core.storage import Storage
from tracker_gui.engine.aside import aside
from tracker_gui.engine.recording_files import lock

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
Note = Callable[[str], None]


@dataclass(slots=True)
class Upload:
    """One file that is to be stored.

    Attributes
    ----------
    entry : Path
        Its page in the journal.
    key : str
        Its name in the storage, with the time in front, so that no session writes over another's.
    keep : bool
        Keep the file here too.
    """

    entry: Path
    file: Path
    storage: Storage
    key: str
    keep: bool
    note: Note
    tries: int = 0
    due_s: float = 0.0
    problem: str = ""

    @property
    def address(self) -> str:
        return f"{self.storage.address}/{self.key}"

    def write(self) -> None:
        """Put it into the journal."""
        document = {"file": str(self.file), "to": self.storage.address, "key": self.key, "keep": self.keep}
        self.entry.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self.entry, json.dumps(document, indent=2, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, entry: Path, note: Note) -> Upload | None:
        """Return what a page of the journal says; None where it says nothing."""
        try:
            document = json.loads(entry.read_text(encoding="utf-8"))
            storage = Storage.parse(document["to"])
            return cls(entry, Path(document["file"]), storage, document["key"], bool(document["keep"]), note)
        except (OSError, ValueError, KeyError, TypeError, TrackerError) as error:
            log.warning("%s is left as it is: %s", entry, error)
            return None


class Uploads:
    """Stores files on a thread of its own, which is there while there is something to store.

    Parameters
    ----------
    folder : Path
        Of the journal: one page for each file, so that several programs can share it.
    first_wait_s : float
        After the first failure; doubles with each.
    """

    def __init__(self, folder: Path, first_wait_s: float = FIRST_WAIT_S) -> None:
        self._folder = folder
        self._first_wait_s = first_wait_s
        self._wake = threading.Condition()
        # Everything below is read and written under its lock.
        self._waiting: list[Upload] = []
        self._thread: threading.Thread | None = None
        self._is_closing = False

    @property
    def waiting(self) -> tuple[Upload, ...]:
        """What is not stored yet."""
        with self._wake:
            return tuple(self._waiting)

    def add(self, file: Path, address: str, keep: bool, note: Note = log.info) -> Upload:
        """Store a file as soon as that can be done; returns once it is in the journal.

        Parameters
        ----------
        note : callable
            Takes a sentence when it is stored and when that first fails, on the thread of the uploads.

        Raises
        ------
        OutputError
            The journal cannot be written.
        """
        key = f"{datetime.now(UTC):%Y%m%dT%H%M%S}Z_{file.name}"
        entry = self._folder / f"{uuid.uuid4().hex}.json"
        upload = Upload(entry, file.resolve(), Storage.parse(address), key, keep, note)
        upload.write()
        self._take([upload])
        return upload

    def resume(self, note: Note = log.info) -> int:
        """Take up what an earlier session could not store; return how many files that are."""
        known = {upload.entry for upload in self.waiting}
        found = [upload for upload in self.listed(note) if upload.entry not in known]
        self._take(found)
        return len(found)

    def listed(self, note: Note = log.info) -> list[Upload]:
        """Return all that the journal says, also of other programs."""
        read = [Upload.read(entry, note) for entry in sorted(self._folder.glob("*.json"))]
        return [upload for upload in read if upload is not None]

    def _take(self, uploads: list[Upload]) -> None:
        with self._wake:
            self._waiting += uploads
            if self._waiting and self._thread is None and not self._is_closing:
                self._thread = threading.Thread(target=self._work, name="clip uploads", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Wait until all is stored; return whether that is so."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._waiting, timeout_s)

    def close(self, timeout_s: float = 1.0) -> None:
        """Try no more; what is not stored stays in the journal."""
        with self._wake:
            self._is_closing = True
            thread = self._thread
            self._wake.notify_all()
        if thread is not None:
            thread.join(timeout_s)

    def _work(self) -> None:
        while (upload := self._next()) is not None:
            done = self._store(upload)
            with self._wake:
                if done:
                    self._waiting.remove(upload)
                    self._wake.notify_all()
                else:
                    wait_s = min(LONGEST_WAIT_S, self._first_wait_s * 2 ** min(upload.tries - 1, 20))
                    upload.due_s = time.monotonic() + wait_s * random.uniform(0.75, 1.25)

    def _next(self) -> Upload | None:
        """Wait for what is due; None when there is no more to do."""
        with self._wake:
            while not self._is_closing and self._waiting:
                upload = min(self._waiting, key=lambda each: each.due_s)
                wait_s = upload.due_s - time.monotonic()
                if wait_s <= 0:
                    return upload
                self._wake.wait(wait_s)
            self._thread = None
            return None

    def _store(self, upload: Upload) -> bool:
        """Try once; return whether it is done with."""
        try:
            held = upload.entry.open("rb+")
        except OSError:
            return True  # another program has stored it
        with held:
            if not lock(held):
                upload.tries += 1
                return False
            if not upload.file.is_file():
                self._tell(upload, "the file is no longer there, so it is not uploaded")
            else:
                try:
                    upload.storage.put(upload.file, upload.key)
                except (TrackerError, OSError) as error:
                    upload.tries += 1
                    if str(error) != upload.problem:
                        upload.problem = str(error)
                        self._tell(upload, f"not uploaded yet, it is kept and tried again: {error}")
                    return False
                self._tell(upload, f"uploaded to {upload.address}")
                if not upload.keep:
                    upload.file.unlink(missing_ok=True)
        upload.entry.unlink(missing_ok=True)
        return True

    def _tell(self, upload: Upload, words: str) -> None:
        try:
            upload.note(f"{upload.file.name}: {words}")
        except (OutputError, RuntimeError):
            log.warning("%s: %s", upload.file.name, words)


@functools.lru_cache(maxsize=8)
def _uploads_of(folder: Path) -> Uploads:
    return Uploads(folder)


def uploads_folder() -> Path:
    """Return the folder of the journal; it may not exist yet."""
    return data_folder() / "uploads"


def shared_uploads() -> Uploads:
    """Return the uploads of this program."""
    return _uploads_of(uploads_folder())


def resume_uploads() -> threading.Thread:
    """Take up what an earlier session could not store; returns at once.

    Returns
    -------
    threading.Thread
        Ends when what waits is known.
    """
    return aside(lambda: log.info("%d clips wait to be uploaded", shared_uploads().resume()))
