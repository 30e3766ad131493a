"""A simulated arena: what is drawn is what the truth says, and the same seed says the same."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

QUIET = {"noise_levels": 0.0, "unevenness_percent": 0.0, "duration_s": 20.0}


def dark_blobs(picture_u8):
    """Return the moments of everything darker than half the floor."""
    mask = (picture_u8 < 130).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for outline in outlines:
        alone = np.zeros_like(mask)
        cv2.drawContours(alone, [outline], -1, (1,), cv2.FILLED)
        found.append((int(alone.sum()), cv2.moments(alone & mask, binaryImage=True)))
    return found


def test_a_frame_is_the_same_whatever_was_asked_for_before():
    scene = ArenaScene(animals=6, duration_s=20, shadow_percent=30, light_drift_percent=10, shelters=2)
    forward = Arena(scene)
    in_order = {index: forward.picture(index) for index in range(600)}
    jumping = Arena(scene)
    for index in (599, 0, 300, 255, 256, 512, 17, 599):
        np.testing.assert_array_equal(jumping.picture(index), in_order[index])


def test_the_truth_is_the_same_whatever_was_asked_for_before():
    scene = ArenaScene(animals=6, duration_s=120)
    last_first = Arena(scene)
    expected = last_first.truth(3599)
    forward = Arena(scene)
    for index in range(0, 3599, 100):
        forward.truth(index)
    np.testing.assert_array_equal(forward.truth(3599).xy_px, expected.xy_px)


def test_another_seed_gives_other_paths():
    one, two = (Arena(ArenaScene(seed=seed)).truth(50).xy_px for seed in (1, 2))
    assert np.abs(one - two).max() > 20


def test_the_true_centre_is_the_centre_of_what_is_drawn():
    arena = Arena(ArenaScene(animals=1, **QUIET))
    worst = 0.0
    for index in range(0, 600, 20):
        ((_, m),) = dark_blobs(arena.picture(index))
        centre = np.array([m["m10"] / m["m00"], m["m01"] / m["m00"]])
        worst = max(worst, float(np.hypot(*(centre - arena.truth(index).xy_px[0]))))
    assert worst < 0.4


def test_the_heading_points_along_the_body_to_its_thick_end():
    arena = Arena(ArenaScene(animals=1, **QUIET))
    for index in range(0, 600, 30):
        truth = arena.truth(index)
        ((_, m),) = dark_blobs(arena.picture(index))
        axis_rad = 0.5 * np.arctan2(2 * m["mu11"], m["mu20"] - m["mu02"])
        assert abs(np.sin(axis_rad - truth.heading_rad[0])) < 0.2
        # The third moment along the heading is negative: the thin tail reaches farther back.
        cos, sin = np.cos(truth.heading_rad[0]), np.sin(truth.heading_rad[0])
        skew = cos**3 * m["mu30"] + 3 * cos**2 * sin * m["mu21"] + 3 * cos * sin**2 * m["mu12"] + sin**3 * m["mu03"]
        assert skew < 0


@pytest.mark.parametrize("kind", ["dish", "box", "wells"])
def test_no_animal_leaves_its_walls(kind):
    scene = ArenaScene(animals=8, arena=kind, speed_px_s=400, duration_s=30, body_length_px=24)
    arena = Arena(scene)
    walls = scene.walls() if kind == "wells" else scene.walls() * scene.animals
    for index in range(0, scene.frame_count, 10):
        for wall, place in zip(walls, arena.truth(index).xy_px, strict=True):
            assert wall.contains(place[None]).all()


def test_a_shelter_hides_an_animal_and_the_truth_says_so():
    scene = ArenaScene(animals=4, shelters=4, pauses_per_min=0, **QUIET)
    arena = Arena(scene)
    hidden = [index for index in range(0, scene.frame_count, 2) if arena.truth(index).visible_01.min() == 0]
    assert hidden
    for index in hidden[:10]:
        truth = arena.truth(index)
        gone = int(truth.visible_01.argmin())
        x, y = np.rint(truth.xy_px[gone]).astype(int)
        assert arena.picture(index)[y, x] > 130


def test_bodies_that_share_pixels_are_listed_as_overlapping_and_make_one_blob():
    arena = Arena(ArenaScene(animals=2, crossings_per_min=30, size_variation_percent=0, **QUIET))
    touching = [index for index in range(600) if arena.truth(index).overlaps]
    apart = [index for index in range(600) if np.hypot(*np.diff(arena.truth(index).xy_px, axis=0)[0]) > 36]
    assert len(touching) > 20
    assert all(len(dark_blobs(arena.picture(index))) == 1 for index in touching[::5])
    assert all(len(dark_blobs(arena.picture(index))) == 2 for index in apart[::20])


def test_the_upper_of_two_animals_hides_part_of_the_lower():
    arena = Arena(ArenaScene(animals=2, crossings_per_min=30, **QUIET))
    lowest = min((arena.truth(index) for index in range(600)), key=lambda truth: truth.visible_01.min())
    assert lowest.overlaps == ((1, 2),)
    assert lowest.visible_01[0] < 0.8
    assert lowest.visible_01[1] == 1


def test_all_animals_are_apart_in_the_first_frame():
    for seed in range(10):
        assert not Arena(ArenaScene(animals=20, seed=seed)).truth(0).overlaps


def test_the_noise_has_the_asked_strength_and_changes_from_frame_to_frame():
    arena = Arena(ArenaScene(animals=1, noise_levels=4.0))
    difference = arena.picture(10)[:60, :60].astype(float) - arena.picture(11)[:60, :60]
    assert difference.std() == pytest.approx(4 * np.sqrt(2), rel=0.1)


def test_without_noise_drift_and_shadow_the_empty_floor_stands_still():
    arena = Arena(ArenaScene(animals=1, noise_levels=0.0))
    before, after = (arena.picture(index)[:40, :40] for index in (0, 90))
    np.testing.assert_array_equal(before, after)


def test_light_drift_moves_the_brightness_by_no_more_than_asked():
    arena = Arena(ArenaScene(animals=1, light_drift_percent=20, **{**QUIET, "duration_s": 120.0}))
    still = Arena(ArenaScene(animals=1, **QUIET)).picture(0)[:40, :40].mean()
    levels = np.array([arena.picture(index)[:40, :40].mean() for index in range(0, 3600, 60)]) / still
    assert 0.79 < levels.min() < 0.9
    assert 1.1 < levels.max() < 1.21


def test_a_shadow_darkens_and_moves():
    arena = Arena(ArenaScene(animals=1, shadow_percent=40, **QUIET))
    bright = Arena(ArenaScene(animals=1, **QUIET)).picture(0)
    darkest = [np.unravel_index(cv2.blur(arena.picture(i) - 1.0 * bright, (31, 31)).argmin(), bright.shape)
               for i in range(0, 600, 60)]  # fmt: skip
    assert np.ptp(np.array(darkest), axis=0).max() > 60


def test_animals_cover_ground_at_the_asked_speed():
    scene = ArenaScene(animals=20, speed_px_s=90, pauses_per_min=0, crossings_per_min=0, duration_s=20)
    arena = Arena(scene)
    paths = np.array([arena.truth(index).xy_px for index in range(0, 600)])
    speed_px_s = np.hypot(*np.diff(paths, axis=0).transpose(2, 0, 1)).mean() * scene.rate_hz
    assert 0.75 * 90 < speed_px_s < 1.15 * 90


@pytest.mark.parametrize("index", [-1, 1800])
def test_a_frame_outside_the_recording_is_refused(index):
    with pytest.raises(IndexError, match="1800 frames"):
        Arena(ArenaScene()).picture(index)


@pytest.mark.parametrize(
    "extreme",
    [
        {"animals": 100, "body_length_px": 400, "width_px": 64, "height_px": 64},
        {"animals": 100, "body_length_px": 400, "arena": "wells"},
        {"animals": 3, "body_length_px": 6, "speed_px_s": 3000, "rate_hz": 1},
        {"animals": 2, "speed_px_s": 0},
        {"animals": 30, "shelters": 8, "body_length_px": 400},
        {"animals": 1, "light_drift_percent": 50, "shadow_percent": 80, "noise_levels": 40},
    ],
)
def test_settings_at_their_limits_still_give_a_picture(extreme):
    scene = ArenaScene(duration_s=0.1, **extreme)
    arena = Arena(scene)
    truth = arena.truth(scene.frame_count - 1)
    assert arena.picture(scene.frame_count - 1).shape == (scene.height_px, scene.width_px)
    assert np.isfinite(truth.xy_px).all()


def test_a_24_well_plate_has_six_columns_and_four_rows():
    walls = ArenaScene(animals=24, arena="wells").walls()
    assert len({round(wall.centre[0]) for wall in walls}) == 6
    assert len({round(wall.centre[1]) for wall in walls}) == 4
    assert (walls[0].name, walls[23].name) == ("A1", "D6")
