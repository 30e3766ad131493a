"""One live run: a source that may come and go, tracked on its newest frame, written until it is stopped."""

from __future__ import annotations

import logging
import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker_gui.core import registry
from tracker_gui.core.errors import InputError, OutputError, SettingsError, TrackerError
from tracker_gui.core.live import LiveSource
from tracker_gui.core.paced import Paced
from tracker_gui.core.picture import ScaledPicture
from tracker_gui.core.stage import SinkContext
from tracker_gui.engine import manifest
from tracker_gui.engine.capture import CaptureFigures, CaptureLoop, CaptureStatus
from tracker_gui.engine.counters import LatencyMeter, RateMeter
from tracker_gui.engine.live_recording import LiveRecording, RecordingPlan, recording_document
from tracker_gui.engine.pipeline import Pipeline
from tracker_gui.engine.run_files import Claim, close_all, endings_of, path_of, stem_of
from tracker_gui.engine.runner import Counts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.stage import Sink
    from tracker_gui.core.types import Frame, Snapshot, SourceInfo
    from tracker_gui.engine.recorder_state import RecorderState

log = logging.getLogger(__name__)

TAKE_TIMEOUT_S = 0.1
STATUS_S = 0.5
# Together under the five seconds in which a run must have ended.
STOP_TIMEOUT_S = 1.5
RECORDING_TIMEOUT_S = 2.5


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """What a live run says of itself, twice a second.

    Attributes
    ----------
    latency_ms, latency_p99_ms : float or None
        From the arrival of a frame until its tracks are written.
    found, wanted : int
        Animals measured on the newest frame, and how many there are.
    problems : tuple of str
        Outputs that failed, as sentences.
    recording : tuple of RecorderState
        One for each recording that is made.
    """

    status: CaptureStatus
    capture: CaptureFigures
    seconds: float
    tracked: int
    tracked_hz: float
    latency_ms: float | None
    latency_p99_ms: float | None
    found: int
    wanted: int
    free_bytes: int | None
    problems: tuple[str, ...]
    recording: tuple[RecorderState, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What a live run left behind; `files` has the manifest last."""

    files: tuple[Path, ...]
    counts: Counts
    capture: CaptureFigures
    manifest_path: Path
    problems: tuple[str, ...]


def make_live(source: StageChoice) -> Callable[[], LiveSource[Any]]:
    """Return what makes an unopened live source; a file or a simulation is played at its own pace."""
    if issubclass(registry.load(source.kind, source.stage), LiveSource):
        return source.make
    return lambda: Paced(source.make(), stem_of(source))


class LiveRun:
    """Tracks one live source into one folder; no file that is there already is written over.

    Parameters
    ----------
    source : StageChoice
        Takes the place of the preset's own.
    seconds : float, optional
        How long the run lasts, counted from its start.
    recording : RecordingPlan, optional
        Record the pictures too.
    """

    def __init__(
        self,
        source: StageChoice,
        preset: Preset,
        out_folder: Path,
        seconds: float | None = None,
        recording: RecordingPlan | None = None,
    ) -> None:
        self.source = source
        self.preset = replace(preset, source=source)
        self.out_folder = out_folder
        self.seconds = seconds
        self.files: list[Path] = []
        self.counts = Counts()
        self.problems: list[str] = []
        self.info: SourceInfo | None = None
        self._plan = recording
        self._recording: LiveRecording | None = None
        self._recorded: dict[str, Any] | None = None
        self._sinks: list[Sink[Any]] = []
        self._pipeline: Pipeline | None = None
        self._latency = LatencyMeter()
        self._tracked_rate = RateMeter()
        self._found = 0
        self._started = datetime.now(UTC)
        self._first_frame: Frame | None = None

    def run(
        self,
        on_figures: Callable[[LiveFigures], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        on_snapshot: Callable[[Snapshot], None] | None = None,
    ) -> LiveResult:
        """Track until the time is over, the source ends, or `cancelled` says so.

        Parameters
        ----------
        on_figures : callable, optional
            Called twice a second; must be quick.
        on_snapshot : callable, optional
            Called after each tracked frame; must be quick.

        Raises
        ------
        InputError, SettingsError
            The source or the settings cannot be used at all.
        OutputError
            No output is left that could be written.
        """
        folder = self.out_folder
        sinks = [chosen.make() for chosen in self.preset.outputs if chosen.enabled]
        claim = Claim(self.out_folder, stem_of(self.source), endings_of(sinks))
        loop = CaptureLoop(make_live(self.source))
        recording = self._recording = None if self._plan is None else LiveRecording(self._plan, claim.stem, folder)
        error: BaseException | None = None
        wall_s, cpu_s = time.monotonic(), time.process_time()
        manifest.write(self._document("unfinished", loop), claim.manifest_path)
        try:
            if recording is not None:
                recording.start()
                loop.writer = recording
            loop.start()
            self._follow(loop, claim, sinks, wall_s, on_figures, cancelled, on_snapshot)
            if loop.error is not None:
                raise loop.error
            if self._first_frame is None and not self.counts.cancelled:
                raise InputError("", f"No picture came in the whole run. {loop.status.sentence}")
        except BaseException as problem:
            error = problem
            raise
        finally:
            if not loop.stop(STOP_TIMEOUT_S):
                log.warning("%s did not let go of its connection in time", loop.name)
            self._close(loop, wall_s, cpu_s)
            if recording is not None:
                self._end_recording()
            if self._first_frame is None and isinstance(error, TrackerError):
                claim.give_up()
            else:
                self._finish(error, loop, claim.manifest_path)
        return LiveResult(tuple(self.files), self.counts, loop.figures(), claim.manifest_path, tuple(self.problems))

    def _follow(
        self,
        loop: CaptureLoop,
        claim: Claim,
        sinks: list[Sink[Any]],
        start_s: float,
        on_figures: Callable[[LiveFigures], None] | None,
        cancelled: Callable[[], bool],
        on_snapshot: Callable[[Snapshot], None] | None,
    ) -> None:
        said_s = 0.0
        while True:
            now_s = time.monotonic()
            if on_figures is not None and now_s - said_s >= STATUS_S:
                said_s = now_s
                on_figures(self.figures(loop, now_s - start_s))
            if cancelled():
                self.counts.cancelled = True
                return
            if self.seconds is not None and now_s - start_s >= self.seconds:
                return
            frame = loop.frames.take(TAKE_TIMEOUT_S)
            if frame is None:
                if not loop.running:
                    return
                continue
            if self._pipeline is None:
                self._begin(frame, loop, claim, sinks)
            snapshot = self._track(frame)
            if on_snapshot is not None:
                on_snapshot(snapshot)

    def _begin(self, frame: Frame, loop: CaptureLoop, claim: Claim, sinks: list[Sink[Any]]) -> None:
        """Open what depends on the size of the picture."""
        assert loop.info is not None
        self.info = replace(loop.info, size_px=frame.size_px)
        self._pipeline = Pipeline(self.preset, self.info)
        self._first_frame = frame
        context = SinkContext(self.out_folder, claim.stem, self.info, self._pipeline.roster, frame.index)
        for sink in sinks:
            self._sinks.append(sink)
            self.files.append(sink.open(context))
        manifest.write(self._document("unfinished", loop), claim.manifest_path)

    def _track(self, frame: Frame) -> Snapshot:
        assert self._pipeline is not None and self.info is not None
        if frame.size_px != self.info.size_px:
            # Regions, areas and the table keep the pixels the run began with.
            frame = replace(frame, picture=ScaledPicture(frame.picture, self.info.size_px))
        snapshot = self._pipeline.step(frame)
        for sink in tuple(self._sinks):
            try:
                sink.write(snapshot)
            except OutputError as error:
                self._give_up(sink, error)
        if self._recording is not None:
            self._recording.draw(snapshot)
        self.counts.add(snapshot)
        self._found = int(snapshot.tracks.measured.sum())
        now_s = time.monotonic()
        self._tracked_rate.mark(now_s)
        self._latency.add(now_s - frame.t_capture_s)
        return snapshot

    def _give_up(self, sink: Sink[Any], error: OutputError) -> None:
        """Go on without an output that failed; an experiment must not end because one disk is full."""
        self._sinks.remove(sink)
        close_all([sink])
        self.problems.append(str(error))
        log.error("%s", error)
        if not self._sinks and self._recording is None:
            raise error

    def figures(self, loop: CaptureLoop, seconds: float) -> LiveFigures:
        """Return where the run stands."""
        try:
            free = shutil.disk_usage(self.out_folder).free
        except OSError:
            free = None
        roster = self._pipeline.roster if self._pipeline is not None else ()
        return LiveFigures(
            status=loop.status,
            capture=loop.figures(),
            seconds=seconds,
            tracked=self.counts.frames,
            tracked_hz=self._tracked_rate.rate_hz(time.monotonic()),
            latency_ms=self._latency.now_ms(),
            latency_p99_ms=self._latency.p99_ms(),
            found=self._found,
            wanted=len(roster),
            free_bytes=free,
            problems=tuple(self.problems),
            recording=self._recording.states if self._recording is not None else (),
        )

    def _close(self, loop: CaptureLoop, wall_s: float, cpu_s: float) -> None:
        for problem in close_all(self._sinks):
            self.problems.append(str(problem))
            log.error("%s", problem)
        if self._pipeline is not None:
            self.counts.close_roster(self._pipeline.roster)
            self._pipeline.close()
        dropped = loop.figures().dropped
        self.counts.lost_frames = dropped["damaged"] + dropped["source"] + dropped["disconnected"]
        self.counts.wall_s = time.monotonic() - wall_s
        self.counts.cpu_s = time.process_time() - cpu_s

    def _end_recording(self) -> None:
        assert self._recording is not None and self._plan is not None
        results = self._recording.stop(RECORDING_TIMEOUT_S)
        for result in results:
            self.files += result.files
            self.problems += result.problems
        self._recorded = recording_document(self._plan, results)

    def _finish(self, error: BaseException | None, loop: CaptureLoop, path: Path) -> None:
        if error is not None:
            self.problems.append(str(error) if isinstance(error, TrackerError) else f"{type(error).__name__}: {error}")
        outcome = "failed" if error is not None else "cancelled" if self.counts.cancelled else "complete"
        self.files.append(path)
        try:
            manifest.write(self._document(outcome, loop), path)
        except OutputError as problem:
            self.problems.append(str(problem))
            log.error("%s", problem)

    def _document(self, outcome: str, loop: CaptureLoop) -> dict[str, Any]:
        figures = loop.figures()
        first = self._first_frame
        counts = manifest.counts_document(self.counts)
        counts |= {
            "frames_received": figures.received,
            "frames_dropped": sum(figures.dropped.values()),
            "dropped_by_reason": figures.dropped,
            "reconnections": figures.reconnections,
        }
        return {
            "outcome": outcome,
            "problems": self.problems,
            "started_utc": _utc(self._started),
            "ended_utc": None if outcome == "unfinished" else _utc(datetime.now(UTC)),
            "first_frame_utc": None if first is None or first.t_wall_s is None else _utc_of(first.t_wall_s),
            "source": manifest.source_document(self.source.stage, path_of(self.source), self.info),
            "counts": counts,
            "gaps": [
                {
                    "start_utc": _utc_of(gap.start_wall_s),
                    "end_utc": None if gap.end_wall_s is None else _utc_of(gap.end_wall_s),
                    "seconds": None if gap.end_s is None else round(gap.end_s - gap.start_s, 3),
                    "frames_lost_about": gap.frames_lost,
                    "reason": gap.reason,
                }
                for gap in figures.gaps
            ],
            "recording": self._recorded,
            "timing": {
                **manifest.timing_document(self.counts),
                "latency_p99_ms": self._latency.p99_ms(),
            },
            "files": [{"name": p.name, "bytes": p.stat().st_size} for p in self.files if p.is_file()],
            "program": manifest.program_document(),
            "settings": manifest.settings_document(self.preset),
        }


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _utc_of(wall_s: float) -> str:
    return _utc(datetime.fromtimestamp(wall_s, UTC))


def seconds_of(minutes: float | None) -> float | None:
    """Return minutes as seconds.

    Raises
    ------
    SettingsError
    """
    if minutes is None:
        return None
    if not 0 < minutes < 1e7:
        raise SettingsError("--minutes", f"must be a number above 0, got {minutes:g}")
    return 60.0 * minutes
