"""Any source at the pace of a camera: what is not taken in time is gone."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker_gui.core.live import LiveSource, SourceInterrupted
from tracker_gui.core.sound import Sound
from tracker_gui.core.stage import NoParams

if TYPE_CHECKING:
    from tracker_gui.core.sound import SoundPacket
    from tracker_gui.core.sound_file import SoundFile
    from tracker_gui.core.stage import Source
    from tracker_gui.core.types import Frame, SourceInfo

#: A source slower than its own pace must hand over something all the same.
MOST_SKIPPED = 30


class Paced(LiveSource[NoParams]):
    """Hands over each frame of another source when its time has come.

    Parameters
    ----------
    inner : Source
        Not opened yet.
    name : str
        For messages.
    loop : bool
        Begin again at the end.
    """

    title = "Camera pace"
    about = "Any source at the pace of a camera."

    def __init__(self, inner: Source[Any], name: str, loop: bool = False) -> None:
        super().__init__()
        self._inner = inner
        self._name = name
        self._loop = loop
        self._stop = threading.Event()
        self._next: Frame | None = None
        self._due_from_s = 0.0
        self._period_s = 0.04
        self._last_due_s = 0.0
        self._index = 0
        self._sound: SoundFile | None = None
        self._heard: list[SoundPacket] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def read_timeout_s(self) -> float:
        # It waits for a time that is known; a pause between two frames of a file is no fault.
        return 60.0

    def open(self) -> SourceInfo:
        info = self._inner.open()
        self._stop.clear()
        self._index = 0
        self._sound = self._inner.open_sound()
        self._heard = []
        self._period_s = 1.0 / info.rate_hz
        self._next = self._inner.read()
        self._begin(time.monotonic())
        return replace(info, frame_count=None, is_live=True, can_seek=False)

    def _begin(self, at_s: float) -> None:
        """Let the frame that is next be due at `at_s`."""
        if self._next is not None:
            self._due_from_s = at_s - self._next.t_capture_s

    def _due_s(self, frame: Frame) -> float:
        return self._due_from_s + frame.t_capture_s

    def read(self) -> Frame | None:
        lost = 0
        frame = self._advance()
        while frame is not None and self._next is not None and lost < MOST_SKIPPED:
            if self._due_s(self._next) > time.monotonic():
                break
            lost += 1 + frame.lost_before
            frame = self._advance()
        if frame is None:
            return None
        if self._stop.wait(max(0.0, self._due_s(frame) - time.monotonic())):
            raise SourceInterrupted("it was stopped")
        lost += frame.lost_before
        self._index += lost + 1
        sound = None
        if self._sound is not None:
            sound = Sound(self._sound.format, tuple(self._heard))
            self._heard.clear()
        return replace(
            frame,
            index=self._index - 1,
            t_capture_s=time.monotonic(),
            t_wall_s=time.time(),
            lost_before=lost,
            sound=sound,
        )

    def _advance(self) -> Frame | None:
        """Return the frame that was next, and have the one behind it ready."""
        frame, self._next = self._next, None
        if frame is None:
            return None
        self._last_due_s = self._due_s(frame)
        self._next = self._inner.read()
        if self._sound is not None:
            self._hear(self._sound, frame.t_capture_s + self._period_s)
        if self._next is None and self._loop:
            self._inner.seek(0)
            if self._sound is not None:
                self._sound.rewind()
            self._next = self._inner.read()
            # The frame in hand keeps the time base it came with.
            due_s = self._due_s(frame)
            self._begin(due_s + self._period_s)
            return replace(frame, t_capture_s=due_s - self._due_from_s)
        return frame

    def _hear(self, sound: SoundFile, until_s: float) -> None:
        self._heard += (replace(piece, t_s=self._due_from_s + piece.t_s) for piece in sound.until(until_s))

    def interrupt(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._inner.close()
        self._next = None
        sound, self._sound = self._sound, None
        if sound is not None:
            sound.close()
