"""``tracker-gui feed``: the live data that runs offer to other programs."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from tracker_gui.commands.terminal import stop_on_signal
from tracker_gui.core.errors import InputError
from tracker_gui.feed.tracks import STATE_WORDS, TrackReader, track_feeds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tracker_gui.feed.tracks import FeedFrame

LOOK_EVERY_S = 0.25


def main(args: argparse.Namespace) -> int:
    """List the feeds, or print one."""
    return _list(args.json) if args.act == "list" else _watch(args)


def _list(as_json: bool) -> int:
    readers = track_feeds()
    try:
        if as_json:
            for reader in readers:
                more = {"frames": reader.written, "listeners": reader.listeners}
                print(json.dumps(reader.description | more))
        elif not readers:
            print("There is no feed. Switch on the output 'Live data feed' and start tracking.")
        else:
            print(f"{'feed':<24} {'source':<24} {'size px':>10} {'rate':>7} {'frames':>9} {'listen':>6}  since")
            for reader in readers:
                said = reader.description
                size = "x".join(map(str, said["size_px"]))
                since = time.strftime("%H:%M:%S", time.localtime(said["started_s"]))
                print(
                    f"{said['feed_id'][:24]:<24} {str(said['source'])[:24]:<24} {size:>10} {said['rate_hz']:>5.4g}/s "
                    f"{reader.written:>9} {reader.listeners:>6}  {since}"
                )
    finally:
        for reader in readers:
            reader.close()
    return 0


def _watch(args: argparse.Namespace) -> int:
    left = args.frames
    with stop_on_signal() as stop:
        reader = _joined(args.id, args.wait, lambda: bool(stop))
        if reader is None:
            return stop.exit_code
        try:
            while not stop and (left is None or left > 0):
                frame = reader.wait(LOOK_EVERY_S)
                if frame is None:
                    if reader.is_over:
                        break
                    continue
                said = frame.document(reader.zone_names)
                print(json.dumps(said) if args.json else _line(frame, reader.zone_names), flush=True)
                left = None if left is None else left - 1
        finally:
            reader.close()
    return stop.exit_code if stop else 0


def _joined(name: str, wait: bool, stopped: Callable[[], bool]) -> TrackReader | None:
    while True:
        try:
            return TrackReader(name)
        except InputError:
            if not wait:
                raise
        if stopped():
            return None
        time.sleep(LOOK_EVERY_S)


def _line(frame: FeedFrame, zones: tuple[str, ...]) -> str:
    animals = []
    for row, track_id in enumerate(frame.track_id.tolist()):
        x, y = frame.xy_px[row].tolist()
        where = f"({x:.1f}, {y:.1f}) px" if x == x else ""
        inside = ",".join(name for name, is_in in zip(zones, frame.inside[row], strict=True) if is_in)
        words = (f"{track_id}", STATE_WORDS[frame.state[row]], where, f"in {inside}" if inside else "")
        animals.append(" ".join(word for word in words if word))
    missed = f"  [{frame.missed} missed]" if frame.missed else ""
    return f"{frame.frame_index:>8} {frame.t_capture_s:>12.3f} s  " + "; ".join(animals) + missed
