"""Many videos, each with its settings, into one folder with one set of tables and one report."""

from __future__ import annotations

import io
import json
import logging
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tracker_gui.analysis.batch_report import ReportedVideo, report_html
from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.analysis.result_tables import COLUMNS, MeasuredVideo, arrow_table, result_rows
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.errors import OutputError, SettingsError
from tracker_gui.core.preset import to_document
from tracker_gui.engine.batch_job import BatchJob, Outcome, Progress, arenas_of, with_tidy_table
from tracker_gui.engine.manifest import is_complete_run
from tracker_gui.engine.run_files import MANIFEST_ENDING, path_of, stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker_gui.core.preset import Preset, StageChoice

log = logging.getLogger(__name__)

REPORT = "batch_report.html"


@dataclass(frozen=True, slots=True)
class BatchVideo:
    """One line of a batch.

    Attributes
    ----------
    name : str
        As people know it: its file's name.
    source : StageChoice or None
        None where it could not be found; `problem` says why.
    """

    name: str
    source: StageChoice | None
    preset: Preset
    problem: str = ""


class Runner(Protocol):
    """Where jobs run."""

    @property
    def threads_each(self) -> int: ...

    def run(
        self,
        jobs: Mapping[int, BatchJob],
        told: Callable[[int, Progress | Outcome], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Run all jobs; `told` hears of each, on any thread, and gets one `Outcome` for every one."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch left behind: an outcome for each video, in their order, and the files over all of them."""

    outcomes: tuple[Outcome, ...]
    files: tuple[Path, ...]

    def count(self, state: str) -> int:
        return sum(outcome.state == state for outcome in self.outcomes)

    @property
    def report(self) -> Path:
        return self.files[-1]


@dataclass(slots=True)
class Batch:
    """Tracks and measures many videos.

    Each has a folder of its own in `folder`; tables over all of them and a report stand beside these.

    Parameters
    ----------
    resume : bool
        Go on with a batch: what is finished, with the same settings and of the same file, is not tracked again.
    """

    videos: Sequence[BatchVideo]
    folder: Path
    measuring: MeasureSettings = field(default_factory=MeasureSettings)
    resume: bool = False

    def run(
        self,
        runner: Runner,
        told: Callable[[int, Progress | Outcome], None] = lambda number, what: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> BatchResult:
        """Run what is to be run and write the tables and the report, also of a batch that was cancelled.

        Parameters
        ----------
        told : callable
            Hears how far each video is and how it ended, one call at a time but on any thread; must be quick.
        cancelled : callable
            Asked often, on any thread; True ends the videos that run with complete files.

        Raises
        ------
        SettingsError
            The folder holds a batch already, which is not to be resumed.
        OutputError
            The folder or the tables cannot be written.
        """
        self._check_folder()
        names = folder_names(self.videos)
        finished = self._finished() if self.resume else {}
        outcomes: dict[int, Outcome] = {}
        jobs: dict[int, BatchJob] = {}
        one_at_a_time = threading.Lock()

        def heard(number: int, what: Progress | Outcome) -> None:
            with one_at_a_time:
                if isinstance(what, Outcome):
                    outcomes[number] = what
                told(number, what)

        for number, video in enumerate(self.videos):
            if video.source is None:
                heard(number, Outcome("failed", video.problem))
            else:
                jobs[number] = self._job(video, video.source, names[number], finished, runner.threads_each)
        if jobs:
            runner.run(jobs, heard, cancelled)
        for number in jobs.keys() - outcomes.keys():
            heard(number, Outcome("failed", "it was not run. The log says why; resume the batch."))
        ordered = tuple(outcomes[number] for number in range(len(self.videos)))
        return BatchResult(ordered, self._write_results(ordered, names))

    def _check_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = "it is a file, not a folder" if self.folder.is_file() else error.strerror
            raise OutputError(
                str(self.folder), f"cannot be written ({reason})", "Choose another output folder."
            ) from error
        if not self.resume and holds_batch(self.folder):
            raise SettingsError(
                str(self.folder), "holds the results of a batch already", "Resume it, or choose another folder."
            )

    def _job(
        self, video: BatchVideo, source: StageChoice, name: str, finished: dict[str, list[_Manifest]], threads: int
    ) -> BatchJob:
        settings = to_document(with_tidy_table(replace(video.preset.camera(0), source=source, range=None)))
        path = path_of(source)
        for manifest in finished.get(str(path.resolve()) if path is not None else "", []):
            if is_complete_run(manifest.document, manifest.path.parent, settings, path):
                return BatchJob(settings, str(manifest.path.parent), self._measuring, str(manifest.path), threads)
        # Workers of a cluster begin in another folder than this one.
        return BatchJob(settings, str((self.folder / name).resolve()), self._measuring, "", threads)

    @property
    def _measuring(self) -> dict[str, Any]:
        return self.measuring.model_dump(mode="json")

    def _finished(self) -> dict[str, list[_Manifest]]:
        """Return the manifests in the folder, newest last, by the path of their source."""
        found: dict[str, list[_Manifest]] = {}
        for path in sorted(self.folder.glob(f"*/*{MANIFEST_ENDING}")):
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
                source = str(document["source"].get("path", ""))
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                log.info("%s: is no record of a run (%s)", path, error)
                continue
            found.setdefault(source, []).append(_Manifest(path, document))
        return found

    def _write_results(self, outcomes: Sequence[Outcome], names: Sequence[str]) -> tuple[Path, ...]:
        from pyarrow import csv, parquet

        measured = [
            MeasuredVideo(
                video.name,
                Path(outcome.manifest).parent.name if outcome.manifest else name,
                video.preset.name,
                outcome.state,
                outcome.reason,
                outcome.measures,
                arenas_of(video.preset),
            )
            for video, outcome, name in zip(self.videos, outcomes, names, strict=True)
        ]
        rows = result_rows(measured)
        files = []
        for name in COLUMNS:
            if not rows[name] and name not in ("videos", "animals", "zones"):
                # A table of an earlier turn would tell of what is no longer so.
                for ending in ("csv", "parquet"):
                    (self.folder / f"batch_{name}.{ending}").unlink(missing_ok=True)
                continue
            table = arrow_table(name, rows[name])
            for ending, write in (("csv", csv.write_csv), ("parquet", parquet.write_table)):
                content = io.BytesIO()
                write(table, content)
                files.append(self.folder / f"batch_{name}.{ending}")
                write_atomically(files[-1], content.getvalue())
        reported = [
            ReportedVideo(each, video.preset, outcome.size_px, outcome.was_there)
            for each, video, outcome in zip(measured, self.videos, outcomes, strict=True)
        ]
        files.append(self.folder / REPORT)
        write_atomically(files[-1], report_html(reported, self.measuring))
        return tuple(files)


@dataclass(frozen=True, slots=True)
class _Manifest:
    path: Path
    document: dict[str, Any]


def holds_batch(folder: Path) -> bool:
    """Return whether a folder holds the results of a batch."""
    return (folder / "batch_videos.csv").exists()


def folder_names(videos: Sequence[BatchVideo]) -> list[str]:
    """Return a folder's name for each video; videos of the same name get numbers, in their order."""
    taken: set[str] = set()
    names = []
    for video in videos:
        stem = Path(video.name).stem if video.source is None else stem_of(video.source)
        number = 1
        # Some disks do not tell Day1 from day1.
        while (name := stem if number == 1 else f"{stem}-{number}").lower() in taken:
            number += 1
        taken.add(name.lower())
        names.append(name)
    return names
