"""One live run without a window: a source that may come and go, tracked and recorded until it is stopped."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker_gui.core.annotation import annotation_of
from tracker_gui.core.errors import InputError, SettingsError, TrackerError
from tracker_gui.engine.disk_watch import DiskWatch
from tracker_gui.engine.live_channel import LiveChannel
from tracker_gui.engine.live_files import LiveFiles
from tracker_gui.engine.pipeline import load_libraries
from tracker_gui.engine.rules.runner import RuleRunner
from tracker_gui.engine.runner import Counts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.devices import Devices
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.types import Snapshot, SourceInfo
    from tracker_gui.engine.capture import CaptureFigures
    from tracker_gui.engine.live_figures import LiveFigures
    from tracker_gui.engine.live_recording import RecordingPlan

STATUS_S = 0.5


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What a live run left behind; `files` has the manifest last."""

    files: tuple[Path, ...]
    counts: Counts
    capture: CaptureFigures
    manifest_path: Path
    problems: tuple[str, ...]


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
    camera : int
        The number of the camera in its preset, for rules that are for some cameras.
    armed : bool
        Let the preset's rules act; else they only write down what they would do.
    devices : Devices, optional
        The boards that rules may drive.
    """

    def __init__(
        self,
        source: StageChoice,
        preset: Preset,
        out_folder: Path,
        seconds: float | None = None,
        recording: RecordingPlan | None = None,
        *,
        camera: int = 0,
        armed: bool = False,
        devices: Devices | None = None,
    ) -> None:
        self.source = source
        self.preset = replace(preset, source=source)
        self.out_folder = out_folder
        self.seconds = seconds
        self._plan = recording
        self._camera = camera
        self._armed = armed
        self._devices = devices
        #: Why a rule ended the run; empty where none did.
        self.stopped_by = ""
        self._files: LiveFiles | None = None
        self._channel: LiveChannel | None = None

    @property
    def files(self) -> list[Path]:
        return [] if self._files is None else self._files.files

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        return Counts() if self._files is None else self._files.counts

    @property
    def problems(self) -> list[str]:
        """What went wrong so far, as sentences."""
        return [] if self._files is None else self._files.problems

    @property
    def info(self) -> SourceInfo | None:
        return None if self._channel is None else self._channel.info

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
        load_libraries(self.preset)  # before the clock of the run starts
        files = self._files = LiveFiles(self.source, self.preset, self.out_folder)
        channel = self._channel = LiveChannel(
            self.source, self.preset, on_snapshot, make_rules=self._make_rules if self.preset.rules else None
        )
        start_s = time.monotonic()
        said_s = 0.0
        disk = DiskWatch(self.out_folder)

        def tick() -> None:
            nonlocal said_s
            now_s = time.monotonic()
            if on_figures is not None and now_s - said_s >= STATUS_S:
                said_s = now_s
                on_figures(channel.figures(disk.free_bytes))

        def done() -> bool:
            files.counts.cancelled = cancelled()
            over = self.seconds is not None and time.monotonic() - start_s >= self.seconds
            ended = channel.run_error is not None or channel.last_files is files
            return files.counts.cancelled or over or ended or bool(self.stopped_by)

        try:
            self._begin_recording(channel, files)
            channel.track_from_start(files)
            channel.follow(done, tick, self._missing)
        finally:
            disk.close()
        return LiveResult(
            tuple(files.files), files.counts, channel.loop.figures(), files.manifest_path, tuple(files.problems)
        )

    def _make_rules(self, info: SourceInfo, folder: Path, stem: str) -> RuleRunner:
        runner = RuleRunner(
            self.preset,
            info,
            folder,
            stem,
            camera=self._camera,
            control=self,
            shadow=not self._armed,
            devices=self._devices,
        )
        assert self._files is not None
        self._files.problems += map(str, runner.problems)
        runner.arm()
        return runner

    def stop_session(self, reason: str) -> None:
        """End the run, because a rule says so."""
        self.stopped_by = reason

    def set_parameter(self, name: str, value: float) -> None:
        """Refuse: a run's results belong to one set of settings.

        Raises
        ------
        SettingsError
        """
        raise SettingsError(name, "cannot be changed while tracks are written", "Change it before the run.")

    def _begin_recording(self, channel: LiveChannel, files: LiveFiles) -> None:
        if self._plan is None:
            return
        try:
            plan = replace(self._plan, annotation=annotation_of(self.preset, channel.loop.name))
            channel.begin_recording(plan, self.out_folder, files.stem)
        except TrackerError:
            files.give_up()
            raise

    def _missing(self) -> BaseException | None:
        """Return what is wrong with a run that ended by itself."""
        assert self._channel is not None and self._files is not None
        loop = self._channel.loop
        if self._channel.run_error is not None or loop.error is not None:
            return self._channel.run_error or loop.error
        if self._channel.waiting:
            sentence = f"The run ended while it was {self._channel.waiting}; nothing was written."
            return None if self._files.counts.cancelled else InputError("", sentence)
        if self._files.first_frame is None and not self._files.counts.cancelled:
            return InputError("", f"No picture came in the whole run. {loop.status.sentence}")
        return None


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
