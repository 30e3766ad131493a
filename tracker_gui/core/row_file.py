"""A table that grows row by row: readable at any moment, and patient with a full disk where that is wanted."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, BinaryIO

from tracker_gui.core.errors import DISK_FULL, OutputError

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)


class RowFile:
    """Appends whole rows; on a full disk the file ends with its last whole row.

    Parameters
    ----------
    keep_bytes : int
        As much may wait in memory for space on a full disk; what is too much then goes, the oldest first.
        0 takes a full disk for an error.

    Raises
    ------
    OutputError
        Here and in every method: the file does not take the rows. What was written before is complete, and the
        file is closed.
    """

    def __init__(self, path: Path, keep_bytes: int = 0) -> None:
        self._path = path
        self._keep_bytes = keep_bytes
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = self._waiting_rows = 0
        self._end = 0
        self._dropped_rows = 0
        self._is_full = False
        try:
            self._file: BinaryIO | None = path.open("wb", buffering=0)
        except OSError as error:
            raise OutputError(
                str(path), f"cannot be written ({error.strerror})", "Choose another output folder."
            ) from error

    @property
    def trouble(self) -> str:
        """What is the matter, as a sentence; empty while all is well."""
        if not self._is_full:
            return ""
        lost = f" Memory is used up: {self._dropped_rows} rows are lost." if self._dropped_rows else ""
        return (
            f"{self._path}: the disk is full. {self._waiting_rows} rows wait in memory and are written when there is "
            f"space.{lost}"
        )

    def append(self, rows: bytes) -> None:
        """Write rows, each with its end; what waits from before comes first."""
        if self._file is None:
            return
        self._waiting.append(rows)
        self._waiting_bytes += len(rows)
        self._waiting_rows += rows.count(b"\n")
        try:
            self._write(self._file)
        except OSError as error:
            if not self._keep_bytes or error.errno not in DISK_FULL:
                self._abandon()
                raise self._cut_short(error) from error
            self._keep(error)
        else:
            if self._is_full:
                self._is_full = False
                log.warning("%s: there is space again, all rows that waited are written", self._path)

    def _write(self, file: BinaryIO) -> None:
        while self._waiting:
            rows = self._waiting[0]
            written = 0
            try:
                while written < len(rows):
                    written += file.write(memoryview(rows)[written:]) or 0
            finally:
                whole = written if written == len(rows) else rows.rfind(b"\n", 0, written) + 1
                self._end += whole
                self._waiting_bytes -= whole
                self._waiting_rows -= rows.count(b"\n", 0, whole)
                if whole == len(rows):
                    self._waiting.popleft()
                else:
                    self._waiting[0] = rows[whole:]
                    file.truncate(self._end)
                    file.seek(self._end)

    def _keep(self, error: OSError) -> None:
        if not self._is_full:
            self._is_full = True
            log.warning("%s: %s; rows wait in memory", self._path, error.strerror)
        # Without its header the table could not be read.
        oldest = 0 if self._end else 1
        while self._waiting_bytes > self._keep_bytes and len(self._waiting) > 2:
            rows = self._waiting[oldest]
            del self._waiting[oldest]
            self._waiting_bytes -= len(rows)
            self._waiting_rows -= rows.count(b"\n")
            self._dropped_rows += rows.count(b"\n")

    def _cut_short(self, error: OSError) -> OutputError:
        return OutputError(
            str(self._path),
            f"could not be written to the end ({error.strerror}); the rows before are complete",
            "Free some space or choose another folder, and run again.",
        )

    def _abandon(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def close(self) -> None:
        """Try once more to write what waits.

        Raises
        ------
        OutputError
            Rows are missing.
        """
        if self._file is None:
            return
        try:
            self._write(self._file)
        except OSError as error:
            if self._dropped_rows:
                raise self._with_a_hole(self._dropped_rows + self._waiting_rows) from error
            raise self._cut_short(error) from error
        finally:
            self._abandon()
        if self._dropped_rows:
            raise self._with_a_hole(self._dropped_rows)

    def _with_a_hole(self, rows: int) -> OutputError:
        return OutputError(
            str(self._path),
            f"{rows} rows are missing: the disk was full for longer than memory could bridge",
            "The others are complete. Free some space before the next run.",
        )
