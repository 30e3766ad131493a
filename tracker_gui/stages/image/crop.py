"""Leave out the margins of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.geometry import Rect
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import ImageContext, ImageState, ImageStep

if TYPE_CHECKING:
    from tracker_gui.core.types import Frame


class CropParams(Params):
    """The settings of `Crop`."""

    left: int = setting(
        0, title="Left", ge=0, le=20_000, step=1, unit="px", description="How much to cut off at the left."
    )
    top: int = setting(
        0, title="Top", ge=0, le=20_000, step=1, unit="px", description="How much to cut off at the top."
    )
    right: int = setting(
        0, title="Right", ge=0, le=20_000, step=1, unit="px", description="How much to cut off at the right."
    )
    bottom: int = setting(
        0, title="Bottom", ge=0, le=20_000, step=1, unit="px", description="How much to cut off at the bottom."
    )


class Crop(ImageStep[CropParams]):
    """Makes the searched part of the frame smaller; positions stay those of the whole frame."""

    title: ClassVar[str] = "Crop"
    about: ClassVar[str] = "Cut off the margins: less to search, the same positions."
    Params = CropParams

    def __init__(self, params: CropParams | None = None) -> None:
        super().__init__(params)
        self._left_over: Rect | None = None

    def open(self, context: ImageContext) -> None:
        p, (width, height) = self.params, context.size_px
        if p.left + p.right >= width or p.top + p.bottom >= height:
            raise SettingsError(
                "Crop",
                f"left {p.left} + right {p.right} and top {p.top} + bottom {p.bottom} leave nothing "
                f"of {width} x {height} px",
                "Cut off less.",
            )
        self._left_over = Rect(p.left, p.top, width - p.right, height - p.bottom)

    def domain(self, rect: Rect) -> Rect:
        """Return what is left of `rect`; the margins are those of the frame, also behind another crop."""
        if self._left_over is None:
            return rect
        left_over = rect.clip(self._left_over)
        if not left_over.area_px2:
            raise SettingsError("Crop", "two crops have no part of the picture in common", "Remove one of them.")
        return left_over

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        return state
