"""1080p at 60 frames/s with two animals, tracked and recorded in real time on two cores.

    python tests/benchmarks/recording.py [--minutes N]

A simulated scene is rendered to a file beforehand and played in a circle at the pace of a camera: each frame
has its time, whether anybody is ready or not. One thread decodes, the newest frame is tracked and its row
written, every frame is recorded. CPU is user + system time of all threads; memory is what the process has
resident. Printed each minute and at the end.

Gates (performance.md's real time): every frame decoded in its time, none dropped by the recorder, under 1 %
skipped by tracking, memory at the end no more than 5 % above that after the first tenth.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
RATE_HZ, SIZE_PX, CORES = 60, (1920, 1080), 2
MOST_SKIPPED_SHARE, MOST_GROWTH = 0.01, 1.05
LATE_S = 0.25  # a camera's driver keeps some frames, not more


def render(path: Path, seconds: float) -> None:
    from tracker_gui.core.h264_file import H264File, i420
    from tracker_gui.core.picture import ArrayPicture
    from tracker_gui.simulate.arena import Arena
    from tracker_gui.simulate.scene import ArenaScene

    scene = ArenaScene(
        animals=2, seed=60, width_px=SIZE_PX[0], height_px=SIZE_PX[1], rate_hz=RATE_HZ, duration_s=seconds
    )
    arena = Arena(scene)
    video = H264File(path, SIZE_PX, RATE_HZ, crf=23, speed="veryfast")
    for k in range(scene.frame_count):
        video.write(i420(ArrayPicture(arena.picture(k))), k / RATE_HZ)
    video.close()


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Camera(threading.Thread):
    """Plays a file in a circle at the pace of a camera, into the mailbox and the recorder."""

    def __init__(self, video, frames, recorder) -> None:
        super().__init__(name="capture", daemon=True)
        self.video, self.frames, self.recorder = video, frames, recorder
        self.count, self.lost, self.latest_s = 0, 0, 0.0
        self.stopping = threading.Event()

    def run(self) -> None:
        with ThreadPoolExecutor(1) as ahead:
            self.play(ahead)
        self.frames.close()

    def opened(self):
        from tracker_gui.stages.sources.video_file import VideoFile, VideoFileParams

        source = VideoFile(VideoFileParams(path=self.video))
        source.open()
        return source

    def play(self, ahead: ThreadPoolExecutor) -> None:
        source = self.opened()
        # A camera does not pause at the end of a scene, so the next turn is opened ahead.
        following = ahead.submit(self.opened)
        start_s, due = time.monotonic(), 0
        lost = 0
        while not self.stopping.is_set():
            frame = source.read()
            if frame is None:
                source.close()
                source = following.result()
                following = ahead.submit(self.opened)
                continue
            wait_s = start_s + due / RATE_HZ - time.monotonic()
            due += 1
            if wait_s < -LATE_S:
                lost += 1
                self.lost += 1
                continue
            time.sleep(max(0.0, wait_s))
            self.latest_s = max(self.latest_s, -wait_s)
            frame = replace(frame, index=due - 1, t_capture_s=time.monotonic(), t_wall_s=time.time(), lost_before=lost)
            lost = 0
            self.recorder.put(frame)
            self.frames.put(frame)
            self.count += 1
        source.close()
        following.result().close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long it is played (1)")
    parser.add_argument("--scene-seconds", type=float, default=10.0, help="length of the rendered scene (10)")
    parser.add_argument("--speed", default="ultrafast", help="x264's preset for the recording (ultrafast)")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory(prefix="recording-benchmark-") as folder:
        video = Path(folder) / "scene.mp4"
        start_s = time.perf_counter()
        worker = os.spawnv(  # of its own, so that its memory is not counted
            os.P_WAIT, sys.executable, [sys.executable, __file__, "--render", str(video), str(arguments.scene_seconds)]
        )
        if worker:
            return worker
        print(f"scene of {arguments.scene_seconds:g} s rendered in {time.perf_counter() - start_s:.0f} s")
        return measure(video, Path(folder), arguments)


def measure(video: Path, folder: Path, arguments: argparse.Namespace) -> int:
    from tracker_gui.core.geometry import Circle
    from tracker_gui.core.mailbox import Mailbox
    from tracker_gui.core.preset import choice
    from tracker_gui.core.recording import RecorderSettings
    from tracker_gui.core.stage import SinkContext
    from tracker_gui.engine.pipeline import opened_pipeline
    from tracker_gui.engine.recorder import Recorder
    from tracker_gui.exchange.open_preset import open_preset
    from tracker_gui.stages.sources.video_file import VideoFile, VideoFileParams

    preset, _ = open_preset(PROJECT / "presets" / "dish_5_animals.json")
    width, height = SIZE_PX
    dish = Circle(centre=((width - 1) / 2, (height - 1) / 2), radius=0.47 * height)
    preset = replace(preset.with_tracker(animals=2), image=(choice("image", "region_mask", keep=[dish]),))
    source = VideoFile(VideoFileParams(path=video))
    info = source.open()
    found = tracked = 0
    latency_ms: list[float] = []
    early_mb = 0.0
    with opened_pipeline(preset, source, info) as pipeline:
        source.close()
        sink = preset.outputs[0].make()
        sink.open(SinkContext(folder, "run", info, pipeline.roster))
        recorder = Recorder(RecorderSettings(speed=arguments.speed), "cam", folder / "recordings")
        frames = Mailbox()
        camera = Camera(video, frames, recorder)
        recorder.start()
        wall_s, cpu_s = time.monotonic(), time.process_time()
        length_s = arguments.minutes * 60
        next_line_s = 60.0
        camera.start()
        while (gone_s := time.monotonic() - wall_s) < length_s:
            frame = frames.take(0.1)
            if frame is None:
                continue
            snapshot = pipeline.step(frame)
            sink.write(snapshot)
            tracked += 1
            found += int(snapshot.tracks.measured.sum())
            latency_ms.append((time.monotonic() - frame.t_capture_s) * 1e3)
            if not early_mb and gone_s > length_s / 10:
                early_mb = resident_mb()
            if gone_s > next_line_s:
                next_line_s += 60.0
                state = recorder.state
                print(
                    f"{gone_s / 60:5.1f} min: {camera.count} frames, {camera.lost} lost, {frames.dropped} skipped, "
                    f"{state.dropped} not recorded, {(time.process_time() - cpu_s) / gone_s:.2f} cores, "
                    f"{resident_mb():.0f} MB",
                    flush=True,
                )
        gone_s = time.monotonic() - wall_s
        camera.stopping.set()
        camera.join()
        late_mb = resident_mb()
        cpu = (time.process_time() - cpu_s) / gone_s
        stop_s = time.monotonic()
        result = recorder.stop(30.0)
        stop_s = time.monotonic() - stop_s
        sink.close()
    size_mb = sum(path.stat().st_size for path in result.files) / 1e6
    wanted = camera.count + camera.lost
    p50, p99 = np.percentile(latency_ms, [50, 99])
    print(f"played    {gone_s:.1f} s, {camera.count / gone_s:.2f} frames/s, {camera.lost} lost, "
          f"at worst {camera.latest_s * 1e3:.0f} ms late")  # fmt: skip
    print(f"tracked   {tracked} frames, {frames.dropped} skipped ({frames.dropped / wanted:.2%}), "
          f"animals found in {found / (2 * max(1, tracked)):.2%}, latency p50 {p50:.1f} p99 {p99:.1f} ms")  # fmt: skip
    print(f"recorded  {result.frames} frames, {result.dropped} dropped, {size_mb:.0f} MB, "
          f"final {stop_s:.1f} s after the end")  # fmt: skip
    print(f"cost      {cpu:.2f} of {CORES} cores, {cpu * gone_s / camera.count * 1e3:.1f} CPU ms per frame, "
          f"{early_mb:.0f} MB after a tenth, {late_mb:.0f} MB at the end")  # fmt: skip
    for problem in result.problems:
        print(problem)
    good = (
        camera.lost == 0
        and result.dropped == 0
        and result.frames == camera.count
        and frames.dropped <= MOST_SKIPPED_SHARE * wanted
        and late_mb <= MOST_GROWTH * early_mb
    )
    print("gates:", "met" if good else "NOT MET")
    return 0 if good else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--render"]:
        render(Path(sys.argv[2]), float(sys.argv[3]))
    else:
        sys.exit(main())
