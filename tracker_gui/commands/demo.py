"""``tracker-gui demo``: the program on simulated animals, in the window or scored against their true paths."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.identity_scores import PointTracks, score
from tracker_gui.commands.presets import checked
from tracker_gui.commands.terminal import percent, print_summary, run_with_bar
from tracker_gui.commands.track import with_outputs
from tracker_gui.commands.window import no_screen, show
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.engine.run_files import MANIFEST_ENDING
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.exchange.gallery import DEMO_PRESET, named_preset, preset_path
from tracker_gui.simulate.truth_csv import write_truth_csv

if TYPE_CHECKING:
    import argparse

    from tracker_gui.core.arrays import F64, I64
    from tracker_gui.core.types import Snapshot
    from tracker_gui.simulate.arena import Truth


def main(args: argparse.Namespace) -> int:
    """Open the demo in the window, or run it on the terminal."""
    if not args.headless and no_screen() is None:
        return show(preset_path(DEMO_PRESET), playing=True)
    preset = checked(named_preset(DEMO_PRESET), lenient=False)
    assert preset.source is not None
    if args.seconds is not None:
        settings = preset.source.params.model_dump() | {"duration_s": args.seconds}
        try:
            preset = replace(preset, source=choice("sources", preset.source.stage, **settings))
        except SettingsError as error:
            raise SettingsError("--seconds", error.problem) from error
    return _headless(preset, Path(args.out), args.quiet)


def _headless(preset: Preset, folder: Path, quiet: bool) -> int:
    assert preset.source is not None
    found: list[tuple[int, I64, F64]] = []

    def remember(snapshot: Snapshot) -> None:
        tracks = snapshot.tracks
        found.append((snapshot.frame.index, tracks.track_id[tracks.measured], tracks.xy_px[tracks.measured]))

    job = TrackJob(preset.source, with_outputs(preset, None, "annotated"), folder)
    result, code = run_with_bar(job, quiet, remember)
    truths = _truths(preset, result.counts.end_frame)
    stem = result.manifest_path.name.removesuffix(MANIFEST_ENDING)
    truth_path = folder / f"{stem}_truth.csv"
    write_truth_csv(truth_path, truths)
    if not quiet:
        print_summary(job, result, (truth_path,))
        _print_scores(truths, found, preset)
    return code


def _truths(preset: Preset, frames: int) -> list[Truth]:
    assert preset.source is not None
    source = preset.source.make()
    source.open()
    try:
        return [source.truth(index) for index in range(frames)]
    finally:
        source.close()


def _print_scores(truths: list[Truth], found: list[tuple[int, I64, F64]], preset: Preset) -> None:
    assert preset.source is not None
    body_px = float(getattr(preset.source.params, "body_length_px", np.inf))
    known = PointTracks.of((truth.index, truth.animal_id, truth.xy_px) for truth in truths)
    scores = score(known, PointTracks.of(found), gate_px=body_px)
    print(
        f"\nagainst the true paths (nearer than a body length, {body_px:g} px):\n"
        f"  identity F1     {percent(scores.id_f1)}\n"
        f"  identity swaps  {scores.swaps}\n"
        f"  mean error      {scores.mean_error_px:.2f} px"
    )
