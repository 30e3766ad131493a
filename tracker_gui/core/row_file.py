"""A table that grows row by row and is readable at any moment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from tracker_gui.core.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path


class RowFile:
    """Appends whole rows; where the disk takes no more, the file ends with its last whole row.

    Attributes
    ----------
    end : int
        Bytes of whole rows in the file.

    Raises
    ------
    OutputError
        Here, in `append` and in `close`: the file does not take the rows. What was written before is complete.
    """

    def __init__(self, path: Path) -> None:
        self.end = 0
        self._path = path
        try:
            self._file: BinaryIO | None = path.open("wb", buffering=0)
        except OSError as error:
            raise OutputError(
                str(path), f"cannot be written ({error.strerror})", "Choose another output folder."
            ) from error

    def append(self, rows: bytes) -> None:
        """Write rows, each with its end; the file is closed where that fails."""
        try:
            self.write(rows)
        except OSError as error:
            self.close()
            raise cut_short(self._path, error) from error

    def write(self, rows: bytes) -> None:
        """Write rows as `append` does, but leave the file open for another attempt.

        Raises
        ------
        OSError
            `end` says how much of them is in the file.
        """
        file = self._file
        if file is None:
            return
        written = 0
        try:
            while written < len(rows):
                written += file.write(memoryview(rows)[written:]) or 0
        finally:
            whole = written if written == len(rows) else rows.rfind(b"\n", 0, written) + 1
            self.end += whole
            if whole < len(rows):
                file.truncate(self.end)
                file.seek(self.end)

    def is_there(self) -> bool:
        """Return whether the file still has its name: a deleted one takes rows without an error."""
        if self._file is None:
            return True
        try:
            there = self._path.stat()
        except OSError:
            return False
        here = os.fstat(self._file.fileno())
        return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)

    def close(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            file.close()
        except OSError as error:
            # Network folders say only now what they could not take.
            raise cut_short(self._path, error) from error


def cut_short(path: Path, error: OSError) -> OutputError:
    """Return what is told where a table ends before its end."""
    return OutputError(
        str(path),
        f"could not be written to the end ({error.strerror}); the rows before are complete",
        "Free some space or choose another folder, and run again.",
    )
