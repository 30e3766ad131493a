"""Frames spread over a source, kept so that tuning does not read them again."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tracker_gui.core.arrays import frozen
from tracker_gui.core.stage import NoParams, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.geometry import Rect
    from tracker_gui.core.picture import Picture
    from tracker_gui.core.types import Frame, SourceInfo

# 30 frames of 1080p in grey; of a larger video or sample the frames beyond are read again each time.
KEPT_BYTES = 64_000_000


class Interrupted(Exception):
    """The work was given up because its result is no longer wanted."""


class KeptPicture:
    """The planes of a frame that somebody asked for, without what they were decoded from.

    Parameters
    ----------
    picture : Picture
    again : callable
        Reads the same picture once more, for a plane that was not asked for in time.
    """

    __slots__ = ("_again", "_bgr", "_luma", "_picture", "size_px")

    def __init__(self, picture: Picture, again: Callable[[], Picture]) -> None:
        self.size_px = picture.size_px
        self._picture: Picture | None = picture
        self._again = again
        self._luma: U8 | None = None
        self._bgr: U8 | None = None

    def _pixels(self) -> Picture:
        return self._again() if self._picture is None else self._picture

    def luma_u8(self, rect: Rect | None = None) -> U8:
        if self._luma is None:
            self._luma = _own(self._pixels().luma_u8())
        return self._luma if rect is None else self._luma[rect.y0 : rect.y1, rect.x0 : rect.x1]

    def bgr_u8(self) -> U8:
        if self._bgr is None:
            self._bgr = _own(self._pixels().bgr_u8())
        return self._bgr

    def passing_bgr_u8(self) -> U8:
        """Return (h, w, 3) without keeping it."""
        return self._pixels().bgr_u8() if self._bgr is None else self._bgr

    @property
    def kept_bytes(self) -> int:
        return sum(plane.nbytes for plane in (self._luma, self._bgr) if plane is not None)

    def let_go(self) -> None:
        """Keep the planes alone."""
        self._picture = None


def _own(plane: U8) -> U8:
    """Return pixels that hold nothing else in memory, such as a decoder's buffer."""
    return plane if plane.base is None else frozen(np.array(plane))


def choose_frames(source: Source[Any], count: int, draw: int = 0) -> list[int]:
    """Return up to `count` frame numbers over a whole source, in order; none where it cannot seek.

    Parameters
    ----------
    draw : int
        0 for an even spread, on key frames where there are enough; each other number draws one frame
        at random from each of `count` equal parts, always the same.
    """
    frames = source.count() if draw else None
    if not frames:
        return source.sample_indices(count)
    ends = np.linspace(0, frames, min(count, frames) + 1).astype(np.int64)
    random = np.random.default_rng(draw)
    return [int(random.integers(low, high)) for low, high in itertools.pairwise(ends)]


class Sampler(Source[NoParams]):
    """A second handle of a source, opened on first use, that remembers the frames it has read.

    Parameters
    ----------
    source : Source
        The one that is played; only its class and settings are used.
    interrupted : callable
        Asked before each frame; True raises `Interrupted`.
    keep_bytes : int
        So many bytes of pixels are remembered; 0 for none, where each is sampled once.
    """

    title = "Samples"
    about = "Frames spread over another source."

    def __init__(
        self, source: Source[Any], interrupted: Callable[[], bool] = lambda: False, keep_bytes: int = KEPT_BYTES
    ) -> None:
        super().__init__()
        self._like = source
        self._source: Source[Any] | None = None
        self._interrupted = interrupted
        self._kept: dict[int, Frame] = {}
        self._keep_bytes = keep_bytes
        self._newest: tuple[int, KeptPicture] | None = None
        self._next = 0

    def open(self) -> SourceInfo:
        source: Source[Any] = type(self._like)(self._like.params)
        info = source.open()
        self._source = source
        return info

    def _opened(self) -> Source[Any]:
        if self._source is None:
            self.open()
        assert self._source is not None
        return self._source

    def count(self, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        return self._opened().count(cancelled)

    def sample_indices(self, count: int) -> list[int]:
        return self._opened().sample_indices(count)

    def seek(self, index: int) -> None:
        self._next = index

    def read(self) -> Frame | None:
        if self._interrupted():
            raise Interrupted
        index, frame = self._next, self._kept.get(self._next)
        if frame is None or self._newest is None or self._newest[0] != index:
            self._settle()
        if frame is None:
            frame = self._read(index)
            if frame is None or not self._keep_bytes:
                return frame
            frame = replace(frame, picture=KeptPicture(frame.picture, functools.partial(self._again, index)))
            self._kept[index] = frame
        assert isinstance(frame.picture, KeptPicture)
        self._newest = (index, frame.picture)
        return frame

    def _read(self, index: int) -> Frame | None:
        source = self._opened()
        source.seek(index)
        return source.read()

    def _again(self, index: int) -> Picture:
        frame = self._read(index)
        if frame is None:
            raise Interrupted  # the file became shorter meanwhile
        return frame.picture

    def _settle(self) -> None:
        """Let go of the pixels of the last frame that nobody asked for, and of all of them where there is no room."""
        newest, self._newest = self._newest, None
        if newest is not None:
            newest[1].let_go()
            if self.kept_bytes > self._keep_bytes:
                self._kept.pop(newest[0], None)

    @property
    def kept_bytes(self) -> int:
        """How much the remembered pixels take."""
        return sum(picture.kept_bytes for f in self._kept.values() if isinstance(picture := f.picture, KeptPicture))

    def keep_only(self, indices: Collection[int]) -> None:
        """Forget all other frames."""
        self._kept = {index: frame for index, frame in self._kept.items() if index in indices}

    def close(self) -> None:
        self._kept.clear()
        self._newest = None
        if self._source is not None:
            self._source.close()
            self._source = None
