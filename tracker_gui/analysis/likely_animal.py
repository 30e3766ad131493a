"""Where in a picture an animal is likely to be, for those who do not click one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tracker_gui.analysis.propose_blobs import propose_blobs

if TYPE_CHECKING:
    from tracker_gui.analysis.propose_blobs import Method
    from tracker_gui.core.arrays import I32
    from tracker_gui.core.geometry import Point
    from tracker_gui.core.stage import ImageState

#: So many places that stand out are looked at.
PLACES = 8
#: What is as large as this share of the shorter side is ground, and so is what is nearer to a peak.
GROUND_SHARE = 0.12
SPECK_PX = 5


def likely_animal(state: ImageState, method: Method = "adaptive") -> Point | None:
    """Return a place on what looks most like an animal, None where nothing stands out.

    Of the places that differ most from the empty scene, or without one from the ground around them, it is the one
    whose blob has the strongest contrast; what reaches the border of the picture is ground.

    Parameters
    ----------
    state : ImageState
        The whole picture after the image steps; the place is in its pixels.
    """
    best: tuple[float, Point] | None = None
    height, width = state.image_u8.shape[:2]
    for place in _peaks(_outstanding(state)):
        proposal = propose_blobs(state, place, method)
        if proposal is None or _reaches_border(proposal.outline_px, width, height):
            continue
        if best is None or proposal.contrast > best[0]:
            best = (proposal.contrast, place)
    return None if best is None else best[1]


def _reaches_border(outline_px: I32, width: int, height: int) -> bool:
    return bool((outline_px <= 0).any() or (outline_px >= (width - 1, height - 1)).any())


def _outstanding(state: ImageState) -> Any:
    """Return how much each pixel stands out, as float32, 0 where nothing counts."""
    if state.foreground_u8 is not None:
        outstanding = cv2.blur(state.foreground_u8, (SPECK_PX, SPECK_PX)).astype(np.float32)
    else:
        image = state.image_u8 if state.image_u8.ndim == 2 else cv2.cvtColor(state.image_u8, cv2.COLOR_BGR2GRAY)
        side = max(3, round(GROUND_SHARE * min(image.shape)) | 1)
        smooth = cv2.blur(image, (SPECK_PX, SPECK_PX)).astype(np.float32)
        outstanding = np.abs(smooth - cv2.blur(image, (side, side)).astype(np.float32))
    if state.keep_u8 is not None:
        outstanding[state.keep_u8 == 0] = 0.0
    return outstanding


def _peaks(outstanding: Any) -> list[Point]:
    radius = max(3, round(GROUND_SHARE / 2 * min(outstanding.shape)))
    peaks: list[Point] = []
    for _ in range(PLACES):
        _, height, _, (x, y) = cv2.minMaxLoc(outstanding)
        if height <= 0.0:
            break
        peaks.append((float(x), float(y)))
        cv2.circle(outstanding, (x, y), radius, 0.0, -1)
    return peaks
