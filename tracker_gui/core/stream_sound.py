"""When the sound of a stream was captured: told by the pictures that came with it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from tracker_gui.core.sound import Sound, SoundPacket

if TYPE_CHECKING:
    from tracker_gui.core.sound import SoundFormat

#: What a connection has in store comes in one burst, of which only the last picture is new.
SETTLE_S = 1.0
#: Long enough for one picture that was not late, short enough to follow a camera that corrects its clock.
WINDOW_S = 2.0
#: For a camera whose pictures have no time stamps; others have some fifty packets waiting.
MOST_WAITING = 1000


class StreamSound:
    """Gives each piece of sound the capture time of the picture that has its time stamp.

    The time stamps of sound and pictures share the camera's clock; how far the computer's is from that is seen on
    the pictures, of which the one that was the least delayed counts.
    """

    def __init__(self, sound: SoundFormat) -> None:
        self.format = sound
        self._ahead_s: deque[tuple[float, float]] = deque()
        self._first_t_s: float | None = None
        self._last_t_s = 0.0
        self._heard: deque[SoundPacket] = deque(maxlen=MOST_WAITING)

    def see(self, stamp_s: float | None, t_capture_s: float) -> None:
        """Note when a picture with that time stamp arrived."""
        if stamp_s is None:
            return
        if self._first_t_s is None:
            self._first_t_s = t_capture_s
        self._last_t_s = t_capture_s
        self._ahead_s.append((t_capture_s, t_capture_s - stamp_s))
        while t_capture_s - self._ahead_s[0][0] > WINDOW_S:
            self._ahead_s.popleft()

    def hear(self, packet: Any) -> None:
        """Keep a packet of sound until its time can be told."""
        if packet.pts is None or packet.is_corrupt:
            return
        duration_s = float((packet.duration or 0) * packet.time_base)
        self._heard.append(SoundPacket(float(packet.pts * packet.time_base), duration_s, bytes(packet)))

    def take(self) -> Sound:
        """Return what was heard, at its capture time."""
        if self._first_t_s is None or self._last_t_s - self._first_t_s < SETTLE_S:
            return Sound(self.format, ())
        ahead_s = min(ahead_s for _, ahead_s in self._ahead_s)
        pieces = tuple(SoundPacket(ahead_s + each.t_s, each.duration_s, each.data) for each in self._heard)
        self._heard.clear()
        return Sound(self.format, pieces)
