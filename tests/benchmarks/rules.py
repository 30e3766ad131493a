"""What rules cost on each frame, and how soon an action begins.

    python tests/benchmarks/rules.py [--quick]

Twenty rules and ten animals that wander over a 640x480 picture: zones with a margin, polygons, and a
mix of all kinds of events, each with a dwell of 0.2 s. Gate: the median of the CPU time of one frame,
from its tracks to its decisions, is at most 0.3 ms. Then one rule that acts at every second frame:
from the call that hands in a tracked frame until the action begins on the real-time lane, at 60
frames/s, beside a thread that only waits at a queue (the control of this machine).
"""

from __future__ import annotations

import argparse
import queue
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import FORMAT, SCHEMA_VERSION, Preset, parse
from tracker_gui.core.rule_stages import Action, ActionRequest, Lane, RuleContext
from tracker_gui.core.types import Frame, Snapshot, SourceInfo, Tracks, no_detections
from tracker_gui.engine.rules.engine import RuleEngine
from tracker_gui.engine.rules.runner import RuleRunner
from tracker_gui.engine.rules.scene_memory import SceneMemory

if TYPE_CHECKING:
    from tracker_gui.core.templates import Facts

ANIMALS, RULES = 10, 20
GATE_MS = 0.3
RATE_HZ = 60.0


def zone(number: int, random: np.random.Generator) -> dict[str, Any]:
    x, y = float(random.uniform(100, 540)), float(random.uniform(100, 380))
    corners = ((-50, -50), (50, -40), (60, 40), (0, 70), (-60, 20))
    shape = [
        {"kind": "rectangle", "centre": [x, y], "width": 100, "height": 80, "angle_deg": 20},
        {"kind": "circle", "centre": [x, y], "radius": 60},
        {"kind": "ellipse", "centre": [x, y], "radius_x": 60, "radius_y": 40},
        {"kind": "polygon", "points": [[x + dx, y + dy] for dx, dy in corners]},
    ][number % 4]
    return {"name": f"z{number}", "shape": shape}


def when(kind: str, number: int) -> dict[str, Any]:
    in_zone = {"event": "in_zone", "zone": f"z{number}", "margin_px": 5}
    if kind == "zones":
        return in_zone
    if kind == "polygons":
        return {"event": "in_zone", "zone": f"z{number // 4 * 4 + 3}", "margin_px": 5 + number}
    return [
        in_zone, {"event": "speed", "limit_px_s": 120 + number}, {"event": "distance", "limit_px": 40 + number},
        {"event": "expression", "text": f"x > {300 + number} and y < 200"},
        {"all": [in_zone, {"event": "speed", "limit_px_s": 50 + number}]},
        {"event": "immobile", "still_px": 3, "moving_px": 3 + number}, {"event": "heading", "from_deg": number},
        {"event": "zone_visit", "zone": f"z{number}"}, {"event": "count", "zone": f"z{number}", "number": 2},
        {"event": "lost", "after_s": 1 + number},
    ][number % 10]  # fmt: skip


def preset_of(rules: list[dict[str, Any]]) -> Preset:
    zones = [zone(number, np.random.default_rng(number)) for number in range(RULES)]
    document = {"format": FORMAT, "schema_version": SCHEMA_VERSION, "zones": zones, "rules": rules}
    preset, problems = parse(document, "bench")
    assert not problems, [str(problem) for problem in problems]
    return preset


def tracks_of(xy_px: np.ndarray, lost: int | None) -> Tracks:
    n = len(xy_px)
    whole, none = np.zeros(n, np.int64), np.zeros(n)
    state = whole.copy()
    if lost is not None:
        state[lost] = 3
    return Tracks(
        tuple(range(n)), np.arange(n), state, xy_px.copy(), np.hstack([xy_px - 5, xy_px + 5]), np.zeros((n, 2)),
        none, none, whole, whole, whole - 1,
    )  # fmt: skip


def cost_ms(kind: str, frames: int) -> tuple[np.ndarray, int]:
    """Return the CPU time of each frame, and how many decisions came of them."""
    rules = [
        {"name": f"r{n}", "when": when(kind, n), "timing": {"on_for": 0.2}, "on_enter": [{"action": "marker"}]}
        for n in range(RULES)
    ]
    preset = preset_of(rules)
    engine = RuleEngine(preset.rules, RuleContext({each.name: each for each in preset.zones}, (640, 480), RATE_HZ))
    engine.arm()
    memory, random = SceneMemory(), np.random.default_rng(0)
    xy_px, step_px = random.uniform(50, 430, (ANIMALS, 2)), random.normal(0, 3, (ANIMALS, 2))
    spent, decisions = np.zeros(frames), 0
    for index in range(frames):
        step_px = np.clip(step_px + random.normal(0, 0.5, (ANIMALS, 2)), -5, 5)
        xy_px = np.clip(xy_px + step_px, 20, 460)
        tracks = tracks_of(xy_px, index % ANIMALS if index % 97 == 0 else None)
        begun_s = time.thread_time()
        decisions += len(engine.step(memory.see_tracks(index, index / RATE_HZ, None, "bench", tracks)))
        spent[index] = 1e3 * (time.thread_time() - begun_s)
    return spent, decisions


class Touch(Action[Any]):
    """Notes when it begins."""

    title: ClassVar[str] = "Touch"
    about: ClassVar[str] = "Notes when it begins."
    lane: ClassVar[Lane] = Lane.REAL_TIME
    begun_s: ClassVar[dict[int, float]] = {}

    def payload(self, facts: Facts) -> str:
        return ""

    def act(self, request: ActionRequest) -> str:
        self.begun_s[request.facts.frame] = time.perf_counter()
        return "done"


def latencies_ms(frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (frame handed in -> action begins, something put into a queue -> a waiting thread has it)."""
    preset = preset_of([{"name": "r", "when": {"event": "in_zone", "zone": "z0"}, "on_enter": [{"action": "marker"}]}])
    inside = preset.zones[0].shape.centre  # type: ignore[union-attr]
    info = SourceInfo("bench", (640, 480), RATE_HZ, None)
    picture = ArrayPicture(np.zeros((480, 640), np.uint8))
    handed_s: dict[int, float] = {}
    woken_ms: list[float] = []
    wake: queue.SimpleQueue[float | None] = queue.SimpleQueue()

    def control() -> None:
        while (put_s := wake.get()) is not None:
            woken_ms.append(1e3 * (time.perf_counter() - put_s))

    thread = threading.Thread(target=control)
    thread.start()
    with tempfile.TemporaryDirectory() as folder, RuleRunner(preset, info, Path(folder), "bench") as runner:
        runner._engine.rules[0].enter[:] = [("touch", Touch())]
        runner.arm()
        due_s = time.monotonic()
        for index in range(frames):
            due_s += 1 / RATE_HZ
            time.sleep(max(0.0, due_s - time.monotonic()))
            place = np.array([inside if index % 2 else (5.0, 5.0)])
            frame = Frame(index, index / RATE_HZ, None, "bench", 0, picture)
            snapshot = Snapshot(frame, Prepared(frame, ()), no_detections(), tracks_of(place, None))
            begun_s = time.perf_counter()
            if runner.step(snapshot):
                handed_s[index] = begun_s
            else:
                wake.put(time.perf_counter())
    wake.put(None)
    thread.join()
    ours_ms = [1e3 * (begun_s - handed_s[index]) for index, begun_s in Touch.begun_s.items()]
    return np.array(ours_ms), np.array(woken_ms)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the frames")
    quick = parser.parse_args().quick
    frames = 600 if quick else 6000
    worst_ms = 0.0
    print(f"{RULES} rules, {ANIMALS} animals: CPU ms for one frame\n")
    print(f"{'rules':<12} {'p50':>7} {'p95':>7} {'p99':>7} {'mean':>7}  decisions")
    for kind in ("zones", "polygons", "mix"):
        spent, decisions = cost_ms(kind, frames)
        p50, p95, p99 = np.percentile(spent, [50, 95, 99])
        worst_ms = max(worst_ms, float(p50))
        print(f"{kind:<12} {p50:>7.3f} {p95:>7.3f} {p99:>7.3f} {spent.mean():>7.3f}  {decisions}")
    print(f"\nms at {RATE_HZ:g} frames/s\n\n{'':<34} {'p50':>7} {'p95':>7} {'p99':>7} {'max':>7}      n")
    names = ("tracked frame -> action begins", "control: queue -> waiting thread")
    for name, values in zip(names, latencies_ms(frames // 2), strict=True):
        p50, p95, p99 = np.percentile(values, [50, 95, 99])
        print(f"{name:<34} {p50:>7.3f} {p95:>7.3f} {p99:>7.3f} {values.max():>7.3f} {len(values):>6}")
    held = worst_ms <= GATE_MS
    print(f"\n{'ok' if held else 'MISSED'}: the median costs {worst_ms:.3f} ms at most (gate {GATE_MS} ms)")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
