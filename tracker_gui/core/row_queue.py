"""Rows that wait in memory for a disk that is slow, silent or full; whoever adds them never waits."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from tracker_gui.core.errors import DISK_FULL, OutputError
from tracker_gui.core.row_file import RowFile, cut_short

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

#: A kill takes what came since; half a second of data may be lost.
WRITE_EVERY_S = 0.2
CHECK_EVERY_S = 1.0
SILENT_S = 1.5
#: The run of which this is a part must have ended within five seconds.
CLOSE_WITHIN_S = 1.5
#: What is being written can no longer be dropped.
MOST_AT_ONCE_BYTES = 262_144


class RowQueue:
    """A table as `RowFile` is one, which a thread of its own creates and writes.

    Parameters
    ----------
    keep_bytes : int
        As much may wait in memory; what is too much then goes, the oldest first, but never the first rows, which
        are the header.
    """

    def __init__(self, path: Path, keep_bytes: int) -> None:
        self._path = path
        self._keep_bytes = keep_bytes
        self._wake = threading.Condition()
        # Everything below is read and written under its lock.
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = self._waiting_rows = self._dropped_rows = 0
        self._header_waits = True
        self._busy_since_s: float | None = None
        self._full: OSError | None = None
        self._error: OutputError | None = None
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name=f"rows of {path.name}", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """What is the matter, as a sentence; empty while all is well. May be asked from any thread."""
        with self._wake:
            silent_s = 0.0 if self._busy_since_s is None else time.monotonic() - self._busy_since_s
            if silent_s > SILENT_S:
                what = (
                    f"the disk has not answered for {silent_s:.0f} s; {self._waiting_rows} rows wait in memory and are "
                    "written when it does."
                )
            elif self._full is not None:
                what = (
                    f"the disk is full. {self._waiting_rows} rows wait in memory and are written when there is space."
                )
            else:
                return ""
            lost = f" Memory is used up: {self._dropped_rows} rows are lost." if self._dropped_rows else ""
            return f"{self._path}: {what}{lost}"

    def append(self, rows: bytes) -> None:
        """Add rows, each with its end; returns at once.

        Raises
        ------
        OutputError
            The file takes no more and nothing can be done about it; said once.
        """
        with self._wake:
            self._raise_error()
            if not self._thread.is_alive():
                return
            self._waiting.append(rows)
            self._count(rows, 1)
            oldest = int(self._header_waits)
            while self._waiting_bytes > self._keep_bytes and len(self._waiting) > oldest + 1:
                gone = self._waiting[oldest]
                del self._waiting[oldest]
                self._count(gone, -1)
                self._dropped_rows += gone.count(b"\n")

    def close(self) -> None:
        """Write what waits, as far as the disk takes it within a second and a half.

        Raises
        ------
        OutputError
            Rows are missing.
        """
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join(CLOSE_WITHIN_S)
        with self._wake:
            self._raise_error()
            if self._thread.is_alive():
                raise OutputError(
                    str(self._path),
                    f"{self._waiting_rows} rows are not written: the disk has not taken them in {CLOSE_WITHIN_S:g} s"
                    + (f", and {self._dropped_rows} more had no place in memory" if self._dropped_rows else ""),
                    "The others are complete. These follow if the disk answers before the program ends.",
                )
            if self._dropped_rows:
                raise OutputError(
                    str(self._path),
                    f"{self._dropped_rows + self._waiting_rows} rows are missing: the disk was full or silent for "
                    "longer than memory could bridge",
                    "The others are complete. Look after the disk before the next run.",
                )
            if self._waiting and self._full is not None:
                raise cut_short(self._path, self._full)

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _count(self, rows: bytes, sign: int) -> None:
        self._waiting_bytes += sign * len(rows)
        self._waiting_rows += sign * rows.count(b"\n")

    # ---- the thread that may have to wait for the disk

    def _work(self) -> None:
        error: OutputError | None = None
        try:
            with self._asking_the_disk():
                file = RowFile(self._path)
            with contextlib.closing(file):
                self._write_all(file)
        except OutputError as raised:
            error = raised
        except Exception as raised:
            log.exception("%s is given up", self._path)
            error = OutputError(str(self._path), f"is given up ({raised})", "The log has more.")
        with self._wake:
            self._error = error

    @contextlib.contextmanager
    def _asking_the_disk(self) -> Iterator[None]:
        since_s = time.monotonic()
        with self._wake:
            self._busy_since_s = since_s
        try:
            yield
        finally:
            with self._wake:
                self._busy_since_s = None
            silent_s = time.monotonic() - since_s
            if silent_s > SILENT_S:
                log.warning("%s: the disk had not answered for %.1f s; rows waited in memory", self._path, silent_s)

    def _write_all(self, file: RowFile) -> None:
        is_closing = False
        next_check_s = 0.0
        while not is_closing:
            with self._wake:
                self._wake.wait_for(lambda: self._is_closing, WRITE_EVERY_S)
                is_closing = self._is_closing
            self._write(file)
            if is_closing or time.monotonic() >= next_check_s:
                next_check_s = time.monotonic() + CHECK_EVERY_S
                self._check(file)

    def _write(self, file: RowFile) -> None:
        while pieces := self._take():
            before = file.end
            try:
                with self._asking_the_disk():
                    file.write(b"".join(pieces))
            except OSError as error:
                self._put_back(pieces, file.end - before, error, is_empty=file.end == 0)
                if error.errno not in DISK_FULL:
                    raise cut_short(self._path, error) from error
                return
            with self._wake:
                for piece in pieces:
                    self._count(piece, -1)
        with self._wake:
            was_full, self._full = self._full is not None, None
        if was_full:
            log.warning("%s: there is space again, all rows that waited are written", self._path)

    def _take(self) -> list[bytes]:
        """Return the oldest rows; they count as waiting until they are written."""
        pieces: list[bytes] = []
        size = 0
        with self._wake:
            while self._waiting and size < MOST_AT_ONCE_BYTES:
                pieces.append(self._waiting.popleft())
                size += len(pieces[-1])
            if pieces:
                self._header_waits = False
        return pieces

    def _put_back(self, pieces: list[bytes], written: int, error: OSError, is_empty: bool) -> None:
        """Let what was not written wait on, in its place before the newer rows."""
        left = deque(pieces)
        with self._wake:
            while left and written >= len(left[0]):
                written -= len(left[0])
                self._count(left.popleft(), -1)
            if written:
                self._count(left[0][:written], -1)
                left[0] = left[0][written:]
            self._waiting.extendleft(reversed(left))
            self._header_waits = is_empty
            is_new, self._full = self._full is None, error
        if is_new:
            log.warning("%s: %s; rows wait in memory", self._path, error.strerror)

    def _check(self, file: RowFile) -> None:
        with self._asking_the_disk():
            is_there = file.is_there()
        if not is_there:
            raise OutputError(
                str(self._path),
                "is no longer there: deleted, renamed or unmounted",
                "Connect the drive again or choose another folder.",
            )
