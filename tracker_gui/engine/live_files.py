"""The files of one live tracking run: tables and the manifest, from the first tracked frame to the last."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker_gui.core.annotation import annotation_of
from tracker_gui.core.errors import OutputError, TrackerError
from tracker_gui.core.stage import SinkContext
from tracker_gui.engine import manifest
from tracker_gui.engine.aside import aside
from tracker_gui.engine.capture import BUSY
from tracker_gui.engine.counters import LatencyMeter
from tracker_gui.engine.picture_sink import PictureSink
from tracker_gui.engine.rules.log_files import DECISIONS_ENDING, TIMES_ENDING
from tracker_gui.engine.run_files import Claim, close_all, endings_of, path_of, run_stem
from tracker_gui.engine.runner import Counts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracker_gui.core.live import Gap
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.core.session_plan import SessionPlan
    from tracker_gui.core.stage import Sink
    from tracker_gui.core.types import Frame, Snapshot, SourceInfo
    from tracker_gui.engine.capture import CaptureFigures

log = logging.getLogger(__name__)

#: Left for the manifest when the tables have taken all of the time.
MANIFEST_SHARE_S = 0.4

#: Why a frame that arrived is not tracked: the run was over.
ENDED = "run ended"


class LiveFiles:
    """Writes what is tracked into one folder; no file that is there already is written over.

    Once made, it does not wait for the disk until `finish`, whose time is limited.

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
        made = [chosen.make() for chosen in preset.outputs if chosen.enabled]
        self._waiting = [PictureSink(sink) if sink.keeps_pictures else sink for sink in made]
        self._sinks: list[Sink[Any] | PictureSink] = []
        endings = endings_of(made) + ([DECISIONS_ENDING, TIMES_ENDING] if preset.rules else [])
        self._claim = Claim(folder, run_stem(source, preset, datetime.now()), endings)
        self._start_clock()
        self._before: CaptureFigures | None = None
        self._recorded: dict[str, Any] | None = None
        self._closer: threading.Thread | None = None
        self._manifest_lock = threading.Lock()
        self._is_final = False
        manifest.write(self._document("unfinished", None), self.manifest_path)

    def _start_clock(self) -> None:
        self._started = datetime.now(UTC)
        self._began_s, self._cpu_s = time.monotonic(), time.process_time()

    @property
    def plan(self) -> SessionPlan:
        """When the run is to begin and to end."""
        return self._preset.session

    @property
    def is_over(self) -> bool:
        """Whether it has lasted as long as its session says, from its first frame on."""
        length_s, first = self.plan.length_s, self.first_frame
        return length_s is not None and first is not None and time.monotonic() - first.t_capture_s >= length_s

    def is_behind_end(self, frame: Frame) -> bool:
        """Whether a frame came when the run was over."""
        length_s, first = self.plan.length_s, self.first_frame
        return length_s is not None and first is not None and frame.t_capture_s - first.t_capture_s >= length_s

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
        """Take these figures of the source, and now, for the beginning of the run."""
        self._before = figures
        self._start_clock()

    def begin(self, frame: Frame, info: SourceInfo, roster: tuple[int, ...]) -> None:
        """Open what depends on the size of the picture."""
        self.info = info
        self.first_frame = frame
        annotation, about = annotation_of(self._preset, info.name), self.plan.info_document()
        context = SinkContext(
            self.folder, self.stem, info, roster, frame.index, annotation=annotation, about=about,
            zones=self._preset.zones,
        )  # fmt: skip
        for sink in self._waiting:
            self._sinks.append(sink)
            try:
                self.files.append(sink.open(context))
            except OutputError as error:
                self._give_up(sink, error)
        aside(self._note_beginning)

    def _note_beginning(self) -> None:
        with self._manifest_lock:
            if self._is_final:
                return
            try:
                manifest.write(self._document("unfinished", None), self.manifest_path)
            except OutputError as problem:
                # The first one is there, and the end writes another.
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

    def _give_up(self, sink: Sink[Any] | PictureSink, error: OutputError) -> None:
        """Go on without an output that failed; an experiment must not end because one disk is full."""
        self._sinks.remove(sink)
        close_all([sink])
        self._complain(error)
        if not self._sinks:
            self.error = error

    def _complain(self, error: OutputError) -> None:
        self.problems.append(str(error))
        log.error("%s", error)

    @property
    def is_closing(self) -> bool:
        """Whether it takes no more frames."""
        return self._closer is not None

    @property
    def is_final(self) -> bool:
        """Whether nothing can be added to what the manifest says of it."""
        return self._is_final

    def begin_close(self, roster: tuple[int, ...]) -> None:
        """Take no more frames and make the outputs final; returns at once."""
        self.counts.close_roster(roster)
        self.counts.wall_s = self.seconds
        self.counts.cpu_s = time.process_time() - self._cpu_s
        self._closer = aside(self._close_outputs)

    def _close_outputs(self) -> None:
        for problem in close_all(self._sinks):
            self._complain(problem)
        self._sinks.clear()

    def note_recording(self, document: dict[str, Any], files: list[Path], problems: list[str]) -> None:
        """Tell of a recording that was made meanwhile."""
        self.files += files
        self.problems += problems
        if self._recorded is None:
            self._recorded = document
        else:
            self._recorded = document | {"recordings": [*self._recorded["recordings"], *document["recordings"]]}

    def note_files(self, files: Sequence[Path], problems: Sequence[str]) -> None:
        """Tell of files that were written beside the outputs."""
        self.files += files
        self.problems += problems

    def give_up(self) -> None:
        """Take back the names where nothing was ever written."""
        try:
            self._claim.give_up()
        except OSError as error:
            log.warning("%s: cannot be removed (%s)", self.manifest_path, error.strerror)

    def finish(self, error: BaseException | None, figures: CaptureFigures, until_s: float) -> None:
        """Wait for the end of the outputs and write the manifest for good; call `begin_close` before.

        Parameters
        ----------
        until_s : float
            On the monotonic clock. What the disk has not taken by then is said in `problems`.
        """
        if self.first_frame is None and isinstance(error, TrackerError):
            self._is_final = True
            aside(self.give_up).join(max(0.0, until_s - time.monotonic()))
            return
        if self._closer is not None:
            self._closer.join(max(0.0, until_s - time.monotonic() - MANIFEST_SHARE_S))
            if self._closer.is_alive():
                self._complain(_unanswered(self.folder, "the end of the outputs is not written"))
        if error is not None:
            self.problems.append(str(error) if isinstance(error, TrackerError) else f"{type(error).__name__}: {error}")
        outcome = "failed" if error is not None else "cancelled" if self.counts.cancelled else "complete"
        dropped = self.since(figures).dropped
        self.counts.lost_frames = dropped["damaged"] + dropped["source"] + dropped["disconnected"]
        self._is_final = True
        self.files.append(self.manifest_path)
        writer = aside(lambda: self._write_final(outcome, figures))
        writer.join(max(MANIFEST_SHARE_S, until_s - time.monotonic()))
        if writer.is_alive():
            self._complain(_unanswered(self.manifest_path, "how the run ended is not written"))

    def _write_final(self, outcome: str, figures: CaptureFigures) -> None:
        with self._manifest_lock:
            self.files = [path for path in self.files if _bytes_of(path) is not None]
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
        # Those of a run in progress change while they would be written.
        counted = Counts() if figures is None else self.counts
        counts = manifest.counts_document(counted)
        gaps: tuple[Gap, ...] = ()
        if figures is not None:
            mine = _balanced(self.since(figures), counted.frames)
            gaps = mine.gaps
            counts |= {
                "frames_received": mine.received,
                "frames_dropped": sum(mine.dropped.values()),
                "dropped_by_reason": mine.dropped,
                "reconnections": mine.reconnections,
            }
        return {
            "outcome": outcome,
            "problems": list(self.problems),
            "started_utc": _utc(self._started),
            "ended_utc": None if outcome == "unfinished" else _utc(datetime.now(UTC)),
            "first_frame_utc": None if first is None or first.t_wall_s is None else _utc_of(first.t_wall_s),
            "session": self.plan.info_document(),
            "source": manifest.source_document(self._source.stage, path_of(self._source), self.info),
            "counts": counts,
            "gaps": [_gap_document(gap) for gap in gaps],
            "recording": self._recorded,
            "timing": {**manifest.timing_document(counted), "latency_p99_ms": self.latency.p99_ms()},
            "files": [{"name": path.name, "bytes": _bytes_of(path)} for path in tuple(self.files)],
            "program": manifest.program_document(),
            "settings": manifest.settings_document(self._preset),
        }


def _balanced(mine: CaptureFigures, tracked: int) -> CaptureFigures:
    """Return figures in which every frame that arrived is tracked or dropped for a reason.

    One that had just arrived as the run began is the run's; one that waited to be tracked as it ended is dropped.
    """
    left = mine.received - mine.dropped[BUSY] - tracked
    if left < 0:
        return replace(mine, received=mine.received - left)
    return replace(mine, dropped=mine.dropped | {ENDED: left}) if left else mine


def _bytes_of(path: Path) -> int | None:
    """Return the size of a file, None where it cannot be told."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _unanswered(path: Path, what: str) -> OutputError:
    return OutputError(str(path), f"the disk has not answered: {what}", "It is, if it answers before the program ends.")


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
