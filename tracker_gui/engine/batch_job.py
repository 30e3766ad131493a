"""One video of a batch, from its settings to its measures; the same wherever it runs.

A job is plain data, so that it can be sent to another process or another computer, and `run_job` can be
imported there.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2

from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.analysis.track_table import read_tidy
from tracker_gui.analysis.video_measures import measure_video
from tracker_gui.core.decoder_threads import limit_decoder_threads
from tracker_gui.core.errors import InputError, SettingsError, TrackerError
from tracker_gui.core.preset import Preset, choice, parse, read_json
from tracker_gui.engine.track_job import TrackJob

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.analysis.video_measures import VideoMeasures
    from tracker_gui.engine.runner import Counts

log = logging.getLogger(__name__)

#: Often enough for a progress bar, seldom enough for a network.
TELL_EVERY_S = 0.2
TRACKS_ENDING = "_tracks.csv"

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class BatchJob:
    """What is to be done with one video.

    Attributes
    ----------
    settings : dict
        A whole preset as its JSON document, with the video as its source.
    folder : str
        Of this video's results alone.
    measuring : dict
        Fields of `MeasureSettings`.
    finished : str
        Manifest of a run that is complete already and is only measured anew; empty for none.
    threads : int
        How many the decoder and OpenCV may use; 0 for all cores.
    """

    settings: dict[str, Any]
    folder: str
    measuring: dict[str, Any]
    finished: str = ""
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a video is; `frames_in_all` is None while that is not known."""

    frames: int
    frames_in_all: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a video ended.

    Attributes
    ----------
    reason : str
        Why it failed or was cancelled; of one that is done, what was wrong with the video all the same.
    manifest : str
        Its file; empty where nothing was written.
    was_there : bool
        Tracked by an earlier batch.
    """

    state: State
    reason: str = ""
    manifest: str = ""
    was_there: bool = False
    measures: VideoMeasures | None = None
    size_px: tuple[int, int] = (0, 0)


NOT_BEGUN = Outcome("cancelled", "not begun")


def run_job(job: BatchJob, told: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
    """Track and measure one video; whatever is wrong with it becomes its outcome.

    Parameters
    ----------
    told : callable
        Hears now and then how far it is.
    cancelled : callable
        Asked once per frame; True ends the run with complete files.
    """
    if cancelled():
        return NOT_BEGUN
    limit_decoder_threads(job.threads)
    cv2.setNumThreads(job.threads or -1)
    try:
        preset = preset_of(job)
        if job.finished:
            return _measured(Path(job.finished), preset, job, was_there=True)
        return _tracked(preset, job, told, cancelled)
    except TrackerError as error:
        return Outcome("failed", str(error))
    except Exception as error:  # one video must not end the others
        log.exception("%s failed", job.folder)
        return Outcome("failed", f"unexpected problem: {type(error).__name__}: {error}")


def preset_of(job: BatchJob) -> Preset:
    """Return the settings of a job.

    Raises
    ------
    SettingsError
        This computer cannot use all of them, because it lacks a stage say.
    """
    preset, problems = parse(job.settings, str(job.settings.get("name", "preset")))
    if problems:
        raise SettingsError(problems[0].place, problems[0].problem)
    return preset


def with_tidy_table(preset: Preset) -> Preset:
    """Return the preset with a tidy table in place of any other: measures are taken from it."""
    others = tuple(chosen for chosen in preset.outputs if chosen.stage != "tracks_csv")
    return replace(preset, outputs=(choice("sinks", "tracks_csv"), *others))


def arenas_of(preset: Preset) -> dict[int, str]:
    """Return the name of the arena of each animal; empty where the preset has no arenas."""
    params = preset.tracker.params
    arenas, animals = getattr(params, "arenas", ()), getattr(params, "animals", 0)
    return {
        arena * animals + animal + 1: shape.name or f"arena {arena + 1}"
        for arena, shape in enumerate(arenas)
        for animal in range(animals)
    }


def _tracked(preset: Preset, job: BatchJob, told: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
    assert preset.source is not None
    track_job = TrackJob(preset.source, preset, Path(job.folder))
    next_s = 0.0

    def progress(counts: Counts) -> None:
        nonlocal next_s
        now_s = time.monotonic()
        if now_s >= next_s:
            next_s = now_s + TELL_EVERY_S
            told(Progress(counts.frames, track_job.info.frame_count if track_job.info is not None else None))

    result = track_job.run(progress, cancelled)
    if result.counts.cancelled:
        reason = f"stopped after {result.counts.frames} frames; its files are complete up to there"
        return Outcome("cancelled", reason, str(result.manifest_path))
    return _measured(result.manifest_path, preset, job, was_there=False)


def _measured(manifest: Path, preset: Preset, job: BatchJob, was_there: bool) -> Outcome:
    document = read_json(manifest)
    try:
        names = [file["name"] for file in document["files"] if file["name"].endswith(TRACKS_ENDING)]
        size_px = int(document["source"]["width_px"]), int(document["source"]["height_px"])
        problems = [str(problem) for problem in document["problems"]]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(str(manifest), "is damaged", "Delete it and track the video again.") from error
    if not names:
        raise InputError(str(manifest), "names no table of tracks", "Track the video again.")
    table = read_tidy(manifest.parent / names[0])
    mm_per_px = None if preset.scale is None else preset.scale.mm_per_px
    measures = measure_video(table, preset.zones, mm_per_px, MeasureSettings(**job.measuring), arenas_of(preset))
    return Outcome("done", "; ".join(problems), str(manifest), was_there, measures, size_px)
