"""H.264 in an MP4 that plays up to its last half second whatever ends the program."""

from __future__ import annotations

import errno
import logging
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np

from tracker_gui.core.arrays import U8, frozen
from tracker_gui.core.errors import OutputError
from tracker_gui.core.picture import ArrayPicture, I420Picture
from tracker_gui.core.sound import SoundTrack

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tracker_gui.core.picture import Picture
    from tracker_gui.core.sound import SoundFormat, SoundPacket

log = logging.getLogger(__name__)

TICKS_PER_S = 90_000
# Measured with real kills and full disks: only these leave a file that plays up to its end. A kill cost at most
# 0.27 s of 640x480 at 30 frames/s (0.37 s with the usual fragments of 0.5 s, and as much with MKV).
CONTAINER_OPTIONS = {
    "movflags": "empty_moov+default_base_moof",
    "frag_duration": "250000",
    "flush_packets": "1",
}
# Sound that falls silent would else hold up the pictures for 10 s, which a kill would take.
SOUND_OPTIONS = {"max_interleave_delta": "100000"}
BOX_HEADER_BYTES = 8
LIMITED_RANGE = 1
BT_601 = 6
GRAY_CHROMA = 128
FULL_TO_LIMITED = frozen(np.round(np.arange(256) * 219.0 / 255.0 + 16.0).astype(np.uint8))


class H264File:
    """A video in the making; every frame at its true time.

    Parameters
    ----------
    size_px : tuple of int
        (width, height); odd sides grow by one, as H.264 with halved colour needs even ones.
    rate_hz : float
        Nominal; decides only for how long the last frame is shown.
    crf : int
        Rate factor of x264, 0 (nothing lost) to 51.
    speed : str
        One of x264's presets.
    sound : SoundFormat, optional
        Of the sound that `write_sound` will add; what cannot be kept is left out and logged.
    extra : dict, optional
        More options of x264.

    Raises
    ------
    OutputError
        Here and in every method: the folder or disk does not take the file. What was written before plays,
        and the file is closed. `__cause__` has the operating system's own error.
    """

    def __init__(
        self,
        path: Path,
        size_px: tuple[int, int],
        rate_hz: float,
        crf: int,
        speed: str,
        sound: SoundFormat | None = None,
        extra: dict[str, str] | None = None,
    ) -> None:
        self.path = path
        self._stream: Any = None
        self._sound: SoundTrack | None = None
        self._first_t_s: float | None = None
        self._last_pts = -1
        self._container: Any = None
        rate = Fraction(rate_hz).limit_denominator(1001)
        self._duration = max(1, round(TICKS_PER_S / rate))
        encoder = encoder_options(crf, speed) | (extra or {})
        try:
            try:
                self._begin(size_px, rate, encoder, sound)
            except (av.error.FFmpegError, ValueError) as error:
                if sound is None or isinstance(error, OSError):
                    raise
                log.warning("%s: the sound (%s) is left out: %s", path, sound.codec, error)
                self.abandon()
                self._begin(size_px, rate, encoder, None)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self.abandon()
            raise OutputError(
                str(path), f"cannot be written ({_reason(error)})", "Choose another output folder."
            ) from error

    def _begin(
        self, size_px: tuple[int, int], rate: Fraction, encoder: dict[str, str], sound: SoundFormat | None
    ) -> None:
        """Write the header, which has all tracks."""
        options = CONTAINER_OPTIONS if sound is None else CONTAINER_OPTIONS | SOUND_OPTIONS
        container = self._container = av.open(str(self.path), "w", format="mp4", options=options)
        stream: Any = container.add_stream("libx264", rate=rate)
        stream.time_base = Fraction(1, TICKS_PER_S)
        set_up_encoder(stream.codec_context, size_px, encoder)
        self._stream = stream
        self._sound = None if sound is None else SoundTrack(container, sound)
        container.start_encoding()

    @property
    def is_open(self) -> bool:
        return self._container is not None

    def write(self, i420_u8: U8, t_s: float) -> None:
        """Add a picture that is shown from `t_s` on; only differences of times matter.

        Parameters
        ----------
        i420_u8 : (h * 3 / 2, w) uint8
            As `i420` returns it.
        """
        frame = video_frame(i420_u8)
        frame.pts = self._next_pts(t_s)
        frame.time_base = Fraction(1, TICKS_PER_S)
        frame.duration = self._duration
        self._mux(frame)

    def write_picture(self, picture: Picture, t_s: float) -> None:
        """Add a picture as `write` does."""
        self.write(i420(picture), t_s)

    def _next_pts(self, t_s: float) -> int:
        if self._first_t_s is None:
            self._first_t_s = t_s
        self._last_pts = max(self._last_pts + 1, round((t_s - self._first_t_s) * TICKS_PER_S))
        return self._last_pts

    def write_sound(self, pieces: Iterable[SoundPacket]) -> None:
        """Add what is heard; what begins before the first picture is left out."""
        sound, starts_s = self._sound, self._first_t_s
        if sound is None or starts_s is None or self._container is None:
            return
        try:
            for piece in pieces:
                sound.write(piece, starts_s)
        except (av.error.FFmpegError, OSError) as error:
            self.abandon()
            raise self._cut_short(error) from error

    def _mux(self, frame: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (av.error.FFmpegError, OSError) as error:
            self.abandon()
            raise self._cut_short(error) from error

    def _mux_packet(self, packet: Any) -> None:
        try:
            self._container.mux(packet)
        except (av.error.FFmpegError, OSError) as error:
            self.abandon()
            raise self._cut_short(error) from error

    def _cut_short(self, error: BaseException) -> OutputError:
        return OutputError(
            str(self.path),
            f"could not be written to the end ({_reason(error)}); it plays up to there",
            "Free some space or choose another folder, and run again.",
        )

    def abandon(self) -> None:
        """Close without a word: the reason has been said, or is about to be."""
        container, self._container = self._container, None
        if container is not None:
            try:
                container.close()
            except (av.error.FFmpegError, OSError):
                return

    def close(self) -> None:
        if self._container is None:
            return
        self._mux(None)
        container, self._container = self._container, None
        try:
            if self._sound is not None:
                self._sound.close()
            container.close()
            # On a full disk libav drops what it had not written yet, and says nothing.
            if whole_bytes(self.path) < self.path.stat().st_size:
                raise OSError(errno.ENOSPC, "the disk did not take its end")
        except (av.error.FFmpegError, OSError) as error:
            raise self._cut_short(error) from error


def encoder_options(crf: int, speed: str) -> dict[str, str]:
    """Return what x264 is told for a rate factor and an effort."""
    # Without zerolatency x264 keeps up to 1.5 s of pictures to itself, which a kill would take.
    return {"crf": str(crf), "preset": speed, "tune": "zerolatency"}


def set_up_encoder(context: Any, size_px: tuple[int, int], options: dict[str, str]) -> None:
    """Make an unopened codec context of x264 ready for pictures as `i420` returns them."""
    width, height = size_px
    context.width, context.height = width + width % 2, height + height % 2
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, TICKS_PER_S)
    context.color_range = LIMITED_RANGE
    context.colorspace = BT_601
    context.options = options


def video_frame(i420_u8: U8) -> av.VideoFrame:
    """Return a picture as libav has it; the array must stay as it is meanwhile."""
    # The copy that PyAV else makes is a fifth of the encoding (1080p: 0.7 ms of CPU in 3.6); without it PyAV 18
    # takes two rows less than there are where their number cannot be divided by four.
    rows = i420_u8.shape[0] * 2 // 3
    make = av.VideoFrame.from_numpy_buffer if rows % 4 == 0 else av.VideoFrame.from_ndarray
    return make(np.ascontiguousarray(i420_u8), format="yuv420p")


def whole_bytes(path: Path) -> int:
    """Return where the last whole fragment of an MP4 ends: at the end of a complete file, at 0 of one without any."""
    size = path.stat().st_size
    whole = at = 0
    with path.open("rb") as file:
        while at + BOX_HEADER_BYTES <= size:
            file.seek(at)
            header = file.read(2 * BOX_HEADER_BYTES)
            length, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if length == 1:  # the length has 64 bits
                length = int.from_bytes(header[8:16], "big")
            if length < BOX_HEADER_BYTES or at + length > size:
                break
            at += length
            if kind in (b"moov", b"mdat"):
                whole = at
    # The index that a clean end writes follows the last fragment.
    return size if at == size else whole


def i420(picture: Picture) -> U8:
    """Return a picture as (h * 3 / 2, w) I420, limited range, with even sides (the last row or column repeated).

    Colour is made only where there is none yet: a decoded video is I420 already, a gray picture needs its luma.
    """
    if isinstance(picture, I420Picture):
        ready = picture.i420_u8()
        if ready is not None:
            return ready
    if isinstance(picture, ArrayPicture) and picture.is_gray:
        luma = _even(cv2.LUT(picture.luma_u8(), FULL_TO_LIMITED))
        height, width = luma.shape
        whole = np.full((height * 3 // 2, width), GRAY_CHROMA, np.uint8)
        whole[:height] = luma
        return whole
    return i420_of_bgr(picture.bgr_u8())


def i420_of_bgr(picture_u8: U8) -> U8:
    """Return a (h, w, 3) BGR picture as `i420` does."""
    return np.asarray(cv2.cvtColor(_even(picture_u8), cv2.COLOR_BGR2YUV_I420), np.uint8)


def _even(picture_u8: U8) -> U8:
    height, width = picture_u8.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return picture_u8
    return np.asarray(cv2.copyMakeBorder(picture_u8, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8)


def _reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error).strip().rstrip(".").lower()
