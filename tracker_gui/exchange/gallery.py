"""The presets that come with the program, and presets and sources named by what a user types."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.core import registry
from tracker_gui.core.data_files import own_presets_folder, presets_folder
from tracker_gui.core.errors import InputError, TrackerError
from tracker_gui.core.live import without_credentials
from tracker_gui.core.preset import Preset, Problem, StageChoice, choice
from tracker_gui.exchange.open_preset import open_preset

if TYPE_CHECKING:
    from collections.abc import Sequence

SIMULATED = "simulated"
DEMO_PRESET = "dish_5_animals"


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """A preset that came with the program, or one of the user's own; `name` is what a user types.

    Attributes
    ----------
    problems : tuple of Problem
        What of it could not be used; the rest is in `preset`.
    """

    name: str
    path: Path
    preset: Preset
    problems: tuple[Problem, ...] = ()

    @property
    def thumbnail(self) -> Path:
        """Where its small picture is, if it has one."""
        return self.path.with_suffix(".png")

    @property
    def is_own(self) -> bool:
        """Whether the user put it there."""
        return self.path.parent != presets_folder()


@dataclass(frozen=True, slots=True)
class UnreadableEntry:
    """A file in the user's folder of presets that is none, and why."""

    name: str
    path: Path
    problem: str


def gallery() -> list[GalleryEntry]:
    """Return the presets that come with the program, in order of their names."""
    return [_entry(path) for path in _shipped_files()]


def own_presets() -> list[GalleryEntry | UnreadableEntry]:
    """Return what is in the user's own folder of presets, in order of the names."""
    found: list[GalleryEntry | UnreadableEntry] = []
    for path in _own_files():
        try:
            found.append(_entry(path))
        except TrackerError as error:
            found.append(UnreadableEntry(path.stem, path, str(error)))
    return found


def _entry(path: Path) -> GalleryEntry:
    preset, problems = open_preset(path)
    return GalleryEntry(path.stem, path, preset, tuple(problems))


def _shipped_files() -> list[Path]:
    return sorted(presets_folder().glob("*.json"))


def _own_files() -> list[Path]:
    return sorted(path for path in own_presets_folder().glob("*.json") if not path.name.startswith("."))


def _files() -> list[Path]:
    return [*_own_files(), *_shipped_files()]


def in_short(preset: Preset) -> str:
    """Return how many animals a preset is for and where its pictures come from."""
    parts = []
    animals = getattr(preset.tracker.params, "animals", None)
    if animals is not None:
        animals *= max(1, len(getattr(preset.tracker.params, "arenas", ())))
        parts.append("1 animal" if animals == 1 else f"{animals} animals")
    parts.append(source_in_words(preset.source))
    if preset.camera_count > 1:
        parts.append(f"{preset.camera_count} cameras")
    return " · ".join(parts)


def source_in_words(source: StageChoice | None) -> str:
    """Return what a source is, with the name of its file; of a camera the kind only."""
    if source is None:
        return "any source"
    title = str(registry.load(source.kind, source.stage).title)
    path = getattr(source.params, "path", None)
    return f"{title}: {Path(path).name}" if path else title


def named_preset(text: str) -> tuple[Preset, list[Problem]]:
    """Return the preset in a file of any known kind, or the one of the gallery with that name.

    Raises
    ------
    InputError, SettingsError
    """
    return open_preset(preset_path(text))


def preset_path(text: str) -> Path:
    """Return the file a user means: the one with this path, or the preset of the gallery with this name.

    Raises
    ------
    InputError
    """
    path = Path(text)
    if path.exists() or path.suffix or len(path.parts) > 1:
        return path
    for file in _files():
        if file.stem == text:
            return file
    known = [file.stem for file in _files()]
    raise InputError(text, "there is no preset file and no preset of the gallery with this name", _meant(text, known))


def named_source(text: str) -> tuple[StageChoice, Preset | None, list[Problem]]:
    """Return the source a user means: a video, a folder of images, "simulated", or a preset that holds its source.

    Returns
    -------
    source, preset, problems
        The preset is None unless the text named one.

    Raises
    ------
    InputError, SettingsError
    """
    if "://" in text:
        raise InputError(
            without_credentials(text), "is a camera, which has no last frame", "Use 'tracker-gui run' with --source."
        )
    path = Path(text)
    if path.is_dir():
        return choice("sources", "image_folder", path=path.absolute()), None, []
    if path.suffix.lower() != ".json" and path.exists():
        return choice("sources", "video_file", path=path.absolute()), None, []
    if text == SIMULATED:
        text = DEMO_PRESET
    names = [file.stem for file in _files()]
    if path.suffix.lower() == ".json" or text in names:
        preset, problems = named_preset(text)
        if preset.source is None:
            raise InputError(text, "this preset names no source", "Name a video, and this file with --preset.")
        return preset.source, preset, problems
    if path.suffix or len(path.parts) > 1:
        raise InputError(text, "there is no such file", "Check the name and that the drive is connected.")
    raise InputError(text, "there is no such file, folder or preset", _meant(text, [SIMULATED, *names]))


def _meant(text: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(text, known, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Known names: {', '.join(known)}."
