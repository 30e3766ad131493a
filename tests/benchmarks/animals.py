"""What tracking costs beside decoding alone and beside the straightforward OpenCV way, in one run.

    python tests/benchmarks/animals.py [--runs N] [--frames N]

Every figure comes from a process of its own (so that peak memory is its own), and the ways take turns,
so that a busy machine slows all of them. CPU is user + system time of all threads from the opened file
to the last written row, per frame; the smallest of the runs is the steadiest. The videos are the shared
real ones; without them our own simulated dish is rendered to a file and used instead.

Gates: total CPU <= 1.5 x OpenCV's decode-only, wall throughput >= 0.8 x OpenCV's decode-only, peak
memory < 350 MB, on the presets named in the table.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CPU_GATE, WALL_GATE, MEMORY_GATE_MB = 1.5, 0.8, 350
STRAIGHT = "blur, threshold, contours, k-means, Hungarian"
# video, preset of ours or flat parameter file, gated by performance.md
CASES = [
    ("ant.mp4", "ant_in_a_dish.json", True),
    ("ant.mp4", "ant-params.json", False),
    ("masked_ant.mp4", "ant_in_a_dish.json", False),
    ("masked_ant.mp4", "masked-ant-params.json", False),
    ("mouse_video.mp4", "mouse_open_field.json", True),
    ("mouse_video.mp4", "mouse-params.json", False),
]


def ours(video: Path, preset_path: Path, frames: int | None, folder: Path) -> int:
    from tracker_gui.core import registry
    from tracker_gui.core.stage import SinkContext
    from tracker_gui.engine.pipeline import opened_pipeline
    from tracker_gui.engine.runner import run
    from tracker_gui.exchange.open_preset import open_preset

    preset, problems = open_preset(preset_path)
    assert not problems, problems
    source_class = registry.load("sources", "video_file")
    source = source_class(source_class.Params(path=video))
    info = source.open()
    with opened_pipeline(preset, source, info) as pipeline:
        sink = preset.outputs[0].make()
        sink.open(SinkContext(folder, video.stem, info, pipeline.roster))
        counts = run(source, pipeline, [sink], frame_pixels=info.size_px[0] * info.size_px[1], stop_frame=frames)
        sink.close()
    source.close()
    return counts.frames


def decode_only_cv2(video: Path, frames: int | None) -> int:
    import cv2

    capture = cv2.VideoCapture(str(video))
    count = 0
    while (frames is None or count < frames) and capture.read()[0]:
        count += 1
    return count


def decode_only_pyav(video: Path, frames: int | None) -> int:
    import av

    count = 0
    with av.open(str(video)) as container:
        container.streams.video[0].thread_type = "SLICE"
        for _ in container.decode(video=0):
            count += 1
            if count == frames:
                break
    return count


def straightforward(video: Path, flat: dict[str, float], frames: int | None, folder: Path) -> int:
    """Track as one would write it in an afternoon: whole frames, k-means on contour points, Hungarian, CSV."""
    import cv2
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    capture = cv2.VideoCapture(str(video))
    last = None
    count, animals = 0, 1
    kind = cv2.THRESH_BINARY_INV if flat["invert"] else cv2.THRESH_BINARY
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 100, 0.1)
    with (folder / "straight.csv").open("w") as table:
        while frames is None or count < frames:
            good, picture = capture.read()
            if not good:
                break
            gray = cv2.cvtColor(cv2.blur(picture, (5, 5)), cv2.COLOR_BGR2GRAY)
            block = int(flat["block_size"]) | 1
            mask = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, block, flat["offset"])
            contours, _ = cv2.findContours(mask, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
            contours = [c for c in contours if flat["min_area"] < cv2.contourArea(c) < flat["max_area"]]
            moments = [cv2.moments(c) for c in contours]
            places = np.array([(m["m10"] / m["m00"], m["m01"] / m["m00"]) for m in moments if m["m00"]]).reshape(-1, 2)
            if len(places) and len(places) != animals:
                points = np.vstack([c.reshape(-1, 2) for c in contours]).astype(np.float32)
                _, _, centres = cv2.kmeans(points, animals, None, until, 10, cv2.KMEANS_PP_CENTERS)
                places = centres.astype(np.float64)
            if len(places):
                if last is not None:
                    gap = np.linalg.norm(last[:, None] - places[None], axis=2)
                    places = places[linear_sum_assignment(gap)[1]]
                last = places
                table.write(f"{count},{places[0, 0]:.3f},{places[0, 1]:.3f}\n")
            count += 1
    return count


def child(arguments: argparse.Namespace) -> None:
    """Measure one way in this process and print the figures as JSON."""
    import resource

    import numpy  # noqa: F401  (library imports are not part of the figure)
    from scipy.optimize import linear_sum_assignment  # noqa: F401

    import tracker_gui.engine.pipeline
    import tracker_gui.engine.runner
    import tracker_gui.exchange.open_preset
    import tracker_gui.stages.detectors.blobs
    import tracker_gui.stages.sources.video_file
    import tracker_gui.stages.trackers.fixed_count  # noqa: F401

    video, settings = Path(arguments.video), Path(arguments.settings)
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        if arguments.child == "ours":
            frames = ours(video, settings, arguments.frames, Path(folder))
        elif arguments.child == "cv2":
            frames = decode_only_cv2(video, arguments.frames)
        elif arguments.child == "pyav":
            frames = decode_only_pyav(video, arguments.frames)
        else:
            frames = straightforward(video, json.loads(settings.read_text()), arguments.frames, Path(folder))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"frames": frames, "cpu_ms": cpu / frames * 1e3, "rate": frames / wall, "memory_mb": memory_mb}))


def measure(way: str, video: Path, settings: Path, frames: int | None) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", way, "--video", str(video), "--settings", str(settings)]
    if frames:
        command += ["--frames", str(frames)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    if done.returncode:
        sys.exit(f"{way} on {video.name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def best(figures: list[dict[str, float]]) -> dict[str, float]:
    return {
        "cpu_ms": min(f["cpu_ms"] for f in figures),
        "rate": max(f["rate"] for f in figures),
        "memory_mb": max(f["memory_mb"] for f in figures),
    }


def settings_path(media: Path, name: str) -> Path:
    shipped = PROJECT / "presets" / name
    return shipped if shipped.exists() else media / "params" / name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each way; the best counts")
    parser.add_argument("--frames", type=int, default=None, help="only this many frames")
    parser.add_argument("--video-name", help="only this video, such as mouse_video.mp4")
    parser.add_argument("--child", choices=["ours", "cv2", "pyav", "straight"], help=argparse.SUPPRESS)
    parser.add_argument("--video", help=argparse.SUPPRESS)
    parser.add_argument("--settings", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments)
        return 0
    media = Path(os.environ.get("TRACKER_SHARED") or PROJECT.parent / "shared") / "media" / "animals"
    if not media.is_dir():
        print(f"skipped: no folder {media} (set TRACKER_SHARED)")
        return 0
    print(f"{'video':16} {'way':48} {'CPU ms':>7} {'x cv2':>6} {'frames/s':>9} {'x cv2':>6} {'peak MB':>8}  gate")
    passed = True
    for video_name in dict.fromkeys(case[0] for case in CASES):
        if arguments.video_name not in (None, video_name):
            continue
        video = media / video_name
        cases = [case for case in CASES if case[0] == video_name]
        flat = settings_path(media, cases[-1][1])
        ways = [("cv2", flat, "decode only, OpenCV (BGR)"), ("pyav", flat, "decode only, PyAV (no colour)")]
        ways += [("ours", settings_path(media, name), f"ours, {name}") for _, name, _ in cases]
        ways += [("straight", flat, STRAIGHT)]
        taken: dict[str, list[dict[str, float]]] = {label: [] for _, _, label in ways}
        for _ in range(arguments.runs):
            for way, settings, label in ways:
                taken[label].append(measure(way, video, settings, arguments.frames))
        floor = best(taken[ways[0][2]])
        gated = {f"ours, {name}" for _, name, gate in cases if gate}
        for _, _, label in ways:
            f = best(taken[label])
            cpu_x, rate_x = f["cpu_ms"] / floor["cpu_ms"], f["rate"] / floor["rate"]
            verdict = ""
            if label in gated:
                good = cpu_x <= CPU_GATE and rate_x >= WALL_GATE and f["memory_mb"] < MEMORY_GATE_MB
                passed &= good
                verdict = "met" if good else "NOT MET"
            print(
                f"{video_name:16} {label:48} {f['cpu_ms']:7.3f} {cpu_x:6.2f} {f['rate']:9.0f} {rate_x:6.2f}"
                f" {f['memory_mb']:8.0f}  {verdict}"
            )
    print(f"gates (CPU <= {CPU_GATE} x, rate >= {WALL_GATE} x, < {MEMORY_GATE_MB} MB):", "met" if passed else "NOT MET")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
