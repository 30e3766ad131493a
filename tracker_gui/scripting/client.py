"""What answers the tracks: TracktorLive's client, in the program that tracks or in any other."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import InputError
from tracker_gui.feed.hooks import Flag, History, Hooks
from tracker_gui.feed.tracks import TrackReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.arrays import F64

LOOK_S = 0.1
DEFAULT_BUFFER_S = 10.0


class Client(Hooks):
    """Functions decorated with it are called with ``(data, clock)`` once for each new frame.

    A function that takes longer than a frame is called with the newest next time; `data` has those between.

    Attributes
    ----------
    missed : int
        Frames it was not called for.
    feed_info : dict
        What the feed says of itself.
    running : Flag
        Off once it has ended; may be switched off.
    """

    def __init__(self, feed_id: str, run_interval: float = 0.005) -> None:
        super().__init__()
        self.feed_id = feed_id
        self.run_interval = run_interval
        self.client_id = str(uuid.uuid4())
        self.running = Flag(True)
        self.missed = 0
        self._reader = TrackReader(feed_id)
        said = self.feed_info = self._reader.description
        if not said["animals"]:
            self._reader.close()
            raise InputError(f"feed {feed_id}", "has no fixed number of animals", "Track it with a fixed number.")
        self.params: dict[str, Any] = dict(said.get("params", {}))
        self.fps = float(said.get("fps", said["rate_hz"]))
        self.buffer_size = float(said.get("buffer_size", DEFAULT_BUFFER_S))
        self.n_ind = len(said["animals"])
        self._history = History(said["animals"], max(1, int(self.fps * self.buffer_size)))
        self._thread: threading.Thread | None = None
        self._answered = 0
        self._ready = threading.Condition()
        #: What one of its functions raised.
        self.error: BaseException | None = None
        self._on_error: Callable[[], None] = lambda: None

    def get_data_and_clock(self) -> tuple[F64, F64]:
        """Return places (n_ind, 2, N) in px and times (N,) of the last N frames, the newest at -1."""
        return self._history.data, self._history.clock

    def run(self) -> None:
        """Begin to answer, on a thread of its own that lasts until the feed ends."""
        self.start(lambda: None)

    def start(self, on_error: Callable[[], None], daemon: bool = False) -> None:
        """Begin to answer; `on_error` is called when one of its functions raised."""
        self._on_error = on_error
        self._thread = threading.Thread(target=self._work, name="client", daemon=daemon)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for that."""
        self.running.value = False
        self.join()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; return whether it came."""
        if self._thread is None:
            self._reader.close()
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def await_frame(self, number: int) -> None:
        """Wait until it has answered this frame of the feed, or has ended."""
        with self._ready:
            self._ready.wait_for(lambda: self._answered >= number or not self.running.value)

    def _work(self) -> None:
        try:
            for function in self.at_start:
                function(*self.get_data_and_clock())
            while self.running.value:
                frame = self._reader.wait(LOOK_S)
                if frame is None:
                    if self._reader.is_over:
                        break
                    continue
                self.missed += frame.missed
                self._history.add_frame(frame)
                number = frame.number
                while (frame := self._reader.wait(0)) is not None:
                    self.missed += frame.missed + 1
                    self._history.add_frame(frame)
                    number = frame.number
                for function in self.each_frame:
                    function(*self.get_data_and_clock())
                with self._ready:
                    self._answered = number
                    self._ready.notify_all()
            self._history.stop()
            for function in self.at_stop:
                function(*self.get_data_and_clock())
        except BaseException as error:
            self.error = error
        finally:
            self.running.value = False
            self._reader.close()
            with self._ready:
                self._ready.notify_all()
            if self.error is not None:
                self._on_error()
