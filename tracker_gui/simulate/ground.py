"""The empty arena: table, walls, floor, uneven light and the shelters animals hide under."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.geometry import Circle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tracker_gui.core.arrays import F64, U8, Bool
    from tracker_gui.core.geometry import Rect, Rectangle
    from tracker_gui.simulate.scene import ArenaScene

TABLE_GREY = 176.0
FLOOR_GREY = 214.0
WALL_GREY = 196.0
GLINT_GREY = 238.0
SHELTER_GREY = 150.0
SHELTER_RADIUS = 1.6
"""In body lengths."""


class Ground:
    """The picture without animals.

    Attributes
    ----------
    empty_u8 : (h, w) uint8
    shelters : tuple of Circle
    """

    def __init__(self, scene: ArenaScene) -> None:
        rng = np.random.default_rng((scene.seed, 3))
        self._grid = np.meshgrid(
            np.arange(scene.width_px, dtype=np.float32), np.arange(scene.height_px, dtype=np.float32)
        )
        self.shelters = _placed_shelters(scene, rng)
        picture = self._table(scene)
        for wall in scene.walls():
            self._lay_floor(picture, wall, scene)
        self._open_air = np.ones((scene.height_px, scene.width_px), np.bool_)
        for shelter in self.shelters:
            self._put_shelter(picture, shelter)
        picture *= _falloff(scene, rng)
        self.empty_u8: U8 = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        del self._grid

    def open_air(self, rect: Rect) -> Bool:
        """Return for each pixel of `rect` whether no shelter covers it."""
        return self._open_air[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def _depth_px(self, wall: Circle | Rectangle) -> NDArray[np.float32]:
        """Return how far each pixel lies inside the wall, negative outside."""
        x, y = self._grid[0] - np.float32(wall.centre[0]), self._grid[1] - np.float32(wall.centre[1])
        if isinstance(wall, Circle):
            return np.asarray(wall.radius - np.hypot(x, y), np.float32)
        corner_px = 0.06 * min(wall.width, wall.height)
        over_x = np.abs(x) - (wall.width / 2 - corner_px)
        over_y = np.abs(y) - (wall.height / 2 - corner_px)
        outside = np.hypot(np.maximum(over_x, 0), np.maximum(over_y, 0)) + np.minimum(np.maximum(over_x, over_y), 0)
        return np.asarray(corner_px - outside, np.float32)

    def _table(self, scene: ArenaScene) -> NDArray[np.float32]:
        return np.full((scene.height_px, scene.width_px), TABLE_GREY, np.float32)

    def _lay_floor(self, picture: NDArray[np.float32], wall: Circle | Rectangle, scene: ArenaScene) -> None:
        depth_px = self._depth_px(wall)
        thickness_px = max(2.0, 0.012 * min(scene.size_px))
        # Shade of the vessel on the table, its wall with a glint along the rim, then the floor.
        outside_px = np.minimum(depth_px + thickness_px, 0)
        picture -= 22 * np.exp(-np.square(outside_px / (2.5 * thickness_px))) * (outside_px < 0)
        _blend(picture, WALL_GREY, _soft_step(depth_px + thickness_px))
        _blend(picture, GLINT_GREY, 0.8 * np.exp(-np.square((depth_px + 0.55 * thickness_px) / (0.22 * thickness_px))))
        _blend(picture, FLOOR_GREY, _soft_step(depth_px))
        picture -= 16 * np.exp(-np.maximum(depth_px, 0) / (1.2 * thickness_px)) * _soft_step(depth_px)

    def _put_shelter(self, picture: NDArray[np.float32], shelter: Circle) -> None:
        depth_px = self._depth_px(shelter)
        picture *= 1 - 0.22 * np.exp(-np.square(np.minimum(depth_px, 0) / (0.12 * shelter.radius)))
        _blend(picture, SHELTER_GREY, _soft_step(depth_px))
        rim_px = 0.12 * shelter.radius
        _blend(picture, SHELTER_GREY + 22, 0.6 * np.exp(-np.square((depth_px - rim_px) / (0.4 * rim_px))))
        self._open_air &= depth_px < 0


def _soft_step(depth_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 0 outside, 1 inside, and an edge one and a half pixels wide."""
    return np.asarray(np.clip(depth_px / 1.5 + 0.5, 0, 1), np.float32)


def _blend(picture: NDArray[np.float32], grey: float, share: NDArray[np.float32]) -> None:
    picture += (grey - picture) * share


def _falloff(scene: ArenaScene, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the uneven light: brightest near one spot, `unevenness_percent` darker in the far corner."""
    width, height = scene.size_px
    spot_x, spot_y = rng.uniform(0.25, 0.75) * width, rng.uniform(0.25, 0.6) * height
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) - spot_x, np.arange(height, dtype=np.float32) - spot_y)
    squared = x**2 + y**2
    light = 1 - scene.unevenness_percent / 100 * squared / squared.max()
    grain = rng.standard_normal((max(2, height // 24), max(2, width // 24))).astype(np.float32)
    grain = cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(light * (1 + 0.004 * grain), np.float32)


def _placed_shelters(scene: ArenaScene, rng: np.random.Generator) -> tuple[Circle, ...]:
    """Return discs that lie inside the arena and apart from one another where there is room."""
    wall = scene.walls()[0]
    half: F64 = np.full(2, wall.radius) if isinstance(wall, Circle) else np.array([wall.width / 2, wall.height / 2])
    radius_px = min(SHELTER_RADIUS * scene.body_length_px, 0.4 * float(half.min()))
    placed: list[Circle] = []
    for _ in range(scene.shelters if scene.arena != "wells" else 0):
        for _attempt in range(200):
            spot = rng.uniform(-1, 1, 2)
            if isinstance(wall, Circle) and np.hypot(*spot) > 1:
                continue
            centre = np.array(wall.centre) + spot * (half - 1.3 * radius_px)
            if all(np.hypot(*(centre - c.centre)) > 2.3 * radius_px for c in placed):
                placed.append(Circle(centre=(float(centre[0]), float(centre[1])), radius=radius_px))
                break
    return tuple(placed)
