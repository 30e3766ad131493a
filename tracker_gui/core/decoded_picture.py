"""Pixels of a frame that libav decoded: luma as it lies in the decoder's buffer, colour only on demand."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen

if TYPE_CHECKING:
    import av

    from tracker_gui.core.geometry import Rect

LUMA_FIRST_FORMATS = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray"}
)
#: What I420 is made of without a loss that shows.
HALVED_COLOUR = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p"})
LIMITED_RANGE, FULL_RANGE = 1, 2
LUMA_TO_LIMITED, CHROMA_TO_LIMITED = 219 / 255, 224 / 255
QUARTER_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


def limited_to_full(luma_u8: U8) -> U8:
    """Return luma of studio range (16..235) as 0..255, as a conversion to BGR and gray has it."""
    # Half the CPU of a table. The greater of the two first, because convertScaleAbs mirrors what is below 0.
    above = cv2.max(luma_u8, 16.0)
    return np.asarray(cv2.convertScaleAbs(above, alpha=255 / 219, beta=-16 * 255 / 219), np.uint8)


def _pixels(frame: av.VideoFrame, number: int) -> U8:
    """Return a plane as it lies in the decoder's buffer."""
    plane: Any = frame.planes[number]  # a buffer, which its type does not say
    rows = np.frombuffer(plane, np.uint8)
    return rows[: plane.line_size * plane.height].reshape(plane.height, plane.line_size)[:, : plane.width]


class DecodedPicture:
    """A decoded frame whose luma plane is used as it lies in the decoder's buffer."""

    __slots__ = ("_bgr", "_colouring", "_frame", "_luma", "_plane", "_scale", "_turn", "size_px")

    def __init__(self, frame: av.VideoFrame) -> None:
        if frame.format.name not in LUMA_FIRST_FORMATS:
            # Deep colour, RGB and palettes: one conversion to the common case.
            frame = frame.reformat(format="yuv420p" if frame.format.name.startswith("yuv") else "bgr24")
        self._frame = frame
        self._turn = QUARTER_TURNS.get(int(frame.rotation) % 360)
        width, height = int(frame.width), int(frame.height)
        turned = self._turn is not None and self._turn != cv2.ROTATE_180
        self.size_px = (height, width) if turned else (width, height)
        # libav's converter belongs to the frame: two threads in it (two recorders, say) hang for ever.
        self._colouring = threading.Lock()
        self._bgr: U8 | None = None
        self._luma: U8 | None = None
        name = frame.format.name
        # gray is full range by convention; yuv that does not say so is limited (as every player takes it).
        self._scale = not (name.startswith("yuvj") or name == "gray" or int(frame.color_range) == FULL_RANGE)
        self._plane: U8 | None = None
        if name != "bgr24":
            self._plane = _pixels(frame, 0)

    def luma_u8(self, rect: Rect | None = None) -> U8:
        if self._luma is None:
            if rect is not None and self._plane is not None and self._turn is None:
                part = self._plane[rect.y0 : rect.y1, rect.x0 : rect.x1]
                scaled: U8 = limited_to_full(part) if self._scale else part
                return scaled
            self._luma = frozen(self._whole_luma())
        if rect is None:
            return self._luma
        return self._luma[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def _whole_luma(self) -> U8:
        if self._plane is None:
            gray: U8 = cv2.cvtColor(self.bgr_u8(), cv2.COLOR_BGR2GRAY)
            return gray
        luma: U8 = limited_to_full(self._plane) if self._scale else self._plane
        if self._turn is not None:
            luma = cv2.rotate(luma, self._turn)
        return luma

    def i420_u8(self) -> U8 | None:
        if self._turn is not None or self._plane is None or self._frame.width % 2 or self._frame.height % 2:
            return None
        ready = self._unturned_i420()
        if ready is None and self._frame.format.name in HALVED_COLOUR:
            return self._i420_of_planes(self._plane)
        if ready is None:
            with self._colouring:
                frame = self._frame.reformat(format="yuv420p", dst_color_range=LIMITED_RANGE)
            ready = np.asarray(frame.to_ndarray(), np.uint8)
        return ready

    def _unturned_i420(self) -> U8 | None:
        frame = self._frame
        even = frame.width % 2 == 0 and frame.height % 2 == 0
        return np.asarray(frame.to_ndarray()) if frame.format.name == "yuv420p" and self._scale and even else None

    def _i420_of_planes(self, luma_u8: U8) -> U8:
        # What cameras send as JPEGs; libav's converter takes two to five times as long (1080p: 1.7 ms of CPU, now 0.3).
        height, width = luma_u8.shape
        halved = (height // 2, width // 2)
        whole = np.empty((height * 3 // 2, width), np.uint8)
        blue, red = whole[height:].reshape(2, *halved)
        targets = [(luma_u8, whole[:height]), (_pixels(self._frame, 1), blue), (_pixels(self._frame, 2), red)]
        for number, (plane, target) in enumerate(targets):
            if plane.shape != target.shape:
                plane = cv2.resize(plane, target.shape[::-1])  # the mean of two rows
            if self._scale:
                cv2.copyTo(plane, None, target)
            else:
                scale = CHROMA_TO_LIMITED if number else LUMA_TO_LIMITED
                cv2.convertScaleAbs(plane, target, scale, 128 * (1 - scale) if number else 16.0)
        return whole

    def bgr_u8(self) -> U8:
        with self._colouring:
            if self._bgr is None:
                self._bgr = frozen(self._whole_bgr())
            return self._bgr

    def _whole_bgr(self) -> U8:
        ready = self._unturned_i420()
        # cv2 converts three times as fast as swscale.
        bgr = self._frame.to_ndarray(format="bgr24") if ready is None else cv2.cvtColor(ready, cv2.COLOR_YUV2BGR_I420)
        return np.asarray(bgr if self._turn is None else cv2.rotate(bgr, self._turn), np.uint8)
