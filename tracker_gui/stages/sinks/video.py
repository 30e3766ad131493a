"""The pictures as an H.264 video, with the tracks drawn in or as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.h264_file import H264File, i420, i420_of_bgr
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Sink, SinkContext

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.sound_file import SoundFile
    from tracker_gui.core.types import Snapshot


class VideoParams(Params):
    """The settings of `Video`."""

    look: Literal["annotated", "clean"] = setting(
        "annotated",
        title="Look",
        description="annotated: with ids, trails and more drawn in, as chosen for recordings. "
        "clean: the pictures as they came.",
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
    sound: bool = setting(
        True, title="Keep the sound", description="Copy the sound of a video file; live sources give none here."
    )


class Video(Sink[VideoParams]):
    """An MP4 that stays playable whatever ends the program; every frame at its true time."""

    title: ClassVar[str] = "Video (H.264)"
    about: ClassVar[str] = "The pictures as an MP4 video that browsers play, with the tracks drawn in or clean."
    Params = VideoParams
    keeps_pictures = True

    def __init__(self, params: VideoParams | None = None) -> None:
        super().__init__(params)
        self._file: H264File | None = None
        self._sound: SoundFile | None = None

    @property
    def ending(self) -> str:
        return f"_{self.params.look}.mp4"

    def open(self, context: SinkContext) -> Path:
        path = context.folder / (context.stem + self.ending)
        self._overlay = None
        if self.params.look == "annotated":
            self._overlay = TrackOverlay(context.annotation)
            self._overlay.open()
        source = context.source
        self._period_s = 1.0 / source.rate_hz
        self._sound = context.open_sound() if self.params.sound else None
        sound = None if self._sound is None else self._sound.format
        self._file = H264File(path, source.size_px, source.rate_hz, self.params.crf, self.params.speed, sound)
        return path

    def write(self, snapshot: Snapshot) -> None:
        if self._file is None or not self._file.is_open:
            return
        frame = snapshot.frame
        picture = i420(frame.picture) if self._overlay is None else i420_of_bgr(self._drawn(snapshot, self._overlay))
        self._file.write(picture, frame.t_capture_s)
        if self._sound is not None:
            self._file.write_sound(self._sound.until(frame.t_capture_s + self._period_s))

    def _drawn(self, snapshot: Snapshot, overlay: TrackOverlay) -> U8:
        drawn = snapshot.frame.bgr_u8.copy()
        overlay.draw(drawn, snapshot)
        return drawn

    def close(self) -> None:
        sound, self._sound = self._sound, None
        if sound is not None:
            sound.close()
        if self._file is not None:
            self._file.close()
