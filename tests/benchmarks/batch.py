"""Many videos on all cores: how much faster than one after the other, and that the results are the same.

    python tests/benchmarks/batch.py [--videos N] [--seconds S] [--dask]

Simulated scenes of 640x480 with five animals are rendered to files beforehand. Printed for one process, for one on each
core and, with --dask, for a local cluster of as many workers: frames/s over all videos, the start of the processes
included. The tables of all ways are compared byte by byte.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

SIZE_PX, RATE_HZ = (640, 480), 30
TABLES = ("animals", "zones", "visits")


def render(path: Path, seconds: float, seed: int) -> None:
    from tracker_gui.core.h264_file import H264File, i420
    from tracker_gui.core.picture import ArrayPicture
    from tracker_gui.simulate.arena import Arena
    from tracker_gui.simulate.scene import ArenaScene

    scene = ArenaScene(animals=5, seed=seed, duration_s=seconds, width_px=SIZE_PX[0], height_px=SIZE_PX[1])
    arena, video = Arena(scene), H264File(path, SIZE_PX, RATE_HZ, crf=23, speed="ultrafast")
    for k in range(scene.frame_count):
        video.write(i420(ArrayPicture(arena.picture(k))), k / RATE_HZ)
    video.close()


def main() -> int:
    from tracker_gui.core.zones import Zone
    from tracker_gui.engine.batch import Batch
    from tracker_gui.engine.batch_dask import DaskRunner
    from tracker_gui.engine.batch_processes import ProcessRunner, core_count
    from tracker_gui.engine.batch_videos import batch_video
    from tracker_gui.exchange.gallery import named_preset

    parser = argparse.ArgumentParser(description="Measure a batch of videos.")
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--dask", action="store_true", help="on a local Dask cluster too")
    args = parser.parse_args()
    middle = {"name": "middle", "shape": {"kind": "circle", "centre": [320, 240], "radius": 100}}
    preset = replace(named_preset("dish_5_animals")[0], zones=(Zone.model_validate(middle),))
    with tempfile.TemporaryDirectory(prefix="tracker-gui-batch-") as name:
        folder = Path(name)
        paths = [folder / f"trial{number:02d}.mp4" for number in range(args.videos)]
        for number, path in enumerate(paths):
            render(path, args.seconds, number + 1)
        frames = args.videos * round(args.seconds * RATE_HZ)
        found = {}
        for way in ("one process", f"{core_count()} processes", *(["Dask"] if args.dask else [])):
            out = folder / way.replace(" ", "_")
            with cluster(way) as started:
                runner = DaskRunner(started.scheduler_address) if started else ProcessRunner(int(way.startswith("one")))
                begun_s = time.perf_counter()
                result = Batch([batch_video(str(path), preset) for path in paths], out).run(runner)
                took_s = time.perf_counter() - begun_s
            found[way] = [(out / f"batch_{table}.csv").read_bytes() for table in TABLES]
            done = result.count("done")
            print(f"{way:<12} {done} of {len(paths)} videos, {took_s:6.1f} s, {frames / took_s:7.0f} frames/s")
        same = all(tables == found["one process"] for tables in found.values())
        print(f"tables: {'the same' if same else 'DIFFERENT'}")
    return 0 if same else 1


def cluster(way: str):
    if way != "Dask":
        return nullcontext()
    import distributed

    from tracker_gui.engine.batch_processes import core_count

    return distributed.LocalCluster(n_workers=core_count(), threads_per_worker=1, dashboard_address=None)


if __name__ == "__main__":
    sys.exit(main())
