"""What changes from frame to frame besides the animals: light drift, a moving shadow, sensor noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tracker_gui.core.arrays import U8
    from tracker_gui.simulate.scene import ArenaScene

NOISE_TILES = 4
NOISE_SPARE_PX = 61
DRIFT_PERIODS_S = (37.0, 13.0)
SHADOW_PERIODS_S = (29.0, 19.0)


class Light:
    """Lights a drawn frame and adds the camera's noise; a frame depends on seed and index alone."""

    def __init__(self, scene: ArenaScene) -> None:
        self._scene = scene
        rng = np.random.default_rng((scene.seed, 4))
        self._drift_phase = rng.uniform(0, 2 * math.pi, 2)
        self._shadow_phase = rng.uniform(0, 2 * math.pi, 2)
        self._shadow_u8 = _shadow(scene) if scene.shadow_percent else None
        width, height = scene.size_px
        shape = (height + NOISE_SPARE_PX, width + NOISE_SPARE_PX)
        # Drawn once and picked from: fresh Gaussian noise would cost more than all the rest of a frame.
        self._tiles = [self._noise_tile(rng, shape) for _ in range(NOISE_TILES)] if scene.noise_levels else []

    def fall_on(self, canvas: U8, index: int) -> U8:
        """Return the frame as the camera sees it; `canvas` is used up."""
        t_s = index / self._scene.rate_hz
        gain = self.gain(t_s)
        if self._shadow_u8 is not None:
            cv2.multiply(canvas, self._shadow_at(t_s), dst=canvas, scale=gain / 255)
        elif gain != 1:
            cv2.convertScaleAbs(canvas, dst=canvas, alpha=gain)
        if self._tiles:
            cv2.add(canvas, self._noise_of(index), dst=canvas, dtype=cv2.CV_8U)
        return canvas

    def gain(self, t_s: float) -> float:
        """Return the brightness of the lamp at that time, 1 on average."""
        swing = self._scene.light_drift_percent / 100
        slow, fast = (
            math.sin(2 * math.pi * t_s / period_s + phase)
            for period_s, phase in zip(DRIFT_PERIODS_S, self._drift_phase, strict=True)
        )
        return 1 + swing * (0.7 * slow + 0.3 * fast)

    def _noise_tile(self, rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.int16]:
        noise = rng.standard_normal(shape, np.float32) * np.float32(self._scene.noise_levels)
        return np.asarray(np.rint(noise), np.int16)

    def _noise_of(self, index: int) -> NDArray[np.int16]:
        rng = np.random.default_rng((self._scene.seed, 5, index))
        tile, dx, dy = rng.integers(0, (NOISE_TILES, NOISE_SPARE_PX, NOISE_SPARE_PX)).tolist()
        width, height = self._scene.size_px
        piece: NDArray[np.int16] = self._tiles[tile][dy : dy + height, dx : dx + width]
        return piece

    def _shadow_at(self, t_s: float) -> U8:
        """Return the part of the shadow map that lies over the picture at that time."""
        width, height = self._scene.size_px
        across, down = (
            0.5 + 0.5 * math.sin(2 * math.pi * t_s / period_s + phase)
            for period_s, phase in zip(SHADOW_PERIODS_S, self._shadow_phase, strict=True)
        )
        x0, y0 = round(across * width), round(down * height)
        assert self._shadow_u8 is not None
        return self._shadow_u8[y0 : y0 + height, x0 : x0 + width]


def _shadow(scene: ArenaScene) -> U8:
    """Return a map twice the picture's size with one soft, slanted shadow in the middle; 255 is full light."""
    width, height = 2 * scene.width_px, 2 * scene.height_px
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) - width / 2, np.arange(height, dtype=np.float32) - height / 2)
    along, across = 0.8 * x + 0.6 * y, 0.8 * y - 0.6 * x
    reach_px = min(scene.size_px)
    depth = np.exp(-((along / (0.7 * reach_px)) ** 2) - (across / (0.22 * reach_px)) ** 2)
    return np.asarray(np.rint(255 * (1 - scene.shadow_percent / 100 * depth)), np.uint8)
