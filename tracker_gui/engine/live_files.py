"""The files of one live tracking run: tables and the manifest, from the first tracked frame to the last."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker_gui.core.errors import OutputError, TrackerError
from tracker_gui.core.stage import SinkContext
from tracker_gui.engine import manifest
from tracker_gui.engine.counters import LatencyMeter
from tracker_gui.engine.run_files import Claim, close_all, endings_of, path_of, stem_of
from tracker_gui.engine.runner import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.live import Gap
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.stage import Sink
    from tracker_gui.core.types import Frame, Snapshot, SourceInfo
    from tracker_gui.engine.capture import CaptureFigures

log = logging.getLogger(__name__)


class LiveFiles:
    """Writes what is tracked into one folder; no file that is there already is written over.

    Parameters
    ----------
    source : StageChoice
    preset : Preset
        Its outputs are made; its source is not opened here.

    Attributes
    ----------
    files : list of Path
    problems : list of str
        Outputs that failed, as sentences.
    error : OutputError or None
        The failure of the last output that was left.

    Raises
    ------
    OutputError
        The folder cannot be made or written.
    SettingsError
    """

    def __init__(self, source: StageChoice, preset: Preset, folder: Path) -> None:
        self.folder = folder
        self.files: list[Path] = []
        self.problems: list[str] = []
        self.counts = Counts()
        self.latency = LatencyMeter()
        self.info: SourceInfo | None = None
        self.error: OutputError | None = None
        self.first_frame: Frame | None = None
        self._source = source
        self._preset = preset
        self._waiting = [chosen.make() for chosen in preset.outputs if chosen.enabled]
        self._sinks: list[Sink[Any]] = []
        self._claim = Claim(folder, stem_of(source), endings_of(self._waiting))
        self._started = datetime.now(UTC)
        self._began_s, self._cpu_s = time.monotonic(), time.process_time()
        self._before: CaptureFigures | None = None
        self._recorded: dict[str, Any] | None = None
        manifest.write(self._document("unfinished", None), self.manifest_path)

    @property
    def stem(self) -> str:
        return self._claim.stem

    @property
    def manifest_path(self) -> Path:
        return self._claim.manifest_path

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began_s

    @property
    def troubles(self) -> tuple[str, ...]:
        """What outputs complain of that go on all the same, as sentences."""
        return tuple(sink.trouble for sink in tuple(self._sinks) if sink.trouble)

    def count_from(self, figures: CaptureFigures) -> None:
        """Take these figures of the source for the beginning of the run."""
        self._before = figures

    def begin(self, frame: Frame, info: SourceInfo, roster: tuple[int, ...]) -> None:
        """Open what depends on the size of the picture."""
        self.info = info
        self.first_frame = frame
        context = SinkContext(self.folder, self.stem, info, roster, frame.index)
        for sink in self._waiting:
            self._sinks.append(sink)
            try:
                self.files.append(sink.open(context))
            except OutputError as error:
                self._give_up(sink, error)
        try:
            manifest.write(self._document("unfinished", None), self.manifest_path)
        except OutputError as problem:
            # That of the beginning is there, and the end writes another.
            log.warning("%s", problem)

    def write(self, snapshot: Snapshot) -> None:
        """Write one tracked frame; an output that fails is given up, the others go on."""
        for sink in tuple(self._sinks):
            try:
                sink.write(snapshot)
            except OutputError as error:
                self._give_up(sink, error)
        self.counts.add(snapshot)
        self.latency.add(time.monotonic() - snapshot.frame.t_capture_s)

    def _give_up(self, sink: Sink[Any], error: OutputError) -> None:
        """Go on without an output that failed; an experiment must not end because one disk is full."""
        self._sinks.remove(sink)
        close_all([sink])
        self._complain(error)
        if not self._sinks:
            self.error = error

    def _complain(self, error: OutputError) -> None:
        self.problems.append(str(error))
        log.error("%s", error)

    def close_outputs(self, figures: CaptureFigures, roster: tuple[int, ...]) -> None:
        """Make the tables final."""
        for problem in close_all(self._sinks):
            self._complain(problem)
        self._sinks.clear()
        self.counts.close_roster(roster)
        dropped = self.since(figures).dropped
        self.counts.lost_frames = dropped["damaged"] + dropped["source"] + dropped["disconnected"]
        self.counts.wall_s = self.seconds
        self.counts.cpu_s = time.process_time() - self._cpu_s

    def note_recording(self, document: dict[str, Any], files: list[Path], problems: list[str]) -> None:
        """Tell of a recording that was made meanwhile."""
        self.files += files
        self.problems += problems
        if self._recorded is None:
            self._recorded = document
        else:
            self._recorded = document | {"recordings": [*self._recorded["recordings"], *document["recordings"]]}

    def give_up(self) -> None:
        """Take back the names where nothing was ever written."""
        self._claim.give_up()

    def finish(self, error: BaseException | None, figures: CaptureFigures) -> None:
        """Write the manifest for good; call `close_outputs` before."""
        if error is not None:
            self.problems.append(str(error) if isinstance(error, TrackerError) else f"{type(error).__name__}: {error}")
        outcome = "failed" if error is not None else "cancelled" if self.counts.cancelled else "complete"
        self.files.append(self.manifest_path)
        try:
            manifest.write(self._document(outcome, figures), self.manifest_path)
        except OutputError as problem:
            self._complain(problem)

    def since(self, figures: CaptureFigures) -> CaptureFigures:
        """Return what of the source's figures belongs to this run."""
        before = self._before
        if before is None:
            return figures
        return replace(
            figures,
            received=figures.received - before.received,
            reconnections=figures.reconnections - before.reconnections,
            dropped={reason: count - before.dropped.get(reason, 0) for reason, count in figures.dropped.items()},
            gaps=tuple(gap for gap in figures.gaps if gap.end_s is None or gap.end_s > self._began_s),
        )

    def _document(self, outcome: str, figures: CaptureFigures | None) -> dict[str, Any]:
        first = self.first_frame
        counts = manifest.counts_document(self.counts)
        gaps: tuple[Gap, ...] = ()
        if figures is not None:
            mine = self.since(figures)
            gaps = mine.gaps
            counts |= {
                "frames_received": mine.received,
                "frames_dropped": sum(mine.dropped.values()),
                "dropped_by_reason": mine.dropped,
                "reconnections": mine.reconnections,
            }
        return {
            "outcome": outcome,
            "problems": self.problems,
            "started_utc": _utc(self._started),
            "ended_utc": None if outcome == "unfinished" else _utc(datetime.now(UTC)),
            "first_frame_utc": None if first is None or first.t_wall_s is None else _utc_of(first.t_wall_s),
            "source": manifest.source_document(self._source.stage, path_of(self._source), self.info),
            "counts": counts,
            "gaps": [_gap_document(gap) for gap in gaps],
            "recording": self._recorded,
            "timing": {**manifest.timing_document(self.counts), "latency_p99_ms": self.latency.p99_ms()},
            "files": [{"name": p.name, "bytes": p.stat().st_size} for p in self.files if p.is_file()],
            "program": manifest.program_document(),
            "settings": manifest.settings_document(self._preset),
        }


def _gap_document(gap: Gap) -> dict[str, Any]:
    return {
        "start_utc": _utc_of(gap.start_wall_s),
        "end_utc": None if gap.end_wall_s is None else _utc_of(gap.end_wall_s),
        "seconds": None if gap.end_s is None else round(gap.end_s - gap.start_s, 3),
        "frames_lost_about": gap.frames_lost,
        "reason": gap.reason,
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _utc_of(wall_s: float) -> str:
    return _utc(datetime.fromtimestamp(wall_s, UTC))
