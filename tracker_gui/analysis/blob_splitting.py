"""Which part of a blob belongs to which of the animals that touch in it.

A few rounds of expectation and maximisation with the bodies' remembered ellipses as starting point
(Dempster, Laird and Rubin 1977, with hard assignment). Unlike k-means from a random start it keeps
each animal on its side, and costs some tens of microseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import F64, I32

ROUNDS = 5
MAX_PIXELS = 1500
MIN_PIXELS = 8


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


def pixels_of(outline: I32) -> F64:
    """Return the (n, 2) pixel centres within an outline, thinned out when there are very many."""
    x, y, w, h = cv2.boundingRect(outline)
    mask = np.zeros((h, w), np.uint8)
    cv2.drawContours(mask, [outline], -1, (1,), cv2.FILLED, offset=(-x, -y))
    rows, columns = np.nonzero(mask)
    thin = max(1, len(rows) // MAX_PIXELS)
    return np.stack([columns[::thin] + float(x), rows[::thin] + float(y)], axis=1)


def body_spread(outline: I32) -> tuple[float, float]:
    """Return the standard deviations (px) of the area within an outline along its long and short axis."""
    m = cv2.moments(outline)
    if m["m00"] <= 0.0:
        return 1.0, 1.0
    a, b, c = m["mu20"] / m["m00"], m["mu11"] / m["m00"], m["mu02"] / m["m00"]
    middle, half = (a + c) / 2, math.hypot((a - c) / 2, b)
    return math.sqrt(max(middle + half, 0.25)), math.sqrt(max(middle - half, 0.25))


def split_blob(outline: I32, bodies: Sequence[Body]) -> list[tuple[float, float, float]]:
    """Return (x px, y px, long axis rad) for each body within one outline.

    A body that gets no pixel (wholly hidden) stays where it was expected.
    """
    points = pixels_of(outline)
    parts = [(b.x, b.y, b.angle_rad) for b in bodies]
    for _ in range(ROUNDS):
        depth = np.stack([_depth(points, part, body) for part, body in zip(parts, bodies, strict=True)])
        owner = depth.argmin(axis=0)
        parts = [_refit(points[owner == i], part) for i, part in enumerate(parts)]
    return parts


def _depth(points: F64, part: tuple[float, float, float], body: Body) -> F64:
    """Return for each point how far out it lies, squared: 0 in the middle of a body, 1 at one standard deviation."""
    x, y, angle = part
    dx, dy = points[:, 0] - x, points[:, 1] - y
    cos, sin = math.cos(angle), math.sin(angle)
    along, across = (dx * cos + dy * sin) / body.long_px, (dy * cos - dx * sin) / body.short_px
    return np.asarray(along * along + across * across)


def _refit(own: F64, part: tuple[float, float, float]) -> tuple[float, float, float]:
    if len(own) < MIN_PIXELS:
        return part
    x, y = own.mean(axis=0)
    dx, dy = own[:, 0] - x, own[:, 1] - y
    angle = 0.5 * math.atan2(2 * float(dx @ dy), float(dx @ dx) - float(dy @ dy))
    return float(x), float(y), angle
