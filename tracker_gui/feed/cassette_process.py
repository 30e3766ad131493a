"""The process in which a cassette lives: what it does, breaks or hangs in, nobody else has to bear.

It gets the tracks, and the pictures where it has functions for the server, through shared memory, and tells
through a pipe how it is doing.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tracker_gui.core.errors import InputError, TrackerError
from tracker_gui.feed.cassette_file import compiled
from tracker_gui.feed.frame_memory import FrameMemory
from tracker_gui.feed.hooks import Flag, History, Hooks
from tracker_gui.feed.ring import RingReader
from tracker_gui.feed.tracks import TrackReader

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from types import FrameType

    from tracker_gui.core.arrays import F64, U8
    from tracker_gui.feed.tracks import FeedFrame

KIND = "cassettes"
PICTURE_HEAD = np.dtype([("frame", "<i8"), ("height", "<i4"), ("width", "<i4")])
LOOK_S = 0.1
HISTORY_S = 10.0
MOST_SAID = 500


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is started for; all of it can be sent.

    Attributes
    ----------
    values : dict
        Every setting.
    feed, pictures : str
        Names of the rings; no pictures where empty.
    folder, stem : str
        Where the files of the run are, and what their names begin with.
    hang_s : float
        After this time in one function it says where that is.
    """

    path: str
    name: str
    values: dict[str, Any]
    feed: str
    pictures: str
    folder: str
    stem: str
    hang_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """What a process tells of itself.

    Attributes
    ----------
    what : str
        ``"ready"``, ``"did"``, ``"said"``, ``"failed"``, ``"hangs"``, ``"ended"``.
    number : int
        Of the frame that was answered.
    spent_ms : float
        How long that took.
    missed : int
        Frames it was not called for, in all.
    line : int
        Of the cassette's file.
    """

    what: str
    text: str = ""
    number: int = 0
    spent_ms: float = 0.0
    missed: int = 0
    line: int = 0
    traceback: str = ""


class CassetteServer(Hooks, FrameMemory):
    """What a cassette knows as ``server``; the picture is a copy of its own, after it was tracked."""

    def __init__(self, job: Job, description: dict[str, Any], history: History) -> None:
        Hooks.__init__(self)
        self.fps = float(description["rate_hz"])
        FrameMemory.__init__(self, self.fps, max(1, int(HISTORY_S * self.fps)))
        self._history = history
        self.n_ind = len(description["animals"])
        self.width, self.height = self.framesize = tuple(description["size_px"])
        self.feed_id = job.stem
        #: Where the files of the run are, which is also the present folder, and what their names begin with.
        self.folder, self.stem = Path(job.folder), job.stem
        self.current_frame: U8 | None = None
        self.frame_index = -1
        self.running = Flag(True)

    @property
    def databuffer(self) -> F64:
        return self._history.data

    @property
    def clockbuffer(self) -> F64:
        return self._history.clock

    def get_data_and_clock(self) -> tuple[F64, F64]:
        """Return places (n, 2, N) in px and times (N,) of the last frames, the newest at -1."""
        return self._history.data, self._history.clock


class CassetteClient(Hooks):
    """What a cassette knows as ``client``."""

    def __init__(self, job: Job, description: dict[str, Any]) -> None:
        super().__init__()
        self.fps = float(description["rate_hz"])
        self.n_ind = len(description["animals"])
        self.feed_id, self.feed_info = job.stem, description
        self.folder, self.stem = Path(job.folder), job.stem
        self.running = Flag(True)
        self.missed = 0
        #: The newest frame with all that is known of it: states, speeds, zones.
        self.frame: FeedFrame | None = None
        self.zones: tuple[str, ...] = tuple(description["zones"])


@dataclass
class _Voice:
    """What a cassette prints, a line at a time."""

    tell: Any
    _kept: str = field(default="")

    def write(self, text: str) -> int:
        self._kept += text
        *lines, self._kept = self._kept.split("\n")
        for line in lines:
            if line.strip():
                self.tell(Told("said", line[:MOST_SAID]))
        return len(text)

    def flush(self) -> None:
        """Nothing waits here."""


class CassetteRun:
    """Runs one cassette to its end."""

    def __init__(self, job: Job, pipe: Connection) -> None:
        self._job = job
        self._pipe = pipe
        self._telling = threading.Lock()
        self._busy_since_s: float | None = None
        self._pictures: RingReader | None = None
        self._stop = threading.Event()
        self.reader = TrackReader(job.feed, kind=KIND)
        description = self.reader.description
        self.history = History(description["animals"], max(1, int(HISTORY_S * description["rate_hz"])))
        self.server = CassetteServer(job, description, self.history)
        self.client = CassetteClient(job, description)

    def tell(self, told: Told) -> None:
        with self._telling, contextlib.suppress(OSError):
            self._pipe.send(told)

    def run(self) -> None:
        """Load it, call it for every frame until the feed ends or it is told to end, and let it say goodbye."""
        path = self._job.path
        threading.Thread(target=self._watch, name="watch", args=(threading.get_ident(),), daemon=True).start()
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
            names = {"__name__": "cassette", "__file__": path, "server": self.server, "client": self.client}
            self._call(exec, compiled(text, path, self._job.values), names)
            self._call_all(self.server.at_start, self.server)
            self._call_all(self.client.at_start, self.history.data, self.history.clock)
            self.tell(Told("ready"))
            while not self._stop.is_set() and self.server.running.value and self.client.running.value:
                frame = self.reader.wait(LOOK_S)
                if frame is not None:
                    self._answer(frame)
                elif self.reader.is_over:
                    break
            self.history.stop()
            self._call_all(self.client.at_stop, self.history.data, self.history.clock)
            self._call_all(self.server.at_stop, self.server)
            self.server.await_dumps()
        except BaseException as error:
            self._busy_since_s = None
            self.tell(_failure(error, path))
        else:
            self.tell(Told("ended"))

    def _call(self, function: Any, *arguments: Any) -> None:
        self._busy_since_s = time.monotonic()
        function(*arguments)
        self._busy_since_s = None

    def _call_all(self, functions: list[Any], *arguments: Any) -> None:
        for function in functions:
            self._call(function, *arguments)

    def _answer(self, frame: FeedFrame) -> None:
        while True:
            self.client.missed += frame.missed
            self.history.add_frame(frame)
            newer = self.reader.wait(0)
            if newer is None:
                break
            self.client.missed += 1
            frame = newer
        began_s = time.perf_counter()
        self.client.frame = frame
        if self._look(frame.frame_index):
            self._call_all(self.server.each_frame, self.server)
            self.server.keep(self.server.current_frame)
        for function in self.client.each_frame:
            self._call(function, self.history.data, self.history.clock)
        spent_ms = (time.perf_counter() - began_s) * 1e3
        self.tell(Told("did", number=frame.number, spent_ms=spent_ms, missed=self.client.missed))

    def _look(self, frame_index: int) -> bool:
        """Take the newest picture; return whether there is one."""
        if not self.server.each_frame or not self._job.pictures:
            return False
        if self._pictures is None:
            try:
                self._pictures = RingReader(self._job.pictures, from_start=True)
            except InputError:
                return False
        record = self._pictures.take(newest=True)
        if record is None:
            return False
        head = np.frombuffer(record.content, PICTURE_HEAD, 1)[0]
        shape = int(head["height"]), int(head["width"]), 3
        self.server.frame_index = int(head["frame"])
        pixels = np.frombuffer(record.content, np.uint8, -1, PICTURE_HEAD.itemsize)
        self.server.current_frame = pixels.reshape(shape).copy()
        return True

    def _watch(self, main: int) -> None:
        """Hear when it shall end, and say where it hangs."""
        while not self._stop.is_set():
            with contextlib.suppress(OSError, EOFError):
                if self._pipe.poll(LOOK_S):
                    self._pipe.recv()
                    self._stop.set()
            since_s = self._busy_since_s
            if since_s is not None and time.monotonic() - since_s > self._job.hang_s:
                line = _line_of(sys._current_frames().get(main), self._job.path)
                self.tell(Told("hangs", line=line))
                return

    def close(self) -> None:
        self._stop.set()
        if self._pictures is not None:
            self._pictures.close()
        self.reader.close()
        self._pipe.close()


def _line_of(frame: FrameType | None, path: str) -> int:
    while frame is not None:
        if frame.f_code.co_filename == path:
            return frame.f_lineno
        frame = frame.f_back
    return 0


def _failure(error: BaseException, path: str) -> Told:
    lines = [place.lineno or 0 for place in traceback.extract_tb(error.__traceback__) if place.filename == path]
    if isinstance(error, SyntaxError) and error.filename == path:
        lines.append(error.lineno or 0)
    text = str(error) if isinstance(error, TrackerError) else f"{type(error).__name__}: {error}"
    return Told("failed", text, line=lines[-1] if lines else 0, traceback="".join(traceback.format_exception(error)))


def run_cassette(job: Job, pipe: Connection) -> None:
    """Be the process of a cassette."""
    # Ctrl-C reaches all processes of a terminal; this one ends when it is told to.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        host = CassetteRun(job, pipe)
    except TrackerError as error:
        with contextlib.suppress(OSError):  # the run may be over before this process has begun
            pipe.send(Told("failed", str(error)))
        return
    sys.stdout = _Voice(host.tell)
    with contextlib.suppress(OSError):
        os.chdir(job.folder)
    host.run()
    host.close()
