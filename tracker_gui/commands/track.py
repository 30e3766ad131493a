"""``tracker-gui track``: one source, from decode to files, without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.commands.presets import checked
from tracker_gui.commands.terminal import print_summary, run_with_bar
from tracker_gui.commands.typed_settings import changed
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import Preset, StageChoice, choice
from tracker_gui.engine.time_range import frame_of, parse_time
from tracker_gui.engine.track_job import TrackJob
from tracker_gui.exchange.gallery import named_preset, named_source
from tracker_gui.feed.cassette_host import permission

if TYPE_CHECKING:
    import argparse


def main(args: argparse.Namespace) -> int:
    """Track the source that was named."""
    source, own, problems = named_source(args.source)
    if args.preset is not None:
        preset = checked(named_preset(args.preset), args.lenient)
    else:
        preset = checked((own or Preset(name="Defaults"), problems), args.lenient)
    preset = with_outputs(with_animals(preset, args.animals), args.csv_style, args.video)
    if args.heading and all(chosen.stage != "kinematics" for chosen in preset.enrich):
        preset = replace(preset, enrich=(*preset.enrich, choice("enrich", "kinematics")))
    preset = replace(preset, session=changed(preset.session, args.session, "--session"))
    if args.cassettes:
        permission.allow_all()
    start, stop = frame_range(source, args.start, args.stop)
    # A range belongs to the video beside which it was marked.
    if args.preset is None and preset.range is not None:
        start = preset.range.first_frame if args.start is None else start
        stop = preset.range.stop_frame if args.stop is None else stop
    job = TrackJob(source, preset, Path(args.out), start, stop)
    result, code = run_with_bar(job, args.quiet)
    if not args.quiet:
        print_summary(job, result)
    return code


def with_animals(preset: Preset, animals: int | None) -> Preset:
    """Return the preset for another number of animals.

    Raises
    ------
    SettingsError
    """
    if animals is None:
        return preset
    try:
        return preset.with_tracker(animals=animals)
    except SettingsError as error:
        raise SettingsError("--animals", error.problem, error.way_out) from error


def with_outputs(preset: Preset, csv_style: str | None, video: str | None) -> Preset:
    """Return the preset with the outputs that were asked for, in place of its own of the same kind."""
    outputs = preset.outputs
    if csv_style is not None:
        outputs = (choice("sinks", "tracks_csv", style=csv_style), *(o for o in outputs if o.stage != "tracks_csv"))
    if video is not None:
        outputs = (*(o for o in outputs if o.stage != "video"), choice("sinks", "video", look=video))
    return replace(preset, outputs=outputs)


def frame_range(source: StageChoice, start: str | None, stop: str | None) -> tuple[int, int | None]:
    """Return (first frame, frame behind the last) of what was typed.

    Raises
    ------
    InputError, SettingsError
    """
    if start is None and stop is None:
        return 0, None
    first = 0 if start is None else parse_time(start, "--start")
    last = None if stop is None else parse_time(stop, "--stop")
    if isinstance(first, int) and (last is None or isinstance(last, int)):
        return first, last
    opened = source.make()
    try:
        info = opened.open()
        return frame_of(first, opened, info), None if last is None else frame_of(last, opened, info)
    finally:
        opened.close()
