"""F27: whatever ends the program, the table of a live run has every row but those of its last half second."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHILD = Path(__file__).with_name("tracking_child.py")
AT_ONCE = 5
QUICK_KILLS, ALL_KILLS = 10, 200
EARLIEST_S, LATEST_S = 0.0, 2.5
ROWS_LOST_S = 0.5
#: The first frames wait for libraries to be loaded.
FRAMES_BEFORE = 5
COLUMNS = 9

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="this system cannot end a program without its knowledge"
)


class Child:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder.with_suffix(".log")
        with self._log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(CHILD), str(folder)],
                stdout=out,
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )

    def tracked(self) -> list[tuple[int, float]]:
        """Return the number of each frame that was tracked, and when that was."""
        lines = [line.split() for line in self._log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return [(int(number), float(at_s)) for number, at_s in lines]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def children() -> Iterator[list[Child]]:
    begun: list[Child] = []
    yield begun
    for child in begun:
        child.kill()


def seconds_lost(child: Child, after_s: float) -> float:
    """Hold the table that a kill left against the frames that had been tracked."""
    said = f"killed {after_s:.3f} s after all had begun"
    tracked = child.tracked()
    (manifest,) = child.folder.glob("*_run.json")
    assert json.loads(manifest.read_text())["outcome"] == "unfinished", said
    table = next(child.folder.glob("*_tracks.csv"), None)
    text = "" if table is None else table.read_text()
    assert not text or text.endswith("\n"), said
    rows = [line.split(",") for line in text.splitlines()[1:]]
    assert all(len(row) == COLUMNS for row in rows), said
    numbers = [int(row[0]) for row in rows[::2]]
    assert numbers == [number for number, _ in tracked][: len(numbers)], said
    return tracked[-1][1] - tracked[max(0, len(numbers) - 1)][1]


def kill_at_random(children: list[Child], folder: Path, kills: int, seed: int, until: Callable[..., object]) -> None:
    instants = random.Random(seed)
    lost_s: list[float] = []
    for _ in range(0, kills, AT_ONCE):
        some = [Child(folder / f"run {len(children) + k}") for k in range(AT_ONCE)]
        children += some
        for child in some:
            until(lambda child=child: len(child.tracked()) >= FRAMES_BEFORE, 60)
        start_s = time.monotonic()
        plan = sorted(((instants.uniform(EARLIEST_S, LATEST_S), child) for child in some), key=lambda pair: pair[0])
        for after_s, child in plan:
            time.sleep(max(0.0, start_s + after_s - time.monotonic()))
            child.kill()
        lost_s += [seconds_lost(child, after_s) for after_s, child in plan]
    assert max(lost_s) <= ROWS_LOST_S
    mean_s = sum(lost_s) / len(lost_s)
    print(f"{len(lost_s)} kills: at most {max(lost_s):.3f} s of rows were lost, {mean_s:.3f} on average")


def test_a_kill_at_any_instant_costs_at_most_half_a_second(
    children: list[Child], tmp_path: Path, until: Callable[..., object]
) -> None:
    kill_at_random(children, tmp_path, QUICK_KILLS, 27, until)


@pytest.mark.faults_full
@pytest.mark.timeout(3600)
def test_two_hundred_kills_cost_at_most_half_a_second_each(
    children: list[Child], tmp_path: Path, until: Callable[..., object]
) -> None:
    kill_at_random(children, tmp_path, ALL_KILLS, 2027, until)
