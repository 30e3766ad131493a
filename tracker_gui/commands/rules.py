"""``tracker-gui rules``: what the rules of a preset would do on a recording or a table of tracks."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from tracker_gui.commands.presets import checked
from tracker_gui.commands.terminal import stop_on_signal
from tracker_gui.commands.track import frame_range
from tracker_gui.core.errors import InputError, OutputError, SettingsError
from tracker_gui.core.rules import conflicts
from tracker_gui.core.templates import one_line
from tracker_gui.engine.rules.simulation import simulate_source, simulate_table
from tracker_gui.engine.time_range import parse_time
from tracker_gui.exchange.gallery import named_preset, named_source
from tracker_gui.exchange.track_files import read_track_file

if TYPE_CHECKING:
    import argparse

    from tracker_gui.core.preset import Preset
    from tracker_gui.engine.rules.decision import Decision
    from tracker_gui.engine.rules.simulation import Simulated
    from tracker_gui.engine.runner import Counts

MOST_ROWS = 200


def main(args: argparse.Namespace) -> int:
    """Simulate the rules of the preset that was named."""
    preset = checked(named_preset(args.preset), args.lenient)
    if not 0 <= args.camera < preset.camera_count:
        raise SettingsError("--camera", f"must be below {preset.camera_count}, got {args.camera}")
    if not any(rule.enabled for rule in preset.rules):
        raise SettingsError(args.preset, "holds no rule that is switched on", "Add one in the window.")
    began_s = time.perf_counter()
    source = args.source
    if source is not None and Path(source).suffix.lower() == ".csv":
        simulated = _table(preset, Path(source), args)
    else:
        simulated = _recording(preset, source, args)
    spent_s = time.perf_counter() - began_s
    for problem in simulated.problems:
        print(f"tracker-gui: {problem}; this rule was left out", file=sys.stderr)
    for one, other, output in conflicts(preset.rules):
        print(f"tracker-gui: '{one}' and '{other}' both drive {output}", file=sys.stderr)
    _print(simulated, args.all)
    print(
        f"\n{len(simulated.done)} done and {len(simulated.decisions) - len(simulated.done)} held back in "
        f"{simulated.frames} frames ({simulated.frames / max(spent_s, 1e-9):.0f} frames/s); nothing was sent"
    )
    if args.log is not None:
        _write(Path(args.log), simulated)
    return 2 if simulated.problems else 0


def _table(preset: Preset, path: Path, args: argparse.Namespace) -> Simulated:
    file = read_track_file(path, preset.rate_hz)
    first = None if args.start is None else parse_time(args.start, "--start")
    last = None if args.stop is None else parse_time(args.stop, "--stop")
    rows = [
        row
        for row in file.rows
        if (first is None or (row.index if isinstance(first, int) else row.t_s) >= first)
        and (last is None or (row.index if isinstance(last, int) else row.t_s) < last)
    ]
    if not rows:
        raise InputError(str(path), "holds no frame in this range", "Check the start and the end.")
    return simulate_table(preset, rows, args.camera)


def _recording(preset: Preset, text: str | None, args: argparse.Namespace) -> Simulated:
    source = preset.camera(args.camera).source if text is None else named_source(text)[0]
    if source is None:
        raise InputError(args.preset, "this preset names no source", "Name a video or a table of tracks behind it.")
    first, last = frame_range(source, args.start, args.stop)
    with stop_on_signal() as stop, tqdm(unit=" frames", disable=args.quiet or None, dynamic_ncols=True) as bar:

        def progress(_: Counts) -> None:
            bar.update(1)

        return simulate_source(preset, source, args.camera, first, last, progress, lambda: bool(stop))


def _print(simulated: Simulated, everything: bool) -> None:
    listed = simulated.decisions if everything else simulated.done
    if not listed:
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 1000
    print(f"{'frame':>8} {'time s':>10}  {'rule':<20} {'animal':<7} {'when':<6} {'action':<14} what")
    for decision in listed[:MOST_ROWS]:
        print(_line(decision)[:width])
    if len(listed) > MOST_ROWS:
        print(f"     ... and {len(listed) - MOST_ROWS} more; --log writes all of them into a file")


def _line(decision: Decision) -> str:
    what = decision.payload + (f"  [{decision.suppressed_by}]" if decision.suppressed_by else "")
    return one_line(
        f"{decision.frame:>8} {decision.t_s:>10.3f}  {decision.rule[:20]:<20} {decision.subject:<7} "
        f"{decision.moment:<6} {decision.action_name or '-':<14} {what}"
    ).rstrip()


def _write(path: Path, simulated: Simulated) -> None:
    try:
        path.write_bytes(simulated.log())
    except OSError as error:
        raise OutputError(str(path), f"cannot be written ({error.strerror})", "Choose another folder.") from error
