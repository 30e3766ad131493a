"""The pictures as an H.264 video, with the tracks drawn in or as they were."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import av
import cv2
import numpy as np

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.errors import OutputError
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Sink, SinkContext

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.types import Snapshot

TICKS_PER_S = 90_000
# Measured with real kills and full disks: only these leave a file that plays up to its end.
CONTAINER_OPTIONS = {
    "movflags": "empty_moov+default_base_moof",
    "frag_duration": "500000",
    "flush_packets": "1",
}
LIMITED_RANGE = 1
BT_601 = 6


class VideoParams(Params):
    """The settings of `Video`."""

    look: Literal["annotated", "clean"] = setting(
        "annotated",
        title="Look",
        description="annotated: with ids, trails and outlines drawn in. clean: the pictures as they came.",
    )
    crf: int = setting(
        23, title="Compression", ge=0, le=51, step=1,
        description="Rate factor of x264: 18 is hard to tell from the source, 28 is small, 0 loses nothing.",
    )  # fmt: skip
    speed: Literal["ultrafast", "superfast", "veryfast", "medium"] = setting(
        "veryfast",
        title="Effort",
        description="The encoder's work: ultrafast for large pictures in real time, medium for small files.",
    )
    trail_s: float = setting(
        1.0,
        title="Trail",
        ge=0,
        le=60,
        step=0.5,
        unit="s",
        description="Length of the trail behind each animal; 0 is off.",
    )
    outlines: bool = setting(
        True, title="Outlines", description="Draw the outline of each animal as the detector saw it."
    )


class Video(Sink[VideoParams]):
    """An MP4 that stays playable whatever ends the program; every frame at its true time."""

    title: ClassVar[str] = "Video (H.264)"
    about: ClassVar[str] = "The pictures as an MP4 video that browsers play, with the tracks drawn in or clean."
    Params = VideoParams

    def __init__(self, params: VideoParams | None = None) -> None:
        super().__init__(params)
        self._container: Any = None

    @property
    def ending(self) -> str:
        return f"_{self.params.look}.mp4"

    def open(self, context: SinkContext) -> Path:
        self._path = context.folder / (context.stem + self.ending)
        self._overlay = None
        if self.params.look == "annotated":
            self._overlay = TrackOverlay(self.params.trail_s, self.params.outlines)
        self._first_t_s: float | None = None
        self._last_pts = -1
        width, height = context.source.size_px
        rate = Fraction(context.source.rate_hz).limit_denominator(1001)
        self._duration = max(1, round(TICKS_PER_S / rate))
        try:
            self._container = av.open(str(self._path), "w", format="mp4", options=CONTAINER_OPTIONS)
            stream = self._container.add_stream("libx264", rate=rate)
            # H.264 with halved colour needs even sides.
            stream.width, stream.height = width + width % 2, height + height % 2
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
            stream.codec_context.color_range = LIMITED_RANGE
            stream.codec_context.colorspace = BT_601
            stream.options = {"crf": str(self.params.crf), "preset": self.params.speed, "tune": "zerolatency"}
            self._container.start_encoding()
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self._abandon()
            raise OutputError(
                str(self._path), f"cannot be written ({_reason(error)})", "Choose another output folder."
            ) from error
        self._stream = stream
        return self._path

    def write(self, snapshot: Snapshot) -> None:
        if self._container is None:
            return
        frame = av.VideoFrame.from_ndarray(_yuv(self._picture(snapshot)), format="yuv420p")
        t_s = snapshot.frame.t_capture_s
        if self._first_t_s is None:
            self._first_t_s = t_s
        frame.pts = max(self._last_pts + 1, round((t_s - self._first_t_s) * TICKS_PER_S))
        frame.time_base = Fraction(1, TICKS_PER_S)
        frame.duration = self._duration
        self._last_pts = frame.pts
        self._mux(frame)

    def _picture(self, snapshot: Snapshot) -> U8:
        picture = snapshot.frame.bgr_u8
        if self._overlay is None:
            return picture
        drawn = picture.copy()
        self._overlay.draw(drawn, snapshot.frame.t_capture_s, snapshot.tracks, snapshot.detections, snapshot.motion)
        return drawn

    def _mux(self, frame: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (av.error.FFmpegError, OSError) as error:
            self._abandon()
            raise self._cut_short(error) from error

    def _cut_short(self, error: BaseException) -> OutputError:
        return OutputError(
            str(self._path),
            f"could not be written to the end ({_reason(error)}); it plays up to there",
            "Free some space or choose another folder, and run again.",
        )

    def _abandon(self) -> None:
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
            container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise self._cut_short(error) from error


def _yuv(picture_u8: U8) -> U8:
    """Return a (h, w, 3) BGR picture as I420 with even sides; the last row or column is repeated if need be."""
    height, width = picture_u8.shape[:2]
    if height % 2 or width % 2:
        picture_u8 = cv2.copyMakeBorder(picture_u8, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(picture_u8, cv2.COLOR_BGR2YUV_I420), np.uint8)


def _reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error).strip().rstrip(".").lower()
