"""``tracker-gui run`` on cameras that break: what is in the table and the manifest afterwards."""

from __future__ import annotations

import csv
import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Literal

import av
import pytest

from tracker_gui.core.errors import InputError
from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.engine.live_recording import RecordingPlan
from tracker_gui.engine.live_run import LiveResult, LiveRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker_gui.engine.live_figures import LiveFigures

BLOBS = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=2000)
PRESET = Preset(name="Two", detector=BLOBS).with_tracker(animals=2)


class Running:
    """A live run on a thread of its own."""

    def __init__(self, run: LiveRun) -> None:
        self.run = run
        self.figures: LiveFigures | None = None
        self.states: list[CaptureState] = []
        self.result: LiveResult | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        self.result = self.run.run(self._hear, self._stop.is_set)

    def _hear(self, figures: LiveFigures) -> None:
        self.figures = figures
        self.states.append(figures.status.state)

    @property
    def tracked(self) -> int:
        return self.run.counts.frames

    def more(self, frames: int = 15) -> Callable[[], bool]:
        wanted = self.tracked + frames
        return lambda: self.tracked >= wanted

    def end(self) -> LiveResult | None:
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.result


@pytest.fixture
def start(tmp_path: Path, no_leaks: None) -> Iterator[Callable[..., Running]]:
    """Return a function that tracks an address until the test is over."""
    begun: list[Running] = []

    def begin(url: str, look: Literal["clean", "annotated", "both"] | None = None) -> Running:
        plan = None if look is None else RecordingPlan(look, RecorderSettings(reserve_mb=0))
        source = choice("sources", "network_stream", url=url)
        begun.append(Running(LiveRun(source, PRESET, tmp_path / "out", recording=plan)))
        return begun[-1]

    yield begin
    for running in begun:
        running.end()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_camera_that_goes_and_comes_leaves_one_whole_table(
    mjpeg_camera: Any, start: Callable[..., Running], until: Any
) -> None:
    running = start(mjpeg_camera.url)
    until(running.more())
    mjpeg_camera.kill()
    until(lambda: CaptureState.RECONNECTING in running.states)
    mjpeg_camera.start()
    until(running.more(), 30)
    result = running.end()
    assert result is not None
    table, manifest_path = result.files
    rows = rows_of(table)
    assert len(rows) == 2 * result.counts.frames
    frames = [int(row["frame"]) for row in rows[::2]]
    times_s = [float(row["time_s"]) for row in rows[::2]]
    assert times_s[0] == 0
    assert all(a < b for a, b in itertools.pairwise(times_s))
    assert all(a < b for a, b in itertools.pairwise(frames))
    manifest = json.loads(manifest_path.read_text())
    assert manifest["outcome"] == "cancelled"
    (gap,) = manifest["gaps"]
    assert "connection" in gap["reason"]
    longest_s = max(b - a for a, b in itertools.pairwise(times_s))
    assert gap["seconds"] == pytest.approx(longest_s, abs=0.5)
    counts = manifest["counts"]
    dropped = counts["dropped_by_reason"]
    ended = dropped.get("run ended", 0)
    assert counts["frames_received"] == counts["frames"] + dropped["tracking busy"] + ended
    assert ended <= 1
    assert dropped["disconnected"] > 0
    assert counts["reconnections"] == 1


def pictures_in(path: Path) -> tuple[int, set[tuple[int, int]]]:
    """Return the number and the sizes of all pictures that can be decoded."""
    with av.open(str(path)) as file:
        sizes_px = [(frame.width, frame.height) for frame in file.decode(video=0)]
    return len(sizes_px), set(sizes_px)


def recording(result: LiveResult, number: int = 0) -> dict[str, Any]:
    recordings = json.loads(result.manifest_path.read_text())["recording"]["recordings"]
    assert isinstance(recordings, list)
    return dict(recordings[number])


def test_a_recording_goes_on_over_a_gap_with_every_frame_that_arrived(
    mjpeg_camera: Any, start: Callable[..., Running], until: Any
) -> None:
    running = start(mjpeg_camera.url, "clean")
    until(running.more())
    mjpeg_camera.kill()
    until(lambda: CaptureState.RECONNECTING in running.states)
    mjpeg_camera.start()
    until(running.more(), 30)
    result = running.end()
    assert result is not None
    kept = recording(result)
    assert kept["dropped"] == 0
    assert kept["frames"] == result.capture.received
    assert "source" in {gap["reason"] for gap in kept["gaps"]}
    videos = [path for path in result.files if path.suffix == ".mp4"]
    assert sum(pictures_in(path)[0] for path in videos) == kept["frames"]
    rows = [row for path in result.files if path.name.endswith("_frames.csv") for row in rows_of(path)]
    assert [int(row["frame"]) for row in rows] == list(range(result.capture.received))


def test_f05_another_size_begins_another_file(mjpeg_camera: Any, start: Callable[..., Running], until: Any) -> None:
    running = start(mjpeg_camera.url, "clean")
    until(running.more())
    mjpeg_camera.tell("size", 640, 480)
    until(running.more(40))
    result = running.end()
    assert result is not None
    videos = [path for path in result.files if path.suffix == ".mp4"]
    assert [pictures_in(path)[1] for path in videos] == [{(320, 240)}, {(640, 480)}]
    assert recording(result)["dropped"] == 0


def test_clean_and_annotated_are_recorded_at_once(mjpeg_camera: Any, start: Callable[..., Running], until: Any) -> None:
    running = start(mjpeg_camera.url, "both")
    until(running.more(20))
    result = running.end()
    assert result is not None
    clean, annotated = recording(result, 0), recording(result, 1)
    assert clean["frames"] == result.capture.received
    assert annotated["frames"] == result.counts.frames
    assert "annotated" in annotated["files"][0]


def test_animals_are_found_before_and_after_a_gap(mjpeg_camera: Any, start: Callable[..., Running], until: Any) -> None:
    running = start(mjpeg_camera.url)
    until(running.more())
    mjpeg_camera.tell("close")
    until(lambda: CaptureState.RECONNECTING in running.states)
    until(running.more(), 30)
    result = running.end()
    assert result is not None
    rows = rows_of(result.files[0])
    assert {row["state"] for row in rows[-10:]} <= {"found", "merged"}


def test_another_size_leaves_the_table_in_the_pixels_it_began_with(
    mjpeg_camera: Any, start: Callable[..., Running], until: Any
) -> None:
    running = start(mjpeg_camera.url)
    until(running.more())
    mjpeg_camera.tell("size", 640, 480)
    until(running.more(40))
    result = running.end()
    assert result is not None
    rows = rows_of(result.files[0])
    places = [(float(row["x_px"]), float(row["y_px"])) for row in rows if row["x_px"]]
    assert max(x for x, _ in places) < 320
    assert max(y for _, y in places) < 240
    assert json.loads(result.manifest_path.read_text())["source"]["width_px"] == 320


def test_damaged_pictures_make_no_animal(mjpeg_camera: Any, start: Callable[..., Running], until: Any) -> None:
    mjpeg_camera.tell("rate", 60)
    mjpeg_camera.tell("truncate")
    running = start(mjpeg_camera.url)
    until(lambda: running.figures is not None and running.figures.capture.dropped["damaged"] >= 5)
    result = running.end()
    assert result is not None
    assert {row["id"] for row in rows_of(result.files[0])} == {"1", "2"}
    dropped = json.loads(result.manifest_path.read_text())["counts"]["dropped_by_reason"]
    assert dropped["damaged"] >= 5


def test_the_figures_are_plain_numbers(mjpeg_camera: Any, start: Callable[..., Running], until: Any) -> None:
    running = start(mjpeg_camera.url)
    until(lambda: running.figures is not None and running.figures.tracked > 30)
    figures = running.figures
    assert figures is not None
    assert figures.capture.rate_hz == pytest.approx(30, rel=0.5)
    assert figures.tracked_hz > 1
    assert figures.latency_ms is not None
    assert figures.latency_p99_ms is not None
    assert 0 < figures.latency_ms < 5000
    assert figures.wanted == 2
    assert figures.free_bytes is not None


def test_no_password_reaches_a_file(
    mjpeg_camera: Any, start: Callable[..., Running], until: Any, tmp_path: Path
) -> None:
    mjpeg_camera.tell("user", "me:s3cret")
    running = start(mjpeg_camera.url.replace("://", "://me:s3cret@"))
    until(running.more())
    running.end()
    assert "s3cret" not in "".join(path.read_text() for path in (tmp_path / "out").iterdir())


def fill_up(path: Path) -> None:
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
    except OSError:
        return


class FillingUp:
    """Uses up the disk of a run after its tenth frame, and gives it back when the run has said so if that is wanted."""

    def __init__(self, run: LiveRun, disk: Path, gives_back: bool) -> None:
        self.said: list[str] = []
        self.stop_at = 10_000
        self._run = run
        self._filler = disk / "filler"
        self._gives_back = gives_back

    def seen(self, _: object) -> None:
        if self._run.counts.frames == 10:
            fill_up(self._filler)

    def told(self, figures: LiveFigures) -> None:
        if figures.troubles and not self.said:
            self.said += figures.troubles
            self.stop_at = self._run.counts.frames + 40
            if self._gives_back:
                self._filler.unlink()

    def is_over(self) -> bool:
        return self._run.counts.frames >= self.stop_at


@pytest.mark.parametrize("gives_back", [True, False])
def test_f24_tracks_wait_in_memory_while_the_disk_is_full(
    gives_back: bool, mjpeg_camera: Any, full_disk: Path, no_leaks: None
) -> None:
    run = LiveRun(choice("sources", "network_stream", url=mjpeg_camera.url), PRESET, full_disk / "out", 60)
    filling = FillingUp(run, full_disk, gives_back)
    result = run.run(filling.told, filling.is_over, filling.seen)
    (table,) = (full_disk / "out").glob("*_tracks.csv")
    rows = table.read_text().splitlines()[1:]
    assert all(row.count(",") == 8 for row in rows)
    assert f"{table}: the disk is full" in filling.said[0]
    if gives_back:
        assert len(rows) == 2 * result.counts.frames
        assert result.problems == ()
    else:
        assert 0 < len(rows) < 2 * result.counts.frames
        assert any("rows before are complete" in problem for problem in result.problems)


def test_an_address_that_is_none_leaves_nothing_behind(tmp_path: Path, no_leaks: None) -> None:
    run = LiveRun(choice("sources", "network_stream", url="camera"), PRESET, tmp_path / "out")
    with pytest.raises(InputError, match="is not the address of a camera"):
        run.run()
    assert not (tmp_path / "out").exists()


def test_a_camera_that_never_came_is_an_error_that_says_why(tmp_path: Path, no_leaks: None) -> None:
    run = LiveRun(choice("sources", "network_stream", url="http://127.0.0.1:1/cam"), PRESET, tmp_path / "out", 0.5)
    with pytest.raises(InputError, match=r"No picture came in the whole run.*refused"):
        run.run()
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("order", ["ok", "stall"])
def test_stopping_a_run_leaves_complete_files(
    number: int, code: int, order: str, mjpeg_camera: Any, until: Any, tmp_path: Path
) -> None:
    preset = tmp_path / "two.json"
    save(PRESET, preset)
    out = tmp_path / "out"
    words = [
        sys.executable, "-m", "tracker_gui", "run", str(preset), "--source", mjpeg_camera.url, "--out", str(out)
    ]  # fmt: skip
    address = f"127.0.0.1-{mjpeg_camera.port}-video.mjpg"
    table = out / f"{address}_tracks.csv"
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        until(lambda: table.is_file() and table.stat().st_size > 2000, 60)
        mjpeg_camera.tell(order)
        since_s = time.monotonic()
        running.send_signal(number)
        shown, err = running.communicate(timeout=30)
        spent_s = time.monotonic() - since_s
    assert running.returncode == code
    assert spent_s < 5
    manifest = json.loads((out / f"{address}_run.json").read_text())
    assert manifest["outcome"] == "cancelled"
    assert len(rows_of(table)) == 2 * manifest["counts"]["frames"]
    (kept,) = manifest["recording"]["recordings"]
    videos = [out / name for name in kept["files"] if name.endswith(".mp4")]
    assert sum(pictures_in(path)[0] for path in videos) == kept["frames"] == manifest["counts"]["frames_received"]
    assert "is live" in err
    assert "frames/s" in err
    assert "Traceback" not in err
    assert table.name in shown


def test_a_run_ends_by_itself_when_the_minutes_are_over(mjpeg_camera: Any, tmp_path: Path) -> None:
    preset = tmp_path / "two.json"
    save(PRESET, preset)
    words = [
        sys.executable, "-m", "tracker_gui", "run", str(preset), "--source", mjpeg_camera.url, "--out", str(tmp_path),
        "--minutes", "0.03", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads(next(tmp_path.glob("*_run.json")).read_text())["outcome"] == "complete"
