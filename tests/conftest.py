"""What all tests share: real media, a full disk, a watch for leaks; and nothing of the user's own is touched."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from tracker_gui import _bootstrap
from tracker_gui.core.cameras import list_cameras
from tracker_gui.core.data_files import HOME_VARIABLE
from tracker_gui.core.h264_file import H264File, i420
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.zones import Zone
from tracker_gui.engine import camera_watch
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene
from tracker_gui.stages.sources import camera

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROJECT = Path(__file__).resolve().parents[1]
FULL_DISK_BYTES = 4 << 20

_session_home = pytest.StashKey[str]()


@pytest.hookimpl(trylast=True)  # after pytest-xvfb has started its screen
def pytest_configure(config: pytest.Config) -> None:
    home = tempfile.mkdtemp(prefix="tracker-gui-tests-")
    config.stash[_session_home] = home
    os.environ[HOME_VARIABLE] = home
    os.environ["YOLO_CONFIG_DIR"] = str(Path(home) / "ultralytics")
    hands_out = bool(config.getoption("numprocesses", None))  # runs no test itself, and has no screen
    if sys.platform.startswith("linux") and "QT_QPA_PLATFORM" not in os.environ and not hands_out:
        on_screen = "DISPLAY" in os.environ
        os.environ["QT_QPA_PLATFORM"] = "xcb" if on_screen else "offscreen"
    _bootstrap.prepare()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash.get(_session_home, ""), ignore_errors=True)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty folder for the settings and logs that the program keeps."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return home


@pytest.fixture(scope="session")
def project() -> Path:
    """Return the root of the checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real media and references, which is not part of the project."""
    folder = Path(os.environ.get("TRACKER_SHARED") or PROJECT.parent / "shared")
    if not (folder / "media").is_dir():
        pytest.skip(f"needs the shared media: no folder {folder / 'media'} (set TRACKER_SHARED)")
    return folder


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder on a file system of its own that holds 4 MB."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs root: a small file system is mounted")
    folder = tmp_path / "small_disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={FULL_DISK_BYTES}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs the command mount")
    if done.returncode != 0:
        pytest.skip(f"cannot mount a small file system here: {done.stderr.strip()}")
    yield folder
    # lazily: a file a failed test left open must not keep the mount
    subprocess.run(["umount", "-l", str(folder)], check=True)


def load_beside(name: str) -> Any:
    """Return a module of the tests' own, which are no package: ``"faults/servers.py"``."""
    path = Path(__file__).parent / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def camera_servers() -> Any:
    """Return the network cameras that can be broken, see `faults/servers.py`."""
    return load_beside("faults/servers.py")


@pytest.fixture(scope="session")
def ends() -> Any:
    """Return the module of other ends of serial lines, see `faults/board_ends.py`."""
    if sys.platform == "win32":
        pytest.skip("needs pseudo-terminals")
    return load_beside("faults/board_ends.py")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a computer's sockets to plug cameras into, see `camera_bench.Bench`."""
    made = load_beside("camera_bench.py").Bench(tmp_path)
    for module in (camera_watch, camera):
        monkeypatch.setattr(module, "list_cameras", lambda: list_cameras(made.dev, made.sys_video))
    monkeypatch.setattr(camera, "open_capture", made.open)
    return made


def _open_files() -> set[str]:
    """Return the open descriptors with what they point to; empty where /proc is missing."""
    listing = Path("/proc/self/fd")
    if not listing.is_dir():
        return set()
    found = set()
    for entry in os.listdir(listing):
        try:
            found.add(f"{entry} -> {(listing / entry).readlink()}")
        except FileNotFoundError:
            continue  # the descriptor of this very listing
    return found


def _soon(still: Callable[[], object], timeout_s: float = 3.0) -> object:
    """Return what `still` says once it is empty, or at the time-out."""
    until = time.monotonic() + timeout_s
    while (left := still()) and time.monotonic() < until:
        gc.collect()
        time.sleep(0.01)
    return left


@pytest.fixture
def no_leaks() -> Iterator[None]:
    """Fail when the test leaves threads or open files behind."""
    gc.collect()
    threads, files = set(threading.enumerate()), _open_files()
    yield
    assert not _soon(lambda: set(threading.enumerate()) - threads), "threads are left"
    assert not _soon(lambda: _open_files() - files), "files are left open"


@pytest.fixture
def until() -> Callable[..., Any]:
    """Return a function that waits until a condition holds, and fails the test when it never does."""

    def wait(condition: Callable[[], Any], timeout_s: float = 20.0) -> Any:
        give_up_s = time.monotonic() + timeout_s
        while not (found := condition()):
            assert time.monotonic() < give_up_s, "it never came to that"
            time.sleep(0.01)
        return found

    return wait


NUMBER_BITS = 12
BIT_PX = 8


def numbered_picture(number: int, size_px: tuple[int, int] = (NUMBER_BITS * BIT_PX, 48)) -> np.ndarray:
    """Return a (h, w, 3) BGR picture that bears its number in black and white squares, above something that moves."""
    width, height = size_px
    picture = np.full((height, width, 3), 128, np.uint8)
    picture[24:, :, 0] = np.linspace(0, 255, width).astype(np.uint8)
    picture[24:, :, 2] = (5 * number) % 256
    for bit in range(NUMBER_BITS):
        picture[:16, bit * BIT_PX : (bit + 1) * BIT_PX] = 235 if number >> bit & 1 else 20
    return picture


def read_number(luma_u8: np.ndarray) -> int:
    """Return the number that a `numbered_picture` bears."""
    columns = BIT_PX // 2 + BIT_PX * np.arange(NUMBER_BITS)
    return int(((luma_u8[8, columns] > 128) << np.arange(NUMBER_BITS)).sum())


def write_video(
    path: Path,
    frames: int = 30,
    *,
    codec: str = "libx264",
    rate_hz: int = 30,
    times_s: Sequence[float] | None = None,
    size_px: tuple[int, int] = (NUMBER_BITS * BIT_PX, 48),
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    color_range: int = 0,
    picture: Callable[[int], np.ndarray] | None = None,
) -> Path:
    """Write a video of numbered pictures through PyAV; `times_s` gives each frame its own time."""
    ticks = 90_000
    with av.open(str(path), "w", options=container or {}) as file:
        stream: Any = file.add_stream(codec, rate=rate_hz)
        stream.width, stream.height = size_px
        stream.pix_fmt = pix_fmt
        if color_range:
            stream.codec_context.color_range = color_range
        if times_s is not None:
            stream.time_base = stream.codec_context.time_base = Fraction(1, ticks)
        stream.options = options or {}
        for number in range(frames if times_s is None else len(times_s)):
            array = numbered_picture(number, size_px) if picture is None else picture(number)
            frame = av.VideoFrame.from_ndarray(array, format="bgr24")
            if color_range:
                frame = frame.reformat(format=pix_fmt, dst_color_range=color_range)
            if times_s is not None:
                frame.pts, frame.time_base = round(times_s[number] * ticks), Fraction(1, ticks)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a video of numbered pictures into the test's folder, see `write_video`."""
    return lambda name="clip.mp4", *args, **kwargs: write_video(tmp_path / name, *args, **kwargs)


SOUND_LAYOUT, CLICK_S, FLASH_SIZE_PX = "mono", 0.005, (96, 64)


def write_flashes(
    path: Path, seconds: float = 3.0, *, codec: str = "aac", sound_rate_hz: int = 48_000, rate_hz: int = 30
) -> Path:
    """Write a dark video with one white frame and a click in the middle of each second."""
    with av.open(str(path), "w") as file:
        video: Any = file.add_stream("libx264", rate=rate_hz)
        video.width, video.height = FLASH_SIZE_PX
        video.pix_fmt = "yuv420p"
        audio: Any = file.add_stream(codec, rate=sound_rate_hz, layout=SOUND_LAYOUT)
        for number in range(round(seconds * rate_hz)):
            level = 255 if number % rate_hz == rate_hz // 2 else 0
            picture = np.full((FLASH_SIZE_PX[1], FLASH_SIZE_PX[0], 3), level, np.uint8)
            file.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        times_s = np.arange(round(seconds * sound_rate_hz)) / sound_rate_hz
        is_click = np.abs(times_s % 1 - 0.5 - CLICK_S / 2) < CLICK_S / 2
        samples = np.where(is_click, 20_000 * np.sign(np.sin(2 * np.pi * 1000 * times_s)), 0).astype(np.int16)
        for first in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[None, first : first + 960], format="s16", layout=SOUND_LAYOUT)
            frame.sample_rate, frame.pts, frame.time_base = sound_rate_hz, first, Fraction(1, sound_rate_hz)
            file.mux(audio.encode(frame))
        file.mux(audio.encode(None))
        file.mux(video.encode(None))
    return path


def read_flashes(path: Path) -> tuple[list[float], list[float]]:
    """Return when flashes are seen and when clicks are heard in a video, both in seconds; no two within 0.3 s."""
    seen: list[float] = []
    heard: list[float] = []
    with av.open(str(path)) as file:
        for frame in file.decode(*file.streams.video[:1], *file.streams.audio[:1]):
            if isinstance(frame, av.VideoFrame):
                if frame.to_ndarray(format="gray").mean() > 128 and (not seen or frame.time - seen[-1] > 0.3):
                    seen.append(frame.time)
                continue
            samples = frame.to_ndarray()[0]
            if not frame.format.is_planar:
                samples = samples[:: frame.layout.nb_channels]
            loud = np.abs(samples.astype(float)) > 0.2 * (1.0 if samples.dtype.kind == "f" else np.iinfo("i2").max)
            for t_s in (frame.time + np.flatnonzero(loud) / frame.sample_rate).tolist():
                if not heard or t_s - heard[-1] > 0.3:
                    heard.append(t_s)
    return seen, heard


@pytest.fixture
def make_flashes(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a video that flashes and clicks into the test's folder, see `write_flashes`."""
    return lambda name="flashes.mp4", *args, **kwargs: write_flashes(tmp_path / name, *args, **kwargs)


@pytest.fixture
def flashes_in() -> Callable[[Path], tuple[list[float], list[float]]]:
    """Return `read_flashes`."""
    return read_flashes


@pytest.fixture
def make_picture() -> Callable[..., np.ndarray]:
    """Return `numbered_picture`."""
    return numbered_picture


@pytest.fixture
def number_in() -> Callable[[np.ndarray], int]:
    """Return a function that reads the number from the luma of a picture of `make_video`."""
    return read_number


ARENA_PX, ARENA_HZ = (128, 96), 30


def arena_video(path: Path, seconds: float, seed: int) -> Path:
    """Write a video of two simulated animals."""
    scene = ArenaScene(
        animals=2, seed=seed, width_px=ARENA_PX[0], height_px=ARENA_PX[1], duration_s=seconds, body_length_px=12
    )
    arena, video = Arena(scene), H264File(path, ARENA_PX, ARENA_HZ, crf=20, speed="ultrafast")
    for k in range(scene.frame_count):
        video.write(i420(ArrayPicture(arena.picture(k))), k / ARENA_HZ)
    video.close()
    return path


@pytest.fixture(scope="session")
def arena_videos(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, float], list[Path]]:
    """Return a function that gives so many videos of so many seconds; each is made once."""
    folder = tmp_path_factory.mktemp("videos")

    def some(count: int, seconds: float = 1.0) -> list[Path]:
        paths = [folder / f"trial {number:02d} {seconds:g}s.mp4" for number in range(count)]
        return [path if path.exists() else arena_video(path, seconds, 1 + n) for n, path in enumerate(paths)]

    return some


@pytest.fixture
def arena_settings() -> Preset:
    """Return settings with two zones that find the animals of `arena_videos`."""
    wall = ArenaScene(width_px=ARENA_PX[0], height_px=ARENA_PX[1]).walls()[0].model_dump()
    zones = (
        {"name": "middle", "shape": {"kind": "circle", "centre": [63.5, 47.5], "radius": 18}},
        {"name": "left", "shape": {"kind": "half_plane", "start": [50, 96], "end": [50, 0]}},
    )
    return Preset(
        name="two in a dish",
        image=(choice("image", "region_mask", keep=[wall]),),
        detector=choice("detectors", "blobs", block_size_px=25, offset=18, min_area_px2=10, max_area_px2=200),
        zones=tuple(Zone.model_validate(zone) for zone in zones),
    ).with_tracker(animals=2)
