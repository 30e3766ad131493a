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
    """What is known of an animal before it is looked for.

    Attributes
    ----------
    x, y : float
        Expected centroid, px.
    angle_rad : float
        Expected direction of the long axis, towards the thick end where there is one, clockwise on screen.
    long_px, short_px : float
        Standard deviations of the body's pixels along and across that direction.
    skewness : float
        Of the pixels along that direction, see `skewness_along`; 0 for a body with two like ends.
    """

    x: float
    y: float
    angle_rad: float
    long_px: float
    short_px: float
    skewness: float = 0.0


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


def skewness_along(outline: I32, angle_rad: float) -> float:
    """Return the skewness of the area within an outline along a direction, below 0 if that end is thicker."""
    m = cv2.moments(outline)
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    square = cos**2 * m["mu20"] + 2 * cos * sin * m["mu11"] + sin**2 * m["mu02"]
    if m["m00"] <= 0.0 or square <= 0.0:
        return 0.0
    cube = cos**3 * m["mu30"] + 3 * cos**2 * sin * m["mu21"] + 3 * cos * sin**2 * m["mu12"] + sin**3 * m["mu03"]
    return float(cube / m["m00"] / (square / m["m00"]) ** 1.5)
