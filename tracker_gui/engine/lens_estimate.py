"""Look for a checkerboard in frames spread over a source, and fit the lens to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.analysis.lens_calibration import Checkerboard, LensFit, find_corners, fit_lens, is_new
from tracker_gui.core.errors import SettingsError
from tracker_gui.engine.sampling import Interrupted, Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.core.arrays import F64
    from tracker_gui.core.preset import StageChoice

# More would only take longer: the fit itself grows with each.
MOST_VIEWS = 40


@dataclass(frozen=True, slots=True)
class LensProgress:
    """How far the search has come: frames looked at, of how many, and different views of the board among them."""

    looked: int
    frames: int
    views: int


def estimate_lens(
    source: StageChoice,
    board: Checkerboard,
    frames: int = 80,
    progress: Callable[[LensProgress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> LensFit | None:
    """Return the lens of a source's camera; None where it was cancelled.

    Parameters
    ----------
    frames : int
        So many, spread over the whole source, are looked at.

    Raises
    ------
    TrackerError
        The source cannot be read or sought in, or does not show the board often enough.
    """
    sampler = Sampler(source.make(), cancelled, keep_bytes=0)
    try:
        info = sampler.open()
        if not info.can_seek:
            raise SettingsError(
                "Lens correction", "frames are taken from all over a recording, and this is a live source",
                "Record the board first, and open that video.",
            )  # fmt: skip
        indices = sampler.sample_indices(frames)
        views: list[F64] = []
        progress(LensProgress(0, len(indices), 0))
        for looked, index in enumerate(indices, 1):
            sampler.seek(index)
            frame = sampler.read()
            corners = None if frame is None else find_corners(frame.luma_u8, board)
            if corners is not None and is_new(corners, views):
                views.append(corners)
            progress(LensProgress(looked, len(indices), len(views)))
            if len(views) >= MOST_VIEWS:
                break
        return None if cancelled() else fit_lens(views, board, info.size_px)
    except Interrupted:
        return None
    finally:
        sampler.close()
