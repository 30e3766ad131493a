"""Track a whole source: it is read ahead while this thread tracks and writes."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import InputError
from tracker_gui.core.types import LAST_MEASURED, TrackState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracker_gui.core.stage import Sink, Source
    from tracker_gui.core.types import Frame, Snapshot
    from tracker_gui.engine.pipeline import Pipeline

# Measured: handing over single frames keeps the tracking thread at 0.74 x of decoding alone.
BATCH_FRAMES = 8
BATCH_PIXELS = 8_000_000
BATCHES_AHEAD = 2


@dataclass(slots=True)
class Counts:
    """What happened to the frames and animals of one run.

    Attributes
    ----------
    states : dict of int to list of int
        For each animal the number of frames in each `TrackState`, in its order.
    end_frame : int
        Index behind the last frame that was tracked.
    reached_end : bool
        The source had no more frames.
    timing_ms : dict of str to float
        Sum over all frames of each part of the work.
    """

    frames: int = 0
    lost_frames: int = 0
    first_frame: int = 0
    last_t_s: float = 0.0
    all_measured: int = 0
    windowed: int = 0
    states: dict[int, list[int]] = field(default_factory=dict)
    timing_ms: dict[str, float] = field(default_factory=dict)
    end_frame: int = 0
    reached_end: bool = False
    cancelled: bool = False
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def add(self, snapshot: Snapshot) -> None:
        frame, tracks = snapshot.frame, snapshot.tracks
        self.frames += 1
        self.lost_frames += frame.lost_before
        self.last_t_s = frame.t_capture_s
        self.end_frame = frame.index + 1
        for name, spent_ms in snapshot.timing_ms.items():
            self.timing_ms[name] = self.timing_ms.get(name, 0.0) + spent_ms
        self.windowed += snapshot.detections.searched is not None
        states = tracks.state.tolist()
        for track_id, state in zip(tracks.track_id.tolist(), states, strict=True):
            counts = self.states.get(track_id)
            if counts is None:
                # An animal that was not there from the start was lost until now.
                counts = self.states[track_id] = [0, 0, 0, self.frames - 1]
            counts[state] += 1
        wanted = len(tracks.roster) or len(states)
        if wanted and sum(state <= LAST_MEASURED for state in states) >= wanted:
            self.all_measured += 1

    def close_roster(self, roster: tuple[int, ...]) -> None:
        """Enter the animals that were never seen."""
        for track_id in roster:
            self.states.setdefault(track_id, [0, 0, 0, self.frames])

    def found_share(self, track_id: int) -> float:
        """Return the share of frames on which an animal was measured, 0..1."""
        counts = self.states[track_id]
        return (counts[TrackState.FOUND] + counts[TrackState.MERGED]) / max(1, self.frames)


class Direct:
    """Reads a source that works ahead by itself."""

    def __init__(self, source: Source[Any], stop_frame: int | None) -> None:
        self._source = source
        self._stop_frame = stop_frame
        self.reached_end = False

    def __enter__(self) -> Direct:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end: the source is its owner's to close."""

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self._source.read()) is not None:
            if self._stop_frame is not None and frame.index >= self._stop_frame:
                return
            yield frame
        self.reached_end = True


class DecodeAhead:
    """Reads a source on a thread of its own, a few batches ahead; every frame, in order."""

    def __init__(self, source: Source[Any], stop_frame: int | None, frame_pixels: int) -> None:
        self._source = source
        self._stop_frame = stop_frame
        self.reached_end = False
        self._batch = max(1, min(BATCH_FRAMES, BATCH_PIXELS // max(1, frame_pixels)))
        self._queue: queue.Queue[list[Frame] | BaseException | None] = queue.Queue(BATCHES_AHEAD)
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decode", daemon=True)

    def __enter__(self) -> DecodeAhead:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._cancelled.set()
        while self._thread.is_alive():
            try:
                self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
        self._thread.join()

    def __iter__(self) -> Iterator[Frame]:
        while True:
            item = self._queue.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield from item

    def _run(self) -> None:
        batch: list[Frame] = []
        try:
            while not self._cancelled.is_set():
                frame = self._source.read()
                if frame is None:
                    self.reached_end = True
                    break
                if self._stop_frame is not None and frame.index >= self._stop_frame:
                    break
                batch.append(frame)
                if len(batch) >= self._batch:
                    self._queue.put(batch)
                    batch = []
            if batch:
                self._queue.put(batch)
            self._queue.put(None)
        except BaseException as error:
            if batch:
                self._queue.put(batch)
            self._queue.put(error)


def run(
    source: Source[Any],
    pipeline: Pipeline,
    sinks: Sequence[Sink[Any]],
    *,
    frame_pixels: int,
    start_frame: int = 0,
    stop_frame: int | None = None,
    progress: Callable[[Counts], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    on_snapshot: Callable[[Snapshot], None] | None = None,
    explain: Callable[[], bool] = lambda: False,
    counts: Counts | None = None,
) -> Counts:
    """Track every frame of an opened source from `start_frame` up to, not including, `stop_frame`.

    Parameters
    ----------
    progress : callable, optional
        Called after each frame with the running counts; must be quick.
    cancelled : callable
        Asked once per frame; True ends the run with everything written so far.
    on_snapshot : callable, optional
        Called after each frame with what was found in it; must be quick.
    explain : callable
        Asked once per frame whether `on_snapshot` wants its mask and the reasons of rejected blobs.
    counts : Counts, optional
        Filled in place of a new one, so that they are known after an error too.

    Raises
    ------
    InputError
        The source held no frame in the range.
    OutputError
        A sink could not write; what was written before stays readable.
    """
    counts = Counts() if counts is None else counts
    counts.first_frame = start_frame
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        if start_frame:
            source.seek(start_frame)
        reader = Direct(source, stop_frame) if source.reads_ahead else DecodeAhead(source, stop_frame, frame_pixels)
        with reader as frames:
            for frame in frames:
                snapshot = pipeline.step(frame, explain=explain())
                for sink in sinks:
                    sink.write(snapshot)
                counts.add(snapshot)
                if progress is not None:
                    progress(counts)
                if on_snapshot is not None:
                    on_snapshot(snapshot)
                if cancelled():
                    counts.cancelled = True
                    break
        counts.reached_end = frames.reached_end and not counts.cancelled
    finally:
        counts.wall_s = time.perf_counter() - wall
        counts.cpu_s = time.process_time() - cpu
        counts.close_roster(pipeline.roster)
    if not counts.frames and not counts.cancelled:
        raise InputError("source", f"holds no frame from {start_frame} on", "Check the start and the end.")
    return counts
