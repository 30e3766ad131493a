"""The negative of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import cv2

from tracker_gui.core.stage import ImageState, ImageStep, NoParams

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame


class Invert(ImageStep[NoParams]):
    """Dark becomes light and light becomes dark."""

    title: ClassVar[str] = "Invert"
    about: ClassVar[str] = "Turn dark into light and light into dark."

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        return state.with_image(cv2.bitwise_not(state.image_u8))
