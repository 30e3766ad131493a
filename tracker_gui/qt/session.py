"""What the window works on: the document, the player, a run, and what the user was told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.preset import Preset, StageChoice, choice
from tracker_gui.engine.player import Phase, Player, PlayerState
from tracker_gui.engine.screen_feed import Beside, ScreenFeed, Shown
from tracker_gui.qt.document import PresetDocument
from tracker_gui.qt.workers.engine_thread import EngineThread
from tracker_gui.qt.workers.track_run import TrackRun

if TYPE_CHECKING:
    from tracker_gui.core.types import SourceInfo
    from tracker_gui.qt.settings import WindowSettings

CLOSE_WITHIN_MS = 5000
SIMULATED_PRESET = "dish_5_animals.json"
PROGRESS_MS = 200


class Session(QObject):
    """Holds everything that outlives a widget; widgets ask it and hear its signals.

    Signals
    -------
    shown(Shown)
        A new picture, at the rate of the screen.
    state_changed()
        Of the player: `state`.
    run_changed()
        A run began, went on or ended: `run`, `last_run`.
    said(topic, kind, text), withdrawn(topic)
        A sentence for the user, and that it no longer holds.
    """

    shown = Signal(object)
    state_changed = Signal()
    run_changed = Signal()
    said = Signal(str, str, str)
    withdrawn = Signal(str)
    view_changed = Signal()
    _wake = Signal()
    _state_arrived = Signal(object)
    _background_saved = Signal(str, object)

    def __init__(self, settings: WindowSettings, *, repeat: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.document = PresetDocument(self)
        self.state = PlayerState()
        self._closed = False
        self.newest: Shown | None = None
        self.run: TrackRun | None = None
        self.last_run: TrackRun | None = None
        self.feed = ScreenFeed(self._wake.emit)
        self.player = Player(self.feed, self._state_arrived.emit, repeat=repeat)
        self._wake.connect(self._take)
        self._state_arrived.connect(self._take_state)
        self._background_saved.connect(self._tell_background)
        self.document.changed.connect(self._use_preset)
        self._progress = QTimer(self)
        self._progress.setInterval(PROGRESS_MS)
        self._progress.timeout.connect(self.run_changed)
        self._threads = [
            EngineThread("capture", self.player.capture_loop, self),
            EngineThread("tracking", self.player.track_loop, self),
        ]
        for thread in self._threads:
            thread.start()

    # ---- what is shown

    def _take(self) -> None:
        shown = self.feed.take()
        if shown is not None and not self._closed:
            self.newest = shown
            self.shown.emit(shown)

    def _take_state(self, state: PlayerState) -> None:
        before, self.state = self.state, state
        if state.problem is not None:
            if state.problem is not before.problem:
                kind = "bad" if state.info is None else "warn"
                self.said.emit("settings", kind, str(state.problem))
        else:
            self.withdrawn.emit("settings")
        if state.info is None:
            self.newest = None
        self.state_changed.emit()

    def show_beside(self, beside: Beside) -> None:
        """Choose what is shown beside the frame."""
        self.feed.beside = beside
        self.player.refresh()
        self.view_changed.emit()

    def show_rejected(self, on: bool) -> None:
        """Show rejected blobs with their reasons, also while playing."""
        self.settings.rejected = on
        self.feed.explain_always = on
        self.player.refresh()
        self.view_changed.emit()

    @property
    def info(self) -> SourceInfo | None:
        return self.state.info

    @property
    def is_playing(self) -> bool:
        return self.state.phase is Phase.PLAYING

    @property
    def is_tracking(self) -> bool:
        return self.run is not None

    # ---- settings and sources

    def _use_preset(self) -> None:
        if not self.is_tracking:
            self.player.set_preset(self.document.preset)

    def open_source(self, source: StageChoice, what: str) -> None:
        """Take another source into the preset; the rest of it stays."""
        if self._refuse_while_tracking():
            return
        if source == self.document.preset.source:
            self.player.reopen()
        else:
            self.document.change_stage("source", source, what)

    def use_camera(self, source: StageChoice, name: str) -> None:
        """Take a camera that was chosen in the camera dialog as the source."""
        self.open_source(source, f"use {name}")

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
            self.said.emit("open", "bad", str(error))

    def open_preset(self, path: Path) -> None:
        """Open a settings file; what could not be used is told, the rest is kept."""
        try:
            problems = self.document.open(path)
        except TrackerError as error:
            self.said.emit("open", "bad", str(error))
            return
        if path.resolve().parent != presets_folder():
            self.settings.remember(path)
        if problems:
            listed = "\n".join(str(problem) for problem in problems[:6])
            more = f"\n... and {len(problems) - 6} more" if len(problems) > 6 else ""
            few = "One setting" if len(problems) == 1 else f"{len(problems)} settings"
            self.said.emit("open", "warn", f"{few} could not be used; the rest is in force.\n{listed}{more}")
        else:
            self.withdrawn.emit("open")

    def open_simulated(self) -> None:
        """Open the simulated arena; with settings that fit it where nothing was set yet."""
        if self._refuse_while_tracking():
            return
        fitting = presets_folder() / SIMULATED_PRESET
        if self.document.preset == Preset() and fitting.is_file():
            self.open_preset(fitting)
        else:
            self.open_source(choice("sources", "simulated"), "open the simulated arena")

    def begin(self, preset: Preset, path: Path | None = None, *, saved: bool = True) -> None:
        """Start with a preset that did not come from a file of the user's."""
        self.document.begin(preset, path, saved=saved)

    def _refuse_while_tracking(self) -> bool:
        if self.is_tracking:
            self.said.emit("locked", "info", "Tracking runs with the settings it began with. Stop it to change them.")
        return self.is_tracking

    def save_background(self, path: Path) -> None:
        self.player.save_background(path, lambda error: self._background_saved.emit(str(path), error))

    def _tell_background(self, path: str, error: TrackerError | None) -> None:
        if error is None:
            self.said.emit("background", "ok", f"The background was saved as {path}.")
        else:
            self.said.emit("background", "bad", str(error))

    # ---- tracking into files

    def output_folder(self) -> Path:
        """Return where results go: the chosen folder, else one beside the video."""
        if self.settings.output_folder:
            return Path(self.settings.output_folder)
        source = self.document.preset.source
        path = getattr(source.params, "path", None) if source is not None else None
        beside = Path(path).resolve().parent if path else Path.home()
        return beside / "tracked"

    def start_tracking(self) -> None:
        """Track the whole source from its first frame into files."""
        if self.is_tracking:
            return
        try:
            run = TrackRun(self.document.preset, self.output_folder(), self.feed, self)
        except TrackerError as error:
            self.said.emit("run", "bad", str(error))
            return
        self.player.pause()
        self.withdrawn.emit("run")
        self.run = run
        self.document.set_locked(True)
        run.finished.connect(self._run_ended)
        run.start()
        self._progress.start()
        self.run_changed.emit()

    def stop_tracking(self) -> None:
        """End the run after the present frame; its files are complete."""
        if self.run is not None:
            self.run.cancel()

    def _run_ended(self) -> None:
        run, self.run = self.run, None
        if run is None:
            return
        self._progress.stop()
        self.last_run = run
        self.document.set_locked(False)
        self.withdrawn.emit("locked")
        counts = run.job.counts
        what = f"{counts.frames} frames in {run.folder}"
        if run.error is not None:
            self.said.emit("run", "bad", str(run.error))
        elif counts.cancelled:
            self.said.emit("run", "warn", f"Stopped by you. Tracked {what}, {len(run.job.files)} files.")
        else:
            self.said.emit("run", "ok", f"Tracked {what}, {len(run.job.files)} files.")
        if run.last_index is not None:
            self.player.seek(run.last_index)
        self.run_changed.emit()

    def free_bytes(self) -> int | None:
        """Return the free space where results go, None where that cannot be told."""
        folder = self.output_folder()
        for place in (folder, *folder.parents):
            try:
                return shutil.disk_usage(place).free
            except OSError:
                continue
        return None

    def use_animals(self, count: int) -> None:
        """Set how many animals there are."""
        tracker = self.document.preset.tracker
        if "animals" in type(tracker.params).model_fields:
            params = tracker.params.model_copy(update={"animals": count})
            self.document.change_stage("tracker", replace(tracker, params=params), f"use {count} animals")

    # ---- the end

    def close(self) -> bool:
        """End all threads; return whether they all ended in time."""
        self._closed = True
        if self.run is not None:
            self.run.cancel()
        self.player.close()
        self._progress.stop()
        ended = self.run is None or self.run.wait(CLOSE_WITHIN_MS)
        for thread in self._threads:
            ended = thread.wait(CLOSE_WITHIN_MS) and ended
        return ended
