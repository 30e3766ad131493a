"""Any source at the pace of a camera: what is not taken in time is gone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from tracker_gui.core.live import LiveSource, SourceInterrupted
from tracker_gui.core.sound import Sound
from tracker_gui.core.stage import NoParams

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.sound import SoundPacket
    from tracker_gui.core.sound_file import SoundFile
    from tracker_gui.core.stage import Source
    from tracker_gui.core.types import Frame, SourceInfo

#: How long a frame waits to be taken, as in a driver's ring of buffers; virtual machines were seen to halt for
#: 0.03 s every few minutes and for 0.1 s now and then.
KEPT_S = 0.25
#: An opened source and its first frame.
Turn: TypeAlias = "tuple[Source[Any], Frame | None]"
#: A source slower than its own pace must hand over something all the same.
MOST_SKIPPED = 30


class Paced(LiveSource[NoParams]):
    """Hands over each frame of another source when its time has come, and for a short while after.

    Parameters
    ----------
    inner : Source
        Not opened yet.
    name : str
        For messages.
    make_next : callable, optional
        Begin again at the end, for ever: returns another unopened source of the same frames. It is opened
        ahead on a thread of its own, because a camera does not pause.
    """

    title = "Camera pace"
    about = "Any source at the pace of a camera."

    def __init__(self, inner: Source[Any], name: str, make_next: Callable[[], Source[Any]] | None = None) -> None:
        super().__init__()
        self._inner = inner
        self._name = name
        self._make_next = make_next
        self._next_turn: Future[Turn] | None = None
        self._stop = threading.Event()
        self._next: Frame | None = None
        self._due_from_s = 0.0
        self._period_s = 0.04
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
        self._open_next_turn()
        self._begin(time.monotonic())
        return replace(info, frame_count=None, is_live=True, can_seek=False)

    def _open_next_turn(self, over: Source[Any] | None = None) -> None:
        """Have the next turn opened, and the source of the one that is over closed."""
        if self._make_next is not None:
            self._next_turn = Future()
            what = (self._next_turn, self._make_next(), over)
            # No executor, for which Python would wait at its end whatever a drive does.
            threading.Thread(target=_turn_over, args=what, name="next turn", daemon=True).start()

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
            now_s = time.monotonic()
            if self._due_s(self._next) > now_s or self._due_s(frame) >= now_s - KEPT_S:
                break
            lost += 1 + frame.lost_before
            frame = self._advance()
        if frame is None:
            return None
        due_s = self._due_s(frame)
        if self._stop.wait(max(0.0, due_s - time.monotonic())):
            raise SourceInterrupted("it was stopped")
        now_s = time.monotonic()
        # One that waited was there before, as a driver's stamp would say; speeds follow from the times.
        t_capture_s = max(due_s, now_s - KEPT_S)
        lost += frame.lost_before
        self._index += lost + 1
        sound = None
        if self._sound is not None:
            sound = Sound(self._sound.format, tuple(self._heard))
            self._heard.clear()
        return replace(
            frame,
            index=self._index - 1,
            t_capture_s=t_capture_s,
            t_wall_s=time.time() - (now_s - t_capture_s),
            lost_before=lost,
            sound=sound,
        )

    def _advance(self) -> Frame | None:
        """Return the frame that was next, and have the one behind it ready."""
        frame, self._next = self._next, None
        if frame is None:
            return None
        self._next = self._inner.read()
        if self._sound is not None:
            self._hear(self._sound, frame.t_capture_s + self._period_s)
        if self._next is None and self._next_turn is not None:
            over = self._inner
            self._inner, self._next = self._next_turn.result()
            self._open_next_turn(over)
            if self._sound is not None:
                self._sound.rewind()
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
        turn, self._next_turn = self._next_turn, None
        if turn is not None and turn.exception() is None:
            turn.result()[0].close()
        self._inner.close()
        self._next = None
        sound, self._sound = self._sound, None
        if sound is not None:
            sound.close()


def _turn_over(following: Future[Turn], source: Source[Any], over: Source[Any] | None) -> None:
    """Close the source of a turn and open that of the next, with its first frame: a decoder takes its time for that."""
    try:
        if over is not None:
            over.close()
        source.open()
        following.set_result((source, source.read()))
    except BaseException as error:
        following.set_exception(error)
