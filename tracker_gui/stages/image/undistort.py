"""Straighten what the lens has bent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import cv2
import numpy as np

from tracker_gui.core.arrays import frozen
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import ImageContext, ImageState, ImageStep

if TYPE_CHECKING:
    from tracker_gui.core.arrays import U8
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame


class UndistortParams(Params):
    """The settings of `Undistort`."""

    fx: float = setting(
        1000.0, title="Focal length x", ge=1, le=100_000, step=1, unit="px",
        description="From a camera calibration: the focal length in pixel widths.",
    )  # fmt: skip
    fy: float = setting(
        1000.0, title="Focal length y", ge=1, le=100_000, step=1, unit="px",
        description="From a camera calibration: the focal length in pixel heights.",
    )  # fmt: skip
    cx: float | None = setting(
        None, title="Centre x", ge=-20_000, le=40_000, step=0.5, unit="px",
        description="Where the axis of the lens meets the picture; empty is its middle.",
    )  # fmt: skip
    cy: float | None = setting(
        None, title="Centre y", ge=-20_000, le=40_000, step=0.5, unit="px",
        description="Where the axis of the lens meets the picture; empty is its middle.",
    )  # fmt: skip
    k1: float = setting(
        0.0, title="k1", ge=-10, le=10, step=0.01,
        description="Radial distortion, first term: below zero straightens a barrel, above zero a pincushion.",
    )  # fmt: skip
    k2: float = setting(0.0, title="k2", ge=-100, le=100, step=0.01, description="Radial distortion, second term.")
    p1: float = setting(
        0.0, title="p1", ge=-1, le=1, step=0.001, more=True, description="Tangential distortion, first term."
    )
    p2: float = setting(
        0.0, title="p2", ge=-1, le=1, step=0.001, more=True, description="Tangential distortion, second term."
    )
    k3: float = setting(
        0.0, title="k3", ge=-1000, le=1000, step=0.01, more=True, description="Radial distortion, third term."
    )


class Undistort(ImageStep[UndistortParams]):
    """OpenCV's pinhole model with radial and tangential distortion (Brown, 1966)."""

    title: ClassVar[str] = "Lens correction"
    about: ClassVar[str] = "Straighten the picture of a wide lens with the figures of a camera calibration."
    Params = UndistortParams

    def __init__(self, params: UndistortParams | None = None) -> None:
        super().__init__(params)
        self._maps: tuple[Any, Any] | None = None
        self._seen: U8 | None = None

    @property
    def margin_px(self) -> None:
        return None

    def open(self, context: ImageContext) -> None:
        p, (width, height) = self.params, context.size_px
        cx = (width - 1) / 2 if p.cx is None else p.cx
        cy = (height - 1) / 2 if p.cy is None else p.cy
        camera = np.array([[p.fx, 0.0, cx], [0.0, p.fy, cy], [0.0, 0.0, 1.0]])
        bent = np.array([p.k1, p.k2, p.p1, p.p2, p.k3])
        if not bent.any():
            return
        self._maps = cv2.initUndistortRectifyMap(camera, bent, None, camera, context.size_px, cv2.CV_16SC2)
        seen = self._moved_mask(np.full((height, width), 255, np.uint8))
        self._seen = None if seen.all() else frozen(seen)

    def close(self) -> None:
        self._maps = self._seen = None

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        if self._maps is None:
            return state
        # Replicated, not black: a black rim would make edges for an adaptive threshold. What the
        # camera has not seen is masked out instead.
        image = cv2.remap(state.image_u8, *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        keep = self._seen if state.keep_u8 is None else self._moved_mask(state.keep_u8)
        foreground = state.foreground_u8
        if foreground is not None:
            foreground = cv2.remap(foreground, *self._maps, cv2.INTER_LINEAR)
        return ImageState(image, keep, foreground)

    def _moved_mask(self, mask: U8) -> U8:
        assert self._maps is not None
        moved: U8 = cv2.remap(mask, *self._maps, cv2.INTER_NEAREST)
        return moved
