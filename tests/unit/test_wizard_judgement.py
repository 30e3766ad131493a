"""What is said of sampled frames, and the area that would leave out what is too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tracker_gui.core.types import Detections
from tracker_gui.engine.sampled_finds import Finds
from tracker_gui.qt.wizard.judgement import FoundOn, Judgement

if TYPE_CHECKING:
    from collections.abc import Sequence


def judged(*areas_px2: Sequence[float], wanted: int | None = 2) -> Judgement:
    frames = []
    for index, areas in enumerate(areas_px2):
        n = len(areas)
        zeros = np.zeros(n)
        detections = Detections(
            np.zeros((n, 2)), np.zeros((n, 4)), np.array(areas, np.float64), zeros, zeros, np.zeros(n, np.int32),
            np.zeros(n, np.bool_),
        )  # fmt: skip
        frames.append(FoundOn(10 * index, Finds(detections, wanted)))
    return Judgement(tuple(frames), wanted)


@pytest.mark.parametrize(
    ("judgement", "words"),
    [
        (judged([90, 80], [85, 95]), "2 animals are found on 2 sampled frames of 2."),
        (judged([90], wanted=1), "1 animal is found on 1 sampled frames of 1."),
        (
            judged([90, 80], [85], [9, 8, 7]),
            "2 animals are found on 1 of 3 sampled frames; too few on 1, too many on 1.",
        ),
        (judged([9], [], [8], wanted=None), "Something is found on 2 of 3 sampled frames, most often 1 animal."),
    ],
)
def test_it_is_said_in_a_sentence(judgement: Judgement, words: str) -> None:
    assert judgement.words() == words


def test_specks_that_are_smaller_than_every_animal_are_left_out_by_their_area() -> None:
    smallest = judged([90, 80, 10], [85, 95], [70, 88, 12]).smallest_area_px2()
    assert smallest is not None
    assert 12 < smallest < 70


def test_no_area_parts_specks_as_large_as_animals() -> None:
    assert judged([90, 80, 75], [85, 95]).smallest_area_px2() is None


def test_where_nothing_is_too_much_no_area_is_proposed() -> None:
    assert judged([90, 80], [85]).smallest_area_px2() is None


def test_the_frame_to_look_at_is_the_one_that_is_furthest_from_right() -> None:
    worst = judged([90, 80], [85], [9, 8, 7, 6, 5]).worst()
    assert worst is not None
    assert worst.index == 20
