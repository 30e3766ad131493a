"""Frames of the whole source for the background, kept so that tuning does not read them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker_gui.core.stage import NoParams, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.types import Frame, SourceInfo

# 30 frames of 1080p; of a larger video or sample the frames beyond are read again each time.
KEPT_PIXELS = 64_000_000


class Interrupted(Exception):
    """The work was given up because its result is no longer wanted."""


class Sampler(Source[NoParams]):
    """A second handle of a source, opened on first use, that remembers the frames it has read.

    Parameters
    ----------
    source : Source
        The one that is played; only its class and settings are used.
    interrupted : callable
        Asked before each frame; True raises `Interrupted`.
    keep_pixels : int
        Frames of so many pixels in all are remembered; 0 for none, where each is sampled once.
    """

    title = "Samples"
    about = "Frames spread over another source."

    def __init__(
        self, source: Source[Any], interrupted: Callable[[], bool] = lambda: False, keep_pixels: int = KEPT_PIXELS
    ) -> None:
        super().__init__()
        self._like = source
        self._source: Source[Any] | None = None
        self._interrupted = interrupted
        self._kept: dict[int, Frame | None] = {}
        self._keep_pixels = keep_pixels
        self._room = 0
        self._next = 0

    def open(self) -> SourceInfo:
        source: Source[Any] = type(self._like)(self._like.params)
        info = source.open()
        self._room = self._keep_pixels // max(1, info.size_px[0] * info.size_px[1])
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
        if self._next in self._kept:
            return self._kept[self._next]
        source = self._opened()
        source.seek(self._next)
        frame = source.read()
        if len(self._kept) < self._room:
            self._kept[self._next] = frame
        return frame

    def close(self) -> None:
        self._kept.clear()
        if self._source is not None:
            self._source.close()
            self._source = None
