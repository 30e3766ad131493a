"""The look of an animal: a tapering, dark, soft-edged body that bends when it turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker_gui.simulate.scene import BODY_ASPECT

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Rect

F32 = NDArray[np.float32]

BENDS = 9
CURVATURE = 0.30
BACK_GREY = 42.0
EDGE_SIGMA_PX = 0.6
GROUND_SHADE_ALPHA = 0.16
HALF_REACH = 0.72
"""Half the side of a body's patch, in body lengths: the body, its edge and its shade on the ground."""
SPRITE_LENGTH_PX = 110
MOST_OVERSAMPLING = 4


class BodyShape:
    """The body that all animals of a scene share, drawn once for each bend; each has its own length.

    Parameters
    ----------
    length_px : float
        Mean length, for which the edges are made soft.
    """

    def __init__(self, length_px: float) -> None:
        scale = min(SPRITE_LENGTH_PX / length_px, MOST_OVERSAMPLING)
        self._sprite_length = length_px * scale
        self._side = 2 * int(np.ceil(HALF_REACH * self._sprite_length)) + 1
        self._sprites = [self._drawn(float(bend), EDGE_SIGMA_PX * scale) for bend in np.linspace(-1, 1, BENDS)]

    @staticmethod
    def half_side_px(length_px: float) -> int:
        """Return how far from its centroid an animal of that length may darken the picture."""
        return int(np.ceil(HALF_REACH * length_px)) + 1

    def patch(self, xy_px: tuple[float, float], heading_rad: float, bend: float, length_px: float, rect: Rect) -> F32:
        """Return one animal in the pixels of `rect` as (h, w, 2): opacity 0..1, and grey times opacity."""
        sprite, (middle_x, middle_y) = self._sprites[round((bend + 1) / 2 * (BENDS - 1))]
        scale = self._sprite_length / length_px
        cos, sin = np.cos(heading_rad) * scale, np.sin(heading_rad) * scale
        dx, dy = rect.x0 - xy_px[0], rect.y0 - xy_px[1]
        into_sprite = np.array(
            [[cos, sin, cos * dx + sin * dy + middle_x], [-sin, cos, -sin * dx + cos * dy + middle_y]]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(sprite, into_sprite, (rect.width, rect.height), flags=flags), np.float32)

    def _drawn(self, bend: float, edge_sigma: float) -> tuple[F32, tuple[float, float]]:
        """Return the (side, side, 2) sprite, head to the right, and the centroid of the body in it."""
        opacity, grey = self._shape(bend)
        moments = cv2.moments(opacity)
        opacity = np.asarray(cv2.GaussianBlur(opacity, (0, 0), edge_sigma), np.float32)
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), edge_sigma), np.float32)
        ground = GROUND_SHADE_ALPHA * cv2.GaussianBlur(opacity, (0, 0), 0.07 * self._sprite_length)
        total = opacity + (1 - opacity) * ground
        sprite = np.stack([total, opacity * grey], axis=-1)
        return sprite, (moments["m10"] / moments["m00"], moments["m01"] / moments["m00"])

    def _shape(self, bend: float) -> tuple[F32, F32]:
        """Return (opacity, grey) before the edges are softened."""
        half = self._sprite_length / 2
        axis = (np.arange(self._side, dtype=np.float32) - np.float32((self._side - 1) / 2)) / half
        along, across = np.meshgrid(axis, axis)
        across = across - bend * CURVATURE * along**2
        head = np.sqrt(np.clip(1 - ((along - 0.4) / 0.6) ** 2, 0, 1))
        tail = np.clip((along + 1) / 1.4, 0, 1) ** 0.8
        half_width = BODY_ASPECT * np.where(along > 0.4, head, tail)
        opacity = np.clip((half_width - np.abs(across)) * half + 0.5, 0, 1) * (np.abs(along) <= 1)
        ridge = np.exp(-((across / (0.45 * np.maximum(half_width, 1e-3))) ** 2))
        grey = BACK_GREY + 26 * ridge * np.clip(0.55 - along, 0, 1) - 12 * np.clip(along, 0, 1)
        return opacity.astype(np.float32), grey.astype(np.float32)
