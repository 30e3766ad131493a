"""Sound beside pictures: what a source hands on, and the track it becomes in a video."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

log = logging.getLogger(__name__)

#: What an MP4 takes as it is and every player decodes.
COPIED = frozenset({"aac", "mp3", "opus"})
#: Without the header these carry their settings in each packet, in a form that MP4 does not take.
NEED_HEADER = frozenset({"aac", "opus"})
AAC_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
#: Less is the unsteadiness of time stamps and clocks; sound that goes on without a seam is worth more.
SEAM_S = 0.02
DAMAGED = (av.error.FFmpegError, ValueError)


@dataclass(frozen=True, slots=True, eq=False)
class SoundFormat:
    """The sound of one opening of a source: two are never equal, as their times have nothing in common.

    Attributes
    ----------
    codec : str
        FFmpeg's name: ``aac``, ``pcm_mulaw`` ...
    layout : str
        FFmpeg's name of the channels: ``mono``, ``stereo`` ...
    template : av.AudioStream
        Belongs to no file, so that it outlives the source.
    """

    codec: str
    rate_hz: int
    layout: str
    extradata: bytes
    template: Any

    @classmethod
    def of(cls, stream: Any) -> SoundFormat | None:
        """Return the format of an audio stream that is open for reading, None where nothing decodes it."""
        context = stream.codec_context
        if context is None or not context.sample_rate or not context.layout.nb_channels:
            return None
        try:
            template = av.open(io.BytesIO(), "w", format="matroska").add_stream_from_template(stream)
        except DAMAGED as error:
            log.warning("the sound (%s) cannot be kept: %s", context.name, error)
            return None
        return cls(
            str(context.codec.canonical_name),
            int(context.sample_rate),
            str(context.layout.name),
            context.extradata or b"",
            template,
        )


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """A few hundredths of a second of encoded sound; `t_s` is a capture time, on the clock of the frames."""

    t_s: float
    duration_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Sound:
    """What was heard since the frame before; `packets` may be empty."""

    format: SoundFormat
    packets: tuple[SoundPacket, ...]


class SoundTrack:
    """The sound of a video in the making: copied where MP4 takes it, else encoded as AAC.

    Must be made before the video's header is written.

    Parameters
    ----------
    container : av.OutputContainer

    Raises
    ------
    av.FFmpegError, ValueError
        Here: the sound cannot be kept.
    """

    def __init__(self, container: Any, sound: SoundFormat) -> None:
        self.format = sound
        self._container = container
        self._next_tick = 0
        self._damaged = 0
        self._decoder: Any = None
        self._time_base = Fraction(1, sound.rate_hz)
        if sound.codec in COPIED and (sound.extradata or sound.codec not in NEED_HEADER):
            self._stream = container.add_stream_from_template(sound.template)
            self._stream.time_base = self._time_base
            return
        self._decoder = _decoder(sound)
        rate_hz = sound.rate_hz if sound.rate_hz in AAC_RATES_HZ else AAC_RATES_HZ[-1]
        layout = "mono" if sound.template.layout.nb_channels == 1 else "stereo"
        self._stream = container.add_stream("aac", rate=rate_hz, layout=layout)
        self._stream.bit_rate = min(64_000, 4 * rate_hz) * self._stream.codec_context.layout.nb_channels

    def write(self, packet: SoundPacket, video_starts_s: float) -> None:
        """Add sound at its time; what begins before the video, or overlaps what is there, is left out.

        Raises
        ------
        av.FFmpegError, OSError
            The container could not be written.
        """
        tick = round((packet.t_s - video_starts_s) * self.format.rate_hz)
        piece: Any = av.Packet(packet.data)
        piece.time_base = self._time_base
        piece.pts = piece.dts = tick
        if self._decoder is not None:
            self._encode(piece)
            return
        placed = self._place(tick, round(packet.duration_s * self.format.rate_hz))
        if placed is not None:
            piece.pts = piece.dts = placed
            piece.duration = self._next_tick - placed
            piece.is_keyframe = True
            piece.stream = self._stream
            self._container.mux(piece)

    def _encode(self, piece: Any) -> None:
        try:
            frames = self._decoder.decode(piece)
        except DAMAGED as error:
            self._damaged += 1
            log.log(logging.WARNING if self._damaged == 1 else logging.DEBUG, "damaged sound is left out: %s", error)
            return
        for frame in frames:
            placed = self._place(piece.pts if frame.pts is None else frame.pts, frame.samples)
            if placed is not None:
                frame.pts, frame.time_base = placed, self._time_base
                self._mux(self._stream.encode(frame))

    def _mux(self, packets: list[Any]) -> None:
        # The encoder begins with a packet of nothing, before the time of the first sample.
        self._container.mux([packet for packet in packets if packet.pts >= 0])

    def _place(self, tick: int, samples: int) -> int | None:
        """Return where to put so many samples that are due at a tick; None where there is sound already."""
        if abs(tick - self._next_tick) < SEAM_S * self.format.rate_hz:
            tick = self._next_tick
        if tick < self._next_tick:
            return None
        self._next_tick = tick + max(1, samples)
        return tick

    def close(self) -> None:
        """Write what the encoder holds back."""
        if self._decoder is not None and self._next_tick:
            self._mux(self._stream.encode(None))


def _decoder(sound: SoundFormat) -> Any:
    decoder: Any = av.CodecContext.create(sound.codec, "r")
    decoder.extradata = sound.extradata or None
    decoder.sample_rate = sound.rate_hz
    decoder.layout = sound.layout
    return decoder
