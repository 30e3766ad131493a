"""Where the program's own files lie: presets and resources it came with, settings and logs it keeps."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "TRACKER_GUI_HOME"
"""Names a folder that holds settings, logs and models in place of the system's usual ones."""

_PACKAGE = Path(__file__).resolve().parents[1]


def _shipped(name: str) -> Path:
    installed = _PACKAGE / "_data" / name  # put there when the wheel is built, see pyproject.toml
    return installed if installed.is_dir() else _PACKAGE.parent / name


def presets_folder() -> Path:
    """Return the folder of the presets that come with the program; read-only for the program."""
    return _shipped("presets")


def resources_folder() -> Path:
    """Return the folder of icons, help pages and demo files that come with the program."""
    return _shipped("resources")


def _kept(kind: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / kind
    import platformdirs

    folders = platformdirs.PlatformDirs("tracker-gui", appauthor=False)
    usual = {"settings": folders.user_config_path, "log": folders.user_log_path, "data": folders.user_data_path}
    return usual[kind]


def settings_folder() -> Path:
    """Return the folder of the user's settings; it may not exist yet."""
    return _kept("settings")


def log_folder() -> Path:
    """Return the folder of the program's log files; it may not exist yet."""
    return _kept("log")


def data_folder() -> Path:
    """Return the folder of what the user keeps between runs, such as presets; it may not exist yet."""
    return _kept("data")


def cassettes_folder() -> Path:
    """Return the folder of the cassettes that come with the program; read-only for the program."""
    return resources_folder() / "cassettes"


def own_cassettes_folder() -> Path:
    """Return the folder of the user's own cassettes; it may not exist yet."""
    return data_folder() / "cassettes"


def own_presets_folder() -> Path:
    """Return the folder of the presets that the user keeps for every experiment; it may not exist yet."""
    return data_folder() / "presets"
