"""Small pictures of the gallery's simulated presets: ``python -m tracker_gui.simulate.thumbnails``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.preset import parse, read_json
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import U8

WIDTH_PX = 320
AT_S = 3.0
"""When the animals have left their first places."""


def thumbnail(scene: ArenaScene) -> U8:
    """Return a small picture of a scene, without noise, which would only make the file larger."""
    clean = scene.model_copy(update={"noise_levels": 0.0})
    picture = Arena(clean).picture(min(round(AT_S * scene.rate_hz), scene.frame_count - 1))
    height_px = round(WIDTH_PX * scene.height_px / scene.width_px)
    return np.asarray(cv2.resize(picture, (WIDTH_PX, height_px), interpolation=cv2.INTER_AREA))


def write_thumbnails(folder: Path) -> list[Path]:
    """Write ``<name>.png`` beside each ``<name>.json`` whose source is simulated; return what was written."""
    written = []
    for path in sorted(folder.glob("*.json")):
        document = read_json(path)
        if not isinstance(document, dict) or "format" not in document:
            continue  # another program's settings, which name no source
        preset, _ = parse(document, path.name, folder)
        if preset.source is None or not isinstance(preset.source.params, ArenaScene):
            continue
        _, png = cv2.imencode(".png", thumbnail(preset.source.params), [cv2.IMWRITE_PNG_COMPRESSION, 9])
        target = path.with_suffix(".png")
        target.write_bytes(png.tobytes())
        written.append(target)
    return written


if __name__ == "__main__":
    write_thumbnails(presets_folder())
