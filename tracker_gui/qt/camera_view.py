"""One source of the preset in the window: what plays or follows it, and the files that are made of it."""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.core.annotation import annotation_of
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import Preset
from tracker_gui.engine.live_channel import LiveChannel, is_live
from tracker_gui.engine.live_files import LiveFiles
from tracker_gui.engine.live_measures import LiveMeasures
from tracker_gui.engine.live_recording import RecordingPlan
from tracker_gui.engine.player import Phase, Player, PlayerState, save_background
from tracker_gui.engine.rules.seat import RuleSeat
from tracker_gui.engine.screen_feed import ScreenFeed, Shown
from tracker_gui.qt.workers.engine_thread import EngineThread
from tracker_gui.qt.workers.track_run import TrackRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.core.types import Snapshot, SourceInfo
    from tracker_gui.engine.live_figures import LiveFigures, Recorded
    from tracker_gui.engine.runner import Counts

log = logging.getLogger(__name__)

#: How long a new source waits for the one before it, which may hold the same camera.
TAKE_OVER_MS = 4000


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a tracking run stands, or how it ended.

    Attributes
    ----------
    total : int or None
        Frames there will be, None where nobody knows.
    error : str
        Why it ended early; empty while it runs and where all is well.
    """

    counts: Counts
    folder: Path
    files: tuple[Path, ...]
    total: int | None
    seconds: float
    error: str = ""
    problems: tuple[str, ...] = ()


class LiveView:
    """What a window does with a live channel; every method is safe from the window's thread."""

    def __init__(
        self, source: StageChoice, preset: Preset, feed: ScreenFeed, on_change: Callable[[], None], rules: RuleSeat
    ) -> None:
        self.channel = LiveChannel(source, preset, self._take, on_change, lambda: feed.explain, rules.make_run)
        #: Whether the picture stands still; the source, tracking and recording go on.
        self.frozen = False
        self._feed = feed
        self._last: Snapshot | None = None
        self._files: LiveFiles | None = None

    def follow(self, before: EngineThread | None) -> None:
        """Follow the source, once `before` has let go of its own; the target of the thread."""
        if before is not None:
            before.wait(TAKE_OVER_MS)
        self.channel.follow()

    def _take(self, snapshot: Snapshot) -> None:
        files = self.channel.files
        if files is not self._files:
            self._files = files
            if files is not None:
                # What is counted beside the files counts from their first frame, too.
                self._feed.forget()
        if self.frozen:
            self._feed.watch(snapshot)
        else:
            self._last = snapshot
            self._feed.offer(snapshot, self._background())

    def _background(self) -> U8 | None:
        pipeline = self.channel.pipeline
        return None if pipeline is None else pipeline.background_u8

    def use(self, preset: Preset) -> None:
        """Put settings in force, and show what they find on a picture that stands still."""
        self.channel.set_preset(preset)
        self.refresh()

    def refresh(self) -> None:
        """Show a picture that stands still again, because something else of it is wanted."""
        if self.frozen:
            self.channel.call(self._show_again)

    def _show_again(self) -> None:
        last, pipeline = self._last, self.channel.pipeline
        if last is not None and pipeline is not None and self.frozen:
            preview = pipeline.preview(last.frame)
            self._feed.offer(preview, pipeline.background_u8, new=False, tracked=False, now=True)

    def save_background(self, path: Path, done: Callable[[TrackerError | None], None]) -> None:
        """Write the background that is in use; `done` is called on the channel's thread."""
        self.channel.call(functools.partial(self._save_background, path, done))

    def _save_background(self, path: Path, done: Callable[[TrackerError | None], None]) -> None:
        pipeline = self.channel.pipeline
        try:
            save_background(None if pipeline is None else pipeline.background_u8, path)
        except TrackerError as error:
            done(error)
        else:
            done(None)

    def state(self) -> PlayerState:
        """Return what the window shows of it."""
        channel = self.channel
        pipeline = channel.pipeline
        phase = Phase.OPENING if channel.info is None else Phase.PAUSED if self.frozen else Phase.LIVE
        if channel.state in (CaptureState.ENDED, CaptureState.FAILED):
            phase = Phase.ENDED
        return PlayerState(
            phase,
            channel.info,
            pipeline.roster if pipeline is not None else (),
            channel.problem or channel.loop.error,
            has_background=pipeline is not None and any(step.makes_foreground for step in pipeline.image_steps),
            learning=None if pipeline is None else pipeline.learning,
        )


class CameraView(QObject):
    """Plays a file, or follows a live source, as the settings of one camera say.

    Signals carry the view itself first, for whoever listens to several. Without `tracks` it shows the pictures alone.
    """

    shown = Signal(object, object)
    state_changed = Signal(object)
    #: A run or a recording began, went on or ended.
    run_changed = Signal(object)
    run_ended = Signal(object)
    #: With the error because of which a run could not begin.
    run_refused = Signal(object)
    #: With what the recording left behind.
    recording_ended = Signal(object, object)
    background_saved = Signal(str, object)
    _wake = Signal()
    _state_arrived = Signal(object)
    _live_changed = Signal()

    def __init__(self, *, repeat: bool = False, tracks: bool = True, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preset = Preset()
        self.state = PlayerState()
        self.newest: Shown | None = None
        self.measures = LiveMeasures()
        self.rules = RuleSeat()
        self.feed = ScreenFeed(self._wake.emit, (self.rules, self.measures) if tracks else ())
        self.player = Player(self.feed, self._state_arrived.emit, repeat=repeat, tracks=tracks)
        self.live: LiveView | None = None
        self.run: TrackRun | None = None
        self.last_run: TrackRun | LiveFiles | None = None
        self._starting = False
        self._was_tracking = self._was_recording = False
        self._recorded: Recorded | None = None
        self._refused: TrackerError | None = None
        self._live_thread: EngineThread | None = None
        self._closed = False
        self._wake.connect(self._take)
        self._state_arrived.connect(self._take_state)
        self._live_changed.connect(self._take_live)
        self._threads: list[EngineThread] = []
        for name, loop in (("capture", self.player.capture_loop), ("tracking", self.player.track_loop)):
            self._begin(name, loop)

    def _begin(self, name: str, loop: Callable[[], None]) -> EngineThread:
        thread = EngineThread(name, loop, self)
        self._threads.append(thread)
        thread.start()
        return thread

    # ---- what is shown

    def _take(self) -> None:
        shown = self.feed.take()
        if shown is not None and not self._closed and self.preset.source is not None:
            self.newest = shown
            self.shown.emit(self, shown)

    def _take_state(self, state: PlayerState) -> None:
        if self.live is None:
            self._show_state(state)

    def _show_state(self, state: PlayerState) -> None:
        if self.is_playing and self.live is None and state.phase is not Phase.PLAYING:
            self.rules.stood_still()
        self.state, self.rules.info = state, state.info
        if state.info is None:
            self.newest = None
        self.state_changed.emit(self)

    def _take_live(self) -> None:
        if self.live is None or self._closed:
            return
        channel = self.live.channel
        state = self.live.state()
        refused, self._refused = self._refused, channel.refused
        self._starting = self._starting and not channel.is_tracking and self._refused is refused
        tracking, recording = channel.is_tracking, channel.is_recording
        ended = self._was_tracking and not tracking
        stopped = channel.recorded is not self._recorded
        changed = (tracking, recording) != (self._was_tracking, self._was_recording)
        self._was_tracking, self._was_recording, self._recorded = tracking, recording, channel.recorded
        if state != self.state:
            self._show_state(state)
        else:
            self.state_changed.emit(self)
        if ended:
            self.last_run = channel.last_files
            self.run_ended.emit(self)
        if self._refused is not None and self._refused is not refused:
            self.run_refused.emit(self._refused)
            changed = True
        if stopped:
            self.recording_ended.emit(self, channel.recorded)
        if changed:
            self.run_changed.emit(self)

    @property
    def info(self) -> SourceInfo | None:
        return self.state.info

    @property
    def is_playing(self) -> bool:
        return self.state.phase in (Phase.PLAYING, Phase.LIVE)

    @property
    def is_tracking(self) -> bool:
        return self.run is not None or self._starting or (self.live is not None and self.live.channel.is_tracking)

    @property
    def waiting(self) -> str:
        """What a run that was started waits for, in a few words; empty where none does."""
        if self.run is not None:
            return self.run.job.waiting
        return "" if self.live is None else self.live.channel.waiting

    @property
    def is_recording(self) -> bool:
        return self.live is not None and self.live.channel.is_recording

    @property
    def awaits_run(self) -> bool:
        """Whether a run has ended that was not told of yet."""
        return self.live is not None and self.live.channel.last_files not in (None, self.last_run)

    @property
    def awaits_recording(self) -> bool:
        """Whether a recording is being made final, or was not told of yet."""
        channel = None if self.live is None else self.live.channel
        return channel is not None and (channel.is_finishing or channel.recorded is not self._recorded)

    def figures(self) -> LiveFigures | None:
        """Return how a live source is doing; None for a file."""
        return None if self.live is None else self.live.channel.figures()

    # ---- settings and sources

    def use(self, preset: Preset) -> None:
        """Put the settings of one camera in force."""
        before, self.preset = self.preset, preset
        if replace(before, overlays=preset.overlays) == preset and before != preset:
            return  # what is drawn is the window's business, and a recording's that is still to begin
        self.measures.use(preset)
        self.rules.is_live = preset.source is not None and is_live(preset.source)
        if preset.source is None or not is_live(preset.source):
            self._leave_live()
            self.player.set_preset(preset)
        elif self.live is None or preset.source != before.source:
            self._follow(preset)
        else:
            self.live.use(preset)

    def reopen(self) -> None:
        """Open the source again."""
        if self.live is not None:
            self._follow(self.preset)
        else:
            self.player.reopen()

    def _follow(self, preset: Preset) -> None:
        assert preset.source is not None
        before = self._leave_live()
        self.player.set_preset(replace(preset, source=None))
        self.newest = None
        self.feed.forget()
        live = LiveView(preset.source, preset, self.feed, self._live_changed.emit, self.rules)
        self.live = live
        self._live_thread = self._begin("live", functools.partial(live.follow, before))
        self._take_live()

    def _leave_live(self) -> EngineThread | None:
        """End what follows a live source; return the thread that does so, which may take some seconds."""
        live, self.live = self.live, None
        self._threads = [thread for thread in self._threads if not thread.isFinished()]
        if live is None:
            return None
        live.channel.close()
        self._was_tracking = self._was_recording = self._starting = False
        self._recorded = self._refused = None
        return self._live_thread

    # ---- the player

    def play(self) -> None:
        self._freeze(False)
        self.player.play()

    def pause(self) -> None:
        """Stop playing; a live picture stands still, and all else goes on."""
        self._freeze(True)
        self.player.pause()

    def _freeze(self, frozen: bool) -> None:
        if self.live is not None:
            self.live.frozen = frozen
            self.live.refresh()
            self._take_live()

    def refresh(self) -> None:
        """Show the picture again, because something else of it is wanted."""
        if self.live is not None:
            self.live.refresh()
        else:
            self.player.refresh()

    def save_background(self, path: Path) -> None:
        """Write the background that is in use; `background_saved` tells how that went."""
        done = functools.partial(self.background_saved.emit, str(path))
        if self.live is not None:
            self.live.save_background(path, done)
        else:
            self.player.save_background(path, done)

    # ---- files

    def start_tracking(self, folder: Path) -> None:
        """Track into files: a live source from now on, a file from its first frame.

        Raises
        ------
        TrackerError
        """
        if self.is_tracking:
            return
        preset, source = self.preset, self.preset.source
        if source is None:
            raise TrackerError("source", "there is none", "Open a video or the simulated arena first.")
        if self.live is not None:
            self._starting = True
            self.live.channel.track_into(lambda: LiveFiles(source, preset, folder))
        else:
            self.run = TrackRun(preset, folder, self.feed, self)
            self.rules.rests = True
            self.player.pause()
            self.run.finished.connect(self._run_finished)
            self.run.start()
        self.run_changed.emit(self)

    def stop_tracking(self) -> None:
        """End the run after the present frame; its files are complete."""
        if self.run is not None:
            self.run.cancel()
        if self.live is not None:
            self.live.channel.stop_tracking()

    def _run_finished(self) -> None:
        run, self.run = self.run, None
        self.rules.rests = False
        if run is None:
            return
        self.last_run = run
        if run.last_index is not None:
            self.player.seek(run.last_index)
        self.run_ended.emit(self)
        self.run_changed.emit(self)

    def start_recording(self, folder: Path) -> None:
        """Record a live source."""
        if self.live is None or self.is_recording:
            return
        settings = self.preset.recording
        look = "clean" if settings.look == "none" else settings.look
        files = self.live.channel.files
        stem = files.stem if files is not None else None
        drawn = annotation_of(self.preset, self.live.channel.loop.name)
        self.live.channel.record(RecordingPlan(look, settings, settings.second_folder, drawn), folder, stem)

    def stop_recording(self) -> None:
        """Make the recording final."""
        if self.live is not None:
            self.live.channel.stop_recording()

    def report(self) -> RunReport | None:
        """Return how the present run stands, else how the last one ended; None where there was none."""
        run = self.run if self.run is not None else self.live.channel.files if self.live is not None else None
        run = self.last_run if run is None else run
        if run is None:
            return None
        if isinstance(run, LiveFiles):
            error = run.problems[-1] if run.problems else ""
            seconds = run.seconds if run.counts.wall_s == 0 else run.counts.wall_s
            return RunReport(run.counts, run.folder, tuple(run.files), None, seconds, error, tuple(run.problems))
        total = run.job.frames_in_all
        error = "" if run.error is None else str(run.error)
        return RunReport(run.job.counts, run.folder, tuple(run.job.files), total, run.seconds, error)

    # ---- the end

    def begin_close(self) -> None:
        """End all threads soon."""
        self._closed = True
        self.rules.begin_close()
        if self.run is not None:
            self.run.cancel()
        if self.live is not None:
            self.live.channel.close()
        self.player.close()

    def wait(self, timeout_ms: int) -> bool:
        """Return whether all threads ended in time."""
        ended = self.run is None or self.run.wait(timeout_ms)
        for thread in self._threads:
            ended = thread.wait(timeout_ms) and ended
        return self.rules.wait() and ended
