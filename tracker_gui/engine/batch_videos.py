"""The videos of a batch, from what a person names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.batch import BatchVideo
from tracker_gui.engine.run_files import path_of
from tracker_gui.exchange.gallery import named_source

if TYPE_CHECKING:
    from tracker_gui.core.preset import Preset


def batch_video(text: str, preset: Preset) -> BatchVideo:
    """Return a line of a batch; one that cannot be found keeps the reason and ends no other.

    Parameters
    ----------
    text : str
        A video file or a folder of images.
    """
    try:
        source, _, _ = named_source(text)
    except TrackerError as error:
        return BatchVideo(_readable(os.path.basename(text) or text), None, preset, str(error))
    path = path_of(source)
    return BatchVideo(_readable(path.resolve().name if path is not None else text), source, preset)


def _readable(name: str) -> str:
    """Return a name without bytes that are no text, which no table could hold."""
    return os.fsencode(name).decode("utf-8", "replace")
