"""The sound of a video file, read beside its pictures."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import av
from av.stream import Discard

from tracker_gui.core.sound import SoundFormat, SoundPacket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

UNREADABLE = (av.error.FFmpegError, OSError, IndexError, ValueError)


class SoundFile:
    """Hands out the sound of a file in pieces, through a handle of its own: the frames know nothing of it.

    Parameters
    ----------
    container : av.InputContainer
        Belongs to this object from now on.
    starts_s : float
        Time stamp of the first frame: what the times of the pieces are counted from.
    """

    def __init__(self, container: Any, sound: SoundFormat, starts_s: float) -> None:
        self.format = sound
        self._container = container
        self._starts_s = starts_s
        self._next: SoundPacket | None = None
        self._packets: Iterator[SoundPacket] = iter(())
        self._begin()

    @classmethod
    def open(cls, path: Path, starts_s: float) -> SoundFile | None:
        """Return the first sound of a file, None where it has none that can be read."""
        try:
            container = av.open(str(path), metadata_errors="replace")
        except UNREADABLE as error:
            log.warning("%s: its sound cannot be read (%s)", path, error)
            return None
        sound = SoundFormat.of(container.streams.audio[0]) if container.streams.audio else None
        if sound is None:
            container.close()
            return None
        # The pictures of an hour would be read for nothing.
        for stream in container.streams:
            if stream.index != container.streams.audio[0].index:
                stream.discard = Discard.all
        return cls(container, sound, starts_s)

    def _begin(self) -> None:
        self._packets = self._read()
        self._next = next(self._packets, None)

    def _read(self) -> Iterator[SoundPacket]:
        stream = self._container.streams.audio[0]
        ends_s = 0.0
        try:
            for packet in self._container.demux(stream):
                if not packet.size:
                    continue
                t_s = ends_s if packet.pts is None else float(packet.pts * packet.time_base) - self._starts_s
                duration_s = float((packet.duration or 0) * packet.time_base)
                ends_s = t_s + duration_s
                yield SoundPacket(t_s, duration_s, bytes(packet))
        except UNREADABLE as error:
            log.warning("%s: the sound ends at a damaged place (%s)", self._container.name, error)

    def until(self, t_s: float) -> Iterator[SoundPacket]:
        """Yield what begins before `t_s` and was not handed out yet; times are seconds from the first frame."""
        while self._next is not None and self._next.t_s < t_s:
            yield self._next
            self._next = next(self._packets, None)

    def rewind(self) -> None:
        """Begin again at the start."""
        try:
            self._container.seek(0)
            self._begin()
        except UNREADABLE as error:
            log.warning("%s: the sound cannot be read again (%s)", self._container.name, error)
            self._next = None

    def close(self) -> None:
        self._next = None
        self._container.close()
