"""Where the bodies lie that together make one blob: shapes of known size, laid so that they cover it.

A body is an ellipse that may be thicker at one end, like an egg. Its size and taper are known from
when the animal was alone, so bodies may overlap where one animal walks over another; cutting the blob
into parts, as k-means or a mixture does, pushes them apart there. Place and direction of all bodies
are found together by damped least squares (Levenberg 1944, Marquardt 1963) on soft-edged shapes, held
by what is expected from the frames before. The thick end tells two animals that met head to head and
passed from two that turned back.

Lengths are in units of the body's own size, so that the constants hold at any scale. They were chosen
on simulated dishes with other seeds than the benchmark's (tests/benchmarks/identity.py); half or twice
of each changes little.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.analysis.body import Body
    from tracker_gui.core.arrays import F64, I32

EDGE = 0.16
"""Softness of a body's edge, in its mean radius."""
PLACE_SIGMA = 0.17
"""How far a body strays from where it was expected, in its mean radius."""
TURN_SIGMA_RAD = 0.4
MOST_TAPER = 0.9
LEAST_WIDTH = 0.25
"""No part of an egg is thinner than this share of its ellipse."""
EVIDENCE = 40.0
"""Weight of one body's area of disagreement against the expectation."""
POINTS_PER_BODY = 250
ROUNDS = 4
ENOUGH = 1e-3
"""The search ends when a round lowers the cost by less than this share."""


class Place(NamedTuple):
    """Where one body lies: centroid, px, and the direction of its thick end (clockwise on screen)."""

    x: float
    y: float
    angle_rad: float


class _Eggs(NamedTuple):
    """The fixed side of the problem: n bodies, m points, p = 3 n unknowns."""

    points: F64
    inside_01: F64
    radii_px: F64
    taper: F64
    expected: F64
    hold: F64
    weight: float


def fit_bodies(outline: I32, bodies: Sequence[Body]) -> list[Place]:
    """Return the places of the bodies that make up one blob.

    Parameters
    ----------
    outline : (k, 1, 2) int32
        Contour of the blob.
    bodies : sequence of Body
        Expected place and direction, and the size they had alone.
    """
    points, inside_01, cell_px2 = _grid(outline, POINTS_PER_BODY * len(bodies))
    # The half axes of a filled ellipse are twice the standard deviations of its pixels.
    radii_px = 2 * np.array([(b.long_px, b.short_px) for b in bodies])
    mean_px = np.sqrt(radii_px.prod(axis=1))
    place_sigma_px = PLACE_SIGMA * mean_px
    hold = 1 / np.stack([place_sigma_px, place_sigma_px, np.full(len(bodies), TURN_SIGMA_RAD)], axis=1) ** 2
    expected = np.array([(b.x, b.y, b.angle_rad) for b in bodies])
    weight = EVIDENCE * cell_px2 / float((mean_px**2).mean())
    # An egg as wide as 1 + taper * (place along it, -1..1) has the skewness -taper / 2, to first order.
    taper = np.clip([-2 * b.skewness for b in bodies], 0, MOST_TAPER)
    problem = _Eggs(points, inside_01, radii_px, taper, expected, hold, weight)
    return [Place(*row) for row in _least_squares(problem).tolist()]


def _grid(outline: I32, most_points: int) -> tuple[F64, F64, float]:
    """Return points on and around a blob (m, 2), whether each lies inside (m,), and px2 per point."""
    x, y, width, height = cv2.boundingRect(outline)
    margin_px = 3
    x, y, width, height = x - margin_px, y - margin_px, width + 2 * margin_px, height + 2 * margin_px
    mask = np.zeros((height, width), np.uint8)
    cv2.drawContours(mask, [outline], -1, (1,), cv2.FILLED, offset=(-x, -y))
    stride = max(1, math.ceil(math.sqrt(width * height / most_points)))
    rows, columns = np.mgrid[0:height:stride, 0:width:stride]
    points = np.stack([columns.ravel() + float(x), rows.ravel() + float(y)], axis=1)
    return points, mask[::stride, ::stride].ravel().astype(np.float64), float(stride * stride)


def _least_squares(problem: _Eggs) -> F64:
    """Return the (n, 3) places that explain the blob best."""
    places = problem.expected
    cost, curvature, slope = _evaluate(problem, places)
    damping = 1e-2
    for _ in range(ROUNDS):
        damped = curvature + damping * np.diag(np.diag(curvature))
        tried = places - np.linalg.solve(damped, slope).reshape(places.shape)
        new_cost, new_curvature, new_slope = _evaluate(problem, tried)
        if new_cost >= cost:
            damping *= 8
            continue
        little = cost - new_cost < ENOUGH * cost
        places, cost, curvature, slope = tried, new_cost, new_curvature, new_slope
        damping *= 0.3
        if little:
            break
    return places


def _evaluate(problem: _Eggs, places: F64) -> tuple[float, F64, F64]:
    """Return (cost, (p, p) Gauss-Newton curvature, (p,) slope / 2) at the given places."""
    cos, sin = np.cos(places[:, 2, None]), np.sin(places[:, 2, None])
    long_px, short_px = problem.radii_px[:, 0, None], problem.radii_px[:, 1, None]
    taper = problem.taper[:, None]
    dx = problem.points[:, 0] - places[:, 0, None]
    dy = problem.points[:, 1] - places[:, 1, None]
    along, across = dx * cos + dy * sin, dy * cos - dx * sin
    # The centroid of an egg lies taper / 4 before the middle of its ellipse.
    u = along / long_px + taper / 4
    width = np.maximum(1 + taper * u, LEAST_WIDTH)
    v = across / (short_px * width)
    radius = np.sqrt(u**2 + v**2) + 1e-9
    # Each body leaves a point bare by this share; together they leave it bare by the product.
    bare = 1 / (1 + np.exp(-np.clip((radius - 1) / EDGE, -30, 30)))
    bare_by_all = bare.prod(axis=0)
    error = 1 - bare_by_all - problem.inside_01

    by_radius = -(1 - bare) * bare_by_all / (EDGE * radius)
    narrowing = np.where(width > LEAST_WIDTH, taper / width, 0.0)
    pull_along, pull_across = by_radius * (u - v**2 * narrowing) / long_px, by_radius * v / (width * short_px)
    jacobian = np.stack(
        [
            pull_across * sin - pull_along * cos,
            -pull_along * sin - pull_across * cos,
            pull_along * across - pull_across * along,
        ],
        axis=1,
    ).reshape(-1, len(problem.points))
    stray = places - problem.expected
    hold = problem.hold.ravel()
    cost = problem.weight * float(error @ error) + float((problem.hold * stray**2).sum())
    curvature = problem.weight * (jacobian @ jacobian.T) + np.diag(hold)
    slope = problem.weight * (jacobian @ error) + hold * stray.ravel()
    return cost, curvature, slope
