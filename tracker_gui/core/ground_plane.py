"""A flat ground seen from an angle: pixels to metres through points of which both are known."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Annotated

import cv2
import numpy as np
from pydantic import Field, model_validator

from tracker_gui.core.arrays import frozen
from tracker_gui.core.geometry import Point
from tracker_gui.core.params import Params

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64, Bool

# Below this the points lie, for all that can be measured, on one line.
FLATTEST = 1e-6
LEAST_POINTS = 4


class GroundPoint(Params):
    """A place that is known in the picture and on the ground."""

    picture_px: Point
    ground_m: Point


class GroundPlane(Params):
    """The homography between the picture and the ground, through four or more points.

    With four it goes through each of them; with more it is the least-squares fit, and
    `reprojection_error_px` tells how well they agree (Hartley & Zisserman, Multiple View Geometry, ch. 4).
    """

    points: Annotated[tuple[GroundPoint, ...], Field(max_length=100)]

    @model_validator(mode="after")
    def _spans_a_plane(self) -> GroundPlane:
        if len(self.points) < LEAST_POINTS:
            raise ValueError(f"needs at least {LEAST_POINTS} points, got {len(self.points)}")
        for where, xy in (("in the picture", self._picture), ("on the ground", self._ground)):
            if not _has_four_corners(xy):
                raise ValueError(f"needs four points {where} of which no three lie on one line")
        if not self.on_ground(self._picture).all():
            raise ValueError("no flat ground is seen so: check the order of the points")
        return self

    @property
    def _picture(self) -> F64:
        return np.array([point.picture_px for point in self.points], np.float64)

    @property
    def _ground(self) -> F64:
        return np.array([point.ground_m for point in self.points], np.float64)

    @property
    def homography(self) -> F64:
        """The (3, 3) matrix that takes pixels to metres; the ground in the picture has a positive third coordinate."""
        return _homography(self.points)

    def to_ground_m(self, xy_px: F64) -> F64:
        """Return where on the ground each of the (n, 2) pixels is, in metres.

        Only those that `on_ground` affirms have such a place; what is returned of the others means nothing.
        """
        return _mapped(self.homography, xy_px)

    def to_picture_px(self, xy_m: F64) -> F64:
        """Return where in the picture each of the (n, 2) places on the ground is seen."""
        return _mapped(np.asarray(np.linalg.inv(self.homography), np.float64), xy_m)

    def on_ground(self, xy_px: F64) -> Bool:
        """Return for each of the (n, 2) pixels whether it shows the ground: not at or above the horizon."""
        depth = _homogeneous(xy_px) @ self.homography[2]
        return np.asarray(depth > 1e-9, np.bool_)

    @property
    def errors_px(self) -> F64:
        """How far each point lies from where the homography puts it, in pixels."""
        off = self.to_picture_px(self._ground) - self._picture
        return np.hypot(off[:, 0], off[:, 1])

    @property
    def reprojection_error_px(self) -> float:
        """Root mean square of `errors_px`."""
        return float(np.sqrt(np.mean(self.errors_px**2)))


@functools.lru_cache(maxsize=64)
def _homography(points: tuple[GroundPoint, ...]) -> F64:
    picture = np.array([point.picture_px for point in points], np.float64)
    ground = np.array([point.ground_m for point in points], np.float64)
    # Of the order of 1, else the fit is that of the largest numbers only.
    to_small, from_small = _normalisation(ground), np.linalg.inv(_normalisation(picture))
    # From the ground to the picture, because it is in the picture that the points were placed inexactly.
    small, _ = cv2.findHomography(_mapped(to_small, ground), _mapped(_normalisation(picture), picture))
    if small is None or abs(np.linalg.det(small)) < FLATTEST**2:
        raise ValueError("no flat ground goes through these points")
    matrix = np.linalg.inv(from_small @ small @ to_small)
    # The points that were given are on the ground, so these have the positive side.
    if np.sum(np.sign(_homogeneous(picture) @ matrix[2])) < 0:
        matrix = -matrix
    return frozen(np.asarray(matrix / np.linalg.norm(matrix), np.float64))


def _normalisation(xy: F64) -> F64:
    centre = xy.mean(axis=0)
    scale = 1.0 / max(float(np.abs(xy - centre).max()), 1e-12)
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]], np.float64)


def _homogeneous(xy: F64) -> F64:
    return np.column_stack([xy, np.ones(len(xy))])


def _mapped(matrix: F64, xy: F64) -> F64:
    mapped = _homogeneous(xy) @ matrix.T
    depth = np.where(np.abs(mapped[:, 2]) < 1e-12, 1e-12, mapped[:, 2])
    return np.asarray(mapped[:, :2] / depth[:, None], np.float64)


def _has_four_corners(xy: F64) -> bool:
    """Return whether four of the (n, 2) points are there of which no three lie on one line."""
    small = _mapped(_normalisation(xy), xy)
    return any(
        all(_bent(small[list(three)]) for three in itertools.combinations(four, 3))
        for four in itertools.islice(itertools.combinations(range(len(small)), 4), 5000)
    )


def _bent(three: F64) -> bool:
    (ax, ay), (bx, by), (cx, cy) = three.tolist()
    return bool(abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) > FLATTEST)
