"""The trials of an experiment as a table: who, how treated, which video or live, and what became of each."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from tracker_gui.core.errors import InputError, SettingsError

TrialState = Literal["to do", "running", "done", "stopped", "failed"]
STATES: tuple[str, ...] = get_args(TrialState)
LIVE = "live"
#: What a column may be called in the tables of others.
NAMES = {
    "subject": "subject", "animal": "subject", "animal id": "subject",
    "treatment": "treatment", "group": "treatment", "condition": "treatment",
    "source": "source", "video": "source", "file": "source", "path": "source",
    "notes": "notes", "note": "notes", "comment": "notes", "remarks": "notes",
    "state": "state", "result": "result",
}  # fmt: skip
TYPED = ("subject", "treatment", "source", "notes")
COLUMNS = (*TYPED, "state", "result")
MOST_TRIALS = 10_000
MOST_BYTES = 5_000_000
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """One line of the list.

    Attributes
    ----------
    source : str
        A video or a folder of images; ``"live"`` or empty for the source that is open.
    result : str
        What the names of its files begin with, once it was run.
    """

    subject: str = ""
    treatment: str = ""
    source: str = ""
    notes: str = ""
    state: TrialState = "to do"
    result: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in TYPED)


def parse_trials(text: str, place: str, headed: bool = False) -> tuple[Trial, ...]:
    """Read a table whose cells are parted by tabs, commas or semicolons.

    A first line with names of columns says which is which, in any order; else they are subject, treatment, source and
    notes. A trial that was running when the table was written is to do again.

    Parameters
    ----------
    place : str
        For messages: the file or the clipboard.
    headed : bool
        The first line must have names.

    Raises
    ------
    SettingsError
        It is no list of trials.
    """
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max("\t,;", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise SettingsError(place, f"is no table ({error})", "Save it as CSV.") from error
    names = [NAMES.get(cell.strip().lower(), "") for cell in rows[0]] if rows else []
    if headed and not {"subject", "treatment"} & set(names):
        raise SettingsError(
            place, "is no list of trials: no column is called subject or treatment",
            f"Name the columns in the first line: {', '.join(TYPED)}.",
        )  # fmt: skip
    if any(names):
        rows = rows[1:]
    else:
        names = list(TYPED)
    if len(rows) > MOST_TRIALS:
        raise SettingsError(place, f"has {len(rows):,} rows; {MOST_TRIALS:,} trials are the most", "Cut it in parts.")
    return tuple(trial for row in rows if not (trial := _trial(names, row)).is_empty)


def _trial(names: list[str], row: list[str]) -> Trial:
    cells = {name: cell.strip()[:LONGEST] for name, cell in zip(names, row, strict=False) if name}
    state = cells.pop("state", "to do").lower()
    known: TrialState = state if state in STATES and state != "running" else "to do"  # type: ignore[assignment]
    return Trial(**cells, state=known)


def read_trials(path: Path, beside: bool = True) -> tuple[Trial, ...]:
    """Read a list of trials.

    Parameters
    ----------
    beside : bool
        Videos that are named without a whole path are looked for from the folder of the file.

    Raises
    ------
    InputError, SettingsError
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError(str(path), f"is larger than {MOST_BYTES // 1_000_000} MB and so no list of trials")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "Check the name and the drive.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what spreadsheets write on Windows
    trials = parse_trials(text, str(path), headed=True)
    if not beside:
        return trials
    return tuple(replace(trial, source=_beside(trial.source, path.parent)) for trial in trials)


def _beside(source: str, folder: Path) -> str:
    return source if source.lower() in ("", LIVE) or Path(source).is_absolute() else str(folder / source)


def trials_text(trials: tuple[Trial, ...]) -> str:
    """Return the list as CSV; `read_trials` reads it."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(trial, name) for name in COLUMNS] for trial in trials)
    return table.getvalue()
