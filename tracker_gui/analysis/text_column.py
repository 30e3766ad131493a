"""One column of somebody's table, to be written over the pictures row by row."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.core.errors import InputError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import F64
    from tracker_gui.core.overlays import TextLook

MAX_BYTES = 500_000_000
KEYS = {"frame": ("frame", "frame_index", "index"), "time": ("time_s", "t_s", "time", "t")}


class TextColumn:
    """Values with the frame number, or the second, from which each holds.

    Parameters
    ----------
    since : (n,) float64
        Rising.
    values : list of str
    by_time : bool
        `since` is in seconds.
    """

    def __init__(self, since: F64, values: list[str], by_time: bool) -> None:
        self._since = since
        self._values = values
        self._by_time = by_time

    def __len__(self) -> int:
        return len(self._values)

    def at(self, frame: int, t_s: float) -> str:
        """Return the newest value up to a frame, empty before the first one."""
        # A time stamp of a video is rarely to the last bit what a table says.
        here = t_s + 1e-4 if self._by_time else frame
        row = int(np.searchsorted(self._since, here, side="right")) - 1
        return self._values[row] if row >= 0 else ""


def read_column(look: TextLook) -> TextColumn:
    """Read what a text over the pictures shows; takes as long as the disk does.

    Raises
    ------
    InputError, SettingsError
        Names the file and what is missing in it.
    """
    path, wanted = look.file, look.column.strip()
    if path is None or not path.name:
        raise SettingsError("CSV column", "no file is chosen", "Choose the table, or show something else.")
    if not wanted:
        raise SettingsError(str(path), "no column is chosen", "Write the name of the column as the head line has it.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(str(path), f"is larger than {MAX_BYTES // 1_000_000} MB", "Choose a smaller table.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            head_line = file.readline()
            file.seek(0)
            rows = csv.reader(file, delimiter=_delimiter(head_line))
            return _column(look, path, wanted, rows)
    except FileNotFoundError as error:
        raise InputError(str(path), "there is no such file", "Choose where the table is now.") from error
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "Check the drive and your rights.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), "is not a CSV table (UTF-8)", "Save it as CSV with UTF-8.") from error


def _delimiter(head_line: str) -> str:
    return max(",;\t", key=head_line.count)


def _column(look: TextLook, path: Path, wanted: str, rows: object) -> TextColumn:
    listed = iter(rows)  # type: ignore[call-overload]
    head = [name.strip() for name in next(listed, [])]
    value_at = _place_of(head, (wanted,), path)
    by_time = look.join == "time"
    key_at = -1
    if look.join != "row":
        key_at = _place_of(head, (look.key.strip(),) if look.key.strip() else KEYS[look.join], path)
    since: list[float] = []
    values: list[str] = []
    for number, row in enumerate(listed):
        if value_at >= len(row) or key_at >= len(row):
            continue
        if key_at < 0:
            key = float(number)
        else:
            try:
                key = float(row[key_at])
            except ValueError:
                key = math.nan
            if not math.isfinite(key):
                raise InputError(
                    f"{path}: line {number + 2}", f"{head[key_at]} must be a number, got '{row[key_at][:40]}'",
                    "Mend the table or join by row.",
                )  # fmt: skip
        since.append(key)
        values.append(row[value_at].strip())
    order = np.argsort(np.array(since), kind="stable")
    return TextColumn(np.array(since, np.float64)[order], [values[k] for k in order.tolist()], by_time)


def _place_of(head: list[str], wanted: tuple[str, ...], path: Path) -> int:
    for name in wanted:
        if name in head:
            return head.index(name)
    known = ", ".join(head[:20]) or "none"
    words = f"'{wanted[0][:60]}'" if len(wanted) == 1 else f"called {' or '.join(wanted)}"
    raise InputError(str(path), f"has no column {words}", f"Its columns: {known}.")
