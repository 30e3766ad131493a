"""One live source: always followed on its newest frame, tracked into files and recorded when that is asked for."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tracker_gui.core import registry
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.live import CaptureState, LiveSource
from tracker_gui.core.paced import Paced
from tracker_gui.core.picture import ScaledPicture
from tracker_gui.engine.aside import aside
from tracker_gui.engine.capture import CaptureLoop, CaptureStatus
from tracker_gui.engine.counters import LatencyMeter, RateMeter
from tracker_gui.engine.live_figures import LiveFigures, Recorded
from tracker_gui.engine.live_recording import LiveRecording, recording_document
from tracker_gui.engine.pipeline import Pipeline, load_libraries
from tracker_gui.engine.run_files import run_stem, stem_of
from tracker_gui.engine.session_start import StartCancelled, StartWait

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.types import Frame, Snapshot, SourceInfo
    from tracker_gui.engine.live_files import LiveFiles
    from tracker_gui.engine.live_recording import RecordingPlan
    from tracker_gui.engine.rules.runner import RuleRunner

log = logging.getLogger(__name__)

TAKE_TIMEOUT_S = 0.1
#: How often rules that need no picture are evaluated while there is none.
TICK_S = 1.0
# Five seconds are all that a run may take to end; the tables are made final while the others end.
STOP_TIMEOUT_S = 1.5
RECORDING_TIMEOUT_S = 2.5
END_WITHIN_S = 4.4
CALM_RECORDING_TIMEOUT_S = 30.0
GIVE_UP_WITHIN_S = 0.5
#: A detector or tracker that breaks is opened again, so often within a minute, before it is given up.
MOST_RESTARTS, RESTARTS_WITHIN_S, RESTART_AFTER_S = 5, 60.0, 1.0


def is_live(source: StageChoice) -> bool:
    """Return whether frames of this source arrive at their own pace."""
    return issubclass(registry.load(source.kind, source.stage), LiveSource)


def make_live(source: StageChoice, loop: bool = False) -> Callable[[], LiveSource[Any]]:
    """Return what makes an unopened live source; a file or a simulation at its own pace, for ever if looped."""
    if is_live(source):
        return source.make
    return lambda: Paced(source.make(), stem_of(source), source.make if loop else None)


class LiveChannel:
    """Follows one source on the thread that calls `follow`.

    All other methods may be called from any thread and return at once; the calls back come from the
    threads of the channel and must be quick.

    Parameters
    ----------
    source : StageChoice
    preset : Preset
        Of one camera.
    on_snapshot : callable, optional
        Called after each tracked frame with the snapshot.
    on_change : callable, optional
        Called when the state of the source, the problem, a run or a recording changed.
    explain : callable, optional
        Whether the next snapshot should come with the reasons of rejected blobs.
    make_rules : callable, optional
        Called as a run begins, with the source, the folder and the stem of its files; what it returns is
        evaluated on every tracked frame of the run, right after tracking; None for no rules.
    """

    def __init__(
        self,
        source: StageChoice,
        preset: Preset,
        on_snapshot: Callable[[Snapshot], None] | None = None,
        on_change: Callable[[], None] | None = None,
        explain: Callable[[], bool] = lambda: False,
        make_rules: Callable[[SourceInfo, Path, str], RuleRunner | None] | None = None,
    ) -> None:
        self.source = source
        self.info: SourceInfo | None = None
        #: Why the settings of now cannot be used; those from before stay in force.
        self.problem: TrackerError | None = None
        self.files: LiveFiles | None = None
        #: The run that ended last, and why, where that was not by wish.
        self.last_files: LiveFiles | None = None
        self.run_error: BaseException | None = None
        #: Why the run that was asked for last could not begin.
        self.refused: TrackerError | None = None
        self.rules: RuleRunner | None = None
        self._make_rules = make_rules
        self._rules_closer: threading.Thread | None = None
        self._away_s: float | None = None
        self.recording: LiveRecording | None = None
        #: Whether a recording that was stopped is still being made final.
        self.is_finishing = False
        #: What the recording that ended last, or could not begin, left behind.
        self.recorded: Recorded | None = None
        self.pipeline: Pipeline | None = None
        self.loop = CaptureLoop(make_live(source), self._arrived, self._state_changed)
        self._on_snapshot = on_snapshot
        self._on_change = on_change
        self._explain = explain
        self._preset = preset
        self._preset_wish: Preset | None = preset
        self._wishes: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._recording_lock = threading.Lock()
        self._plan: RecordingPlan | None = None
        #: What makes the files of the run that is about to begin, and what ends the one that is about to end.
        self._preparing: Callable[[], LiveFiles] | None = None
        #: The run that waits for its beginning, and for what.
        self._awaited: tuple[LiveFiles, StartWait] | None = None
        self._finisher: threading.Thread | None = None
        self._latency = LatencyMeter()
        self._rate = RateMeter()
        self._found = self._tracked = 0
        self._broke_s: deque[float] = deque(maxlen=MOST_RESTARTS)
        self._not_before_s = 0.0

    # ---- wishes

    def set_preset(self, preset: Preset) -> None:
        """Use these settings from the next frame on; the source stays."""
        self._preset_wish = preset

    def track_into(self, make_files: Callable[[], LiveFiles]) -> None:
        """Begin to write tracks; `make_files` is called on a thread of its own, as a disk may take its time."""
        self._wishes.put(lambda: self._prepare_run(make_files))

    def track_from_start(self, files: LiveFiles) -> None:
        """Write tracks into these files, from the next frame on."""
        self._wishes.put(lambda: self._begin_or_wait(files))

    def stop_tracking(self) -> None:
        """Make the tables final; the source is followed on, and `is_tracking` until they are."""
        self._wishes.put(self._stop_run)

    def record(self, plan: RecordingPlan, folder: Path, stem: str | None = None) -> None:
        """Begin a recording; does nothing where one is made already."""
        aside(lambda: self._begin_recording_aside(plan, folder, stem))

    def stop_recording(self) -> None:
        """Make the videos final, on a thread of its own: tracking goes on meanwhile."""
        aside(lambda: self._end_recording(CALM_RECORDING_TIMEOUT_S))

    def call(self, act: Callable[[], None]) -> None:
        """Run `act` on the channel's thread, between two frames."""
        self._wishes.put(act)

    def close(self) -> None:
        """End `follow` soon."""
        self._closing.set()

    @property
    def is_tracking(self) -> bool:
        return self.files is not None

    @property
    def is_recording(self) -> bool:
        return self.recording is not None

    @property
    def waiting(self) -> str:
        """What a run that was started waits for; empty where none does."""
        awaited = self._awaited
        return "" if awaited is None else awaited[1].sentence(time.monotonic())

    # ---- the loop

    def follow(
        self,
        done: Callable[[], bool] = lambda: False,
        tick: Callable[[], None] = lambda: None,
        verdict: Callable[[], BaseException | None] = lambda: None,
    ) -> None:
        """Follow the source until it ends, `done` says so, or the channel is closed.

        Parameters
        ----------
        done, tick : callable
            Called at least ten times a second.
        verdict : callable
            Asked once all is over; what it returns is written down and raised.
        """
        error: BaseException | None = None
        try:
            self._load_libraries()
            self.loop.start()
            while not self._closing.is_set():
                self._fulfil()
                self._look_at_clock()
                tick()
                if done():
                    break
                frame = self.loop.frames.take(TAKE_TIMEOUT_S)
                if frame is not None:
                    self._away_s = None
                    self._take(frame)
                elif not self.loop.running:
                    break
                else:
                    self._rules_without_picture()
            if (problem := verdict()) is not None:
                raise problem
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._end(error or self.loop.error)

    def _load_libraries(self) -> None:
        try:
            load_libraries(self._preset)
        except TrackerError as error:
            # Said again when the first frame would be tracked; a recording needs none of it.
            self.problem = error
            self._changed()

    def _fulfil(self) -> None:
        preset, self._preset_wish = self._preset_wish, None
        if preset is not None:
            self._preset = preset
            if self.pipeline is not None:
                self._use(preset)
        while True:
            try:
                wish = self._wishes.get_nowait()
            except queue.Empty:
                return
            wish()

    def _use(self, preset: Preset) -> None:
        assert self.info is not None
        try:
            if self.pipeline is None:
                self.pipeline = Pipeline(preset, self.info)
            else:
                self.pipeline.update(preset)
            self.problem = None
        except TrackerError as error:
            self.problem = error
        self._changed()

    def _take(self, frame: Frame) -> None:
        if self.info is None:
            assert self.loop.info is not None
            self.info = replace(self.loop.info, size_px=frame.size_px)
            self._changed()
        if self.pipeline is None:
            if time.monotonic() < self._not_before_s:
                return
            self._use(self._preset)
            if self.pipeline is None:
                self._end_run(self.problem)
                self._not_before_s = time.monotonic() + RESTART_AFTER_S
                return
        if frame.size_px != self.info.size_px:
            # Regions, areas and the table keep the pixels the source began with.
            frame = replace(frame, picture=ScaledPicture(frame.picture, self.info.size_px))
        snapshot = self._step(self.pipeline, frame)
        if snapshot is None:
            return
        self._write(snapshot)
        if self._on_snapshot is not None:
            self._on_snapshot(snapshot)

    def _step(self, pipeline: Pipeline, frame: Frame) -> Snapshot | None:
        """Return what was found; None where a stage broke, which is then opened again."""
        try:
            return pipeline.step(frame, explain=self._explain())
        except TrackerError:
            raise
        except Exception as error:
            log.exception("a stage broke")
            now_s = time.monotonic()
            often = len(self._broke_s) == MOST_RESTARTS and now_s - self._broke_s[0] < RESTARTS_WITHIN_S
            self._broke_s.append(now_s)
            self._not_before_s = now_s + (RESTARTS_WITHIN_S if often else RESTART_AFTER_S)
            what = f"stopped by an unexpected problem ({type(error).__name__}: {error})"
            then = "It is tried again in a minute." if often else "It is begun anew."
            self.problem = TrackerError("tracking", what, f"{then} A recording goes on. The log has details.")
            self.pipeline = None
            pipeline.close()
            self._changed()
            return None

    def _write(self, snapshot: Snapshot) -> None:
        if self._awaited is not None and self._awaited[1].sees(snapshot):
            self._begin_awaited()
        elif self.files is not None and self.files.is_behind_end(snapshot.frame):
            self._end_run()
        elif self.files is not None and not self.files.is_closing:
            if self.files.first_frame is None:
                assert self.info is not None and self.pipeline is not None
                self.files.begin(snapshot.frame, self.info, self.pipeline.roster)
                if self._make_rules is not None:
                    self.rules = self._make_rules(self.info, self.files.folder, self.files.stem)
            if self.rules is not None:
                self.rules.step(snapshot)
            self.files.write(snapshot)
            if self.files.error is not None and self.recording is None:
                self._end_run(self.files.error)
        if self.recording is not None:
            self.recording.draw(snapshot)
        self._found = int(snapshot.tracks.measured.sum())
        self._tracked += 1
        now_s = time.monotonic()
        self._rate.mark(now_s)
        self._latency.add(now_s - snapshot.frame.t_capture_s)

    def _arrived(self, frame: Frame) -> None:
        rules = self.rules
        if rules is not None:
            rules.arrived(frame)

    def _rules_without_picture(self) -> None:
        """While the source is away nobody sees what the animals do: safe states, and only rules without a picture."""
        now_s = time.monotonic()
        if self.rules is None or self.state is CaptureState.LIVE:
            return
        if self._away_s is None:
            self.rules.source_lost()
        elif now_s - self._away_s < TICK_S:
            return
        self._away_s = now_s
        self.rules.tick()

    def _close_rules(self, files: LiveFiles) -> None:
        rules, self.rules = self.rules, None
        if rules is None:
            return

        def close() -> None:
            rules.close()
            files.note_files(rules.files, rules.log_problems)

        self._rules_closer = aside(close)

    # ---- a run

    def _prepare_run(self, make_files: Callable[[], LiveFiles]) -> None:
        if self.files is not None or self._preparing is not None or self._awaited is not None:
            return
        self._preparing = make_files

        def prepare() -> None:
            try:
                files = make_files()
            except TrackerError as raised:
                error = raised
            except Exception as raised:
                log.exception("no run could begin")
                error = TrackerError("tracking", f"could not begin ({raised})", "The log has details.")
            else:
                self._wishes.put(lambda: self._begin_prepared(make_files, files))
                return
            self._wishes.put(lambda: self._refuse(make_files, error))

        aside(prepare)

    def _refuse(self, make_files: Callable[[], LiveFiles], error: TrackerError) -> None:
        if self._preparing is make_files:
            self._preparing, self.refused = None, error
            self._changed()

    def _begin_prepared(self, make_files: Callable[[], LiveFiles], files: LiveFiles) -> None:
        if self._preparing is make_files and not self._closing.is_set():
            self._preparing = None
            self._begin_or_wait(files)
        else:
            aside(files.give_up).join(GIVE_UP_WITHIN_S if self._closing.is_set() else 0)

    def _begin_or_wait(self, files: LiveFiles) -> None:
        """Begin now, or when the session says so."""
        if not files.plan.waits:
            self._begin_run(files)
            return
        try:
            self._awaited = files, StartWait(files.plan, self._preset.zones, time.monotonic())
        except TrackerError as error:
            self.refused = self.run_error = error
            aside(files.give_up)
        self._changed()

    def _begin_awaited(self) -> None:
        assert self._awaited is not None
        files, self._awaited = self._awaited[0], None
        self._begin_run(files)

    def _give_up_waiting(self, error: TrackerError) -> None:
        assert self._awaited is not None
        files, self._awaited = self._awaited[0], None
        self.refused = error
        aside(files.give_up).join(GIVE_UP_WITHIN_S if self._closing.is_set() else 0)
        self._changed()

    def _look_at_clock(self) -> None:
        """Begin the run that waits for a time, and end the one that has lasted long enough."""
        if self._awaited is not None and self._awaited[1].is_time(time.monotonic()):
            self._begin_awaited()
        if self.files is not None and self.files.is_over:
            self._end_run()

    def _begin_run(self, files: LiveFiles) -> None:
        self.run_error = self.refused = self._preparing = None
        files.count_from(self.loop.figures())
        if self.pipeline is not None:
            # What was tracked for the screen alone is none of the run's business.
            self.pipeline.reset()
        self.files = files
        self._changed()

    def _stop_run(self) -> None:
        if self._awaited is not None:
            self._give_up_waiting(StartCancelled())
        if self._preparing is not None:
            self._refuse(self._preparing, TrackerError("tracking", "was stopped before the folder had answered"))
        self._end_run()

    def _end_run(self, error: BaseException | None = None) -> None:
        """Make the files of a run final on a thread of its own: the next frames are tracked meanwhile."""
        files = self.files
        if files is None or files.is_closing:
            return
        self._close_outputs(files)
        until_s = time.monotonic() + END_WITHIN_S

        def finish() -> None:
            self._await_rules(until_s)
            files.finish(error, self.loop.figures(), until_s)
            self._wishes.put(lambda: self._run_ended(files, error))

        self._finisher = aside(finish)

    def _await_rules(self, until_s: float) -> None:
        if self._rules_closer is not None:
            self._rules_closer.join(max(0.0, until_s - time.monotonic()))

    def _close_outputs(self, files: LiveFiles) -> None:
        self._close_rules(files)
        files.begin_close(self.pipeline.roster if self.pipeline is not None else ())

    def _run_ended(self, files: LiveFiles, error: BaseException | None) -> None:
        self.files, self.last_files, self.run_error = None, files, error
        self._changed()

    # ---- recordings

    def begin_recording(self, plan: RecordingPlan, folder: Path, stem: str | None = None) -> None:
        """Begin a recording before anything else goes on; makes folders, which may take its time.

        Raises
        ------
        OutputError
            No folder can be made.
        """
        with self._recording_lock:
            if self.recording is not None or self._closing.is_set():
                return
            stem = stem or run_stem(self.source, self._preset, datetime.now())
            recording = LiveRecording(plan, stem, folder)
            recording.start()
            self._plan, self.recording = plan, recording
            self.loop.writer = recording
        self._changed()

    def _begin_recording_aside(self, plan: RecordingPlan, folder: Path, stem: str | None) -> None:
        try:
            self.begin_recording(plan, folder, stem)
        except TrackerError as error:
            self.recorded = Recorded((), (str(error),))
            self._changed()

    def _end_recording(self, timeout_s: float) -> None:
        """Make the videos final and tell the run of them."""
        with self._recording_lock:
            recording, plan = self.recording, self._plan
            self.is_finishing = recording is not None
            self.recording = None
            self.loop.writer = None
            if recording is None or plan is None:
                return
            self._changed()
            results = recording.stop(timeout_s)
            files = [path for result in results for path in result.files]
            problems = [problem for result in results for problem in result.problems]
            self.is_finishing = False
            self.recorded = Recorded(tuple(files), tuple(problems))
            document = recording_document(plan, results)
        self._wishes.put(lambda: self._tell_run(document, files, problems))
        self._changed()

    def _tell_run(self, document: dict[str, Any], files: list[Path], problems: list[str]) -> None:
        if self.files is not None and not self.files.is_final:
            self.files.note_recording(document, files, problems)

    # ---- the end

    def _end(self, error: BaseException | None) -> None:
        until_s = time.monotonic() + END_WITHIN_S
        self._closing.set()
        if self._awaited is not None:
            self._give_up_waiting(StartCancelled())
        files = self.files if self.files is not None and not self.files.is_closing else None
        if files is not None:
            self._close_outputs(files)
        if not self.loop.stop(STOP_TIMEOUT_S):
            log.warning("%s did not let go of its connection in time", self.loop.name)
        if self.pipeline is not None:
            self.pipeline.close()
        self._end_recording(RECORDING_TIMEOUT_S)
        if self._finisher is not None:
            self._finisher.join(max(0.0, until_s - time.monotonic()))
        while not self._wishes.empty():
            self._wishes.get()()
        if files is not None:
            self._await_rules(until_s)
            files.finish(error, self.loop.figures(), until_s)
            self._run_ended(files, error)

    # ---- what is told

    def _state_changed(self, _: CaptureStatus) -> None:
        self._changed()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change()

    @property
    def state(self) -> CaptureState:
        return self.loop.status.state

    def figures(self, free_bytes: int | None = None) -> LiveFigures:
        """Return where it stands; may be asked from any thread."""
        files, recording, pipeline = self.files, self.recording, self.pipeline
        return LiveFigures(
            status=self.loop.status,
            capture=self.loop.figures() if files is None else files.since(self.loop.figures()),
            seconds=0.0 if files is None else files.seconds,
            tracked=self._tracked if files is None else files.counts.frames,
            tracked_hz=self._rate.rate_hz(time.monotonic()),
            latency_ms=self._latency.now_ms(),
            latency_p99_ms=self._latency.p99_ms(),
            found=self._found,
            wanted=len(pipeline.roster) if pipeline is not None else 0,
            free_bytes=free_bytes,
            problems=() if files is None else tuple(files.problems),
            troubles=() if files is None else files.troubles,
            recording=() if recording is None else recording.states,
            waiting=self.waiting,
        )
