"""The pixels of one frame, made only when somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import cv2

from tracker_gui.core.arrays import U8, frozen

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Rect


class Picture(Protocol):
    """What a source hands over instead of an array: luma and colour on demand, kept once made."""

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""

    def luma_u8(self, rect: Rect | None = None) -> U8:
        """Return the (h, w) luma, full range 0..255, of `rect` or of the whole frame; read-only."""

    def bgr_u8(self) -> U8:
        """Return the (h, w, 3) picture in OpenCV's channel order; read-only."""


@runtime_checkable
class I420Picture(Protocol):
    """A picture that may lie in memory as a video encoder wants it, so that no colour need be made."""

    def i420_u8(self) -> U8 | None:
        """Return (h * 3 / 2, w) I420 in limited range, None where the pixels are of another kind."""


class ArrayPicture:
    """A picture that is an array already: (h, w) luma or (h, w, 3) BGR, uint8."""

    __slots__ = ("_bgr", "_luma", "is_gray", "size_px")

    def __init__(self, image_u8: U8) -> None:
        self.size_px = (int(image_u8.shape[1]), int(image_u8.shape[0]))
        self.is_gray = image_u8.ndim == 2
        self._luma: U8 | None = frozen(image_u8) if self.is_gray else None
        self._bgr: U8 | None = None if self.is_gray else frozen(image_u8)

    def luma_u8(self, rect: Rect | None = None) -> U8:
        if self._luma is None:
            assert self._bgr is not None
            self._luma = frozen(cv2.cvtColor(self._bgr, cv2.COLOR_BGR2GRAY))
        if rect is None:
            return self._luma
        return self._luma[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def bgr_u8(self) -> U8:
        if self._bgr is None:
            self._bgr = frozen(cv2.cvtColor(self.luma_u8(), cv2.COLOR_GRAY2BGR))
        return self._bgr


class ScaledPicture:
    """A picture brought to another size, made only when somebody asks for its pixels."""

    __slots__ = ("_bgr", "_luma", "_picture", "size_px")

    def __init__(self, picture: Picture, size_px: tuple[int, int]) -> None:
        self._picture = picture
        self.size_px = size_px
        self._luma: U8 | None = None
        self._bgr: U8 | None = None

    def luma_u8(self, rect: Rect | None = None) -> U8:
        if self._luma is None:
            self._luma = frozen(cv2.resize(self._picture.luma_u8(), self.size_px, interpolation=cv2.INTER_AREA))
        if rect is None:
            return self._luma
        return self._luma[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def bgr_u8(self) -> U8:
        if self._bgr is None:
            self._bgr = frozen(cv2.resize(self._picture.bgr_u8(), self.size_px, interpolation=cv2.INTER_AREA))
        return self._bgr
