"""``tracker-gui run``: a camera, tracked without a window until the time is over or somebody stops it."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.commands.presets import checked
from tracker_gui.commands.recording import recorder_settings
from tracker_gui.commands.terminal import advice, print_animals, print_files, stop_on_signal
from tracker_gui.commands.track import with_animals, with_outputs
from tracker_gui.core.errors import InputError
from tracker_gui.core.preset import choice
from tracker_gui.engine.live_recording import RecordingPlan
from tracker_gui.engine.live_run import LiveRun, seconds_of
from tracker_gui.exchange.gallery import named_preset, named_source

if TYPE_CHECKING:
    import argparse

    from tracker_gui.core.live import CaptureState
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.engine.live_channel import LiveFigures

PLAIN_LINE_S = 10.0
CAMERA = "camera"


def main(args: argparse.Namespace) -> int:
    """Run the preset that was named."""
    preset = checked(named_preset(args.preset), args.lenient)
    preset = with_outputs(with_animals(preset, args.animals), args.csv_style, None)
    source = live_source(args.source) if args.source is not None else preset.source
    if source is None:
        raise InputError(args.preset, "this preset names no source", "Name a camera or a video with --source.")
    second = None if args.second_folder is None else Path(args.second_folder)
    plan = None if args.record == "none" else RecordingPlan(args.record, recorder_settings(args.record_with), second)
    run = LiveRun(source, preset, Path(args.out), seconds_of(args.minutes), plan)
    line = StatusLine(args.quiet)
    with stop_on_signal() as stop:
        try:
            result = run.run(line.show, lambda: bool(stop))
        finally:
            line.end()
    if not args.quiet:
        _print_result(run)
    for problem in result.problems:
        print(f"tracker-gui: {problem}", file=sys.stderr)
    return stop.exit_code if result.counts.cancelled else 4 if result.problems else 0


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
    name = run.info.name if run.info is not None else ""
    print(f"{name}: {counts.frames} frames tracked in {duration(counts.wall_s)}")
    if counts.states and counts.frames:
        print_animals(counts)
    print_files(run.files)
    for sentence in advice(counts):
        print(f"\nwarning: {sentence}", file=sys.stderr)


class StatusLine:
    """One line that tells how a live run is doing: rewritten on a terminal, else printed now and then."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._on_terminal = sys.stderr.isatty()
        self._said_s = 0.0
        self._state: CaptureState | None = None
        self._open = False

    def show(self, figures: LiveFigures) -> None:
        """Show the figures; a change of the source's state gets a line of its own."""
        if self._quiet:
            return
        if figures.status.state is not self._state:
            self._state = figures.status.state
            self.end()
            print(figures.status.sentence, file=sys.stderr, flush=True)
        if self._on_terminal:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + status_text(figures)[:width].ljust(width), end="", file=sys.stderr, flush=True)
            self._open = True
        elif time.monotonic() - self._said_s >= PLAIN_LINE_S:
            self._said_s = time.monotonic()
            print(status_text(figures), file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._open:
            print(file=sys.stderr, flush=True)
        self._open = False


def status_text(figures: LiveFigures) -> str:
    """Return the figures as one line, the most important first."""
    capture = figures.capture
    parts = [
        duration(figures.seconds),
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
