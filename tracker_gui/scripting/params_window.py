"""Finding a script's parameters in the window of this program."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker_gui.core import preset as presets
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import InputError
from tracker_gui.exchange.tracktorlive import from_flat, to_flat
from tracker_gui.scripting.server import source_of

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)


def get_params_from_gui(
    vidinput: int | str | Path,
    initial_config: Mapping[str, Any] | None = None,
    write_file: str | Path | None = None,
    width: int = 640,
    height: int = 480,
) -> dict[str, float]:
    """Open the window on a video or camera, and return what was set there as it was last saved.

    Parameters
    ----------
    initial_config : dict, optional
        Parameters to begin with.
    write_file : path, optional
        Write them there too, as JSON.

    Raises
    ------
    InputError
        The window could not be opened.
    SettingsError
        What was chosen has no counterpart among TracktorLive's parameters.
    """
    preset, _ = from_flat(dict(initial_config or {}), "initial_config")
    preset = replace(preset, source=source_of(vidinput, width, height))
    with tempfile.TemporaryDirectory(prefix="tracker-gui-") as folder:
        path = Path(folder) / "parameters.json"
        presets.save(preset, path)
        log.warning("Set it up in the window, save it (File, Save) and close the window.")
        done = subprocess.run([sys.executable, "-m", "tracker_gui", str(path)], check=False)
        if done.returncode != 0:
            raise InputError("window", "could not be opened", "Use 'tracker-gui doctor' to see what is missing.")
        saved, _ = presets.parse(presets.read_json(path), str(path), path.parent)
    flat, lost = to_flat(saved)
    for sentence in lost:
        log.warning("%s", sentence)
    if write_file is not None:
        write_atomically(Path(write_file), json.dumps(flat, indent=4) + "\n")
    return flat
