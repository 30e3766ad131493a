"""``tracker-gui run``: a camera, tracked without a window until the time is over or somebody stops it."""

from __future__ import annotations

import contextlib
import functools
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui._bootstrap import suit_live_work
from tracker_gui.commands.presets import checked
from tracker_gui.commands.recording import recording_plan
from tracker_gui.commands.terminal import advice, print_animals, print_files, stop_on_signal
from tracker_gui.commands.track import with_animals, with_outputs
from tracker_gui.commands.typed_settings import changed
from tracker_gui.core.errors import InputError
from tracker_gui.core.preset import choice
from tracker_gui.engine.devices.board_set import BoardSet
from tracker_gui.engine.live_run import LiveRun, seconds_of
from tracker_gui.exchange.gallery import named_preset, named_source
from tracker_gui.feed.cassette_host import permission

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tracker_gui.core.live import CaptureState
    from tracker_gui.core.preset import Preset, StageChoice
    from tracker_gui.engine.live_figures import LiveFigures
    from tracker_gui.engine.live_recording import RecordingPlan

PLAIN_LINE_S = 10.0
SHOW_S = 0.2
#: How long each of several cameras has the line.
TURN_S = 3.0
CAMERA = "camera"


def main(args: argparse.Namespace) -> int:
    """Run the preset that was named, every camera of it."""
    suit_live_work()
    preset = checked(named_preset(args.preset), args.lenient)
    preset = with_outputs(with_animals(preset, args.animals), args.csv_style, None)
    if args.source is not None:
        preset = replace(preset, source=live_source(args.source), more_cameras=())
    preset = replace(preset, session=changed(preset.session, args.session, "--session"))
    if args.cassettes:
        permission.allow_all()
    plan = recording_plan(args, preset.recording)
    boards = BoardSet() if args.arm and preset.rules else None
    runs = [_run_of(preset, number, args, plan, boards) for number in range(preset.camera_count)]
    line = StatusLine(args.quiet, len(runs))
    with stop_on_signal() as stop, boards or contextlib.nullcontext():
        try:
            run_together(runs, line, lambda: bool(stop))
        finally:
            line.end()
    if not args.quiet:
        for run in runs:
            _print_result(run)
    problems = [problem for run in runs for problem in run.problems]
    for problem in problems:
        print(f"tracker-gui: {problem}", file=sys.stderr)
    return stop.exit_code if any(run.counts.cancelled for run in runs) else 4 if problems else 0


def _run_of(
    preset: Preset, number: int, args: argparse.Namespace, plan: RecordingPlan | None, boards: BoardSet | None
) -> LiveRun:
    camera = preset.camera(number)
    if camera.source is None:
        of = f": camera {number + 1}" if preset.camera_count > 1 else ""
        raise InputError(f"{args.preset}{of}", "names no source", "Name a camera or a video with --source.")
    seconds = seconds_of(args.minutes)
    return LiveRun(
        camera.source, camera, Path(args.out), seconds, plan, camera=number, armed=args.arm, devices=boards
    )  # fmt: skip


def run_together(runs: list[LiveRun], line: StatusLine, stopped: Callable[[], bool]) -> None:
    """Run every camera on a thread of its own; one that cannot go on does not end the others.

    Raises
    ------
    TrackerError
        Why the first of them failed, once all have ended.
    """
    failed: list[BaseException] = []

    def follow(number: int) -> None:
        try:
            runs[number].run(functools.partial(line.hear, number), stopped)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=follow, args=(number,), name="run") for number in range(len(runs))]
    for thread in threads:
        thread.start()
    # In pieces, because a signal is heard only between two waits.
    while any(thread.is_alive() for thread in threads):
        threads[0].join(SHOW_S) if threads[0].is_alive() else time.sleep(SHOW_S)
        line.show()
    if failed:
        raise failed[0]


def live_source(text: str) -> StageChoice:
    """Return the live source a user means: an address, a camera, or a video to replay.

    Raises
    ------
    InputError, SettingsError
    """
    if "://" in text:
        return choice("sources", "network_stream", url=text)
    if text == CAMERA or text.startswith(f"{CAMERA}:"):
        return choice("sources", "camera", device=text.removeprefix(CAMERA).removeprefix(":"))
    path = Path(text)
    if path.suffix.lower() != ".json" and path.is_file():
        return choice("sources", "replay", path=path.absolute())
    source, _, _ = named_source(text)
    return source


def _print_result(run: LiveRun) -> None:
    counts = run.counts
    if run.stopped_by:
        print(f"A rule ended the run: {run.stopped_by}")
    name = run.info.name if run.info is not None else ""
    print(f"{name}: {counts.frames} frames tracked in {duration(counts.wall_s)}")
    if counts.states and counts.frames:
        print_animals(counts)
    print_files(run.files)
    for sentence in advice(counts):
        print(f"\nwarning: {sentence}", file=sys.stderr)


class StatusLine:
    """One line that tells how live runs are doing: rewritten on a terminal, else printed now and then."""

    def __init__(self, quiet: bool, cameras: int = 1) -> None:
        self._quiet = quiet
        self._on_terminal = sys.stderr.isatty()
        self._said_s = 0.0
        self._figures: list[LiveFigures | None] = [None] * cameras
        self._states: list[CaptureState | None] = [None] * cameras
        self._open = False

    def hear(self, camera: int, figures: LiveFigures) -> None:
        """Take the figures of one camera; may be called from any thread."""
        self._figures[camera] = figures

    def show(self) -> None:
        """Show the newest figures; a change of a source's state gets a line of its own."""
        if self._quiet:
            return
        known = [(number, figures) for number, figures in enumerate(self._figures) if figures is not None]
        for number, figures in known:
            if figures.status.state is not self._states[number]:
                self._states[number] = figures.status.state
                self.end()
                print(self._of(number) + figures.status.sentence, file=sys.stderr, flush=True)
        if not known:
            return
        if self._on_terminal:
            width = shutil.get_terminal_size().columns - 1
            number, figures = known[int(time.monotonic() / TURN_S) % len(known)]
            text = self._of(number) + status_text(figures)
            print("\r" + text[:width].ljust(width), end="", file=sys.stderr, flush=True)
            self._open = True
        elif time.monotonic() - self._said_s >= PLAIN_LINE_S:
            self._said_s = time.monotonic()
            for number, figures in known:
                print(self._of(number) + status_text(figures), file=sys.stderr, flush=True)

    def _of(self, number: int) -> str:
        return f"camera {number + 1}: " if len(self._figures) > 1 else ""

    def end(self) -> None:
        if self._open:
            print(file=sys.stderr, flush=True)
        self._open = False


def status_text(figures: LiveFigures) -> str:
    """Return the figures as one line, the most important first."""
    capture = figures.capture
    parts = [
        figures.waiting or duration(figures.seconds),
        figures.status.state.value,
        f"{capture.rate_hz:.1f} frames/s",
        f"tracked {figures.tracked_hz:.1f}",
        f"found {figures.found}/{figures.wanted}",
    ]
    if figures.latency_ms is not None and figures.latency_p99_ms is not None:
        parts.append(f"{figures.latency_ms:.0f} ms (p99 {figures.latency_p99_ms:.0f})")
    dropped = ", ".join(f"{reason} {count}" for reason, count in capture.dropped.items() if count)
    parts.append(f"dropped: {dropped or 'none'}")
    for recording in figures.recording:
        words = f"{recording.phase.value} {duration(recording.seconds)}"
        parts.append(f"{words}: {recording.sentence}" if recording.sentence else words)
    if figures.free_bytes is not None:
        parts.append(f"{figures.free_bytes / 1e9:.1f} GB free")
    parts += figures.troubles
    if figures.problems:
        parts.append(f"{len(figures.problems)} output failed")
    return " | ".join(parts)


def duration(seconds: float) -> str:
    """Return h:mm:ss."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
