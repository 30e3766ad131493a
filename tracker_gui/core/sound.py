"""Sound beside pictures: what a source hands on, and the track it becomes in a video."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np

log = logging.getLogger(__name__)

#: What an MP4 takes as it is and every player decodes.
COPIED = frozenset({"aac", "mp3", "opus"})
FIXED_SIZE = frozenset({"aac", "mp3"})
#: Without the header these carry their settings in each packet, in a form that MP4 does not take.
NEED_HEADER = frozenset({"aac", "opus"})
#: Whatever comes in: the encoder spoils the first 1024 samples, which are 128 ms of a telephone's 8 kHz.
AAC_RATE_HZ, AAC_BITS_PER_S = 48_000, 64_000
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
    packet_samples : int
        In each packet, by the rules of the codec; 0 where only the packet's own duration tells.
    template : av.AudioStream or None
        Where the sound can be copied: a stream that belongs to no file, so that it outlives the source.
    """

    codec: str
    rate_hz: int
    layout: str
    channels: int
    packet_samples: int
    extradata: bytes
    template: Any

    @classmethod
    def of(cls, stream: Any) -> SoundFormat | None:
        """Return the format of an audio stream that is open for reading, None where nothing decodes it."""
        context = stream.codec_context
        if context is None or not context.sample_rate or not context.layout.nb_channels:
            return None
        codec, extradata = str(context.codec.canonical_name), context.extradata or b""
        has_header = bool(extradata) or codec not in NEED_HEADER
        template = _template(stream) if codec in COPIED and has_header else None
        # A container may round the durations of its packets to milliseconds.
        samples = int(context.frame_size) if codec in FIXED_SIZE else 0
        layout = context.layout
        return cls(
            codec, int(context.sample_rate), str(layout.name), int(layout.nb_channels), samples, extradata, template
        )


def _template(stream: Any) -> Any:
    """Return a copy of an audio stream without its file; None where MP4 refuses it, as it does MP3 below 16 kHz."""
    try:
        template = av.open(io.BytesIO(), "w", format="mp4").add_stream_from_template(stream)
        with av.open(io.BytesIO(), "w", format="mp4", options={"movflags": "empty_moov"}) as trial:
            trial.add_stream_from_template(template)
            trial.start_encoding()
    except DAMAGED as error:
        log.info("the sound is encoded anew: %s", error)
        return None
    return template


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
        self._next_tick: int | None = None
        self._damaged = 0
        self._decoder: Any = None
        self._time_base = Fraction(1, sound.rate_hz)
        if sound.template is not None:
            self._stream = container.add_stream_from_template(sound.template)
            self._stream.time_base = self._time_base
            return
        self._decoder = _decoder(sound)
        layout = "mono" if sound.channels == 1 else "stereo"
        self._stream = container.add_stream("aac", rate=AAC_RATE_HZ, layout=layout)
        self._stream.bit_rate = AAC_BITS_PER_S * min(2, sound.channels)

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
        # Some cameras send AAC with headers between although they promised none; the container would break off.
        has_header = self.format.codec == "aac" and packet.data[:1] == b"\xff" and packet.data[1:2] >= b"\xf0"
        if tick < 0 or has_header:
            return
        ticks = self.format.packet_samples or max(1, round(packet.duration_s * self.format.rate_hz))
        placed = self._place(tick, ticks)
        if placed is not None:
            piece.pts = piece.dts = placed
            piece.duration = ticks
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
            tick = piece.pts if frame.pts is None else frame.pts
            if tick + frame.samples <= 0:
                continue
            placed = self._place(max(0, tick), min(frame.samples, tick + frame.samples))
            if placed is not None:
                whole = frame if tick >= 0 else _without_first(frame, -tick)
                whole.pts, whole.time_base = placed, self._time_base
                self._mux(self._stream.encode(whole))

    def _mux(self, packets: list[Any]) -> None:
        # The encoder begins with a packet of nothing, before the time of the first sample.
        self._container.mux([packet for packet in packets if packet.pts >= 0])

    def _place(self, tick: int, samples: int) -> int | None:
        """Return where to put so many samples that are due at a tick; None where there is sound already."""
        if self._next_tick is not None:
            if abs(tick - self._next_tick) < SEAM_S * self.format.rate_hz:
                tick = self._next_tick
            if tick < self._next_tick:
                return None
        self._next_tick = tick + samples
        return tick

    def close(self) -> None:
        """Write what the encoder holds back."""
        if self._decoder is not None and self._next_tick is not None:
            self._mux(self._stream.encode(None))


def _without_first(frame: Any, samples: int) -> Any:
    values = samples if frame.format.is_planar else samples * frame.layout.nb_channels
    rest = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(frame.to_ndarray()[:, values:]), format=frame.format.name, layout=frame.layout.name
    )
    rest.sample_rate = frame.sample_rate
    return rest


def _decoder(sound: SoundFormat) -> Any:
    decoder: Any = av.CodecContext.create(sound.codec, "r")
    decoder.extradata = sound.extradata or None
    decoder.sample_rate = sound.rate_hz
    decoder.layout = sound.layout
    return decoder
