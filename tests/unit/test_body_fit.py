"""Laying bodies of known size so that they cover a blob."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracker_gui.analysis.body import Body, skewness_along
from tracker_gui.analysis.body_fit import fit_bodies

HALF_LONG, HALF_SHORT = 15.0, 6.0


def blob(*places, scale=1.0):
    """Return the outline of ellipses laid over one another; they must make one blob."""
    mask = np.zeros((200, 200), np.uint8)
    for x, y, angle_rad in places:
        centre, axes = (round(16 * x), round(16 * y)), (round(16 * HALF_LONG * scale), round(16 * HALF_SHORT * scale))
        cv2.ellipse(mask, centre, axes, np.degrees(angle_rad), 0, 360, (1,), cv2.FILLED, shift=4)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    assert len(outlines) == 1
    return outlines[0]


def body(x, y, angle_rad, scale=1.0):
    return Body(x, y, angle_rad, HALF_LONG * scale / 2, HALF_SHORT * scale / 2)


def check(fitted, places, within_px=1.0, within_rad=0.1):
    for found, (x, y, angle_rad) in zip(fitted, places, strict=True):
        assert np.hypot(found.x - x, found.y - y) < within_px
        assert abs(np.sin(found.angle_rad - angle_rad)) < within_rad


@pytest.mark.parametrize(
    "places",
    [
        pytest.param([(90, 100, 0.0), (118, 100, 0.0)], id="nose to tail"),
        pytest.param([(100, 95, 0.0), (100, 106, 0.0)], id="side by side"),
        pytest.param([(100, 100, 0.0), (100, 100, 1.5)], id="one across the other"),
        pytest.param([(100, 100, 0.3), (108, 104, 1.2)], id="half covered"),
    ],
)
def test_two_touching_bodies_are_found_from_where_they_were_expected(places):
    expected = [body(x + 1.5, y - 1.0, angle + 0.15) for x, y, angle in places]
    check(fit_bodies(blob(*places), expected), places)


def test_a_covered_body_keeps_its_place_instead_of_being_pushed_out():
    places = [(100, 100, 0.0), (100, 101, 0.6)]
    check(fit_bodies(blob(*places), [body(*place) for place in places]), places, within_px=0.7)


def test_a_wholly_hidden_body_stays_where_it_was_expected():
    upper = (100, 100, 0.0)
    hidden = Body(104, 100, 0.0, 3.0, 1.5)
    _, found = fit_bodies(blob(upper), [body(*upper), hidden])
    assert np.hypot(found.x - 104, found.y - 100) < 0.5


def test_three_bodies_in_a_heap_are_told_apart():
    places = [(90, 100, 0.0), (110, 108, 1.0), (112, 92, -1.0)]
    check(fit_bodies(blob(*places), [body(x + 1, y + 1, a) for x, y, a in places]), places)


def test_large_bodies_are_found_as_well_as_small_ones():
    places = [(80, 100, 0.0), (120, 110, 0.9)]
    expected = [body(x + 4, y - 3, angle + 0.1, scale=2.5) for x, y, angle in places]
    check(fit_bodies(blob(*places, scale=2.5), expected), places, within_px=2.0)


def test_two_animals_that_walk_over_each_other_come_out_on_their_own_sides():
    one, other = body(70, 100, 0.0), body(130, 104, 0.0)
    for step in range(1, 61):
        true = [(70 + step, 100, 0.0), (130 - step, 104, 0.0)]
        if abs(true[0][0] - true[1][0]) > 26:
            found = true
        else:
            expected = [body(one.x + 1, one.y, one.angle_rad), body(other.x - 1, other.y, other.angle_rad)]
            found = fit_bodies(blob(*true), expected)
        one, other = body(*found[0]), body(*found[1])
    assert one.x == pytest.approx(130, abs=2)
    assert other.x == pytest.approx(70, abs=2)


def egg(x, y, angle_rad, taper=0.8):
    """Return the pixels of an egg whose thick end points along `angle_rad`; x, y is its centroid."""
    rows, columns = np.mgrid[0:200, 0:200]
    along = (columns - x) * np.cos(angle_rad) + (rows - y) * np.sin(angle_rad)
    across = (rows - y) * np.cos(angle_rad) - (columns - x) * np.sin(angle_rad)
    u = along / HALF_LONG + taper / 4
    return u**2 + (across / (HALF_SHORT * np.maximum(1 + taper * u, 0.05))) ** 2 <= 1


def outline_of(*masks):
    outlines, _ = cv2.findContours(
        np.logical_or.reduce(masks).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    assert len(outlines) == 1
    return outlines[0]


@pytest.mark.parametrize("angle_rad", [0.0, 0.7, 2.0, -2.5])
def test_the_skewness_is_negative_towards_the_thick_end(angle_rad):
    outline = outline_of(egg(100, 100, angle_rad))
    assert skewness_along(outline, angle_rad) == pytest.approx(-0.4, abs=0.12)
    assert skewness_along(outline, angle_rad + np.pi) == pytest.approx(0.4, abs=0.12)


def test_an_outline_without_area_has_no_skewness():
    assert skewness_along(np.array([[[3, 3]], [[9, 3]]], np.int32), 0.0) == 0


def test_the_place_of_an_egg_is_its_centroid():
    mask = egg(100, 100, 0.5)
    rows, columns = np.nonzero(mask)
    outline = outline_of(mask)
    alone = Body(101, 99, 0.6, HALF_LONG / 2, HALF_SHORT / 2, skewness_along(outline, 0.5))
    (found,) = fit_bodies(outline, [alone])
    check([found], [(columns.mean(), rows.mean(), 0.5)])


def test_the_thick_end_tells_passing_from_turning_back():
    """Two eggs lie over each other head to tail; the one whose head points right must come out on the right."""
    passed = [(110, 100, 0.0), (90, 101, np.pi)]
    outline = outline_of(*(egg(*place) for place in passed))
    left_going, right_going = (Body(100, 100.5, angle, HALF_LONG / 2, HALF_SHORT / 2, -0.4) for angle in (np.pi, 0.0))
    found_left, found_right = fit_bodies(outline, [left_going, right_going])
    assert found_right.x > found_left.x
