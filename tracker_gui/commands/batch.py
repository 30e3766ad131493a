"""``tracker-gui batch``: many videos with one preset, without a window."""

from __future__ import annotations

import glob
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.commands.presets import checked
from tracker_gui.commands.terminal import print_files, stop_on_signal
from tracker_gui.commands.track import with_animals
from tracker_gui.commands.typed_settings import changed
from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.engine.batch import Batch, BatchVideo
from tracker_gui.engine.batch_dask import DaskRunner
from tracker_gui.engine.batch_job import Outcome, Progress
from tracker_gui.engine.batch_processes import ProcessRunner
from tracker_gui.engine.batch_videos import batch_video
from tracker_gui.exchange.gallery import named_preset

if TYPE_CHECKING:
    import argparse

    from tracker_gui.engine.batch import BatchResult, Runner


def main(args: argparse.Namespace) -> int:
    """Run the batch that was asked for."""
    presets = [with_animals(checked(named_preset(name), args.lenient), args.animals) for name in args.preset]
    measuring = changed(MeasureSettings(), args.measure_with, "--measure-with")
    runner: Runner = DaskRunner(args.dask) if args.dask is not None else ProcessRunner(_workers(args.jobs))
    videos = [batch_video(name, preset) for preset in presets for name in _names(args.videos)]
    batch = Batch(videos, Path(args.out), measuring, args.resume)
    with stop_on_signal() as stop, _Bars(videos, args.quiet) as bars:
        result = batch.run(runner, bars.hear, lambda: bool(stop))
    _print_problems(videos, result)
    if not args.quiet:
        was_there = sum(outcome.was_there for outcome in result.outcomes)
        before = f" ({was_there} of them before)" if was_there else ""
        print(f"{result.count('done')} of {len(videos)} videos are done{before}")
        print_files(result.files)
    if stop:
        print(f"Stopped. Go on with: --resume --out {args.out}", file=sys.stderr)
        return stop.exit_code
    return InputError.exit_code if result.count("failed") else 0


def _workers(jobs: int | None) -> int:
    if jobs is not None and jobs < 1:
        raise SettingsError("--jobs", f"must be 1 or more, got {jobs}")
    return jobs or 0


def _names(words: list[str]) -> list[str]:
    """Return the files that are meant: a shell that knows no patterns hands them on as they are."""
    names = []
    for word in words:
        found = sorted(glob.glob(word)) if glob.has_magic(word) and not Path(word).exists() else []
        names += found or [word]
    return names


def _print_problems(videos: list[BatchVideo], result: BatchResult) -> None:
    for video, outcome in zip(videos, result.outcomes, strict=True):
        if outcome.state == "failed":
            print(f"{video.name}: failed. {outcome.reason}", file=sys.stderr)
        elif outcome.state == "done" and outcome.reason:
            print(f"{video.name}: {outcome.reason}", file=sys.stderr)


class _Bars:
    """A bar of all videos; behind it the frames of each that runs."""

    def __init__(self, videos: list[BatchVideo], quiet: bool) -> None:
        tqdm.monitor_interval = 0
        self._videos = videos
        self._bar = tqdm(total=len(videos), unit=" videos", disable=quiet or None, dynamic_ncols=True)
        self._running: dict[int, Progress] = {}

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def hear(self, number: int, what: Progress | Outcome) -> None:
        if isinstance(what, Outcome):
            self._running.pop(number, None)
            self._bar.update(1)
        else:
            self._running[number] = what
        self._bar.set_postfix_str(", ".join(self._words(n) for n in sorted(self._running)))

    def _words(self, number: int) -> str:
        progress = self._running[number]
        name = self._videos[number].name
        if not progress.frames_in_all:
            return f"{name} {progress.frames} frames"
        return f"{name} {100 * progress.frames // progress.frames_in_all} %"
