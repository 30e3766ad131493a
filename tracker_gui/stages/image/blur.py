"""Smooth noise away before the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import cv2

from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import ImageState, ImageStep

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame


class BlurParams(Params):
    """The settings of `Blur`."""

    method: Literal["mean", "gaussian", "median"] = setting(
        "mean",
        title="Method",
        description="Mean is the fastest; gaussian keeps shapes smoother; median removes specks and keeps edges.",
    )
    size_px: int = setting(
        5, title="Size", ge=1, le=51, step=2, unit="px",
        description="Side of the square that is smoothed over; an even size is made odd, 1 is off.",
    )  # fmt: skip


class Blur(ImageStep[BlurParams]):
    """Mean, gaussian or median over a square."""

    title: ClassVar[str] = "Blur"
    about: ClassVar[str] = "Smooth the picture, so that noise makes no false animals."
    Params = BlurParams

    def __init__(self, params: BlurParams | None = None) -> None:
        super().__init__(params)
        self._side_px = self.params.size_px | 1

    @property
    def margin_px(self) -> int:
        return self._side_px // 2

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        side, method = self._side_px, self.params.method
        if side == 1:
            return state
        if method == "mean":
            return state.with_image(cv2.blur(state.image_u8, (side, side)))
        if method == "gaussian":
            return state.with_image(cv2.GaussianBlur(state.image_u8, (side, side), 0))
        return state.with_image(cv2.medianBlur(state.image_u8, side))
