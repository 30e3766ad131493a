"""What is remembered of an animal's body, and what an outline says of one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from tracker_gui.core.arrays import I32


@dataclass(slots=True)
class Body:
    """What is known of an animal before it is looked for: expected place, long axis and its spread.

    `long_px` and `short_px` are standard deviations of the body's pixels along its axes.
    """

    x: float
    y: float
    angle_rad: float
    long_px: float
    short_px: float


def inside_or_near(outline: I32, x: float, y: float) -> float:
    """Return the distance of a point to an outline in px, positive inside, negative outside."""
    return float(cv2.pointPolygonTest(outline, (x, y), True))


def body_spread(outline: I32) -> tuple[float, float]:
    """Return the standard deviations (px) of the area within an outline along its long and short axis."""
    m = cv2.moments(outline)
    if m["m00"] <= 0.0:
        return 1.0, 1.0
    a, b, c = m["mu20"] / m["m00"], m["mu11"] / m["m00"], m["mu02"] / m["m00"]
    middle, half = (a + c) / 2, math.hypot((a - c) / 2, b)
    return math.sqrt(max(middle + half, 0.25)), math.sqrt(max(middle - half, 0.25))
