"""Pictures as libav decoded them, asked for by several threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import av

from tracker_gui.core.decoded_picture import DecodedPicture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np


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
