"""What the window works on: the document, a view of each of its cameras, and what the user was told."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.preset import CAMERA_FIELDS, CameraSetup, Preset, StageChoice, choice
from tracker_gui.engine.disk_watch import DiskWatch
from tracker_gui.engine.player import Phase
from tracker_gui.engine.screen_feed import Beside
from tracker_gui.engine.session_start import StartCancelled
from tracker_gui.qt import live_remarks
from tracker_gui.qt.camera_view import CameraView
from tracker_gui.qt.document import PresetDocument
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.rules.rule_desk import RuleDesk

if TYPE_CHECKING:
    from tracker_gui.core.types import SourceInfo
    from tracker_gui.engine.live_figures import LiveFigures, Recorded
    from tracker_gui.engine.player import PlayerState
    from tracker_gui.engine.screen_feed import ScreenFeed, Shown
    from tracker_gui.qt.camera_view import RunReport
    from tracker_gui.qt.settings import WindowSettings

CLOSE_WITHIN_MS = 5000
SIMULATED_PRESET = "dish_5_animals.json"
PROGRESS_MS = 200
MOST_HISTORY = 20_000


class Worker(Protocol):
    """What has threads of its own."""

    def begin_close(self) -> None:
        """End them soon."""

    def wait(self, timeout_ms: int) -> bool:
        """Return whether they ended in time."""


class Session(QObject):
    """Holds everything that outlives a widget; widgets ask it and hear its signals.

    One camera is the present one: `view`, `state`, `info`, `newest` and most signals are of it.

    Signals
    -------
    shown(Shown)
        A new picture of the present camera, at the rate of the screen.
    shown_anywhere(CameraView, Shown)
        A new picture of any camera.
    state_changed()
        Of the present camera: `state`.
    cameras_changed()
        Another camera is the present one, one came or went, or how one is doing changed.
    ticked()
        Five times a second, for figures that change all the time.
    run_changed()
        A run or a recording began, went on or ended.
    remarked(Remark), withdrawn(topic)
        A sentence for the user, and that it no longer holds.
    logged(t_wall_s, Remark)
        The same sentences, and what is of interest only afterwards; `history` has them all.
    """

    shown = Signal(object)
    shown_anywhere = Signal(object, object)
    state_changed = Signal()
    cameras_changed = Signal()
    ticked = Signal()
    run_changed = Signal()
    remarked = Signal(object)
    withdrawn = Signal(str)
    logged = Signal(float, object)
    view_changed = Signal()
    #: Somebody wants to see this picture beside the frame.
    beside_wanted = Signal(object)
    #: It ends: what is not written yet must be.
    closing = Signal()
    #: Somebody wants to choose where files go.
    folder_wanted = Signal()
    #: Somebody wants to show where the file of the present source is now.
    source_wanted = Signal()

    def __init__(self, settings: WindowSettings, *, repeat: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.document = PresetDocument(self)
        self._repeat = repeat
        self.history: list[tuple[float, Remark]] = []
        self._last_logged: dict[str, str] = {}
        self._gaps_told: dict[CameraView, int] = {}
        self.remarked.connect(self._log)
        self._closed = False
        self._leaving: list[CameraView] = []
        self._workers: list[Worker] = []
        self.views: list[CameraView] = [self._new_view()]
        self._reports: list[RunReport] = []
        self._recorded: list[Recorded] = []
        self._said: dict[CameraView, tuple[Remark, ...]] = {}
        #: Whose heat map is shown; None for that of all animals together.
        self.heat_animal: int | None = None
        self.disk = DiskWatch(self.output_folder())
        self.rules = RuleDesk(self)
        self.document.changed.connect(self._use_preset)
        self._progress = QTimer(self)
        self._progress.setInterval(PROGRESS_MS)
        self._progress.timeout.connect(self._look)
        self._progress.start()

    def _new_view(self) -> CameraView:
        view = CameraView(repeat=self._repeat, parent=self)
        view.shown.connect(self._view_shown)
        view.state_changed.connect(self._view_state)
        view.run_changed.connect(self._view_run)
        view.run_ended.connect(self._run_ended)
        view.run_refused.connect(self._run_refused)
        view.recording_ended.connect(self._recording_ended)
        view.background_saved.connect(self._tell_background)
        return view

    # ---- the present camera

    @property
    def view(self) -> CameraView:
        return self.views[min(self.document.camera, len(self.views) - 1)]

    @property
    def feed(self) -> ScreenFeed:
        return self.view.feed

    @property
    def state(self) -> PlayerState:
        return self.view.state

    @property
    def newest(self) -> Shown | None:
        return self.view.newest

    @property
    def info(self) -> SourceInfo | None:
        return self.view.info

    @property
    def is_live(self) -> bool:
        """Whether the present source has its own pace: nothing to seek, and something to record."""
        return self.view.live is not None

    @property
    def is_playing(self) -> bool:
        return self.view.is_playing

    @property
    def is_tracking(self) -> bool:
        """Whether any camera is tracked into files."""
        return any(view.is_tracking for view in self.views)

    @property
    def waiting(self) -> str:
        """What a run that was started waits for, in a few words; empty where none does."""
        return next((view.waiting for view in self.views if view.waiting), "")

    @property
    def is_recording(self) -> bool:
        return any(view.is_recording for view in self.views)

    def figures(self) -> LiveFigures | None:
        """Return how the present live source is doing; None for a file."""
        return self.view.figures()

    def show_camera(self, number: int) -> None:
        """Make another camera the present one."""
        self.document.show_camera(number)

    # ---- what is shown

    def _view_shown(self, view: CameraView, shown: Shown) -> None:
        if view is self.view:
            self.shown.emit(shown)
        self.shown_anywhere.emit(view, shown)

    def _view_state(self, view: CameraView) -> None:
        self._remark_on(view)
        if view is self.view:
            self.state_changed.emit()
        self.cameras_changed.emit()

    def _view_run(self, _: CameraView) -> None:
        self.document.set_locked(self.is_tracking)
        if not self.is_tracking:
            self.withdrawn.emit("locked")
        self.run_changed.emit()

    def _look(self) -> None:
        """See how long-lasting things are getting on."""
        self.disk.look_at(self.output_folder())
        for view in self.views:
            if view.live is not None:
                self._remark_on(view)
        if self.is_tracking or self.is_recording:
            self.run_changed.emit()
        self.ticked.emit()

    def _remark_on(self, view: CameraView) -> None:
        """Say what is the matter with one camera, and take back what no longer is."""
        if view not in self.views:
            return
        before = self._said.get(view, ())
        remarks = live_remarks.remarks(view, self.views.index(view), len(self.views), self)
        self._said[view] = remarks
        back = live_remarks.gap_remark(view, self._gaps_told)
        if back is not None:
            self._log(back)
        held = {remark.topic for remark in remarks}
        for remark in before:
            if remark.topic not in held:
                self.withdrawn.emit(remark.topic)
                over = live_remarks.over_remark(remark, view)
                if over is not None:
                    self._log(over)
        for remark in remarks:
            if not any((r.topic, r.text) == (remark.topic, remark.text) for r in before):
                self.remarked.emit(remark)

    def _log(self, remark: Remark) -> None:
        what = live_remarks.same_thing(remark)
        if self._last_logged.get(remark.topic) == what:
            return
        self._last_logged[remark.topic] = what
        now_s = time.time()
        self.history.append((now_s, remark))
        del self.history[:-MOST_HISTORY]
        self.logged.emit(now_s, remark)

    def write_down(self, remark: Remark) -> None:
        """Put a sentence into the log alone."""
        self._log(remark)

    def _note(self, text: str) -> None:
        """Write down what the user did, for the log alone."""
        self._log(Remark(f"note {time.monotonic()}", "info", text))

    def show_beside(self, beside: Beside) -> None:
        """Choose what is shown beside the frame."""
        for view in self.views:
            view.feed.beside = beside if view is self.view else Beside.NOTHING
        self.view.refresh()
        self.view_changed.emit()

    def show_rejected(self, on: bool) -> None:
        """Show rejected blobs with their reasons, also while playing."""
        self.settings.rejected = on
        for view in self.views:
            view.feed.explain_always = on and view is self.view
        self.view.refresh()
        self.view_changed.emit()

    def show_heat_map(self, on: bool) -> None:
        """Colour where the animals spent their time."""
        self.settings.heat_map = on
        self.view_changed.emit()

    # ---- settings and sources

    def _use_preset(self) -> None:
        if self.is_tracking or self._closed:
            return
        whole = self.document.whole
        wanted = [whole.camera(number) for number in range(whole.camera_count)]
        before = self.view if self.views else None
        left = list(self.views)
        matched: list[CameraView | None] = []
        for preset in wanted:
            # A camera whose number changed keeps its connection.
            same = next((view for view in left if view.preset.source == preset.source), None)
            matched.append(same)
            if same is not None:
                left.remove(same)
        self.views = [left.pop(0) if view is None and left else view or self._new_view() for view in matched]
        for view in left:
            self._forget(view)
        for view, preset in zip(self.views, wanted, strict=True):
            if view.preset != preset:
                view.use(preset)
        if self.view is not before:
            beside = before.feed.beside if before is not None else Beside.NOTHING
            self.show_rejected(self.settings.rejected)
            self.show_beside(beside)
        self.cameras_changed.emit()
        self.state_changed.emit()

    def _forget(self, view: CameraView) -> None:
        for remark in self._said.pop(view, ()):
            self.withdrawn.emit(remark.topic)
        view.begin_close()
        self._leaving.append(view)

    def open_source(self, source: StageChoice, what: str) -> None:
        """Take another source into the present camera; the rest of it stays."""
        if self._refuse_while_tracking():
            return
        if source == self.document.preset.source:
            self.view.reopen()
        else:
            # Frames that were marked in one video mean nothing in another.
            self.document.change(replace(self.document.preset, source=source, range=None), what)

    def add_source(self, source: StageChoice, what: str) -> None:
        """Add a camera beside the others, with the settings of the present one."""
        if self._refuse_while_tracking():
            return
        if self.document.preset.source is None:
            self.open_source(source, what)
            return
        whole, present = self.document.whole, self.document.preset
        setup = CameraSetup(**{name: getattr(present, name) for name in CAMERA_FIELDS} | {"source": source})
        more = (*whole.more_cameras, setup)
        self.document.change_whole(replace(whole, more_cameras=more), what, camera=len(more))

    def remove_camera(self, number: int) -> None:
        """Take a camera out of the preset."""
        if not self._refuse_while_tracking():
            whole = self.document.whole
            self.document.change_whole(whole.without_camera(number), f"remove camera {number + 1}")

    def open_path(self, path: Path) -> None:
        """Open whatever it is: a settings file, a video, or a folder of images."""
        if self._refuse_while_tracking():
            return
        try:
            if path.suffix.lower() == ".json":
                self.open_preset(path)
                return
            stage = "image_folder" if path.is_dir() else "video_file"
            self.open_source(choice("sources", stage, path=path.resolve()), f"open {path.name}")
            self.settings.remember(path)
        except TrackerError as error:
            self.remarked.emit(Remark("open", "bad", str(error)))

    def open_preset(self, path: Path) -> None:
        """Open a settings file; what could not be used is told, the rest is kept."""
        if self._refuse_while_tracking():
            return
        try:
            problems = self.document.open(path)
        except TrackerError as error:
            self.remarked.emit(Remark("open", "bad", str(error)))
            return
        if path.resolve().parent != presets_folder():
            self.settings.remember(path)
        if problems:
            listed = "\n".join(str(problem) for problem in problems[:6])
            more = f"\n... and {len(problems) - 6} more" if len(problems) > 6 else ""
            few = "One setting" if len(problems) == 1 else f"{len(problems)} settings"
            text = f"{few} could not be used; the rest is in force.\n{listed}{more}"
            self.remarked.emit(Remark("open", "warn", text))
        else:
            self.withdrawn.emit("open")

    def open_simulated(self) -> None:
        """Open the simulated arena; with settings that fit it where nothing was set yet."""
        if self._refuse_while_tracking():
            return
        fitting = presets_folder() / SIMULATED_PRESET
        if self.document.whole == Preset() and fitting.is_file():
            self.open_preset(fitting)
        else:
            self.open_source(choice("sources", "simulated"), "open the simulated arena")

    def begin(self, preset: Preset, path: Path | None = None, *, saved: bool = True) -> None:
        """Start with a preset that did not come from a file of the user's."""
        self.document.begin(preset, path, saved=saved)

    def _refuse_while_tracking(self) -> bool:
        if self.is_tracking:
            text = "Tracking runs with the settings it began with. Stop it to change them."
            self.remarked.emit(Remark("locked", "info", text, "Stop tracking", self.stop_tracking))
        return self.is_tracking

    def save_background(self, path: Path) -> None:
        self.view.save_background(path)

    def _tell_background(self, path: str, error: TrackerError | None) -> None:
        if error is None:
            self.remarked.emit(Remark("background", "ok", f"The background was saved as {path}."))
        else:
            self.remarked.emit(Remark("background", "bad", str(error)))

    def use_animals(self, count: int) -> None:
        """Set how many animals there are."""
        tracker = self.document.preset.tracker
        if "animals" in type(tracker.params).model_fields:
            params = tracker.params.model_copy(update={"animals": count})
            self.document.change_stage("tracker", replace(tracker, params=params), f"use {count} animals")

    # ---- tracking and recording into files

    def output_folder(self) -> Path:
        """Return where results go: the chosen folder, else one beside the video."""
        if self.settings.output_folder:
            return Path(self.settings.output_folder)
        source = self.document.preset.source
        path = getattr(source.params, "path", None) if source is not None else None
        beside = Path(path).resolve().parent if path else Path.home()
        return beside / "tracked"

    def free_bytes(self) -> int | None:
        """Return the free space where results go, None where that cannot be told."""
        return self.disk.free_bytes

    def start_tracking(self) -> None:
        """Track every camera into files: a live one from now on, a file from its first frame."""
        if self.is_tracking:
            return
        self.withdrawn.emit("run")
        folder = self.output_folder()
        for view in self.views:
            try:
                view.start_tracking(folder)
            except TrackerError as error:
                self._run_refused(error)
        if any(view.is_tracking for view in self.views):
            waits = self.document.whole.session.waits
            self._note(f"Tracking into {folder} begins{' ' + self.document.whole.session.start if waits else ''}.")

    def stop_tracking(self) -> None:
        """End all runs after the present frame; their files are complete."""
        for view in self.views:
            view.stop_tracking()

    def start_recording(self) -> None:
        """Record every live camera."""
        self.withdrawn.emit("recording")
        folder = self.output_folder()
        for view in self.views:
            view.start_recording(folder)
        self._note(f"Recording into {folder} begins.")

    def stop_recording(self) -> None:
        """Make all recordings final; tracking goes on."""
        for view in self.views:
            view.stop_recording()

    def report(self) -> RunReport | None:
        """Return how the run of the present camera stands or ended, None where there was none."""
        return self.view.report()

    def _run_ended(self, view: CameraView) -> None:
        report = view.report()
        if report is not None:
            self._reports.append(report)
        self._tell_of_ends()

    def _run_refused(self, error: TrackerError) -> None:
        if isinstance(error, StartCancelled):
            self.remarked.emit(Remark("run", "info", live_remarks.NOT_BEGUN))
            return
        self.remarked.emit(Remark("run", "bad", str(error), "Choose another folder", self.folder_wanted.emit))

    def _recording_ended(self, _: CameraView, recorded: Recorded | None) -> None:
        if recorded is not None:
            self._recorded.append(recorded)
        self._tell_of_ends()

    def _tell_of_ends(self) -> None:
        """Say once for all cameras what was tracked, and what was recorded."""
        if self._reports and not any(view.is_tracking or view.awaits_run for view in self.views):
            self.remarked.emit(live_remarks.run_remark(tuple(self._reports)))
            self._reports.clear()
        if self._recorded and not any(view.is_recording or view.awaits_recording for view in self.views):
            self.remarked.emit(live_remarks.recording_remark(tuple(self._recorded), self))
            self._recorded.clear()

    # ---- the end

    def end_with(self, worker: Worker) -> None:
        """Let threads of somebody else end when those of the session do."""
        self._workers.append(worker)

    def close(self) -> bool:
        """End all threads; return whether they all ended in time."""
        if not self._closed:
            self.closing.emit()
        self._closed = True
        self._progress.stop()
        self.disk.close()
        self.rules.close()
        workers: list[Worker] = [*self.views, *self._leaving, *self._workers]
        for worker in workers:
            worker.begin_close()
        ended = [worker.wait(CLOSE_WITHIN_MS) for worker in workers]
        # Python's garbage collector would delete the commands, and then the stack would delete them once more.
        self.document.undo_stack.clear()
        return all(ended)

    @property
    def is_opening(self) -> bool:
        return self.state.phase is Phase.OPENING
