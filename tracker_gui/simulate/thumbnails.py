"""Small pictures of the gallery's presets: ``python -m tracker_gui.simulate.thumbnails``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.geometry import Circle
from tracker_gui.core.preset import parse, read_json
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import U8

WIDTH_PX = 320
AT_S = 3.0
"""When the animals have left their first places."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A simulated dish with a dark wall, in place of footage that is not ours to pass on.

    Attributes
    ----------
    wall_px : int
        How thick the wall is, outward from the floor.
    wall_grey : int
    """

    scene: ArenaScene
    wall_px: int
    wall_grey: int


#: Of the presets that are made for somebody's own videos, by the name of their file.
LIKENESSES = {
    "ant_in_a_dish": Likeness(
        ArenaScene(animals=1, body_length_px=26, seed=8, unevenness_percent=30), wall_px=14, wall_grey=92
    ),
    "mouse_open_field": Likeness(
        ArenaScene(animals=1, body_length_px=64, seed=3, unevenness_percent=40), wall_px=120, wall_grey=48
    ),
}


def thumbnail(scene: ArenaScene) -> U8:
    """Return a small picture of a scene, without noise, which would only make the file larger."""
    return _small(_clean_picture(scene))


def likeness_thumbnail(likeness: Likeness) -> U8:
    """Return a small picture of a dish with a dark wall."""
    picture = _clean_picture(likeness.scene).copy()
    for dish in likeness.scene.walls():
        assert isinstance(dish, Circle)
        middle = (round(dish.centre[0]), round(dish.centre[1]))
        radius_px = round(dish.radius + likeness.wall_px / 2)
        cv2.circle(picture, middle, radius_px, likeness.wall_grey, likeness.wall_px, cv2.LINE_AA)
    return _small(picture)


def _clean_picture(scene: ArenaScene) -> U8:
    clean = scene.model_copy(update={"noise_levels": 0.0})
    return Arena(clean).picture(min(round(AT_S * scene.rate_hz), scene.frame_count - 1))


def _small(picture: U8) -> U8:
    height_px = round(WIDTH_PX * picture.shape[0] / picture.shape[1])
    return np.asarray(cv2.resize(picture, (WIDTH_PX, height_px), interpolation=cv2.INTER_AREA))


def write_thumbnails(folder: Path) -> list[Path]:
    """Write ``<name>.png`` beside each ``<name>.json`` that has a scene of ours; return what was written."""
    written = []
    for path in sorted(folder.glob("*.json")):
        document = read_json(path)
        if not isinstance(document, dict) or "format" not in document:
            continue  # another program's settings, which name no source
        preset, _ = parse(document, path.name, folder)
        if preset.source is not None and isinstance(preset.source.params, ArenaScene):
            picture = thumbnail(preset.source.params)
        elif path.stem in LIKENESSES:
            picture = likeness_thumbnail(LIKENESSES[path.stem])
        else:
            continue
        _, png = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        target = path.with_suffix(".png")
        target.write_bytes(png.tobytes())
        written.append(target)
    return written


if __name__ == "__main__":
    write_thumbnails(presets_folder())
