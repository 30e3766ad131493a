"""What the window remembers between runs; a damaged file loses its bad keys only."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.data_files import settings_folder
from tracker_gui.core.errors import TrackerError

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

MOST_RECENT = 10


@dataclass(slots=True)
class WindowSettings:
    """Each field is a plain JSON value; `window` and `panels` are Qt's own bytes as hex."""

    face: str = "SYSTEM"
    text_percent: int = 100
    recent: list[str] = field(default_factory=list)
    cameras: list[str] = field(default_factory=list)
    output_folder: str = ""
    pictures: str = "both"
    rejected: bool = False
    window: str = ""
    steps_width_px: int = 320
    panels: str = ""
    plots: list[str] = field(default_factory=list)
    plot_window_s: int = 30
    plot_every_s: int = 60
    heat_map: bool = False
    heat_opacity_percent: int = 60
    tour_seen: bool = False
    #: Name of an action -> the key that the user chose; nothing for those that have their first one.
    shortcuts: dict[str, str] = field(default_factory=dict)
    #: Name of an arrangement of the panels -> the text of a `Layout`.
    layouts: dict[str, str] = field(default_factory=dict)

    def remember(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        name = str(path.resolve())
        self.recent = [name, *(other for other in self.recent if other != name)][:MOST_RECENT]

    def remember_camera(self, address: str) -> None:
        """Put a network camera's address, which holds no password, at the head of those used."""
        self.cameras = [address, *(other for other in self.cameras if other != address)][:MOST_RECENT]

    def forget_camera(self, address: str) -> None:
        """Take an address out of those used."""
        self.cameras = [other for other in self.cameras if other != address]

    def forget(self, path: Path) -> None:
        """Take a file off the recent ones."""
        self.recent = [other for other in self.recent if other != str(path)]


def settings_file() -> Path:
    """Return where the window's settings are kept."""
    return settings_folder() / "window.json"


def load() -> WindowSettings:
    """Return what was kept; defaults for what is missing or not of the right kind."""
    kept = WindowSettings()
    try:
        document = json.loads(settings_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return kept
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read, defaults are used (%s)", settings_file(), error)
        return kept
    if not isinstance(document, dict):
        log.warning("%s is damaged, defaults are used", settings_file())
        return kept
    for known in fields(kept):
        if known.name not in document:
            continue
        value = document[known.name]
        if isinstance(value, dict) and isinstance(getattr(kept, known.name), dict):
            setattr(kept, known.name, _good_entries(known.name, value))
        elif _fits(value, getattr(kept, known.name)):
            setattr(kept, known.name, value)
        else:
            log.warning("%s: %s is damaged, its default is used", settings_file(), known.name)
    return kept


def _good_entries(name: str, value: dict[str, Any]) -> dict[str, str]:
    for key in (key for key, item in value.items() if not isinstance(item, str)):
        log.warning("%s: %s.%s is damaged, its default is used", settings_file(), name, key)
    return {key: item for key, item in value.items() if isinstance(item, str)}


def _fits(value: Any, like: Any) -> bool:
    if isinstance(like, list):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is type(like)


def store(kept: WindowSettings) -> None:
    """Write the settings; a folder that cannot be written costs a line in the log, nothing else."""
    path = settings_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(asdict(kept), indent=2) + "\n")
    except (OSError, TrackerError) as error:
        log.warning("the window's settings are not kept: %s", error)
