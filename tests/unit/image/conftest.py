"""What the tests of the image chain share: frames of plain arrays and opened steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.stage import ImageContext
from tracker_gui.core.types import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.stage import ImageStep


def _frame_of(image_u8: U8, index: int = 0) -> Frame:
    return Frame(index, index / 30.0, None, "test", 0, ArrayPicture(np.array(image_u8)))


def _opened(
    *steps: ImageStep[Any], like: U8, samples: Sequence[U8] = (), folder: Path = Path()
) -> tuple[ImageStep[Any], ...]:
    """Open the steps of one chain as an engine does: each samples what the steps before it make."""
    size_px = (like.shape[1], like.shape[0])
    for number, step in enumerate(steps):

        def sample(n: int, number: int = number) -> list[U8]:
            from_colour = any(step.needs_colour for step in steps)
            return [Prepared(_frame_of(picture), steps).before(number, from_colour) for picture in samples[:n]]

        step.open(ImageContext(size_px, sample, folder))
    return steps


@pytest.fixture(scope="session")
def frame_of() -> Callable[..., Frame]:
    return _frame_of


@pytest.fixture(scope="session")
def opened() -> Callable[..., tuple[ImageStep[Any], ...]]:
    return _opened


@pytest.fixture(scope="session")
def prepare() -> Callable[..., Prepared]:
    """Return the picture behind freshly opened steps."""

    def prepare(image_u8: U8, *steps: ImageStep[Any], samples: Sequence[U8] = (), folder: Path = Path()) -> Prepared:
        return Prepared(_frame_of(image_u8), _opened(*steps, like=image_u8, samples=samples, folder=folder))

    return prepare


@pytest.fixture(scope="session")
def ramp_u8() -> U8:
    """(16, 256) luma: every grey level, darkest at the left."""
    return np.tile(np.arange(256, dtype=np.uint8), (16, 1))
