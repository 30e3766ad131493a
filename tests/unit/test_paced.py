"""A file at the pace of a camera."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import pytest

from tracker_gui.core import paced
from tracker_gui.core.preset import choice
from tracker_gui.engine.capture import CaptureLoop
from tracker_gui.engine.live_channel import make_live

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np

    from tracker_gui.core.types import Frame


def test_frames_come_at_the_times_of_the_file(
    make_video: Callable[..., Path], number_in: Callable[[np.ndarray], int]
) -> None:
    times_s = [0, 0.05, 0.1, 0.3, 0.35]
    source = choice("sources", "replay", path=make_video("uneven.mp4", times_s=times_s)).make()
    info = source.open()
    assert info.is_live
    assert not info.can_seek
    begin_s = time.monotonic()
    frames = [source.read() for _ in times_s]
    assert source.read() is None
    for frame, t_s in zip(frames, times_s, strict=True):
        assert frame.t_capture_s - begin_s >= t_s - 0.02
    assert [number_in(frame.luma_u8) for frame in frames] == [0, 1, 2, 3, 4]
    source.close()


def test_what_is_not_taken_in_time_is_lost_and_counted(
    make_video: Callable[..., Path], number_in: Callable[[np.ndarray], int]
) -> None:
    source = choice("sources", "replay", path=make_video("clip.mp4", 30, rate_hz=30)).make()
    source.open()
    first = source.read()
    time.sleep(0.6)  # the one who takes frames is busy
    late = source.read()
    assert late.lost_before >= 8
    assert number_in(late.luma_u8) == number_in(first.luma_u8) + late.lost_before + 1
    assert late.index == late.lost_before + 1
    source.close()


def test_a_short_halt_loses_no_frame_and_no_time(
    make_video: Callable[..., Path], number_in: Callable[[np.ndarray], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paced, "KEPT_S", 10.0)  # short, even to a busy machine
    source = choice("sources", "replay", path=make_video("clip.mp4", 6, rate_hz=20)).make()
    source.open()
    frames = [source.read()]
    time.sleep(0.15)
    frames += [source.read() for _ in range(3)]
    source.close()
    assert [number_in(frame.luma_u8) for frame in frames] == [0, 1, 2, 3]
    begin_s = frames[0].t_capture_s
    assert [frame.t_capture_s - begin_s for frame in frames] == pytest.approx([0, 0.05, 0.1, 0.15])


def test_a_repeated_file_goes_on_in_time_and_number(
    make_video: Callable[..., Path], number_in: Callable[[np.ndarray], int], no_leaks: None
) -> None:
    source = choice("sources", "replay", path=make_video("clip.mp4", 5, rate_hz=10), loop=True).make()
    source.open()
    frames = [source.read() for _ in range(12)]
    source.close()
    numbers = [number_in(frame.luma_u8) for frame in frames]
    assert all(number == frame.index % 5 for number, frame in zip(numbers, frames, strict=True))
    for before, after in itertools.pairwise(frames):
        periods = 1 + after.lost_before
        assert after.t_capture_s - before.t_capture_s == pytest.approx(0.1 * periods, abs=1e-6)


def test_a_simulation_is_played_like_a_camera(no_leaks: None) -> None:
    source = choice("sources", "simulated", animals=1, duration_s=0.5, width_px=64, height_px=64)
    seen: list[Frame] = []
    loop = CaptureLoop(make_live(source), seen.append)
    loop.start()
    until_s = time.monotonic() + 20
    while loop.running:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    loop.stop()
    assert sum(1 + frame.lost_before for frame in seen) == 15
    assert seen[-1].t_capture_s - seen[0].t_capture_s > 0.3
