"""From the moment a frame is there to the byte that a rule sends, read at the other end of a serial line.

    python tests/benchmarks/closed_loop.py [--seconds S] [--rows NAME ...]

Five simulated animals at 640x480 and 60 frames/s, rendered to a file beforehand and replayed at the pace of a camera.
A process of its own holds the other end of a pseudo-terminal and notes when each byte arrives (CLOCK_MONOTONIC, the
same for all processes). Each row is a program of its own, and the number of the frame is what it sends:

    bare        sleep until the frame is due, then write: what this machine and its Python can do at best
    headless    `LiveRun`, with a rule that acts 28 times a second through a board that is a plain sketch
    recording   the same, and every frame is recorded
    window      the window shows, plots, tracks and records it, and its rules are armed
    client      another program looks into the live data feed of a headless run every 5 ms, and writes the byte itself

Two figures of each: from the frame to the byte, and what of it is beyond the detection and tracking of that frame.
`chrt -r 5` in front gives all of it a fixed place before everything else (needs root), xvfb-run a virtual screen.

Gates (performance.md), beyond detection: headless at most 0.6 ms at p50 and 2 ms at p99, window at most 8 ms at p99.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.preset import Preset

PROJECT = Path(__file__).resolve().parents[2]
RATE_HZ, SIZE_PX = 60, (640, 480)
SCENE_S = 20.0
#: Programs start, boards and files open, rules are armed: none of it is counted.
WARM_UP_S = 3.0
POLL_S = 0.005
BOARD, FEED = "loop", "closed-loop-benchmark"
ROWS = ("bare", "headless", "recording", "window", "client")
#: (row, share) -> ms beyond detection.
GATES_MS = {("headless", 50): 0.6, ("headless", 99): 2.0, ("window", 99): 8.0}
#: Where the bare loop takes longer at p99, the machine has other things to do (measured on 2 quiet cores: 0.3).
BUSY_MS = 1.0


# ---- the other end


def other_end() -> None:
    """Hold the other end until standard input is closed; then print what arrived when."""
    import pty
    import select
    import tty

    master, slave = pty.openpty()
    tty.setraw(slave)
    print(os.ttyname(slave), flush=True)
    came: dict[str, float] = {}
    begun = b""
    while True:
        ready, _, _ = select.select([master, sys.stdin], [], [])
        now_s = time.monotonic()
        if master in ready:
            *lines, begun = (begun + os.read(master, 4096)).split(b"\n")
            for line in lines:
                came.setdefault(line.decode(), now_s)
        if sys.stdin in ready:
            print(json.dumps(came))
            return


# ---- the programs that are measured


def note_frames() -> list[tuple[int, float, float, float]]:
    """Return a list to which the rules add every frame they see: number, when it was there, detection, when seen."""
    from tracker_gui.engine.rules.runner import RuleRunner

    seen: list[tuple[int, float, float, float]] = []
    step = RuleRunner.step

    def noted(self: RuleRunner, snapshot: Any) -> Any:
        now_s = time.monotonic()
        decisions = step(self, snapshot)
        frame = snapshot.frame
        seen.append((frame.index, frame.t_capture_s, sum(snapshot.timing_ms.values()), now_s))
        return decisions

    RuleRunner.step = noted  # type: ignore[method-assign]
    return seen


def preset_of(video: Path, with_feed: bool) -> Preset:
    from tracker_gui.core.preset import choice
    from tracker_gui.core.rules import Rule, Term, When
    from tracker_gui.exchange.open_preset import open_preset

    preset, _ = open_preset(PROJECT / "presets" / "dish_5_animals.json")
    rule = Rule(
        name="often",
        when=When((Term(choice("events", "every", period_s=0.035, first_s=0.0)),)),
        on_enter=(choice("actions", "serial_port", device=BOARD, send=r"${frame}\n"),),
    )
    outputs = preset.outputs + ((choice("sinks", "live_feed", name=FEED),) if with_feed else ())
    return replace(
        preset, source=choice("sources", "replay", path=video, loop=True), rules=(rule,), outputs=outputs
    )  # fmt: skip


def remember_board(path: str) -> None:
    from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
    from tracker_gui.engine.devices.port import Identity
    from tracker_gui.engine.devices.remembered import remember

    remember(BoardSettings(BOARD, Identity(path=path), BoardParams(speaks="plain", boot_wait_s=0)))


def run_headless(video: Path, path: str, folder: Path, seconds: float, record: bool, armed: bool) -> None:
    from tracker_gui.core.devices import DeviceState
    from tracker_gui.engine.devices.board_set import BoardSet
    from tracker_gui.engine.live_recording import RecordingPlan
    from tracker_gui.engine.live_run import LiveRun

    preset = preset_of(video, with_feed=not armed)
    assert preset.source is not None
    with BoardSet() as boards:
        if armed:
            remember_board(path)
            board = boards.open(BOARD)
            until(lambda: board.state is DeviceState.READY)
            board.arm()
        run = LiveRun(
            preset.source, preset, folder, WARM_UP_S + seconds, RecordingPlan() if record else None,
            armed=armed, devices=boards,
        )  # fmt: skip
        result = run.run()
        assert not result.problems, result.problems


def until(so: Callable[[], bool], wait: Callable[[float], None] = time.sleep) -> None:
    end_s = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end_s, "it took too long to begin or to end"
        wait(0.02)


def run_window(video: Path, path: str, folder: Path, seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    from tracker_gui.core.devices import DeviceState
    from tracker_gui.core.preset import save
    from tracker_gui.qt.app import make_window

    def live(duration_s: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(1e3 * duration_s), loop.quit)
        loop.exec()

    remember_board(path)
    save(preset_of(video, with_feed=False), folder / "loop.json")
    window = make_window(folder / "loop.json", asks=False)
    window.show()
    session = window.session
    session.settings.output_folder = str(folder / "out")
    until(lambda: session.newest is not None, live)
    session.start_tracking()
    session.start_recording()
    until(lambda: session.view.rules.runner is not None and session.is_recording, live)
    boards = window.devices.boards
    session.rules.arm()
    until(lambda: (b := boards.find(BOARD)) is not None and b.state is DeviceState.READY, live)
    boards.open(BOARD).arm()
    runner = session.view.rules.runner
    assert runner is not None
    until(lambda: bool(runner.armed), live)
    live(WARM_UP_S + seconds)
    session.stop_tracking()
    session.stop_recording()
    until(lambda: not (session.is_tracking or session.is_recording), live)
    window.close()


def run_client(path: str) -> None:
    """Look every 5 ms whether there is a new frame, as programs do that are not told; the feed's end is the end."""
    from tracker_gui.core.errors import InputError
    from tracker_gui.feed.tracks import TrackReader

    reader: list[TrackReader] = []

    def is_there() -> bool:
        try:
            reader.append(TrackReader(FEED))
        except InputError:
            return False
        return True

    until(is_there)
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    while not reader[0].is_over:
        frame = reader[0].wait(0, newest=True)
        if frame is not None:
            os.write(line, b"%d\n" % frame.frame_index)
        time.sleep(POLL_S)


def run_bare(path: str, seconds: float) -> list[tuple[int, float, float, float]]:
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    start_s, due = time.monotonic(), []
    for frame in range(round((WARM_UP_S + seconds) * RATE_HZ)):
        due_s = start_s + frame / RATE_HZ
        time.sleep(max(0.0, due_s - time.monotonic()))
        due.append((frame, due_s, 0.0, time.monotonic()))
        os.write(line, b"%d\n" % frame)
    return due


def program(row: str, video: Path, path: str, folder: Path, seconds: float) -> None:
    """Be the program of one row; print what it saw."""
    if row == "bare":
        seen = run_bare(path, seconds)
    else:
        from tracker_gui import _bootstrap

        _bootstrap.prepare()
        _bootstrap.suit_live_work()
        seen = note_frames()
        if row == "window":
            run_window(video, path, folder, seconds)
        else:
            run_headless(video, path, folder, seconds, row == "recording", row != "client")
    print(json.dumps(seen))


# ---- the table


def measure(row: str, video: Path, folder: Path, seconds: float) -> tuple[np.ndarray, int]:
    """Return of each frame whose byte arrived, in ms, shape (n, 3): until the byte, detection, until the rules.

    The second is how many bytes arrived that should not have.
    """
    from tracker_gui.core.data_files import HOME_VARIABLE

    folder.mkdir()
    environment = {
        **os.environ, HOME_VARIABLE: str(folder / "home"), "PYTHONPATH": str(PROJECT),
    }  # fmt: skip
    if "DISPLAY" not in os.environ:
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")

    def start(*words: str, **how: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, __file__, *words], stdout=subprocess.PIPE, env=environment, text=True, **how
        )

    there = start("--other-end", stdin=subprocess.PIPE)
    assert there.stdin is not None
    assert there.stdout is not None
    path = there.stdout.readline().strip()
    client = start("--client", path) if row == "client" else None
    measured = start("--program", row, str(video), path, str(folder), str(seconds))
    told, _ = measured.communicate()
    if client is not None:
        client.communicate()
    came, _ = there.communicate()
    assert measured.returncode == 0, f"the program of the row {row} failed"
    arrived = json.loads(came.splitlines()[-1])
    seen = json.loads(told.splitlines()[-1])
    first_s = float(seen[-1][1]) - seconds
    known = {str(frame): (t_s, detect_ms, rules_s) for frame, t_s, detect_ms, rules_s in seen}
    rows = [
        (1e3 * (at_s - known[frame][0]), known[frame][1], 1e3 * (known[frame][2] - known[frame][0]))
        for frame, at_s in arrived.items()
        if frame in known and known[frame][0] >= first_s
    ]
    return np.array(rows).reshape(-1, 3), len(arrived.keys() - known.keys())


def percentiles(values_ms: np.ndarray) -> str:
    return "".join(f"{value:9.3f}" for value in (*np.percentile(values_ms, (50, 95, 99)), values_ms.max()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each row is measured (30)")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=ROWS, help="only these")
    arguments = parser.parse_args()
    from recording import render

    from tracker_gui.simulate.scene import ArenaScene

    print(
        f"{SIZE_PX[0]}x{SIZE_PX[1]} at {RATE_HZ} frames/s, {arguments.seconds:g} s each, {os.cpu_count()} cores, ",
        end="",
    )
    print(f"scheduler {os.sched_getscheduler(0)}, load {os.getloadavg()[0]:.1f}\n")
    print("ms        frame -> byte   p50      p95      p99      max   beyond detection"
          "  p50      p95      p99      max      n")  # fmt: skip
    missed, detail, busy = [], [], ""
    with tempfile.TemporaryDirectory(prefix="tracker-gui-bench-") as name:
        video = Path(name) / "scene.mp4"
        width_px, height_px = SIZE_PX
        render(video, ArenaScene(
            animals=5, seed=1, body_length_px=30, width_px=width_px, height_px=height_px, rate_hz=RATE_HZ,
            duration_s=SCENE_S,
        ))  # fmt: skip
        for row in arguments.rows:
            times, strange = measure(row, video, Path(name) / row, arguments.seconds)
            beyond = times[:, 0] - times[:, 1]
            print(f"{row:<14}{percentiles(times[:, 0])}              {percentiles(beyond)} {len(times):6d}", flush=True)
            least = round(arguments.seconds * 25)
            if strange or len(times) < least:
                missed.append(f"{row}: {len(times)} bytes of at least {least}, {strange} that nobody sent")
            for (of, share), most_ms in GATES_MS.items():
                if of == row and (spent_ms := float(np.percentile(beyond, share))) > most_ms:
                    missed.append(f"{row}: p{share} {spent_ms:.3f} ms, gate {most_ms} ms")
            if row == "bare":
                late_ms = float(np.percentile(beyond, 99))
                busy = (
                    ""
                    if late_ms <= BUSY_MS
                    else f"this machine is busy: the bare loop itself takes {late_ms:.1f} ms at p99"
                )
            else:
                before, behind = times[:, 2] - times[:, 1], times[:, 0] - times[:, 2]
                detail.append(f"{row:<14}{percentiles(before)}              {percentiles(behind)}")
    print(
        "\nof which  before the rules p50    p95      p99      max     rules -> byte   p50      p95      p99      max"
    )
    print("\n".join(detail))
    print("\ngates: " + ("NOT MET\n  " + "\n  ".join(missed) if missed else "met"))
    if busy:
        print(busy)
    return 1 if missed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--other-end"]:
        other_end()
    elif sys.argv[1:2] == ["--client"]:
        run_client(sys.argv[2])
    elif sys.argv[1:2] == ["--program"]:
        program(sys.argv[2], Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]), float(sys.argv[6]))
    else:
        sys.exit(main())
