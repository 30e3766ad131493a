"""Brightness, contrast and gamma."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import ImageState, ImageStep

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame

MID_GREY = 127.5


class AdjustParams(Params):
    """The settings of `Adjust`."""

    brightness: int = setting(
        0, title="Brightness", ge=-255, le=255, step=1, unit="grey levels",
        description="Added to every pixel; below zero makes the picture darker.",
    )  # fmt: skip
    contrast: float = setting(
        1.0, title="Contrast", ge=0.0, le=5.0, step=0.05,
        description="Stretches the grey levels away from middle grey; 1 leaves them as they are.",
    )  # fmt: skip
    gamma: float = setting(
        1.0, title="Gamma", ge=0.1, le=5.0, step=0.05,
        description="Above 1 lifts the shadows, below 1 deepens them; black and white stay.",
    )  # fmt: skip


class Adjust(ImageStep[AdjustParams]):
    """One look-up table for all three."""

    title: ClassVar[str] = "Brightness and contrast"
    about: ClassVar[str] = "Make the picture lighter or darker, stretch its contrast, bend its gamma."
    Params = AdjustParams

    def __init__(self, params: AdjustParams | None = None) -> None:
        super().__init__(params)
        self._table = _table(self.params)

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        return state.with_image(cv2.LUT(state.image_u8, self._table))


def _table(p: AdjustParams) -> U8:
    """Return the new value of each of the 256 grey levels: contrast, then brightness, then gamma."""
    levels = (np.arange(256) - MID_GREY) * p.contrast + MID_GREY + p.brightness
    levels = 255.0 * (np.clip(levels, 0.0, 255.0) / 255.0) ** (1.0 / p.gamma)
    return frozen(np.round(levels).astype(np.uint8))
