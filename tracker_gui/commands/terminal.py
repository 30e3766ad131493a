"""A run as the terminal sees it: progress bar, Ctrl-C, and a table of what came out."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from tracker_gui.core.errors import OutputError
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tracker_gui.core.types import Snapshot
    from tracker_gui.engine.runner import Counts
    from tracker_gui.engine.track_job import TrackJob, TrackResult

MOST_ROWS = 30


class Stop:
    """The signal that asked the run to end, 0 for none."""

    number = 0

    def __bool__(self) -> bool:
        return self.number != 0

    @property
    def exit_code(self) -> int:
        """What shells expect of a program that a signal ended."""
        return 128 + self.number if self.number else 0


@contextmanager
def stop_on_signal() -> Iterator[Stop]:
    """Turn the first Ctrl-C (or SIGTERM) into a wish; a second one ends the program at once."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def asked(number: int, _: Any) -> None:
        stop.number = number
        for each, handler in before.items():
            signal.signal(each, handler)

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_with_bar(
    job: TrackJob, quiet: bool, on_snapshot: Callable[[Snapshot], None] | None = None
) -> tuple[TrackResult, int]:
    """Run a job with a progress bar; return its result and the exit code."""
    tqdm.monitor_interval = 0  # its thread would only wake a bar that moves with every frame anyway
    with stop_on_signal() as stop, tqdm(unit=" frames", disable=quiet or None, dynamic_ncols=True) as bar:

        def progress(counts: Counts) -> None:
            if bar.total is None and job.info is not None and job.info.frame_count:
                bar.total = job.frames_in_all
            bar.update(1)

        try:
            result = job.run(progress, lambda: bool(stop), on_snapshot)
        except OutputError:
            bar.close()
            if job.files:
                print(f"Written up to there, and complete: {', '.join(map(str, job.files))}", file=sys.stderr)
            raise
    if result.counts.cancelled:
        names = ", ".join(path.name for path in result.files)
        kept = f"Complete up to there: {names}" if names else "Nothing was written."
        print(f"Stopped after {result.counts.frames} frames. {kept}", file=sys.stderr)
    return result, stop.exit_code if result.counts.cancelled else 0


def print_summary(job: TrackJob, result: TrackResult, more: tuple[Path, ...] = ()) -> None:
    """Say how often each animal was found, and where the files are."""
    counts = result.counts
    name = job.info.name if job.info is not None else ""
    rate = counts.frames / counts.wall_s if counts.wall_s else 0.0
    print(f"{name}: {counts.frames} frames in {counts.wall_s:.1f} s ({rate:.0f} frames/s)")
    if counts.lost_frames:
        print(f"{counts.lost_frames} frames were damaged in the source and are missing")
    if counts.states and counts.frames:
        print_animals(counts)
    print_files((*result.files, *more))
    for sentence in advice(counts):
        print(f"\nwarning: {sentence}", file=sys.stderr)


def print_files(files: Iterable[Path]) -> None:
    """Say how large each file is."""
    print()
    for path in files:
        print(f"{_size(path):>9}  {path}")


def print_animals(counts: Counts) -> None:
    """Say how often each animal was in each state."""
    print("\nanimal " + "".join(f"{state.name.lower():>10}" for state in TrackState) + "      seen")
    for number, (track_id, states) in enumerate(sorted(counts.states.items())):
        if number == MOST_ROWS:
            print(f"   ... and {len(counts.states) - MOST_ROWS} more, all in the run file")
            break
        cells = "".join(f"{states[state]:>10}" for state in TrackState)
        print(f"{track_id:>6} {cells}  {percent(counts.found_share(track_id)):>8}")
    if len(counts.states) > 1:
        print(f"all at once in {percent(counts.all_measured / counts.frames)} of the frames")


def percent(share: float) -> str:
    """Return a share in percent, and 100 only where it is all."""
    return f"{100 * share:.2f} %" if share == 1 or share < 0.9999 else "99.99 %"


def advice(counts: Counts) -> list[str]:
    """Return what looks like a wrong setting, with the way out."""
    never = [i for i, states in counts.states.items() if states[TrackState.LOST] == counts.frames]
    if not never or not counts.frames:
        return []
    all_of_them, seen = len(counts.states), len(counts.states) - len(never)
    if not seen:
        return [
            "No animal was ever found: the detector's settings do not fit this source. Tune them in the window "
            "and save them, then give them with --preset."
        ]
    were = "was" if len(never) == 1 else "were"
    return [f"{len(never)} of {all_of_them} animals {were} never seen: --animals {seen}?"]


def _size(path: Path) -> str:
    size = float(path.stat().st_size) if path.is_file() else 0.0
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
