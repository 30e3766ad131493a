import numpy as np
import pytest

from tracker_gui.stages.image.blur import Blur, BlurParams


def spot(side: int = 21, level: int = 250) -> np.ndarray:
    picture = np.zeros((side, side), np.uint8)
    picture[side // 2, side // 2] = level
    return picture


def test_mean_spreads_a_spot_evenly_over_the_square(prepare):
    blurred = prepare(spot(), Blur(BlurParams(method="mean", size_px=5))).luma_u8()
    expected = np.zeros((21, 21), np.uint8)
    expected[8:13, 8:13] = 250 // 25
    np.testing.assert_array_equal(blurred, expected)


def test_gaussian_is_strongest_in_the_middle(prepare):
    row = prepare(spot(), Blur(BlurParams(method="gaussian", size_px=5))).luma_u8()[10]
    assert row[10] > row[9] > row[8] > row[7] == 0


def test_median_removes_a_speck_and_keeps_an_edge(prepare):
    picture = np.zeros((20, 20), np.uint8)
    picture[:, 10:] = 200
    speckled = picture.copy()
    speckled[5, 5] = 255
    np.testing.assert_array_equal(prepare(speckled, Blur(BlurParams(method="median", size_px=5))).luma_u8(), picture)


@pytest.mark.parametrize("method", ["mean", "gaussian", "median"])
def test_even_size_is_made_odd(prepare, method):
    picture = np.random.default_rng(0).integers(0, 256, (30, 30), np.uint8)
    even = prepare(picture, Blur(BlurParams(method=method, size_px=6))).luma_u8()
    odd = prepare(picture, Blur(BlurParams(method=method, size_px=7))).luma_u8()
    np.testing.assert_array_equal(even, odd)


@pytest.mark.parametrize("method", ["mean", "gaussian", "median"])
def test_size_one_is_off(prepare, method, ramp_u8):
    np.testing.assert_array_equal(prepare(ramp_u8, Blur(BlurParams(method=method, size_px=1))).luma_u8(), ramp_u8)


def test_margin_is_half_the_square():
    assert Blur(BlurParams(size_px=7)).margin_px == 3
