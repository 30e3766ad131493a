"""The last seconds of a camera, compressed, for clips that begin before it was known that they would be wanted."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import av

from tracker_gui.core.packed_picture import PackedPicture, PicturePacker
from tracker_gui.core.picture import ArrayPicture

if TYPE_CHECKING:
    from tracker_gui.core.types import Frame

log = logging.getLogger(__name__)

#: Frames that may wait to be compressed: 1080p takes 3 ms each, so this bridges a hitch of 0.1 s at 60 frames/s.
MOST_WAITING_BYTES = 32_000_000
#: Colour and luma of a picture that is an array; luma and halved colour of one that was decoded, and full-range luma.
ARRAY_BYTES_PER_PIXEL, DECODED_BYTES_PER_PIXEL = 4, 2.5
#: What is kept of the past at the most, whatever was asked for; 10 s of 1080p at 60 frames/s are some 10 to 60 MB.
MOST_KEPT_BYTES = 256_000_000
CLOSE_WITHIN_S = 1.0


Taker = Callable[["Packed | None"], None]


@dataclass(frozen=True, slots=True)
class Packed:
    """A frame whose picture is compressed, and how many before it could not be."""

    frame: Frame
    dropped_before: int

    @property
    def size_bytes(self) -> int:
        assert isinstance(self.frame.picture, PackedPicture)
        return len(self.frame.picture.data)


def _waiting_bytes(frame: Frame) -> int:
    width, height = frame.size_px
    is_array = isinstance(frame.picture, ArrayPicture)
    return int(width * height * (ARRAY_BYTES_PER_PIXEL if is_array else DECODED_BYTES_PER_PIXEL))


class ClipRing:
    """Compresses every frame on a thread of its own, which starts with the first one.

    A recording beside it has an encoder of its own: that one builds frames upon each other, so that none of them
    could be the first of a clip, and it rests while the disk is full, when what happened before must still be known.

    Attributes
    ----------
    keep_s : float
        How much of the past is kept; may grow at any time.
    crf : int
        Rate factor of x264; counts from the next change of the picture's size on.
    """

    def __init__(self, rate_hz: float, keep_s: float = 0.0, crf: int = 23) -> None:
        self.keep_s = keep_s
        self.crf = crf
        self._rate_hz = rate_hz
        self._wake = threading.Condition()
        # Everything below is read and written under its lock.
        self._waiting: deque[tuple[Frame | None, int]] = deque()
        self._waiting_bytes = 0
        self._dropped_in_a_row = 0
        self._kept: deque[Packed] = deque()
        self._kept_bytes = 0
        #: With the stretch of frames they belong to; the second figure is that of what is kept.
        self._takers: list[tuple[int, Taker]] = []
        self._stretch = self._kept_stretch = 0
        self._is_closing = False
        self._thread: threading.Thread | None = None
        # The thread's own.
        self._packer: PicturePacker | None = None

    @property
    def kept_bytes(self) -> int:
        return self._kept_bytes

    def put(self, frame: Frame) -> None:
        """Take a frame; returns at once. One for which there is no time is counted at the next."""
        size = _waiting_bytes(frame)
        with self._wake:
            if self._is_closing:
                return
            if self._waiting and self._waiting_bytes + size > MOST_WAITING_BYTES:
                self._dropped_in_a_row += 1
                return
            self._waiting.append((frame, self._dropped_in_a_row))
            self._waiting_bytes += size
            self._dropped_in_a_row = 0
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="clip ring", daemon=True)
                self._thread.start()
            self._wake.notify()

    def join(self, from_s: float, taker: Taker) -> None:
        """Hand over every frame from a time on, those of the past now and the others as they come; none is left out.

        Parameters
        ----------
        taker : callable
            Called with the ring's lock held; must be quick. None says that the next frame does not follow on.
        """
        with self._wake:
            if self._kept_stretch == self._stretch:
                for packed in self._kept:
                    if packed.frame.t_capture_s >= from_s:
                        taker(packed)
            self._takers.append((self._stretch, taker))

    def leave(self, taker: Taker) -> None:
        """Hand over no more frames."""
        with self._wake:
            self._takers = [each for each in self._takers if each[1] != taker]

    def break_off(self) -> None:
        """Begin anew: the next frame does not follow on from those before, which are handed over to the last."""
        with self._wake:
            self._stretch += 1
            self._waiting.append((None, 0))
            self._wake.notify()

    def close(self, timeout_s: float = CLOSE_WITHIN_S) -> bool:
        """Take no more frames, compress those that wait as far as time allows, and forget all; True if it ended."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout_s)
        with self._wake:
            self._waiting.clear()
            self._kept.clear()
            self._kept_bytes = 0
        return self._thread is None or not self._thread.is_alive()

    def _work(self) -> None:
        dropped = 0
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._is_closing)
                if not self._waiting:
                    return
                frame, before = self._waiting.popleft()
                if frame is None:
                    self._end_stretch()
                    continue
                self._waiting_bytes -= _waiting_bytes(frame)
            dropped += before
            try:
                picture = self._packer_for(frame).pack(frame.picture)
            except (av.error.FFmpegError, OSError, ValueError):
                log.warning("frame %d is in no clip", frame.index, exc_info=True)
                dropped += 1
                continue
            self._keep(Packed(replace(frame, picture=picture, sound=None), dropped))
            dropped = 0

    def _packer_for(self, frame: Frame) -> PicturePacker:
        if self._packer is None or self._packer.size_px != frame.size_px:
            self._packer = PicturePacker(frame.size_px, self._rate_hz, self.crf)
            with self._wake:
                # One video holds pictures of one size.
                self._kept.clear()
                self._kept_bytes = 0
        return self._packer

    def _end_stretch(self) -> None:
        self._kept_stretch += 1
        self._kept.clear()
        self._kept_bytes = 0
        over = [taker for stretch, taker in self._takers if stretch < self._kept_stretch]
        self._takers = [each for each in self._takers if each[0] >= self._kept_stretch]
        for taker in over:
            taker(None)

    def _keep(self, packed: Packed) -> None:
        newest_s = packed.frame.t_capture_s
        with self._wake:
            self._kept.append(packed)
            self._kept_bytes += packed.size_bytes
            while self._kept_bytes > MOST_KEPT_BYTES or newest_s - self._kept[0].frame.t_capture_s > self.keep_s:
                self._kept_bytes -= self._kept.popleft().size_bytes
            for stretch, taker in self._takers:
                if stretch == self._kept_stretch:
                    taker(packed)
