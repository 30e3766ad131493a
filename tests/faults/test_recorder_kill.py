"""F27, F28: whatever ends the program, what was recorded is there and plays."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest

from tracker_gui import cli
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.core.types import Frame
from tracker_gui.engine.recorder import Recorder
from tracker_gui.engine.recording_files import leftovers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

CHILD = Path(__file__).with_name("recording_child.py")
AT_ONCE = 5
QUICK_KILLS, SOUND_KILLS, ALL_KILLS = 20, 10, 200
EARLIEST_S, LATEST_S = 0.1, 3.5
VIDEO_LOST_S, ROWS_LOST_S = 1.0, 0.5
SOUND_BEHIND_S = 0.5


@dataclass
class Child:
    folder: Path
    process: subprocess.Popen[str]
    log: Path

    def _frame_lines(self) -> list[list[str]]:
        lines = [line.split() for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return [words for words in lines if words[0].isdigit()]

    def handed_over(self) -> list[float]:
        """Return the capture times of the frames that the recorder was given."""
        return [float(words[1]) for words in self._frame_lines()]

    def backlog_s(self) -> float:
        """Return how far the encoder was behind: what a starved machine leaves in memory, no file can save."""
        lines = self._frame_lines()
        if not lines:
            return 0.0
        encoded = max(0, int(lines[-1][2]) - 1)
        return float(lines[-1][1]) - float(lines[encoded][1])

    def says(self, word: str) -> bool:
        return any(line.startswith(word) for line in self.log.read_text().splitlines())


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Return a function that starts a recording process and waits until it records."""
    children: list[Child] = []

    def start(*words: str) -> Child:
        folder = tmp_path / f"recording {len(children)}"
        log = tmp_path / f"log {len(children)}"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, str(CHILD), str(folder), *words],
                stdout=out,
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
                text=True,
            )
        child = Child(folder, process, log)
        children.append(child)
        return child

    yield start
    for child in children:
        if child.process.poll() is None:
            child.process.kill()
        child.process.wait()


def wait_for(child: Child, word: str, timeout_s: float = 60.0) -> None:
    until_s = time.monotonic() + timeout_s
    while not child.says(word):
        assert child.process.poll() is None, "the recording process ended"
        assert time.monotonic() < until_s, f"it never said {word!r}"
        time.sleep(0.02)


def decoded_times(video: Path) -> list[float]:
    """Return the time of each frame that can be decoded, from the first on."""
    with av.open(str(video)) as container:
        times = [float(frame.time) for frame in container.decode(video=0) if frame.time is not None]
    return [t_s - times[0] for t_s in times]


def whole_rows(table: Path) -> list[list[str]]:
    text = table.read_text()
    assert text.endswith("\n")
    header, *rows = [line.split(",") for line in text.splitlines()]
    assert header == ["frame", "t_capture_s", "t_utc", "lost_before", "dropped_before"]
    assert all(len(row) == len(header) for row in rows)
    return rows


def check_what_is_left(child: Child, after_s: float) -> tuple[float, float, float]:
    """Finish what the kill left and hold it against what had been handed over.

    Returns the seconds of video and of rows that are missing, and how far the encoder was behind at that time.
    """
    backlog_s = child.backlog_s()
    handed_over = child.handed_over()
    said = f"killed {after_s:.3f} s after its start"
    for paths in leftovers(child.folder):
        # As it lies there, before anything is mended.
        if len(handed_over) > 60:
            assert decoded_times(paths.recording), said
    assert cli.main(["recover", str(child.folder)]) == 0, said
    assert not leftovers(child.folder), said
    tables = list(child.folder.glob("*_frames.csv"))
    videos = list(child.folder.glob("*.mp4"))
    span_s = handed_over[-1] - handed_over[0] if handed_over else 0.0
    if not tables:
        assert span_s <= ROWS_LOST_S + backlog_s, said
        return span_s, span_s, backlog_s
    rows = whole_rows(tables[0])
    last_row_s = float(rows[-1][1]) if rows else handed_over[0] if handed_over else 0.0
    rows_lost_s = handed_over[-1] - last_row_s if handed_over else 0.0
    assert rows_lost_s <= ROWS_LOST_S + backlog_s, said
    assert [int(row[0]) for row in rows] == list(range(len(rows))), said
    if not videos:
        assert span_s <= VIDEO_LOST_S + backlog_s, said
        return span_s, rows_lost_s, backlog_s
    (video,) = videos
    times_s = decoded_times(video)
    video_lost_s = span_s - times_s[-1]
    assert video_lost_s <= VIDEO_LOST_S + backlog_s, said
    for k in (0, len(times_s) // 2, len(times_s) - 1):
        if k < len(rows):
            assert abs(times_s[k] - (float(rows[k][1]) - float(rows[0][1]))) < 0.001, said
    return video_lost_s, rows_lost_s, backlog_s


def sound_lost_s(child: Child) -> float:
    """Return by how much the sound that can be decoded ends before the pictures."""
    video = next(child.folder.glob("*.mp4"), None)
    if video is None:
        return 0.0
    with av.open(str(video)) as container:
        (audio,) = container.streams.audio
        ends_s = [frame.time + frame.samples / frame.sample_rate for frame in container.decode(audio)]
    return decoded_times(video)[-1] - (ends_s[-1] if ends_s else 0.0)


def kill_at_random(record: Callable[..., Child], kills: int, seed: int, *words: str) -> None:
    instants = random.Random(seed)
    lost: list[tuple[float, float, float]] = []
    for _ in range(0, kills, AT_ONCE):
        children = [record(*words) for _ in range(AT_ONCE)]
        for child in children:
            wait_for(child, "ready")
        start_s = time.monotonic()
        plan = sorted(zip([instants.uniform(EARLIEST_S, LATEST_S) for _ in children], children, strict=True), key=first)
        for after_s, child in plan:
            time.sleep(max(0.0, start_s + after_s - time.monotonic()))
            child.process.send_signal(signal.SIGKILL)
            child.process.wait()
        for after_s, child in plan:
            lost.append(check_what_is_left(child, after_s))
            if words:
                assert sound_lost_s(child) < SOUND_BEHIND_S, f"killed {after_s:.3f} s after its start"
    print(
        f"{len(lost)} kills: at most {max(v - b for v, _, b in lost):.3f} s of video and "
        f"{max(r - b for _, r, b in lost):.3f} s of rows were lost of what the encoder had been able to take; "
        f"it was at most {max(b for *_, b in lost):.3f} s behind"
    )


def first(pair: tuple[float, Child]) -> float:
    return pair[0]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot end a program without its knowledge")
def test_a_kill_at_any_instant_costs_at_most_a_second(record: Callable[[], Child]) -> None:
    kill_at_random(record, QUICK_KILLS, seed=27)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot end a program without its knowledge")
def test_a_kill_costs_no_more_with_sound(record: Callable[..., Child]) -> None:
    kill_at_random(record, SOUND_KILLS, 2, "sound")


@pytest.mark.faults_full
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot end a program without its knowledge")
def test_two_hundred_kills_cost_at_most_a_second_each(record: Callable[[], Child]) -> None:
    kill_at_random(record, ALL_KILLS, seed=2027)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other ways to ask a program to end")
def test_asked_to_end_it_makes_all_files_final_within_five_seconds(
    number: signal.Signals, record: Callable[[], Child]
) -> None:
    child = record()
    wait_for(child, "ready")
    wait_for(child, "20 ")
    child.process.send_signal(number)
    assert child.process.wait(timeout=5.0) == 0
    (video,) = child.folder.glob("*.mp4")
    (table,) = child.folder.glob("*.csv")
    frames = len(child.handed_over())
    assert child.says(f"stopped {frames} 0 0")
    assert video.name.endswith("Z.mp4")
    assert len(decoded_times(video)) == frames
    assert len(whole_rows(table)) == frames


def test_the_next_recording_finishes_what_a_kill_left(record: Callable[[], Child]) -> None:
    child = record()
    wait_for(child, "ready")
    wait_for(child, "40 ")
    child.process.kill()
    child.process.wait()
    assert len(leftovers(child.folder)) == 1
    recorder = Recorder(RecorderSettings(reserve_mb=0), "next", child.folder)
    recorder.start()
    recorder.stop()
    assert not leftovers(child.folder)
    (video,) = child.folder.glob("cam_*Z.mp4")
    assert len(decoded_times(video)) > 20


def test_a_recording_in_progress_is_left_alone_by_recover(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], picture: np.ndarray
) -> None:
    recorder = Recorder(RecorderSettings(reserve_mb=0), "cam", tmp_path)
    recorder.start()
    recorder.put(Frame(0, 0.0, None, "cam", 0, ArrayPicture(picture)))
    until_s = time.monotonic() + 10
    while not list(tmp_path.glob("*.recording.mp4")):
        assert time.monotonic() < until_s
        time.sleep(0.01)
    assert cli.main(["recover", str(tmp_path)]) == 0
    assert "no recording is unfinished" in capsys.readouterr().out
    assert list(tmp_path.glob("*.recording.mp4"))
    assert recorder.stop().frames == 1


@pytest.fixture
def picture() -> np.ndarray:
    import numpy as np

    return np.full((48, 96, 3), 90, np.uint8)
