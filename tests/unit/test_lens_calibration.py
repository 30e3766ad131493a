"""A lens is known again from pictures of a checkerboard that it has bent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from tracker_gui.analysis.lens_calibration import Checkerboard, find_corners, fit_lens, is_new
from tracker_gui.core.errors import SettingsError
from tracker_gui.core.preset import choice
from tracker_gui.engine.lens_estimate import LensProgress, estimate_lens

if TYPE_CHECKING:
    from pathlib import Path

SIZE_PX = (480, 360)
BOARD = Checkerboard(7, 5)
CAMERA = np.array([[420.0, 0, 245], [0, 425.0, 172], [0, 0, 1]])
BENT = np.array([-0.28, 0.09, 0.0008, -0.0006, 0.0])
SQUARE_PX = 40


def board_picture() -> np.ndarray:
    """Return a checkerboard from straight above with a white rim, corner (0, 0) at 2 squares from its edge."""
    rows, columns = BOARD.rows + 3, BOARD.columns + 3
    picture = np.full((rows * SQUARE_PX, columns * SQUARE_PX), 235, np.uint8)
    for row in range(1, rows - 1):
        for column in range(1, columns - 1):
            if (row + column) % 2:
                picture[row * SQUARE_PX : (row + 1) * SQUARE_PX, column * SQUARE_PX : (column + 1) * SQUARE_PX] = 25
    return picture


def seen(tilt: tuple[float, float, float], place: tuple[float, float, float]) -> np.ndarray:
    """Return what the bent lens sees of the board."""
    turn, _ = cv2.Rodrigues(np.array(tilt))
    to_board = np.array([[1 / SQUARE_PX, 0, -2 + 0.5 / SQUARE_PX], [0, 1 / SQUARE_PX, -2 + 0.5 / SQUARE_PX], [0, 0, 1]])
    straight = CAMERA @ np.column_stack([turn[:, 0], turn[:, 1], place]) @ to_board
    xs, ys = np.meshgrid(np.arange(SIZE_PX[0], dtype=np.float64), np.arange(SIZE_PX[1], dtype=np.float64))
    pixels = np.stack([xs.ravel(), ys.ravel()], axis=1).reshape(-1, 1, 2)
    ideal = cv2.undistortPoints(pixels, CAMERA, BENT, P=CAMERA).reshape(-1, 2)
    there = np.column_stack([ideal, np.ones(len(ideal))]) @ np.linalg.inv(straight).T
    where = (there[:, :2] / there[:, 2:]).astype(np.float32).reshape(SIZE_PX[1], SIZE_PX[0], 2)
    picture = cv2.remap(board_picture(), where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=110)
    return cv2.GaussianBlur(picture, (3, 3), 0.6)


def views(count: int) -> list[np.ndarray]:
    luck = np.random.default_rng(4)
    made = []
    for number in range(count):
        tilt = luck.uniform(-0.45, 0.45, 3) * (1, 1, 0.4)
        across, down = (number % 4) / 3 - 0.5, (number // 4 % 3) / 2 - 0.5
        depth = luck.uniform(8.5, 11.5)
        made.append(seen(tuple(tilt), (-3 + across * 5.5, -2 + down * 3.6, depth)))
    return made


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    """Return views of which the first three show the whole board."""
    made = views(16)
    return sorted(made, key=lambda picture: find_corners(picture, BOARD) is None)


@pytest.fixture
def folder(tmp_path: Path, pictures: list[np.ndarray]) -> Path:
    blank = np.full((SIZE_PX[1], SIZE_PX[0]), 110, np.uint8)
    for number, picture in enumerate([*pictures[:8], blank, pictures[3], *pictures[8:]]):
        cv2.imwrite(str(tmp_path / f"{number:03d}.png"), picture)
    return tmp_path


def source(folder: Path) -> Any:
    return choice("sources", "image_folder", path=folder)


def test_the_lens_of_a_folder_of_pictures_is_known_again(folder: Path) -> None:
    told: list[LensProgress] = []
    fit = estimate_lens(source(folder), BOARD, progress=told.append)
    assert fit is not None
    assert 10 <= fit.views <= 16, "of the 18, one is blank, one is there twice, some show half a board"
    assert told[-1] == LensProgress(18, 18, fit.views)
    assert fit.error_px < 0.2
    assert (fit.fx, fit.fy) == pytest.approx((420, 425), rel=0.02)
    assert (fit.cx, fit.cy) == pytest.approx((245, 172), abs=6)
    assert fit.k1 == pytest.approx(-0.28, abs=0.04)
    assert fit.covered_01 > 0.5
    step = choice("image", "undistort", **fit.params)
    assert step.params.k1 == fit.k1  # type: ignore[attr-defined]


def test_with_the_estimate_a_bent_line_is_straight_again(pictures: list[np.ndarray]) -> None:
    found = [corners for picture in pictures if (corners := find_corners(picture, BOARD)) is not None]
    fit = fit_lens(found, BOARD, SIZE_PX)
    camera = np.array([[fit.fx, 0, fit.cx], [0, fit.fy, fit.cy], [0, 0, 1]])
    bent = np.array([fit.k1, fit.k2, fit.p1, fit.p2, fit.k3])

    def bow_px(corners: np.ndarray) -> float:
        row = corners[: BOARD.columns]
        start, end = row[0], row[-1]
        along = (end - start) / np.linalg.norm(end - start)
        off = (row - start) @ np.array([-along[1], along[0]])
        return float(np.abs(off).max())

    before = [bow_px(corners) for corners in found]
    after = [bow_px(cv2.undistortPoints(c.reshape(-1, 1, 2), camera, bent, P=camera).reshape(-1, 2)) for c in found]
    assert max(before) > 1.5
    assert max(after) < 0.5


def test_a_picture_without_a_board_has_no_corners() -> None:
    assert find_corners(np.full((200, 300), 120, np.uint8), BOARD) is None


def test_a_board_that_has_not_moved_tells_nothing_new(pictures: list[np.ndarray]) -> None:
    corners = find_corners(pictures[0], BOARD)
    assert corners is not None
    assert is_new(corners, [])
    assert not is_new(corners + 2.0, [corners])
    assert is_new(corners + 20.0, [corners])


def test_too_few_views_say_what_to_do(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), pictures[number])
    with pytest.raises(SettingsError, match="found in 3 different views, at least 4 are needed"):
        estimate_lens(source(tmp_path), BOARD)


def test_another_board_than_the_one_that_is_shown_is_not_found(folder: Path) -> None:
    with pytest.raises(SettingsError, match="11 x 8 inner corners was found in 0 different views"):
        estimate_lens(source(folder), Checkerboard(11, 8), frames=6)


def test_the_search_can_be_given_up(folder: Path) -> None:
    told: list[LensProgress] = []
    assert estimate_lens(source(folder), BOARD, progress=told.append, cancelled=lambda: len(told) > 3) is None
    assert told[-1].looked < 6
    assert math.isclose(told[0].looked, 0)
