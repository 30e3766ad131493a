"""The newest seconds of a live source, one frame kept now and then, sampled as if they were a file."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker_gui.core.stage import NoParams, Source
from tracker_gui.engine.sampling import KEPT_BYTES, Interrupted, KeptPicture

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.picture import Picture
    from tracker_gui.core.types import Frame, SourceInfo

#: Between two frames that are kept.
EVERY_S = 2.0


class LiveSamples(Source[NoParams]):
    """Keeps whole frames, grey and in colour, as many as are wanted and as there is room for.

    Parameters
    ----------
    info : SourceInfo
        Of the live source.
    most : int
    keep_bytes : int
    """

    title = "Newest seconds"
    about = "Frames of a live source, kept now and then."

    def __init__(self, info: SourceInfo, most: int, keep_bytes: int = KEPT_BYTES) -> None:
        super().__init__()
        self._info = info
        self._kept: deque[Frame] = deque()
        # Grey and colour are four bytes for each pixel.
        self._most = max(1, min(most, keep_bytes // max(1, 4 * info.size_px[0] * info.size_px[1])))
        self._next = -1

    def open(self) -> SourceInfo:
        return self._info

    def keep(self, frame: Frame) -> None:
        """Take a frame; the oldest goes where there are enough."""
        picture = KeptPicture(frame.picture, _gone)
        picture.luma_u8()
        picture.bgr_u8()
        picture.let_go()
        self._kept.append(replace(frame, picture=picture))
        if len(self._kept) > self._most:
            self._kept.popleft()

    @property
    def kept_bytes(self) -> int:
        """How much the kept frames take."""
        return sum(f.picture.kept_bytes for f in self._kept if isinstance(f.picture, KeptPicture))

    def count(self, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        return len(self._kept)

    def sample_indices(self, count: int) -> list[int]:
        frames = len(self._kept)
        count = min(count, frames)
        return [self._kept[int((k + 0.5) * frames / count)].index for k in range(count)]

    def seek(self, index: int) -> None:
        self._next = index

    def read(self) -> Frame | None:
        return next((frame for frame in self._kept if frame.index == self._next), None)


def _gone() -> Picture:
    raise Interrupted
