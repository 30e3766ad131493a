"""Where the presets and resources that come with the program lie: in a checkout or installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def _folder(name: str) -> Path:
    installed = _PACKAGE / "_data" / name  # put there when the wheel is built, see pyproject.toml
    return installed if installed.is_dir() else _PACKAGE.parent / name


def presets_folder() -> Path:
    """Return the folder of the presets that come with the program; read-only for the program."""
    return _folder("presets")


def resources_folder() -> Path:
    """Return the folder of icons, help pages and demo files that come with the program."""
    return _folder("resources")
