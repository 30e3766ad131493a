"""Where in the picture animals count, and where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import cv2
import numpy as np

from tracker_gui.core.arrays import I32, U8, frozen
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.geometry import Shape
from tracker_gui.core.image_file import read_gray_u8
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import ImageContext, ImageState, ImageStep

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame

BRIGHT = 128
FILL = {"black": 0, "grey": 128, "white": 255}


class RegionMaskParams(Params):
    """The settings of `RegionMask`."""

    keep: tuple[Shape, ...] = setting(
        (), title="Keep", description="Only animals in one of these regions count; none means the whole picture."
    )
    ignore: tuple[Shape, ...] = setting(
        (), title="Ignore", description="Nothing in these regions counts, even inside a region to keep."
    )
    mask_image: Path | None = setting(
        None,
        title="Mask picture",
        description="A painted picture as large as the video: what is bright in it is kept, what is dark is ignored.",
    )
    outside: Literal["exclude", "black", "white", "grey"] = setting(
        "exclude",
        title="Outside is",
        description="Exclude leaves the picture as it is; black, white and grey also paint over what is ignored.",
        more=True,
    )


class RegionMask(ImageStep[RegionMaskParams]):
    """Ignores detections outside the kept regions."""

    title: ClassVar[str] = "Regions"
    about: ClassVar[str] = "Draw where animals can be, and where to ignore reflections, walls and labels."
    Params = RegionMaskParams

    def __init__(self, params: RegionMaskParams | None = None) -> None:
        super().__init__(params)
        self._kept: U8 = np.empty((0, 0), np.uint8)
        self._ignored_before: I32 = np.empty((0, 0), np.int32)
        self._fill = FILL.get(self.params.outside)

    def open(self, context: ImageContext) -> None:
        p, size_px = self.params, context.size_px
        kept = np.full((size_px[1], size_px[0]), 0 if p.keep else 255, np.uint8)
        for shape in p.keep:
            np.bitwise_or(kept, shape.mask(size_px), out=kept)
        if p.mask_image is not None:
            kept[read_gray_u8(context.folder / p.mask_image, size_px) < BRIGHT] = 0
        for shape in p.ignore:
            kept[shape.mask(size_px) > 0] = 0
        if not kept.any():
            raise SettingsError("Regions", "nothing of the picture is kept", "Draw a region to keep, or ignore less.")
        self._kept = frozen(kept)
        self._ignored_before = cv2.integral(cv2.bitwise_not(kept) & 1)

    def close(self) -> None:
        self._kept, self._ignored_before = np.empty((0, 0), np.uint8), np.empty((0, 0), np.int32)

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        x0, y0, x1, y1 = rect
        before = self._ignored_before  # sums: how many ignored pixels a window holds costs four look-ups
        if before[y1, x1] - before[y0, x1] - before[y1, x0] + before[y0, x0] == 0:
            return state
        kept = self._kept[y0:y1, x0:x1]
        image, keep, foreground = state.image_u8, state.keep_u8, state.foreground_u8
        if self._fill is not None:
            image = cv2.copyTo(image, kept, np.full(image.shape, self._fill, np.uint8))
        if foreground is not None:
            foreground = cv2.bitwise_and(foreground, kept)
        return ImageState(image, kept if keep is None else cv2.bitwise_and(keep, kept), foreground)
