"""Pictures as libav decoded them, asked for by several threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from tracker_gui.core.decoded_picture import DecodedPicture, limited_to_full
from tracker_gui.core.h264_file import H264File

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_several_threads_may_ask_for_the_colours_of_one_picture(make_video: Callable[..., Path]) -> None:
    # 4:4:4 goes through libav's converter, which hangs when two threads are in it.
    with av.open(str(make_video("full.mp4", 60, pix_fmt="yuv444p", size_px=(640, 480)))) as file:
        pictures = [DecodedPicture(frame) for frame in file.decode(video=0)]
    together = threading.Barrier(2)
    seen: list[np.ndarray] = []

    def ask() -> None:
        for picture in pictures:
            together.wait()
            seen.append(picture.bgr_u8())

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == 2 * len(pictures)


@pytest.mark.parametrize(
    ("pix_fmt", "color_range"),
    [("yuvj420p", 2), ("yuvj422p", 2), ("yuv420p", 1), ("yuv422p", 1), ("yuv420p", 2), ("yuv444p", 1), ("nv12", 1)],
)
def test_every_kind_of_picture_reaches_the_encoder_in_the_colours_it_has(pix_fmt: str, color_range: int) -> None:
    random = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    colours = cv2.GaussianBlur(random, (0, 0), 5)
    frame = av.VideoFrame.from_ndarray(colours, format="bgr24").reformat(format=pix_fmt, dst_color_range=color_range)
    ready = DecodedPicture(frame).i420_u8()
    assert ready is not None
    assert np.abs(cv2.cvtColor(ready, cv2.COLOR_YUV2BGR_I420).astype(int) - colours).mean() < 2


def test_every_level_of_studio_range_becomes_the_nearest_of_full_range() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    exact = (levels - 16.0) * 255 / 219
    assert (limited_to_full(levels) == np.clip(np.round(exact), 0, 255)).all()


@pytest.mark.parametrize("height_px", [64, 66])
def test_a_recorded_picture_keeps_its_lowest_rows_whatever_its_height(height_px: int, tmp_path: Path) -> None:
    picture = np.full((height_px * 3 // 2, 96), 128, np.uint8)
    picture[:height_px] = 40
    picture[height_px - 2 : height_px] = 200
    file = H264File(tmp_path / "rows.mp4", (96, height_px), 30.0, crf=10, speed="ultrafast")
    file.write(picture, 0.0)
    file.close()
    with av.open(str(file.path)) as written:
        luma = next(written.decode(video=0)).to_ndarray()[:height_px]
    assert (luma[-2:].mean(), luma[:-8].mean()) == pytest.approx((200, 40), abs=8)
