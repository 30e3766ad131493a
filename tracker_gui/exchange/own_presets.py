"""The user's own folder of presets: what is put there is offered in the gallery beside those of the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.data_files import own_presets_folder
from tracker_gui.core.errors import OutputError
from tracker_gui.core.image_file import write_png
from tracker_gui.core.preset import Preset, save

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import U8

THUMBNAIL_PX = (320, 240)
LONGEST_NAME = 60


def own_preset_path(name: str) -> Path:
    """Return the file that a preset of this name has in the user's folder."""
    plain = re.sub(r"[^\w-]+", "_", name.strip()).strip("_").lower()[:LONGEST_NAME]
    # "con" and its like are no names for a file on Windows.
    reserved = re.fullmatch(r"con|prn|aux|nul|(com|lpt)\d", plain)
    return own_presets_folder() / f"{plain or 'preset'}{'_preset' if reserved else ''}.json"


def save_own(preset: Preset, picture_u8: U8 | None) -> Path:
    """Write a preset into the user's folder under its name, with a small picture; return its file.

    Parameters
    ----------
    picture_u8 : (h, w), (h, w, 3) BGR or (h, w, 4) BGRA uint8, optional
        What the card in the gallery shows; None leaves the picture of an older one of this name.

    Raises
    ------
    OutputError
    """
    path = own_preset_path(preset.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            str(path.parent), f"cannot be made ({error.strerror})", "Check your rights and the space on the disk."
        ) from error
    save(preset, path)
    if picture_u8 is not None:
        write_png(path.with_suffix(".png"), thumbnail_u8(picture_u8))
    return path


def thumbnail_u8(picture_u8: U8) -> U8:
    """Return a picture made so small that it fits into `THUMBNAIL_PX`, in BGR or gray."""
    height_px, width_px = picture_u8.shape[:2]
    scale = min(THUMBNAIL_PX[0] / width_px, THUMBNAIL_PX[1] / height_px, 1.0)
    size_px = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    return np.asarray(cv2.resize(picture_u8[..., :3] if picture_u8.ndim == 3 else picture_u8, size_px,
                                 interpolation=cv2.INTER_AREA))  # fmt: skip
