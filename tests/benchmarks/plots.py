"""What live plots cost: the window's thread while they are open, each tracked frame, and memory over time.

    python tests/benchmarks/plots.py [--seconds S]

Ten animals at 60 frames per second are fed into the measures of the real window by a thread of their own, as a
tracking thread would; their tracks are made beforehand. CPU of the event loop's thread is in % of one core, of the
window without and with plots; S seconds each. On a busy machine run it with `chrt -r 5`.

Gate: three plots add no more than 10 % of a core (performance.md, "The window"); 10 minutes fed at once after the
first one grow the process by less than 1 MB per minute; a frame costs less than 0.1 ms.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack

import numpy as np

ANIMALS, RATE_HZ, SIZE_PX = 10, 60.0, (640, 480)
MOST_CPU_PERCENT, MOST_MB_PER_MIN, MOST_FRAME_MS = 10.0, 1.0, 0.1
PLOTS = ("speed", "nearest", "heading")


def make_frames(count: int):
    """Return what a tracker would say of some frames, over and over from the first to the last and back."""
    from tracker_gui.core.picture import ArrayPicture
    from tracker_gui.core.prepared import Prepared
    from tracker_gui.core.types import Frame, Motion, Snapshot, Tracks, no_detections

    random = np.random.default_rng(1)
    heading = np.cumsum(random.normal(0, 0.15, (count, ANIMALS)), axis=0)
    speed = 75 + 30 * np.sin(np.cumsum(random.normal(0, 0.05, (count, ANIMALS)), axis=0))
    step = np.stack([np.cos(heading), np.sin(heading)], axis=2) * speed[..., None] / RATE_HZ
    places = np.abs((np.cumsum(step, axis=0) + np.array([320, 240])) % (2 * np.array(SIZE_PX)) - SIZE_PX)
    state = np.where(random.random((count, ANIMALS)) < 0.02, 3, 0)
    picture = ArrayPicture(np.zeros((SIZE_PX[1], SIZE_PX[0]), np.uint8))
    ids, zero = np.arange(1, ANIMALS + 1), np.zeros(ANIMALS)
    whole = np.zeros(ANIMALS, np.int64)
    known = np.ones(ANIMALS, np.bool_)

    def frame(number: int) -> Snapshot:
        at = number % (2 * count - 2)
        at = at if at < count else 2 * count - 2 - at
        tracks = Tracks(tuple(ids.tolist()), ids, state[at], places[at], np.zeros((ANIMALS, 4)),
                        np.zeros((ANIMALS, 2)), zero, zero, whole, whole, whole)  # fmt: skip
        motion = Motion(speed[at], known, np.remainder(heading[at] + np.pi, 2 * np.pi) - np.pi, known)
        shot = Frame(number, number / RATE_HZ, None, "bench", 0, picture)
        return Snapshot(shot, Prepared(shot), no_detections(), tracks, motion)

    return frame


class Feeder(threading.Thread):
    """Feeds 60 frames per second until it is stopped."""

    def __init__(self, measures, frame, first: int) -> None:
        super().__init__(daemon=True)
        self._measures, self._frame, self._number = measures, frame, first
        self._ended = threading.Event()

    def run(self) -> None:
        due_s = time.monotonic()
        while not self._ended.wait(max(0.0, due_s - time.monotonic())):
            self._measures.see(self._frame(self._number))
            self._number += 1
            due_s += 1 / RATE_HZ

    def stop(self) -> int:
        self._ended.set()
        self.join()
        return self._number


def rss_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def live(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    loop.exec()


def loop_percent(seconds: float) -> float:
    """Return the CPU of the event loop's thread, in % of one core."""
    live(1.0)
    begin_s, cpu_s = time.perf_counter(), time.thread_time()
    live(seconds)
    return 100 * (time.thread_time() - cpu_s) / (time.perf_counter() - begin_s)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what live plots cost.")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each row lasts")
    seconds = parser.parse_args().seconds
    if sys.platform.startswith("linux") and "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tracker_gui import _bootstrap
    from tracker_gui.core.data_files import HOME_VARIABLE

    with ExitStack() as stack:
        os.environ[HOME_VARIABLE] = stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-gui-bench-"))
        _bootstrap.prepare()
        return run(seconds)


def run(seconds: float) -> int:
    from tracker_gui.core.geometry import Circle, Polygon, Rectangle
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.zones import Zone
    from tracker_gui.qt.app import make_window

    shapes = (Circle(centre=(200, 200), radius=80), Rectangle(centre=(420, 300), width=120, height=90),
              Polygon(points=((100, 60), (320, 60), (320, 420), (100, 420))))  # fmt: skip
    zones = [Zone(name=f"zone {number}", shape=shape) for number, shape in enumerate(shapes)]
    frame = make_frames(6000)
    window = make_window(asks=False)
    window.session.settings.plots = list(PLOTS)
    window.show()
    measures = window.session.view.measures
    measures.use(Preset(zones=tuple(zones)))
    failures = []

    print(f"{'fed as fast as it goes, 10 animals at 60/s, 3 zones':<60}{'us/frame':>10}{'MB':>8}{'MB/min':>8}")
    number, before_mb = 0, 0.0
    for minutes in (1, 10):
        gc.collect()
        start_mb, cpu_s, first = rss_mb(), time.thread_time(), number
        for number in range(first, first + round(minutes * 60 * RATE_HZ)):
            measures.see(frame(number))
        number += 1
        cost_us = 1e6 * (time.thread_time() - cpu_s) / (number - first)
        gc.collect()
        now_mb = rss_mb()
        slope = (now_mb - start_mb) / minutes
        print(f"{f'  {minutes} min':<60}{cost_us:>10.1f}{now_mb:>8.1f}{slope:>8.2f}")
        if before_mb and slope > MOST_MB_PER_MIN:
            failures.append(f"memory grew by {slope:.2f} MB per minute")
        if cost_us > 1e3 * MOST_FRAME_MS:
            failures.append(f"a frame costs {cost_us:.0f} us")
        before_mb = now_mb

    print(f"\n{'fed at 60/s':<60}{'loop %':>10}{'plots %':>8}")
    feeder = Feeder(measures, frame, number)
    feeder.start()
    alone = loop_percent(seconds)
    print(f"{'  the window without plots':<60}{alone:>10.1f}", flush=True)
    dock = window.docks.docks["plots"]
    dock.show()
    panel = dock.panel()
    for words in ("Last 10 s", "Last minute", "Last 5 min", "All"):
        panel.window_box.setCurrentText(words)
        shown = loop_percent(seconds)
        print(
            f"{f'  {len(PLOTS)} plots, {words[0].lower() + words[1:]}':<60}{shown:>10.1f}{shown - alone:>8.1f}",
            flush=True,
        )
        if shown - alone > MOST_CPU_PERCENT:
            failures.append(f"plots of '{words}' cost {shown - alone:.1f} % of a core")
    dock.hide()
    window.docks.docks["zones"].show()
    shown = loop_percent(seconds)
    print(f"{'  the table of zones':<60}{shown:>10.1f}{shown - alone:>8.1f}")
    feeder.stop()
    window.close()
    print("\n" + ("\n".join(failures) if failures else "within the gates"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
