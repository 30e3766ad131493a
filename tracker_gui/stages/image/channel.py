"""One gray picture out of the colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import ImageState, ImageStep

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.types import Frame

# Channel -> conversion from BGR (None: none needed) and the plane to take.
PLANES: dict[str, tuple[int | None, int]] = {
    "blue": (None, 0),
    "green": (None, 1),
    "red": (None, 2),
    "hue": (cv2.COLOR_BGR2HSV_FULL, 0),
    "saturation": (cv2.COLOR_BGR2HSV_FULL, 1),
    "value": (cv2.COLOR_BGR2HSV_FULL, 2),
    "lightness": (cv2.COLOR_BGR2Lab, 0),
    "green_red": (cv2.COLOR_BGR2Lab, 1),
    "blue_yellow": (cv2.COLOR_BGR2Lab, 2),
}


class ChannelParams(Params):
    """The settings of `Channel`."""

    channel: Literal[
        "gray",
        "blue",
        "green",
        "red",
        "hue",
        "saturation",
        "value",
        "lightness",
        "green_red",
        "blue_yellow",
        "closeness",
    ] = setting(
        "gray",
        title="Channel",
        description="What of the colour becomes the picture; 'closeness' is white where it is the colour named "
        "below and black where it is not, 'green_red' and 'blue_yellow' are the a and b of Lab.",
    )
    red: int = setting(
        255, title="Red", ge=0, le=255, step=1, unit="grey levels", more=True,
        description="Closeness: how much red the sought colour has.",
    )  # fmt: skip
    green: int = setting(
        0, title="Green", ge=0, le=255, step=1, unit="grey levels", more=True,
        description="Closeness: how much green the sought colour has.",
    )  # fmt: skip
    blue: int = setting(
        0, title="Blue", ge=0, le=255, step=1, unit="grey levels", more=True,
        description="Closeness: how much blue the sought colour has.",
    )  # fmt: skip
    tolerance: int = setting(
        60, title="Tolerance", ge=1, le=255, step=1, unit="grey levels", more=True,
        description="Closeness: the difference in red, green or blue from which on a pixel is black.",
    )  # fmt: skip


class Channel(ImageStep[ChannelParams]):
    """Picks a channel, or says how close each pixel is to a colour."""

    title: ClassVar[str] = "Colour channel"
    about: ClassVar[str] = "Use one channel, or the closeness to a colour, where animals stand out better than in gray."
    Params = ChannelParams

    def __init__(self, params: ChannelParams | None = None) -> None:
        super().__init__(params)
        self._sought = (self.params.blue, self.params.green, self.params.red, 0)
        self._closeness = _closeness(self.params.tolerance)

    @property
    def needs_colour(self) -> bool:
        return self.params.channel != "gray"

    def apply(self, state: ImageState, rect: Rect, frame: Frame) -> ImageState:
        image, channel = state.image_u8, self.params.channel
        if channel == "gray":
            return state if image.ndim == 2 else state.with_image(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        if image.ndim == 2:  # an earlier step has taken the colour away
            image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        if channel == "closeness":
            blue, green, red = cv2.split(cv2.absdiff(image, self._sought))
            return state.with_image(cv2.LUT(cv2.max(cv2.max(blue, green), red), self._closeness))
        conversion, plane = PLANES[channel]
        if conversion is not None:
            image = cv2.cvtColor(image, conversion)
        return state.with_image(cv2.extractChannel(image, plane))


def _closeness(tolerance: int) -> U8:
    """Return the (256,) table from the largest difference in a channel: 255 at none, 0 from the tolerance on."""
    return frozen(np.round(255.0 * np.maximum(1.0 - np.arange(256) / tolerance, 0.0)).astype(np.uint8))
