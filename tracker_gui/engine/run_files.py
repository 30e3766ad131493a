"""The names of a run's files, and their end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import OutputError, SettingsError
from tracker_gui.core.live import LiveSource
from tracker_gui.core.session_plan import NameFacts, file_stem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.stage import Sink
    from tracker_gui.engine.picture_sink import PictureSink

MANIFEST_ENDING = "_run.json"
NOT_IN_NAMES = re.compile(r"[^\w.]+")
LONGEST_NAME = 60
MOST_RUNS = 10_000


class Claim:
    """A stem that no file in the folder has yet, held by the run's manifest; proves that the folder takes files.

    Raises
    ------
    OutputError
        The folder cannot be made or written.
    """

    def __init__(self, folder: Path, stem: str, endings: Sequence[str]) -> None:
        self._folder = folder
        self._made = not folder.exists()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.stem, self.manifest_path = self._free(stem, endings)
        except OSError as error:
            # Python says "File exists" of a file in the place of the folder.
            reason = error.strerror if folder.is_dir() or not folder.exists() else "it is a file, not a folder"
            raise OutputError(str(folder), f"cannot be written ({reason})", "Choose another output folder.") from error

    def _free(self, stem: str, endings: Sequence[str]) -> tuple[str, Path]:
        for number in range(1, MOST_RUNS):
            candidate = stem if number == 1 else f"{stem}-{number}"
            if any((self._folder / (candidate + ending)).exists() for ending in endings):
                continue
            path = self._folder / (candidate + MANIFEST_ENDING)
            try:
                path.open("xb").close()
            except FileExistsError:
                continue
            return candidate, path
        raise OutputError(str(self._folder), f"holds {MOST_RUNS} runs of '{stem}' already", "Choose another folder.")

    def give_up(self) -> None:
        self.manifest_path.unlink(missing_ok=True)
        if self._made and not any(self._folder.iterdir()):
            self._folder.rmdir()


def endings_of(sinks: Sequence[Sink[Any]]) -> list[str]:
    """Return the endings of all files that will be written.

    Raises
    ------
    SettingsError
        Two outputs would write the same file.
    """
    endings = [sink.ending for sink in sinks]
    twice = next((ending for ending in endings if endings.count(ending) > 1), None)
    if twice is not None:
        raise SettingsError("outputs", f"two outputs would write the same file '..{twice}'", "Switch one of them off.")
    return endings


def close_all(sinks: Sequence[Sink[Any] | PictureSink]) -> list[OutputError]:
    """Close all sinks, whatever one of them says."""
    problems = []
    for sink in sinks:
        try:
            sink.close()
        except OutputError as error:
            problems.append(error)
    return problems


def path_of(source: StageChoice) -> Path | None:
    """Return the file or folder a source reads, None where it reads none."""
    path = getattr(source.params, "path", None)
    return path if isinstance(path, Path) else None


def run_stem(source: StageChoice, preset: Preset, when: datetime) -> str:
    """Return what the names of a run's files begin with, as the preset's session says."""
    return file_stem(preset.session, NameFacts(stem_of(source), preset.name, when))


def stem_of(source: StageChoice) -> str:
    """Return the name of a source, as it stands in the names of files."""
    path = path_of(source)
    if path is None:
        made = source.make()
        # Whatever a camera is called, it is called that within the folder.
        name = NOT_IN_NAMES.sub("-", made.name).strip("-.")[:LONGEST_NAME] if isinstance(made, LiveSource) else ""
        return name or source.stage
    # A folder's name has no ending: "trial.2" is whole.
    return path.resolve().name if path.is_dir() else path.stem
