"""The first frame on which there is something to see: recordings often begin black."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.preset import StageChoice
    from tracker_gui.core.stage import Source
    from tracker_gui.core.types import Frame

#: A frame whose grey levels differ less is empty: noise on black reaches 2, the plainest of our videos has 10.
LEAST_SPREAD = 3.0
#: So many frames are read one by one, 30 s of usual video; behind them only some, spread over the rest.
READ_THROUGH = 900
SPREAD_OUT = 20


def has_content(frame: Frame) -> bool:
    """Return whether there is anything to see on a frame: it is neither black nor of one grey."""
    return float(frame.luma_u8.std()) >= LEAST_SPREAD


def first_content(chosen: StageChoice, cancelled: Callable[[], bool] = lambda: False) -> int | None:
    """Return the number of the first frame with something to see, None where there is none.

    Reads with a handle of its own. Behind the first `READ_THROUGH` frames it looks at a few and returns one of them.

    Raises
    ------
    InputError
        The source cannot be read.
    """
    source: Source[Any] = chosen.make()
    try:
        source.open()
        for index in range(READ_THROUGH):
            frame = None if cancelled() else source.read()
            if frame is None:
                return None
            if has_content(frame):
                return index
        for index in source.sample_indices(SPREAD_OUT):
            if index < READ_THROUGH or cancelled():
                continue
            source.seek(index)
            frame = source.read()
            if frame is not None and has_content(frame):
                return index
        return None
    finally:
        source.close()
