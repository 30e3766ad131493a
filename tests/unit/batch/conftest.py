"""Small videos of simulated animals, and settings that find them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core.h264_file import H264File, i420
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.preset import Preset, choice
from tracker_gui.core.zones import Zone
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE_PX, RATE_HZ = (128, 96), 30


def arena_video(path: Path, seconds: float, seed: int) -> Path:
    """Write a video of two simulated animals."""
    scene = ArenaScene(
        animals=2, seed=seed, width_px=SIZE_PX[0], height_px=SIZE_PX[1], duration_s=seconds, body_length_px=12
    )
    arena, video = Arena(scene), H264File(path, SIZE_PX, RATE_HZ, crf=20, speed="ultrafast")
    for k in range(scene.frame_count):
        video.write(i420(ArrayPicture(arena.picture(k))), k / RATE_HZ)
    video.close()
    return path


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, float], list[Path]]:
    """Return a function that gives so many videos of so many seconds; each is made once."""
    folder = tmp_path_factory.mktemp("videos")

    def some(count: int, seconds: float = 1.0) -> list[Path]:
        paths = [folder / f"trial {number:02d} {seconds:g}s.mp4" for number in range(count)]
        return [path if path.exists() else arena_video(path, seconds, 1 + n) for n, path in enumerate(paths)]

    return some


@pytest.fixture
def settings() -> Preset:
    """Return settings with two zones."""
    wall = ArenaScene(width_px=SIZE_PX[0], height_px=SIZE_PX[1]).walls()[0].model_dump()
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


class Log:
    """Hears a batch, and cancels it after so many outcomes."""

    def __init__(self, cancel_after: int | None = None) -> None:
        self.told: list[tuple[int, object]] = []
        self._after = cancel_after
        self._lock = threading.Lock()

    def hear(self, number: int, what: object) -> None:
        with self._lock:
            self.told.append((number, what))

    def cancelled(self) -> bool:
        with self._lock:
            ended = sum(hasattr(what, "state") for _, what in self.told)
        return self._after is not None and ended >= self._after


@pytest.fixture
def make_log() -> type[Log]:
    return Log
