"""The corrections of one track file, kept as JSON beside it; the track file itself is never written."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from tracker_gui.analysis.corrections import Correction
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import OutputError, SettingsError
from tracker_gui.core.preset import read_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORMAT = "tracker-gui corrections"
SCHEMA_VERSION = 1
LOG_COLUMNS = ("number", "made_utc", "kind", "animal", "other", "first_frame", "last_frame", "x_px", "y_px", "what")

_ADAPTER: TypeAdapter[Correction] = TypeAdapter(Correction)


def corrections_path(tracks: Path) -> Path:
    """Return where the corrections of a track file lie."""
    return tracks.with_name(f"{tracks.stem}_corrections.json")


def write_corrections(tracks: Path, sha256: str, corrections: Sequence[Correction]) -> Path | None:
    """Write the corrections of a track file beside it; none at all leave no file. Return its path.

    Raises
    ------
    OutputError
    """
    path = corrections_path(tracks)
    if not corrections:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(str(path), f"cannot be removed ({error.strerror})", "Check your rights.") from error
        return None
    document = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "tracks": {"name": tracks.name, "sha256": sha256},
        "corrections": [correction.model_dump(mode="json") for correction in corrections],
    }
    write_atomically(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return path


def read_corrections(tracks: Path, sha256: str) -> tuple[Correction, ...]:
    """Return the corrections of a track file, none where it has none.

    Raises
    ------
    InputError, SettingsError
        The file is damaged, newer than the program, or was made for other tracks.
    """
    path = corrections_path(tracks)
    if not path.exists():
        return ()
    way_out = "Mend it, or move it away to begin anew."
    document = read_json(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SettingsError(str(path), "does not hold corrections of tracks", way_out)
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= SCHEMA_VERSION:
        raise SettingsError(
            f"{path}: schema_version", f"is {version!r}, this program reads up to {SCHEMA_VERSION}",
            "Update the program. The file was not changed.",
        )  # fmt: skip
    made_for = document.get("tracks")
    if not isinstance(made_for, dict) or made_for.get("sha256") != sha256:
        raise SettingsError(
            str(path), f"was made for another {tracks.name}, which has changed since",
            "Put the old tracks back, or move the corrections away to begin anew.",
        )  # fmt: skip
    listed = document.get("corrections")
    if not isinstance(listed, list):
        raise SettingsError(f"{path}: corrections", "must be a list [...]", way_out)
    return tuple(_read(item, f"{path}: corrections[{number}]", way_out) for number, item in enumerate(listed))


def _read(item: Any, place: str, way_out: str) -> Correction:
    try:
        return _ADAPTER.validate_python(item)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        dotted = "".join(f".{part}" for part in first["loc"][1:])
        raise SettingsError(f"{place}{dotted}", str(first["msg"]).removeprefix("Value error, "), way_out) from error


def write_log(path: Path, corrections: Sequence[Correction]) -> None:
    """Write the log of the corrections as a table, one row for each in the order they were made.

    Raises
    ------
    OutputError
    """
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, LOG_COLUMNS, lineterminator="\n", restval="")
    table.writeheader()
    for number, correction in enumerate(corrections, 1):
        row = correction.model_dump(mode="json", exclude_none=True)
        row["other"] = row.pop("to", row.get("other", ""))
        if "frame" in row:
            row["first_frame"] = row["last_frame"] = row.pop("frame")
        table.writerow({"number": number, **row, "what": str(correction)})
    write_atomically(path, text.getvalue())
