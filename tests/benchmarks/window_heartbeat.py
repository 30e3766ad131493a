"""How long the window is ever blocked while cameras come, stall and go.

    python tests/benchmarks/window_heartbeat.py [--seconds S]

A timer in the event loop is due every 10 ms; measured is the time between two of its beats. Meanwhile the camera
dialog shows loopback cameras, one of which refuses, and one of them stalls: in the dialog, when it closes, and as
the source of the window. Then the disk that is tracked and recorded to fills, and a detector loads a model. Each
row lasts S seconds. The cameras are processes of their own on the same machine.
CPU of the event loop's thread and of the whole process is in % of one core: a late beat without CPU is the machine's.

Gate: no beat later than 100 ms while a camera stalls, a disk fills, or a model loads.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
EVERY_MS, MOST_MS = 10, 100.0


def load_servers():
    spec = importlib.util.spec_from_file_location("servers", PROJECT / "tests" / "faults" / "servers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Heartbeat:
    """Notes the time between two beats of a timer in the event loop."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.beats_ms: list[float] = []
        self.rows: list[tuple[str, bool, np.ndarray]] = []
        self._last_s = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(EVERY_MS)

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self.beats_ms.append(1e3 * (now_s - self._last_s))
        self._last_s = now_s

    def live(self, seconds: float) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(round(1e3 * seconds), loop.quit)
        loop.exec()

    def measure(self, name: str, seconds: float, act=lambda: None, gated: bool = False) -> None:
        """Act, live on for some seconds, and keep what the beats were meanwhile."""
        from PySide6.QtCore import QTimer

        self.live(0.1)
        self.beats_ms.clear()
        QTimer.singleShot(0, act)
        since_s, loop_s, process_s = time.perf_counter(), time.thread_time(), time.process_time()
        self.live(seconds)
        spent_s = time.perf_counter() - since_s
        own, whole = (100 * (now - then) / spent_s for now, then in (
            (time.thread_time(), loop_s), (time.process_time(), process_s),
        ))  # fmt: skip
        beats = np.array(self.beats_ms)
        self.rows.append((name, gated, beats))
        late = "  LATE" if gated and beats.max() > MOST_MS else ""
        p99, worst = np.percentile(beats, 99), beats.max()
        print(
            f"{name:<52}{len(beats):>7}{np.median(beats):>9.1f}{p99:>9.1f}{worst:>9.1f}{own:>9.0f}{whole:>9.0f}{late}",
            flush=True,
        )


def full_disk(window, heart: Heartbeat, seconds: float) -> None:
    """Measure while the disk of a run and a recording fills, and while it has space again."""
    with tempfile.TemporaryDirectory(prefix="tracker-gui-bench-") as name:
        mounted = os.name == "posix" and os.geteuid() == 0
        if mounted:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", name], check=True)
        else:
            print("the disk is not filled: that needs root, for a small one of its own")
            return
        try:
            session, filler = window.session, Path(name) / "filler"
            session.settings.output_folder = str(Path(name) / "out")
            settings = session.document.preset.recording.model_copy(update={"reserve_mb": 0})
            session.document.change(replace(session.document.preset, recording=settings), "reserve nothing")
            heart.live(1.0)

            def start() -> None:
                session.start_tracking()
                session.start_recording()

            heart.measure("tracking and recording begin", seconds, start)
            heart.measure("the disk is full", seconds, lambda: fill(filler), gated=True)
            heart.measure("it has space again", seconds, filler.unlink, gated=True)
            session.stop_recording()
            session.stop_tracking()
            heart.live(3.0)
            assert not session.is_tracking
            assert not session.is_recording
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def fill(path: Path) -> None:
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))
    except OSError:
        return  # that is what was wanted


MODEL_STAGE = '''
"""Loads a model and finds nothing: a detector whose weight is in opening it."""
from pathlib import Path
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Detector
from tracker_gui.core.types import no_detections

class HeavyParams(Params):
    file: Path = setting(Path(), title="Model", description="An ONNX file.")

class Heavy(Detector[HeavyParams]):
    title, about, Params = "Model", "Loads a model.", HeavyParams
    def open(self, context):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.params.file, options, providers=["CPUExecutionProvider"])
    def step(self, prepared, hint=None, explain=False):
        return no_detections()
'''


def model(window, heart: Heartbeat, seconds: float) -> None:
    """Measure while a detector loads a YOLO model through ONNX Runtime."""
    from tracker_gui.core import registry
    from tracker_gui.core.preset import choice

    shared = Path(os.environ.get("TRACKER_SHARED", PROJECT.parent / "shared"))
    file = shared / "models" / "yolo11n_deq_dynamic.onnx"
    if not file.is_file():
        print("no model is loaded: the shared models are not there (TRACKER_SHARED)")
        return
    with tempfile.TemporaryDirectory(prefix="tracker-gui-bench-") as name:
        (Path(name) / "detectors").mkdir()
        (Path(name) / "detectors" / "heavy.py").write_text(MODEL_STAGE)
        os.environ[registry.EXTRA_STAGES_VARIABLE] = name
        chosen = choice("detectors", "heavy", file=file)
        change = partial(window.document.change_stage, "detector", chosen, "use a model")
        heart.measure("a model loads", seconds, change, gated=True)
        assert window.session.state.problem is None, window.session.state.problem


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how long the window is blocked.")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each row lasts")
    seconds = parser.parse_args().seconds
    if sys.platform.startswith("linux") and "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tracker_gui import _bootstrap
    from tracker_gui.core.data_files import HOME_VARIABLE

    with ExitStack() as stack:
        os.environ[HOME_VARIABLE] = stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-gui-bench-"))
        _bootstrap.prepare()
        servers = load_servers()
        cameras = [stack.enter_context(servers.MjpegCamera()) for _ in range(4)]
        return run(cameras, seconds)


def run(cameras, seconds: float) -> int:
    from tracker_gui.qt.app import make_window
    from tracker_gui.qt.dialogs.camera_dialog import open_camera

    first, large, stalling, locked = cameras
    large.tell("size", 1280, 720)
    locked.tell("refuse", 401)
    window = make_window(asks=False)
    window.show()
    heart = Heartbeat()
    columns = "".join(f"{name:>9}" for name in ("median", "99 %", "worst", "loop %", "all %"))
    print(f"{'ms between two beats of a 10 ms timer':<52}{'beats':>7}{columns}")
    heart.measure("the empty window", seconds)
    heart.measure("the camera dialog opens", seconds, lambda: open_camera(window))
    dialog = open_camera(window)

    def test_all() -> None:
        for camera in cameras:
            dialog.address.address.setText(camera.url)
            dialog.address.test.click()

    heart.measure("four cameras are tested, one refuses", seconds, test_all)
    heart.measure("they are shown", seconds)
    heart.measure("one stalls", seconds, lambda: stalling.tell("stall"), gated=True)
    heart.measure("it stalls on, its card is chosen", seconds, dialog.cards[stalling.url].click, gated=True)
    heart.measure("the dialog closes while it stalls", seconds, dialog.reject, gated=True)
    heart.measure("the dialog opens while it stalls", seconds, lambda: open_camera(window), gated=True)
    dialog.cards[first.url].click()
    heart.measure("another becomes the window's source", seconds, dialog.use_button.click)
    heart.measure("the window's source stalls", seconds, lambda: first.tell("stall"), gated=True)
    heart.measure("it sends again", seconds, lambda: first.tell("ok"))
    full_disk(window, heart, seconds)
    model(window, heart, seconds)
    window.close()
    late = [name for name, gated, beats in heart.rows if gated and beats.max() > MOST_MS]
    print(
        "\nlate: " + ", ".join(late)
        if late
        else f"\nno beat later than {MOST_MS:.0f} ms while a camera stalls, a disk fills, a model loads"
    )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
