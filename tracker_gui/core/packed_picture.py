"""Pictures that stay compressed in memory, each by itself, and become a video without being encoded again.

Only key frames: any of them can be the first of a video, any can be left out, and one alone can be looked at.
x264 ultrafast takes less for them than for frames that build upon each other (1080p: 2.7 ms of CPU against 3.3,
because nothing is searched for), and some four times the bytes.
"""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

from tracker_gui.core.decoded_picture import DecodedPicture
from tracker_gui.core.h264_file import TICKS_PER_S, H264File, encoder_options, i420, set_up_encoder, video_frame

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.picture import Picture

#: One thread is enough for 60 of them a second at 1080p, and takes the least of the memory and of the processor.
ONLY_KEY_FRAMES = {"g": "1", "threads": "1"}
SPEED = "ultrafast"
#: libav's number of "headers once, not in each picture".
GLOBAL_HEADER = 1 << 22


class PictureDecoder:
    """Decodes pictures of one `PicturePacker`; may be used by any thread."""

    def __init__(self, headers: bytes) -> None:
        self._lock = threading.Lock()
        self._context: Any = av.CodecContext.create("h264", "r")
        self._context.extradata = headers
        # Several threads would hold pictures back.
        self._context.thread_count = 1

    def decode(self, data: bytes) -> DecodedPicture:
        with self._lock:
            (frame,) = self._context.decode(av.Packet(data))
            return DecodedPicture(frame)


class PackedPicture:
    """A picture as a key frame of H.264; its pixels are decoded each time they are asked for."""

    __slots__ = ("_decoder", "data", "size_px")

    def __init__(self, data: bytes, size_px: tuple[int, int], decoder: PictureDecoder) -> None:
        self.data = data
        self.size_px = size_px
        self._decoder = decoder

    @property
    def _is_even(self) -> bool:
        return not any(side % 2 for side in self.size_px)

    def luma_u8(self, rect: Rect | None = None) -> U8:
        width, height = self.size_px
        luma = self._decoder.decode(self.data).luma_u8()[:height, :width]
        return luma if rect is None else luma[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def bgr_u8(self) -> U8:
        width, height = self.size_px
        return self._decoder.decode(self.data).bgr_u8()[:height, :width]

    def i420_u8(self) -> U8 | None:
        return self._decoder.decode(self.data).i420_u8() if self._is_even else None


class PicturePacker:
    """Compresses pictures of one size.

    Parameters
    ----------
    rate_hz : float
        Nominal.
    crf : int
        Rate factor of x264.
    """

    def __init__(self, size_px: tuple[int, int], rate_hz: float, crf: int) -> None:
        self.size_px = size_px
        self._context: Any = av.CodecContext.create("libx264", "w")
        set_up_encoder(self._context, size_px, encoder_options(crf, SPEED) | ONLY_KEY_FRAMES)
        self._context.framerate = Fraction(rate_hz).limit_denominator(1001)
        self._context.flags |= GLOBAL_HEADER
        self._context.open()
        self._decoder = PictureDecoder(self._context.extradata or b"")
        self._pts = 0

    def pack(self, picture: Picture) -> PackedPicture:
        """Return a picture of the packer's size, compressed."""
        frame = video_frame(i420(picture))
        self._pts += 1
        frame.pts, frame.time_base = self._pts, Fraction(1, TICKS_PER_S)
        (packet,) = self._context.encode(frame)
        return PackedPicture(bytes(packet), self.size_px, self._decoder)


class PackedFile(H264File):
    """A video of packed pictures, which are copied as they are; all else is as in `H264File`.

    Parameters
    ----------
    size_px, rate_hz, crf
        Those of the packer: the headers of the file are made from them.
    """

    def __init__(self, path: Path, size_px: tuple[int, int], rate_hz: float, crf: int) -> None:
        super().__init__(path, size_px, rate_hz, crf, SPEED, extra=ONLY_KEY_FRAMES)

    def write_picture(self, picture: Picture, t_s: float) -> None:
        if not isinstance(picture, PackedPicture):
            super().write_picture(picture, t_s)
            return
        packet = av.Packet(picture.data)
        packet.pts = packet.dts = self._next_pts(t_s)
        packet.time_base = Fraction(1, TICKS_PER_S)
        packet.duration = self._duration
        packet.is_keyframe = True
        packet.stream = self._stream
        self._mux_packet(packet)
