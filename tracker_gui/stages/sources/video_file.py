"""Video files through PyAV: exact seek, true time stamps, luma first and colour only on demand."""

from __future__ import annotations

import bisect
import logging
import math
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import av
from av.stream import Disposition

from tracker_gui.core.decoded_picture import DecodedPicture
from tracker_gui.core.decoder_threads import decoder_threads
from tracker_gui.core.errors import InputError
from tracker_gui.core.params import Params, setting
from tracker_gui.core.sound_file import SoundFile
from tracker_gui.core.stage import Source
from tracker_gui.core.types import Frame, SourceInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

MOST_REORDERED = 16  # frames that H.264 and H.265 hold back at most
# IndexError is PyAV's, at the end of a file in which damage looks like one more stream.
UNREADABLE = (av.error.FFmpegError, OSError, IndexError)
FALLBACK_RATE_HZ = 25.0


class VideoFileParams(Params):
    """Which file."""

    path: Path = setting(Path(), title="File", description="The video to read: MP4, MOV, MKV, AVI, WebM and others.")


class VideoFile(Source[VideoFileParams]):
    """A video file."""

    title: ClassVar[str] = "Video file"
    reads_ahead: ClassVar[bool] = True
    about: ClassVar[str] = "Every frame of a video file, with its own time stamp."
    Params = VideoFileParams

    def __init__(self, params: VideoFileParams | None = None) -> None:
        super().__init__(params)
        self._container: Any = None
        self._stream: Any = None
        self._decoded: Iterator[tuple[av.VideoFrame, int]] = iter(())
        self._pts: list[int] | None = None
        self._key_pts: list[int] = []
        self._next_index = 0
        self._start_pts: int | None = None
        self._last_t_s: float | None = None
        self._last_pts: int | None = None
        self._start_wall_s: float | None = None
        self._rate_hz = FALLBACK_RATE_HZ
        self._source_id = ""
        self.damaged_packets = 0

    def open(self) -> SourceInfo:
        path = self.params.path
        if str(path) in ("", "."):
            raise InputError("source", "no video file is chosen", "Open a video or name one on the command line.")
        if not path.exists():
            raise InputError(str(path), "there is no such file", "Check the name and that the drive is connected.")
        if path.is_dir():
            raise InputError(str(path), "is a folder, not a video", "Choose a file, or the source 'Image folder'.")
        self._open_container()
        stream = self._stream
        self._source_id = path.stem
        rate = stream.average_rate or stream.guessed_rate or stream.base_rate
        self._rate_hz = float(rate) if rate and 0 < float(rate) < 100_000 else FALLBACK_RATE_HZ
        self._start_wall_s = _creation_time_s(self._container.metadata)
        # Asked before the first frame is peeked at: that opens the file anew, and PyAV's old stream then
        # points to memory that is given back.
        frame_count = int(stream.frames) or None
        details = (("codec", str(stream.codec_context.name)), ("pixels", str(stream.codec_context.pix_fmt)))
        size_px = DecodedPicture(self._peek_first(path)).size_px
        if self._pts is not None:
            frame_count = len(self._pts)
        return SourceInfo(path.name, size_px, self._rate_hz, frame_count, details=details)

    def _open_container(self) -> None:
        self.close()
        path = self.params.path
        try:
            container = _open_container(path)
        except PermissionError as error:
            raise InputError(str(path), "may not be read", "Ask for read access to the file.") from error
        except (av.error.FFmpegError, OSError) as error:
            size = path.stat().st_size
            what = "is empty (0 bytes)" if size == 0 else "is not a video, or it is cut off so that nothing can be read"
            raise InputError(
                str(path), f"{what} ({_reason(error)})", "Copy the file again or convert it with ffmpeg."
            ) from error
        stream = _moving_picture(container)
        if stream is None:
            container.close()
            raise InputError(str(path), "holds no video stream", "Choose a file with a picture in it.")
        self._container = container
        self._stream = stream
        if self._stream.codec_context is None:
            self.close()
            raise InputError(
                str(path),
                "is in a format (codec) this program has no decoder for, or its header is cut off",
                "Convert it to H.264 with ffmpeg, or copy it again.",
            )
        _decode_ahead(self._stream)
        self._restart(self._packets())

    def _restart(self, packets: Iterator[Any]) -> None:
        self._decoded = self._decode(packets)
        self._last_t_s = None
        self._last_pts = None

    def _peek_first(self, path: Path) -> av.VideoFrame:
        """Decode the first frame, for the true size and start time, and go back to the start."""
        for frame, _ in self._decoded:
            self._start_pts = frame.pts
            self._rewind()
            return frame
        self.close()
        raise InputError(
            str(path), "holds no frame that can be decoded", "The recording may have been cut off: copy it again."
        )

    def _rewind(self) -> None:
        self._open_again()
        self._next_index = 0

    def _open_again(self) -> None:
        # A fresh container is the one way to the first frame that needs no working index.
        self._container.close()
        self._container = _open_container(self.params.path)
        self._stream = _moving_picture(self._container)
        _decode_ahead(self._stream)
        self.damaged_packets = 0
        self._restart(self._packets())

    def _packets(self) -> Iterator[Any]:
        """Yield the packets up to the end or the first place that cannot be read, then None."""
        packets = self._container.demux(self._stream)
        held = None
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                break
            except UNREADABLE as error:
                log.warning("%s: reading stopped at a damaged place (%s)", self.params.path, _reason(error))
                break
            if not packet.size:
                continue
            if held is not None:
                yield held
            held = packet
        if held is not None and held.is_corrupt:
            # The file ends within it; half a picture would pass for a whole one.
            self.damaged_packets += 1
            log.warning("%s: the last frame is cut off and left out", self.params.path)
        elif held is not None:
            yield held
        yield None

    def _decode(self, packets: Iterator[Any]) -> Iterator[tuple[av.VideoFrame, int]]:
        """Yield (frame, frames lost before it)."""
        lost = 0
        for packet in packets:
            try:
                frames = self._stream.decode(packet)
            except av.error.EOFError:
                return
            except (av.error.FFmpegError, ValueError) as error:
                lost += 1
                self.damaged_packets += 1
                # Only the first is worth the terminal: a file may hold thousands.
                level = logging.WARNING if self.damaged_packets == 1 else logging.DEBUG
                log.log(level, "%s: a damaged packet was skipped (%s)", self.params.path, _reason(error))
                continue
            for frame in frames:
                yield frame, lost
                lost = 0

    def read(self) -> Frame | None:
        for decoded, lost in self._decoded:
            pts = decoded.pts
            if lost and pts is not None:
                # Frames leave the decoder in another order than packets enter it, so only the time stamps tell
                # which place a damaged one leaves empty.
                self.count()
            index = self._next_index + lost
            if self._pts is not None and pts is not None:
                place = bisect.bisect_left(self._pts, pts)
                if self._is_late(pts, place):
                    continue
                index = max(self._next_index, place)
                lost = index - self._next_index
            self._next_index = index + 1
            self._last_pts = pts
            t_s = self._time_s(pts, index)
            return Frame(
                index=index,
                t_capture_s=t_s,
                t_wall_s=None if self._start_wall_s is None else self._start_wall_s + t_s,
                source_id=self._source_id,
                lost_before=lost,
                picture=DecodedPicture(decoded),
            )
        return None

    def _is_late(self, pts: int, place: int) -> bool:
        """Return whether a frame comes after its turn, as some do behind damage; it was counted as lost then."""
        if not self.damaged_packets or self._last_pts is None or pts >= self._last_pts:
            return False
        return 0 < self._next_index - place <= MOST_REORDERED

    def _time_s(self, pts: int | None, index: int) -> float:
        if pts is None or self._start_pts is None:
            t_s = index / self._rate_hz
        else:
            t_s = float((pts - self._start_pts) * self._stream.time_base)
        if self._last_t_s is not None and t_s <= self._last_t_s:
            # Broken files repeat or turn back their time stamps: time must go on for speeds and rules.
            t_s = self._last_t_s + 1.0 / self._rate_hz
        self._last_t_s = t_s
        return t_s

    def count(self, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        if self._pts is None:
            self._pts = self._scan(cancelled)
        return None if self._pts is None else len(self._pts)

    def _scan(self, cancelled: Callable[[], bool]) -> list[int] | None:
        """Return the time stamp of every frame in the file without decoding any.

        The header is not asked: it may promise frames that a truncated file does not hold.
        """
        stamps: list[int] = []
        cut_off = False
        with _open_container(self.params.path) as container:
            stream = _moving_picture(container)
            packets = container.demux(stream)
            while True:
                try:
                    packet = next(packets)
                except (StopIteration, *UNREADABLE):
                    break
                if packet.size and not packet.is_discard:
                    stamps.append(packet.pts if packet.pts is not None else packet.dts or len(stamps))
                    cut_off = packet.is_corrupt
                    if packet.is_keyframe:
                        self._key_pts.append(stamps[-1])
                    if len(stamps) % 256 == 0 and cancelled():
                        return None
        if cut_off:
            # The last frame is left out, see `_packets`.
            stamps.pop()
        stamps.sort()
        return stamps

    def seek(self, index: int) -> None:
        if index == self._next_index:
            return
        self.count()
        assert self._pts is not None
        if not 0 <= index < max(1, len(self._pts)):
            raise IndexError(f"frame {index} is outside 0..{len(self._pts) - 1}")
        if index == 0 or not self._jump(index):
            self._rewind()
            self._skip_to(index)

    def index_at(self, t_s: float) -> int | None:
        self.count()
        if self._pts is None or self._start_pts is None:
            return None
        ticks = Fraction(t_s) / self._stream.time_base
        # Half a tick, because a time a user writes down is rounded.
        return bisect.bisect_left(self._pts, self._start_pts + math.ceil(ticks - Fraction(1, 2)))

    def open_sound(self) -> SoundFile | None:
        starts_s = 0.0 if self._start_pts is None else float(self._start_pts * self._stream.time_base)
        return SoundFile.open(self.params.path, starts_s)

    def sample_indices(self, count: int) -> list[int]:
        """Return up to `count` frames spread over the file, on key frames where those are dense enough."""
        even = super().sample_indices(count)
        if self._pts is None or len(even) < 2:
            return even
        keys = sorted({bisect.bisect_left(self._pts, pts) for pts in self._key_pts})
        reach = (even[1] - even[0]) / 2
        snapped = []
        for index in even:
            near = min(keys, key=lambda k: abs(k - index), default=index)
            snapped.append(near if abs(near - index) <= reach else index)
        return sorted(set(snapped))

    def _jump(self, index: int) -> bool:
        """Seek by time stamp; False where the container cannot, and the file must be read from the start."""
        assert self._pts is not None
        target = self._pts[index]
        if index + 1 < len(self._pts) and self._pts[index + 1] == target:
            return False
        try:
            self._container.seek(target, stream=self._stream, backward=True)
        except (av.error.FFmpegError, OSError):
            return False
        self._restart(self._packets())
        for decoded, lost in self._decoded:
            if decoded.pts is None or decoded.pts > target:
                return False
            if decoded.pts == target:
                self._decoded = _chain((decoded, lost if index == 0 else 0), self._decoded)
                self._next_index = index
                return True
        return False

    def _skip_to(self, index: int) -> None:
        while self._next_index < index:
            if self.read() is None:
                raise InputError(str(self.params.path), f"ends before frame {index}", "The file is cut off.")
        self._last_t_s = None

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
        self._container = None
        self._stream = None
        self._decoded = iter(())
        self._next_index = 0


def _open_container(path: Path) -> Any:
    """Open a file for reading; one whose last fragment is cut off (power failure, full disk) up to there."""
    try:
        return av.open(str(path), metadata_errors="replace")
    except (av.error.InvalidDataError, av.error.EOFError):
        # Without an index FFmpeg stops at the first pictures instead of going through all fragments.
        return av.open(str(path), metadata_errors="replace", options={"fflags": "+ignidx"})


def _moving_picture(container: Any) -> Any:
    """Return the first video stream that is not the cover of a sound file, None where there is none."""
    covers = (Disposition.attached_pic, Disposition.timed_thumbnails)
    return next((s for s in container.streams.video if not any(s.disposition & cover for cover in covers)), None)


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _decode_ahead(stream: Any) -> None:
    """Let FFmpeg decode the next frames on threads of its own while this one is worked on.

    Measured on 2 cores, mouse video, tracked: 0.35 ms a frame and 0.67 ms of CPU; with the decoder on a Python
    thread instead 0.56 and 0.84, because two Python threads wait for each other many times a frame.
    """
    stream.thread_type = "FRAME"
    stream.codec_context.thread_count = decoder_threads()


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return str(text).strip().rstrip(".").lower()


def _creation_time_s(metadata: dict[str, str]) -> float | None:
    from datetime import UTC, datetime

    stamp = metadata.get("creation_time")
    if not stamp:
        return None
    try:
        created = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    # 1904 and 1970 are what a camera without a clock writes.
    return created.timestamp() if created.year > 1970 else None
