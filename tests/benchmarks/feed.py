"""What other programs get of the live data feed, and what it costs the tracking.

    python tests/benchmarks/feed.py [--quick]

Ten animals and four zones, three clients that are programs of their own and wait for every frame, at 60 and
1,000 frames/s: frames each of them missed, how long after the write it had the frame in its hands, and the time
the writer spent on a frame. One of the clients works for 5 ms on each frame and takes the newest each time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time

import numpy as np

from tracker_gui.core.geometry import Rectangle
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.types import Frame, Snapshot, SourceInfo, Tracks, no_detections
from tracker_gui.core.zones import Zone
from tracker_gui.feed.tracks import TrackFeed

ANIMALS = 10
CLIENT = """
import json, sys, time
from tracker_gui.feed.tracks import TrackReader
work_s = float(sys.argv[2])
reader = TrackReader(sys.argv[1])
print("ready", flush=True)
got, late = 0, []
while (frame := reader.wait(newest=work_s > 0)) is not None:
    late.append(time.monotonic() - frame.t_capture_s)
    got += 1
    if work_s:
        until = time.monotonic() + work_s
        while time.monotonic() < until: pass
late = sorted(late)
at = lambda share: late[min(len(late) - 1, int(share * len(late)))] * 1e3
print(json.dumps([got, reader.missed, at(.5), at(.99), late[-1] * 1e3]))
"""


def snapshot_at(index: int, tracks: Tracks, picture: ArrayPicture) -> Snapshot:
    frame = Frame(index, time.monotonic(), time.time(), "s", 0, picture)
    return Snapshot(frame, Prepared(frame, ()), no_detections(), tracks)


def run(rate_hz: float, frames: int) -> None:
    random = np.random.default_rng(0)
    ids = np.arange(1, ANIMALS + 1)
    zeros = np.zeros(ANIMALS)
    tracks = Tracks(
        tuple(ids.tolist()), ids, np.zeros(ANIMALS, np.int64), random.uniform(0, 400, (ANIMALS, 2)),
        np.zeros((ANIMALS, 4)), np.zeros((ANIMALS, 2)), zeros, zeros, ids, ids, ids,
    )  # fmt: skip
    zones = [Zone(name=f"z{k}", shape=Rectangle(centre=(50 + 100 * k, 200), width=90, height=300)) for k in range(4)]
    picture = ArrayPicture(np.zeros((480, 640), np.uint8))
    feed = TrackFeed("benchmark", SourceInfo("benchmark", (640, 480), rate_hz, None), tracks.roster, zones)
    works_s = (0.0, 0.0, 0.005)
    clients = [
        subprocess.Popen([sys.executable, "-c", CLIENT, feed.name, str(s)], stdout=subprocess.PIPE, text=True)
        for s in works_s
    ]
    for client in clients:
        assert client.stdout is not None
        client.stdout.readline()
    spent_s = []
    due_s = time.perf_counter()
    for index in range(frames):
        due_s += 1 / rate_hz
        while (left_s := due_s - time.perf_counter()) > 0:
            time.sleep(left_s)
        snapshot = snapshot_at(index, tracks, picture)
        began_s = time.perf_counter()
        feed.write(snapshot)
        spent_s.append(time.perf_counter() - began_s)
    feed.close()
    p50, p99 = np.percentile(spent_s, (50, 99)) * 1e3
    print(f"{rate_hz:>6.0f}/s, {frames} frames; a write takes {p50:.3f} ms (p99 {p99:.3f})")
    for client, work_s in zip(clients, works_s, strict=True):
        got, missed, half, late, latest = json.loads(client.communicate()[0])
        kind = "newest, busy 5 ms" if work_s else "every frame"
        print(
            f"    {kind:<18} got {got:>6}  missed {missed:>6}  after {half:.2f} ms (p99 {late:.2f}, max {latest:.1f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two seconds of each")
    seconds = 2 if parser.parse_args().quick else 20
    for rate_hz in (60.0, 1000.0):
        run(rate_hz, int(rate_hz * seconds))


if __name__ == "__main__":
    main()
