"""How many threads a decoder may use: all cores, unless several videos share them."""

from __future__ import annotations

_limit = [0]


def decoder_threads() -> int:
    """Return the number for FFmpeg; 0 lets it choose."""
    return _limit[0]


def limit_decoder_threads(count: int) -> None:
    """Set it for all videos this process opens from now on; 0 lifts the limit."""
    _limit[0] = count
