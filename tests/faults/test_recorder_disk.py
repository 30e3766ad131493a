"""F23, F25, F26: a disk that is full, gone or slow costs what it must, and the recorder says so."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from tracker_gui.core.errors import OutputError
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.core.sound import Sound, SoundFormat, SoundPacket
from tracker_gui.core.types import Frame
from tracker_gui.engine.recorder import Recorder
from tracker_gui.engine.recorder_state import Phase, RecorderState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SIZE_PX = (320, 240)
STATE_WITHIN_S = 2.0
# Noise that is not compressed: some 6 MB/s at 30 frames/s fill the small disk soon.
GREEDY = {"crf": 0}
PCM = SoundFormat("pcm_s16le", 48_000, "mono", 1, 0, b"", None)
HISS = np.random.default_rng(1).integers(-9000, 9000, 48_000 // 30).astype("<i2").tobytes()

pytestmark = pytest.mark.usefixtures("no_leaks")


def noise(index: int, size_px: tuple[int, int] = SIZE_PX) -> ArrayPicture:
    random = np.random.default_rng(index % 8)
    return ArrayPicture(random.integers(0, 256, (size_px[1], size_px[0]), np.uint8))


class Camera:
    """Hands frames over at 30 per second, as a capture thread does, and knows what became of them."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.offered = self.taken = 0
        self.hears = False

    def shoot(self) -> None:
        t_s = time.monotonic()
        sound = Sound(PCM, (SoundPacket(t_s, 1 / 30, HISS),)) if self.hears else None
        self.taken += self.recorder.put(Frame(self.offered, t_s, time.time(), "cam", 0, noise(self.offered), sound))
        self.offered += 1
        time.sleep(1 / 30)

    def until(self, reached: Callable[[RecorderState], Any], timeout_s: float = 30.0) -> RecorderState:
        """Shoot until the recorder's state is as wanted."""
        until_s = time.monotonic() + timeout_s
        while not reached(state := self.recorder.state):
            assert time.monotonic() < until_s, state
            self.shoot()
        return state


@pytest.fixture
def record() -> Iterator[Callable[..., Camera]]:
    """Return a function that starts a recorder and returns what feeds it."""
    recorders: list[Recorder] = []

    def start(folder: Path, second: Path | None = None, **settings: Any) -> Camera:
        recorder = Recorder(RecorderSettings(**{"reserve_mb": 0} | settings), "cam", folder, second)
        recorder.start()
        recorders.append(recorder)
        return Camera(recorder)

    yield start
    for recorder in recorders:
        recorder.stop(10.0)


def frames_in(video: Path) -> int:
    with av.open(str(video)) as container:
        return sum(1 for _ in container.decode(video=0))


def videos(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.mp4"))


def rows_in(folder: Path) -> int:
    return sum(len(table.read_text().splitlines()) - 1 for table in folder.glob("*_frames.csv"))


def use_up(disk: Path, leave_bytes: int) -> Path:
    """Fill a disk with a file of somebody else's."""
    ballast = disk / "somebody_elses_file"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(bytes(free - leave_bytes))
    return ballast


@pytest.mark.parametrize("hears", [False, True])
def test_a_disk_that_runs_full_leaves_a_video_that_plays_and_says_so(
    hears: bool, full_disk: Path, record: Callable[..., Camera]
) -> None:
    camera = record(full_disk, **GREEDY)
    camera.hears = hears
    state = camera.until(lambda state: state.phase is Phase.WAITING)
    assert str(full_disk) in state.sentence
    assert "there is space" in state.sentence
    result = camera.recorder.stop()
    (video,) = videos(full_disk)
    assert frames_in(video) == result.frames > 10
    assert result.frames + result.dropped == camera.offered
    assert any("space" in problem for problem in result.problems)


@pytest.mark.parametrize("hears", [False, True])
def test_it_goes_on_in_a_new_file_when_there_is_space_again(
    hears: bool, full_disk: Path, record: Callable[..., Camera]
) -> None:
    ballast = use_up(full_disk, leave_bytes=2_000_000)
    camera = record(full_disk, **GREEDY)
    camera.hears = hears
    camera.until(lambda state: state.phase is Phase.WAITING)
    ballast.unlink()
    camera.until(lambda state: state.phase is Phase.RECORDING and state.file is not None)
    before = camera.recorder.state.frames
    camera.until(lambda state: state.frames >= before + 5)
    result = camera.recorder.stop()
    assert len(videos(full_disk)) == 2
    assert sum(map(frames_in, videos(full_disk))) == result.frames
    assert result.frames + result.dropped == camera.offered
    assert {gap.reason for gap in result.gaps} <= {"space", "disk"}


def test_the_reserve_is_left_free_for_others(full_disk: Path, record: Callable[..., Camera]) -> None:
    camera = record(full_disk, reserve_mb=2, **GREEDY)
    camera.until(lambda state: state.phase is Phase.WAITING)
    camera.shoot()
    result = camera.recorder.stop()
    assert os.statvfs(full_disk).f_bavail * os.statvfs(full_disk).f_frsize > 500_000
    assert [gap.reason for gap in result.gaps] == ["space"]
    assert sum(map(frames_in, videos(full_disk))) == result.frames == rows_in(full_disk)


def test_a_full_disk_hands_over_to_the_second_folder(
    full_disk: Path, tmp_path: Path, record: Callable[..., Camera]
) -> None:
    second = tmp_path / "second"
    camera = record(full_disk, second, **GREEDY)
    camera.until(lambda state: state.file is not None and state.file.parent == second)
    camera.until(lambda state: len(videos(second)) == 1 and state.frames > 0)
    result = camera.recorder.stop()
    assert camera.taken == camera.offered
    assert frames_in(videos(full_disk)[0]) + frames_in(videos(second)[0]) == result.frames


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete a folder whose files are open")
def test_a_deleted_folder_is_an_error_within_two_seconds(tmp_path: Path, record: Callable[..., Camera]) -> None:
    folder = tmp_path / "recordings"
    camera = record(folder)
    camera.until(lambda state: state.frames > 5)
    delete(folder)
    state = camera.until(lambda state: state.phase is Phase.FAILED, STATE_WITHIN_S)
    assert str(folder) in state.sentence
    assert "deleted, renamed or unmounted" in state.sentence
    result = camera.recorder.stop()
    assert result.frames + result.dropped == camera.offered
    assert not folder.exists(), "it must not be made again: it may be where a drive belongs"


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete a folder whose files are open")
def test_the_second_folder_takes_over_from_a_deleted_one(tmp_path: Path, record: Callable[..., Camera]) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    camera = record(first, second)
    camera.until(lambda state: state.frames > 5)
    delete(first)
    camera.until(lambda state: state.file is not None and state.file.parent == second, STATE_WITHIN_S)
    before = camera.recorder.state.frames
    camera.until(lambda state: state.frames > before + 5)
    result = camera.recorder.stop()
    assert frames_in(videos(second)[0]) == result.frames
    assert any(str(first) in problem for problem in result.problems)


def test_an_unmounted_disk_is_an_error_within_two_seconds(full_disk: Path, record: Callable[..., Camera]) -> None:
    camera = record(full_disk)
    camera.until(lambda state: state.frames > 5)
    subprocess.run(["umount", "-l", str(full_disk)], check=True)
    try:
        camera.until(lambda state: state.phase is Phase.FAILED, STATE_WITHIN_S)
        camera.recorder.stop()
    finally:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(full_disk)], check=True)


def test_a_read_only_disk_is_refused_and_the_second_folder_used(
    full_disk: Path, tmp_path: Path, record: Callable[..., Camera]
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(full_disk)], check=True)
    camera = record(full_disk, tmp_path / "second")
    camera.until(lambda state: state.frames > 5)
    result = camera.recorder.stop()
    assert {path.parent for path in result.files} == {tmp_path / "second"}
    assert any("Read-only" in problem for problem in result.problems)


def test_a_folder_that_cannot_be_made_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(OutputError, match="a file"):
        Recorder(RecorderSettings(), "cam", tmp_path / "a file" / "folder").start()


def delete(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_a_disk_that_hangs_costs_frames_but_never_holds_up_the_camera(
    freezing_disk: Callable[[bool], Path], record: Callable[..., Camera]
) -> None:
    folder = freezing_disk(False)
    camera = record(folder, queue_mb=16, **GREEDY)
    camera.until(lambda state: state.frames > 5)
    freezing_disk(True)
    camera.until(lambda state: "has not answered" in state.sentence, 4.0)
    slowest_s = 0.0
    until_s = time.monotonic() + 10
    while not camera.recorder.state.dropped:
        assert time.monotonic() < until_s, "the queue has no bound"
        start_s = time.monotonic()
        camera.recorder.put(Frame(camera.offered, start_s, None, "cam", 0, noise(camera.offered)))
        slowest_s = max(slowest_s, time.monotonic() - start_s)
        camera.offered += 1
        time.sleep(0.005)
    assert slowest_s < 0.1, "put() waited for the disk"
    freezing_disk(False)
    camera.until(lambda state: "too slow" in state.sentence)
    camera.until(lambda state: state.frames > 60)
    result = camera.recorder.stop(20.0)
    assert result.frames + result.dropped == camera.offered
    assert {gap.reason for gap in result.gaps} == {"writer"}
    assert sum(gap.frames for gap in result.gaps) == result.dropped
    assert sum(map(frames_in, videos(folder))) == result.frames


def test_stopping_beside_a_disk_that_hangs_returns_in_time_and_says_so(
    freezing_disk: Callable[[bool], Path], record: Callable[..., Camera]
) -> None:
    folder = freezing_disk(False)
    camera = record(folder, **GREEDY)
    camera.until(lambda state: state.frames > 5)
    freezing_disk(True)
    for _ in range(30):
        camera.shoot()
    start_s = time.monotonic()
    result = camera.recorder.stop(1.0)
    assert time.monotonic() - start_s < 5.0
    assert any(str(folder) in problem for problem in result.problems)
    freezing_disk(False)
