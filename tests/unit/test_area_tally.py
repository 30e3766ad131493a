"""Blob areas counted in classes of a logarithmic scale."""

from __future__ import annotations

import numpy as np
import pytest

from tracker_gui.analysis.area_tally import CLASSES_PER_DECADE, MOST_FRAMES, AreaTally, decades_for


def test_each_blob_is_in_the_class_of_its_area() -> None:
    tally = AreaTally()
    tally.add(0, np.array([1.0, 10.0, 99.0, 100.0, 0.0, 5e6]))
    now, before = tally.counts(3)
    assert now.sum() == 6
    assert now[0] == 2
    assert now[CLASSES_PER_DECADE] == 1
    assert now[2 * CLASSES_PER_DECADE - 1] == 1
    assert now[2 * CLASSES_PER_DECADE] == 1
    assert now[-1] == 1
    assert before.sum() == 0


def test_frames_before_are_counted_per_frame() -> None:
    tally = AreaTally()
    for index in range(5):
        tally.add(index, np.array([50.0, 50.0]))
    now, before = tally.counts(3)
    assert tally.frames == 4
    assert (now.max(), before.max()) == (2, 2)


def test_the_same_frame_again_is_not_counted_twice() -> None:
    tally = AreaTally()
    tally.add(3, np.array([50.0, 60.0]))
    tally.add(3, np.array([70.0]))
    assert tally.frames == 0
    assert tally.counts(3)[0].sum() == 1


def test_old_frames_are_forgotten_and_a_clear_forgets_all() -> None:
    tally = AreaTally()
    tally.add(0, np.array([9000.0]))
    for index in range(1, MOST_FRAMES + 2):
        tally.add(index, np.array([50.0]))
    assert tally.frames == MOST_FRAMES
    assert tally.largest_px2 == 50
    tally.clear()
    assert tally.counts(3)[0].sum() == tally.frames == tally.largest_px2 == 0


@pytest.mark.parametrize(("area", "decades"), [(0, 3), (999, 3), (1000, 4), (5000, 4), (10_000_000, 8)])
def test_the_scale_holds_the_largest_area(area: float, decades: int) -> None:
    assert decades_for(area) == decades


def test_frames_of_the_whole_source_stand_in_for_those_before() -> None:
    tally = AreaTally()
    for index in range(5):
        tally.add(index, np.array([50.0]))
    tally.spread([np.array([5000.0]), np.array([50.0, 5000.0])])
    now, spread = tally.counts(4)
    assert tally.is_spread
    assert (tally.frames, tally.largest_px2) == (2, 5000)
    assert (now.sum(), spread.sum()) == (1, 1.5)
    tally.spread([])
    assert tally.frames == 4
