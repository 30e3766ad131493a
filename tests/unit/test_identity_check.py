from __future__ import annotations

import numpy as np

from tracker_gui.analysis.identity_check import IdentityCheck

BLOCK_FRAMES = 6


def watch(check: IdentityCheck, frames: int, sizes: dict[int, float], seed: int = 0) -> dict[int, int]:
    """Show each id alone with its long axis (px), 1 % noise; return the first exchange."""
    random = np.random.default_rng(seed)
    for _ in range(frames):
        for track_id, long_px in sizes.items():
            noise = 1 + 0.01 * random.standard_normal(2)
            check.alone(track_id, long_px * noise[0], 0.4 * long_px * noise[1])
        changes = check.settle()
        if changes:
            return changes
    return {}


def test_animals_that_came_out_of_a_touch_exchanged_get_their_ids_back() -> None:
    check = IdentityCheck(BLOCK_FRAMES)
    assert watch(check, 60, {1: 10.0, 2: 12.0}) == {}
    check.touch([1, 2])
    assert watch(check, 20, {1: 12.0, 2: 10.0}) == {1: 2, 2: 1}


def test_animals_that_kept_their_ids_keep_them() -> None:
    check = IdentityCheck(BLOCK_FRAMES)
    watch(check, 60, {1: 10.0, 2: 12.0})
    check.touch([1, 2])
    assert watch(check, 60, {1: 10.0, 2: 12.0}) == {}


def test_animals_of_one_size_keep_what_motion_said() -> None:
    for seed in range(50):
        check = IdentityCheck(BLOCK_FRAMES)
        watch(check, 60, {1: 10.0, 2: 10.1}, seed)
        check.touch([1, 2])
        assert watch(check, 30, {1: 10.1, 2: 10.0}, seed + 1000) == {}


def test_nothing_is_exchanged_before_sizes_are_known() -> None:
    check = IdentityCheck(BLOCK_FRAMES)
    watch(check, 5, {1: 10.0, 2: 12.0})
    check.touch([1, 2])
    assert watch(check, 60, {1: 12.0, 2: 10.0}) == {}


def test_a_ring_of_three_is_undone() -> None:
    check = IdentityCheck(BLOCK_FRAMES)
    watch(check, 60, {1: 10.0, 2: 12.0, 3: 15.0})
    check.touch([1, 2])
    check.touch([2, 3])
    changes = watch(check, 20, {1: 12.0, 2: 15.0, 3: 10.0})
    assert changes == {1: 2, 2: 3, 3: 1}


def test_one_of_a_group_is_told_while_the_others_still_touch() -> None:
    check = IdentityCheck(BLOCK_FRAMES)
    watch(check, 60, {1: 10.0, 2: 12.0, 3: 15.0})
    check.touch([1, 2, 3])
    # The body that carries 1 is the largest animal, 3; whoever carried 3 takes 1 until it is seen alone.
    assert watch(check, 20, {1: 15.0}) == {1: 3, 3: 1}
    assert watch(check, 20, {1: 12.0, 2: 10.0}) == {1: 2, 2: 1}
