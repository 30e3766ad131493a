"""1080p at 60 frames/s with two animals, tracked and recorded in real time on two cores.

    python tests/benchmarks/recording.py [--minutes N]

A simulated scene is rendered to a file beforehand and replayed in a circle at the pace of a camera, as
``tracker-gui run --record clean`` does it: each frame has its time, whether anybody is ready or not, the newest
is tracked and its row written, every one is recorded. CPU is user + system time of all threads; memory is what
the process has resident. Printed each minute and at the end.

Gates (performance.md's real time): every frame arrives, none is dropped by the recorder, under 1 % are skipped
by tracking, memory in the last fifth is no more than 5 % above that in the second fifth (medians).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tracker_gui.simulate.scene import ArenaScene

PROJECT = Path(__file__).resolve().parents[2]
RATE_HZ, SIZE_PX, CORES = 60, (1920, 1080), 2
MOST_SKIPPED_SHARE, MOST_GROWTH = 0.01, 1.05


def render(path: Path, scene: ArenaScene) -> None:
    """Draw a scene into a file."""
    from tracker_gui.core.h264_file import H264File, i420
    from tracker_gui.core.picture import ArrayPicture
    from tracker_gui.simulate.arena import Arena

    arena = Arena(scene)
    video = H264File(path, scene.size_px, scene.rate_hz, crf=23, speed="veryfast")
    for k in range(scene.frame_count):
        video.write(i420(ArrayPicture(arena.picture(k))), k / scene.rate_hz)
    video.close()


def two_animals(seconds: float) -> ArenaScene:
    from tracker_gui.simulate.scene import ArenaScene

    width_px, height_px = SIZE_PX
    return ArenaScene(animals=2, seed=60, width_px=width_px, height_px=height_px, rate_hz=RATE_HZ, duration_s=seconds)


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long it is played (1)")
    parser.add_argument("--scene-seconds", type=float, default=10.0, help="length of the rendered scene (10)")
    parser.add_argument("--video", type=Path, help="play this rendered scene; made if it is missing")
    parser.add_argument("--speed", default="ultrafast", help="x264's preset for the recording (ultrafast)")
    parser.add_argument("--look", default="clean", help="what is recorded: clean, annotated or both (clean)")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory(prefix="recording-benchmark-") as folder:
        video = arguments.video or Path(folder) / "scene.mp4"
        start_s = time.perf_counter()
        if not video.exists():
            worker = os.spawnv(  # of its own, so that its memory is not counted
                os.P_WAIT,
                sys.executable,
                [sys.executable, __file__, "--render", str(video), str(arguments.scene_seconds)],
            )
            if worker:
                return worker
            print(f"scene of {arguments.scene_seconds:g} s rendered in {time.perf_counter() - start_s:.0f} s")
        return measure(video, Path(folder) / "out", arguments)


def measure(video: Path, folder: Path, arguments: argparse.Namespace) -> int:
    from tracker_gui.core.geometry import Circle
    from tracker_gui.core.preset import choice
    from tracker_gui.core.recording import RecorderSettings
    from tracker_gui.engine.live_recording import RecordingPlan
    from tracker_gui.engine.live_run import LiveRun
    from tracker_gui.exchange.open_preset import open_preset

    preset, _ = open_preset(PROJECT / "presets" / "dish_5_animals.json")
    width, height = SIZE_PX
    dish = Circle(centre=((width - 1) / 2, (height - 1) / 2), radius=0.47 * height)
    preset = replace(preset.with_tracker(animals=2), image=(choice("image", "region_mask", keep=[dish]),))
    folder.mkdir()
    length_s = arguments.minutes * 60
    run = LiveRun(
        choice("sources", "replay", path=video, loop=True),
        preset,
        folder,
        length_s,
        RecordingPlan(arguments.look, RecorderSettings(speed=arguments.speed)),
    )
    found = 0
    latency_ms: list[float] = []
    arrived_s: list[float] = []
    memory_mb: list[float] = []
    next_line_s = 60.0
    wall_s, cpu_s = time.monotonic(), time.process_time()

    def on_snapshot(snapshot) -> None:
        nonlocal found
        arrived_s.append(snapshot.frame.t_capture_s)
        latency_ms.append((time.monotonic() - arrived_s[-1]) * 1e3)
        found += int(snapshot.tracks.measured.sum())

    def on_figures(figures) -> None:
        nonlocal next_line_s
        memory_mb.append(resident_mb())
        if figures.seconds > next_line_s:
            next_line_s += 60.0
            lost = ", ".join(f"{count} {reason}" for reason, count in figures.capture.dropped.items() if count)
            print(
                f"{figures.seconds / 60:5.1f} min: {figures.capture.received} frames, dropped: {lost or 'none'}, "
                f"{(time.process_time() - cpu_s) / (time.monotonic() - wall_s):.2f} cores, {memory_mb[-1]:.0f} MB",
                flush=True,
            )

    result = run.run(on_figures, on_snapshot=on_snapshot)
    gone_s, cpu = time.monotonic() - wall_s, time.process_time() - cpu_s
    stop_s = gone_s - length_s
    received, dropped = result.capture.received, result.capture.dropped
    lost = sum(dropped.values()) - dropped["tracking busy"]
    recording = json.loads(result.manifest_path.read_text())["recording"]["recordings"][0]
    size_mb = sum(path.stat().st_size for path in result.files) / 1e6
    skipped_share = dropped["tracking busy"] / received
    fifth = len(memory_mb) // 5
    early_mb, late_mb = float(np.median(memory_mb[fifth : 2 * fifth])), float(np.median(memory_mb[-fifth:]))
    p50, p99 = np.percentile(latency_ms, [50, 99])
    rate_hz = (received - 1) / (arrived_s[-1] - arrived_s[0])
    print(f"received  {received} frames, {rate_hz:.2f} a second, {lost} lost")
    print(f"tracked   {len(latency_ms)} frames, {dropped['tracking busy']} skipped ({skipped_share:.2%}), "
          f"animals found in {found / (2 * len(latency_ms)):.2%}, latency p50 {p50:.1f} p99 {p99:.1f} "
          f"max {max(latency_ms):.1f} ms")  # fmt: skip
    print(f"recorded  {recording['frames']} frames, {recording['dropped']} dropped, {size_mb:.0f} MB, "
          f"final {stop_s:.1f} s after the end")  # fmt: skip
    print(f"cost      {cpu / gone_s:.2f} of {CORES} cores, {cpu / received * 1e3:.1f} CPU ms per frame, "
          f"{early_mb:.0f} MB in the second fifth, {late_mb:.0f} MB in the last")  # fmt: skip
    for problem in result.problems:
        print(problem)
    good = (
        lost == 0
        and recording["dropped"] == 0
        and (arguments.look == "annotated" or recording["frames"] == received)
        and skipped_share <= MOST_SKIPPED_SHARE
        and late_mb <= MOST_GROWTH * early_mb
        and not result.problems
    )
    print("gates:", "met" if good else "NOT MET")
    return 0 if good else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--render"]:
        render(Path(sys.argv[2]), two_animals(float(sys.argv[3])))
    else:
        sys.exit(main())
