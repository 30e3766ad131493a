"""One run over one source: what is opened, tracked, written and said about it afterwards."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker_gui.core.annotation import annotation_of
from tracker_gui.core.errors import InputError, OutputError, SettingsError, TrackerError
from tracker_gui.core.session_plan import AFTER_TIME, WHEN_SEEN
from tracker_gui.core.stage import SinkContext
from tracker_gui.engine import manifest
from tracker_gui.engine.pipeline import opened_pipeline
from tracker_gui.engine.run_files import Claim, close_all, endings_of, path_of, run_stem
from tracker_gui.engine.runner import Counts, run
from tracker_gui.engine.session_start import StartWait
from tracker_gui.engine.time_range import frame_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.stage import Sink, Source
    from tracker_gui.core.types import Snapshot, SourceInfo
    from tracker_gui.engine.pipeline import Pipeline

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrackResult:
    """What a run left behind.

    Attributes
    ----------
    files : tuple of Path
        In the order of the preset's outputs, the manifest last.
    """

    files: tuple[Path, ...]
    counts: Counts
    manifest_path: Path


class TrackJob:
    """Tracks one source into one folder; no file that is there already is written over.

    All files of a run share a stem: ``ant_tracks.csv``, ``ant_run.json``; those of the next run
    begin with ``ant-2``.

    Parameters
    ----------
    source : StageChoice
        Takes the place of the preset's own.
    out_folder : Path
        Made if it is missing.
    start_frame, stop_frame : int
        The run covers ``start_frame <= index < stop_frame``; None for the end. Within them the preset's session says
        when it begins and ends; while it runs, the attributes tell the frames that really are tracked.

    Attributes
    ----------
    waiting : str
        What the run waits for before its first frame, empty once it has begun.
    files : list of Path
        What was written, also after an error.
    counts : Counts
        The frames so far, also after an error.
    """

    def __init__(
        self,
        source: StageChoice,
        preset: Preset,
        out_folder: Path,
        start_frame: int = 0,
        stop_frame: int | None = None,
    ) -> None:
        self.source = source
        self.preset = replace(preset, source=source)
        self.out_folder = out_folder
        self.start_frame = start_frame
        self.stop_frame = stop_frame
        self.asked_frames = [start_frame, stop_frame]
        self.waiting = ""
        self.files: list[Path] = []
        self.counts = Counts(first_frame=start_frame)
        self.info: SourceInfo | None = None

    def run(
        self,
        progress: Callable[[Counts], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        on_snapshot: Callable[[Snapshot], None] | None = None,
        explain: Callable[[], bool] = lambda: False,
    ) -> TrackResult:
        """Track the source.

        Parameters
        ----------
        progress : callable, optional
            Called after each frame with the running counts; must be quick.
        cancelled : callable
            Asked once per frame; True ends the run with complete files.
        on_snapshot : callable, optional
            Called after each frame with what was found in it; must be quick.
        explain : callable
            Asked once per frame whether `on_snapshot` wants its mask and the reasons of rejected blobs.

        Raises
        ------
        InputError, SettingsError
            Nothing was written.
        OutputError
            What was written before is complete and listed in `files`.
        """
        if self.stop_frame is not None and self.stop_frame <= self.start_frame:
            raise SettingsError(
                "start and stop", f"the end ({self.stop_frame}) must lie behind the start ({self.start_frame})"
            )
        sinks: list[Sink[Any]] = [chosen.make() for chosen in self.preset.outputs if chosen.enabled]
        claim = Claim(self.out_folder, run_stem(self.source, self.preset, datetime.now()), endings_of(sinks))
        try:
            with ExitStack() as stack:
                source: Source[Any] = self.source.make()
                stack.callback(source.close)
                self.info = source.open()
                self._check_start(source)
                pipeline = stack.enter_context(opened_pipeline(self.preset, source, self.info))
                if not self._begins(source, pipeline, cancelled, on_snapshot, explain):
                    self._leave_nothing(claim)
                    return TrackResult((), self.counts, claim.manifest_path)
                self._track(source, pipeline, sinks, claim, progress, cancelled, on_snapshot, explain)
        finally:
            if not self.counts.frames and not self.counts.cancelled:
                self._leave_nothing(claim)
        return TrackResult(tuple(self.files), self.counts, claim.manifest_path)

    @property
    def frames_in_all(self) -> int | None:
        """How many frames the run will have, None where nobody knows."""
        count = None if self.info is None else self.info.frame_count
        ends = [end for end in (count, self.stop_frame) if end is not None]
        return max(0, min(ends) - self.start_frame) if ends else None

    def _begins(
        self,
        source: Source[Any],
        pipeline: Pipeline,
        cancelled: Callable[[], bool],
        on_snapshot: Callable[[Snapshot], None] | None,
        explain: Callable[[], bool],
    ) -> bool:
        """Find the first and the last frame as the session says; False where it was cancelled meanwhile."""
        assert self.info is not None
        plan = self.preset.session
        if plan.start == AFTER_TIME and plan.start_after_s > 0:
            self.start_frame = frame_of(self._start_s(source) + plan.start_after_s, source, self.info)
            self._check_start(source)
        elif plan.start == WHEN_SEEN and not self._sees(source, pipeline, cancelled, on_snapshot, explain):
            return False
        if plan.length_s is not None:
            stop = max(self.start_frame + 1, frame_of(self._start_s(source) + plan.length_s, source, self.info))
            self.stop_frame = stop if self.stop_frame is None else min(stop, self.stop_frame)
        self.counts.first_frame = self.start_frame
        return True

    def _start_s(self, source: Source[Any]) -> float:
        """Return the time of the first frame."""
        if not self.start_frame:
            return 0.0
        source.seek(self.start_frame)
        frame = source.read()
        assert self.info is not None
        return self.start_frame / self.info.rate_hz if frame is None else frame.t_capture_s

    def _sees(
        self,
        source: Source[Any],
        pipeline: Pipeline,
        cancelled: Callable[[], bool],
        on_snapshot: Callable[[Snapshot], None] | None,
        explain: Callable[[], bool],
    ) -> bool:
        """Track without writing until an animal is there; the run begins with the frame behind that one."""
        assert self.info is not None
        wait = StartWait(self.preset.session, self.preset.zones, 0.0)
        if self.start_frame:
            source.seek(self.start_frame)
        while (frame := source.read()) is not None and (self.stop_frame is None or frame.index < self.stop_frame):
            self.waiting = wait.sentence(0.0)
            if cancelled():
                self.counts.cancelled = True
                return False
            snapshot = pipeline.step(frame, explain=explain())
            if on_snapshot is not None:
                on_snapshot(snapshot)
            if wait.sees(snapshot):
                pipeline.reset()
                self.start_frame, self.waiting = frame.index + 1, ""
                return True
        where = f" in the zone “{self.preset.session.seen_zone}”" if self.preset.session.seen_zone else ""
        frames = self.preset.session.seen_frames
        raise InputError(
            self.info.name, f"no animal was seen{where} on {frames} frames in a row, so nothing was tracked",
            "Begin at once, or ask for fewer frames.",
        )  # fmt: skip

    def _check_start(self, source: Source[Any]) -> None:
        if not self.start_frame:
            return
        assert self.info is not None
        frames = source.count()
        if frames is not None and self.start_frame >= frames:
            raise InputError(
                self.info.name,
                f"has {frames} frames, so it cannot start at frame {self.start_frame}",
                f"The last one is {frames - 1}.",
            )

    def _track(
        self,
        source: Source[Any],
        pipeline: Pipeline,
        sinks: Sequence[Sink[Any]],
        claim: Claim,
        progress: Callable[[Counts], None] | None,
        cancelled: Callable[[], bool],
        on_snapshot: Callable[[Snapshot], None] | None,
        explain: Callable[[], bool],
    ) -> None:
        assert self.info is not None
        record = _Record(self, claim.manifest_path)
        context = SinkContext(
            self.out_folder, claim.stem, self.info, pipeline.roster, self.start_frame, source.open_sound,
            annotation_of(self.preset, self.info.name), self.preset.session.info_document(), self.preset.zones,
            cancelled,
        )  # fmt: skip
        width, height = self.info.size_px
        try:
            for sink in sinks:
                self.files.append(sink.open(context))
            run(
                source,
                pipeline,
                sinks,
                frame_pixels=width * height,
                start_frame=self.start_frame,
                stop_frame=self.stop_frame,
                progress=progress,
                cancelled=cancelled,
                on_snapshot=on_snapshot,
                explain=explain,
                counts=self.counts,
            )
        except BaseException as error:
            for problem in close_all(sinks):
                log.warning("%s", problem)
            record.finish(error)
            raise
        problems = close_all(sinks)
        record.finish(problems[0] if problems else None, source)
        if problems:
            raise problems[0]

    def _leave_nothing(self, claim: Claim) -> None:
        """Remove what a run without a single frame has begun."""
        for path in self.files:
            path.unlink(missing_ok=True)
        self.files.clear()
        claim.give_up()


class _Record:
    """The manifest of a run in progress: written at once as "unfinished", so that a killed run says so."""

    def __init__(self, job: TrackJob, path: Path) -> None:
        self._job = job
        self._path = path
        self._started = datetime.now(UTC)
        source_path = path_of(job.source)
        self._source = manifest.source_document(job.source.stage, source_path, job.info)
        is_file = source_path is not None and source_path.is_file()
        self._hash = manifest.FileHash(source_path) if is_file and source_path is not None else None
        manifest.write(self._document("unfinished", []), path)

    def _document(self, outcome: str, problems: list[str]) -> dict[str, Any]:
        job = self._job
        return {
            "outcome": outcome,
            "problems": problems,
            "started_utc": self._started.isoformat(timespec="milliseconds"),
            "ended_utc": None if outcome == "unfinished" else datetime.now(UTC).isoformat(timespec="milliseconds"),
            "source": self._source,
            "start_frame": job.start_frame,
            "stop_frame": job.stop_frame,
            "asked_frames": job.asked_frames,
            "session": job.preset.session.info_document(),
            "counts": manifest.counts_document(job.counts),
            "timing": manifest.timing_document(job.counts),
            "files": [{"name": p.name, "bytes": p.stat().st_size} for p in job.files if p.is_file()],
            "program": manifest.program_document(),
            "settings": manifest.settings_document(job.preset),
        }

    def finish(self, error: BaseException | None, source: Source[Any] | None = None) -> None:
        """Write how it ended.

        Raises
        ------
        OutputError
            The record of a run that went well cannot be written; its results are complete all the same. After
            another error that one counts, and this costs a line in the log.
        """
        counts = self._job.counts
        outcome = "failed" if error is not None else "cancelled" if counts.cancelled else "complete"
        if self._hash is not None:
            self._source["sha256"] = self._hash.result(wait=outcome == "complete")
        if source is not None and outcome == "complete":
            self._source["frame_count"] = counts.end_frame if counts.reached_end else source.count()
        problems = []
        if error is not None:
            problems.append(str(error) if isinstance(error, TrackerError) else f"{type(error).__name__}: {error}")
        if counts.lost_frames:
            problems.append(f"{counts.lost_frames} frames of the source were damaged and could not be decoded")
        document = self._document(outcome, problems)
        self._job.files.append(self._path)
        try:
            manifest.write(document, self._path)
        except OutputError as problem:
            if error is None:
                raise
            log.warning("%s", problem)
