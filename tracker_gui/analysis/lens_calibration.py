"""What a lens bends, from views of a flat checkerboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import F64, U8

LEAST_VIEWS = 4
# Of fewer views the third radial term follows the noise.
VIEWS_FOR_K3 = 15
# A board that has hardly moved since a view that is known tells nothing new.
LEAST_MOVE_PX = 8.0
SEARCH = cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_FAST_CHECK


@dataclass(frozen=True, slots=True)
class Checkerboard:
    """Where four squares meet: `columns` x `rows` such corners, one less each way than there are squares."""

    columns: int
    rows: int

    @property
    def corners(self) -> F64:
        """The (n, 3) corners on the board, in squares."""
        made = np.zeros((self.rows * self.columns, 3), np.float64)
        made[:, :2] = np.mgrid[: self.columns, : self.rows].T.reshape(-1, 2)
        return made


@dataclass(frozen=True, slots=True)
class LensFit:
    """The pinhole model with radial and tangential distortion (Brown, 1966) that fits best.

    Attributes
    ----------
    views : int
        How many were used.
    error_px : float
        Root mean square distance of the corners from where the model puts them.
    covered_01 : float
        Share of the picture that the boards covered together; what lies outside is extrapolated.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    k1: float
    k2: float
    p1: float
    p2: float
    k3: float
    views: int
    error_px: float
    covered_01: float

    @property
    def params(self) -> dict[str, float]:
        """The settings of the image step `undistort`."""
        return {name: getattr(self, name) for name in ("fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2", "k3")}


def find_corners(luma_u8: U8, board: Checkerboard) -> F64 | None:
    """Return the (n, 2) corners of the board in a picture, to a fraction of a pixel; None where it is not seen."""
    size = (board.columns, board.rows)
    found, corners = cv2.findChessboardCorners(luma_u8, size, flags=SEARCH)
    if not found:
        return None
    # Half a square, so that the search does not reach the next corner.
    apart = np.linalg.norm(np.diff(corners.reshape(board.rows, board.columns, 2), axis=1), axis=2).min()
    reach = int(np.clip(apart / 2, 2, 11))
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 40, 0.001)
    exact = cv2.cornerSubPix(luma_u8, corners, (reach, reach), (-1, -1), until)
    return np.asarray(exact, np.float64).reshape(-1, 2)


def is_new(corners: F64, known: Sequence[F64]) -> bool:
    """Return whether a view differs from all that are known."""
    return all(float(np.abs(corners - other).max()) >= LEAST_MOVE_PX for other in known)


def fit_lens(views: Sequence[F64], board: Checkerboard, size_px: tuple[int, int]) -> LensFit:
    """Return the lens that fits some views of the board best (Zhang, 2000).

    Raises
    ------
    SettingsError
        Too few views, or none of them tilted: then no focal length can be told.
    """
    if len(views) < LEAST_VIEWS:
        raise SettingsError(
            "Lens correction",
            f"the board of {board.columns} x {board.rows} inner corners was found in {len(views)} different views, "
            f"at least {LEAST_VIEWS} are needed",
            "Check the numbers of corners, and show the board tilted and in every part of the picture.",
        )
    objects = [board.corners.astype(np.float32)] * len(views)
    points = [view.astype(np.float32).reshape(-1, 1, 2) for view in views]
    flags = 0 if len(views) >= VIEWS_FOR_K3 else cv2.CALIB_FIX_K3
    error_px, camera, bent, _, _ = cv2.calibrateCamera(objects, points, size_px, None, None, flags=flags)
    k1, k2, p1, p2, k3 = (float(value) for value in np.asarray(bent).ravel()[:5])
    fit = LensFit(
        fx=float(camera[0, 0]), fy=float(camera[1, 1]), cx=float(camera[0, 2]), cy=float(camera[1, 2]),
        k1=k1, k2=k2, p1=p1, p2=p2, k3=k3, views=len(views), error_px=float(error_px),
        covered_01=_covered(views, size_px),
    )  # fmt: skip
    if not np.isfinite(list(fit.params.values())).all() or not 0.1 < fit.fx / max(size_px) < 50:
        raise SettingsError(
            "Lens correction", "no lens fits these views", "Tilt the board this way and that, also near the camera."
        )
    return fit


def _covered(views: Sequence[F64], size_px: tuple[int, int]) -> float:
    seen = np.zeros((size_px[1], size_px[0]), np.uint8)
    for view in views:
        cv2.fillConvexPoly(seen, cv2.convexHull(view.astype(np.int32)), 255)
    return float(np.count_nonzero(seen)) / seen.size
