"""Counting crossings from the truth."""

from __future__ import annotations

import numpy as np

from tracker_gui.simulate.arena import Truth
from tracker_gui.simulate.contacts import Crossing, crossings


def truths(*overlaps):
    n = 3
    return [
        Truth(index, np.arange(n), np.zeros((n, 2)), np.zeros(n), np.ones(n), tuple(pairs))
        for index, pairs in enumerate(overlaps)
    ]


APART = ((),) * 5


def test_a_contact_that_ends_is_one_crossing():
    assert crossings(truths((), [(0, 1)], [(0, 1)], *APART)) == (Crossing((0, 1), 1, 2),)


def test_contact_that_flickers_counts_once():
    assert len(crossings(truths((), [(0, 1)], (), [(0, 1)], (), (), [(0, 1)], *APART))) == 1


def test_meeting_again_later_counts_again():
    assert len(crossings(truths((), [(0, 1)], *APART, [(0, 1)], *APART))) == 2


def test_a_contact_that_has_not_ended_is_not_counted():
    assert crossings(truths((), [(0, 1)], [(0, 1)])) == ()


def test_a_contact_from_the_first_frame_is_not_counted_but_the_next_is():
    found = crossings(truths([(0, 1)], *APART, [(0, 1)], *APART))
    assert [crossing.first for crossing in found] == [6]


def test_three_animals_in_one_heap_are_three_pairs():
    assert len(crossings(truths((), [(0, 1), (0, 2), (1, 2)], *APART))) == 3
