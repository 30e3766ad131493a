import numpy as np

from tracker_gui.stages.image.adjust import Adjust, AdjustParams


def test_default_leaves_every_grey_level(prepare, ramp_u8):
    np.testing.assert_array_equal(prepare(ramp_u8, Adjust()).luma_u8(), ramp_u8)


def test_brightness_is_added_and_stops_at_white(prepare, ramp_u8):
    bright = prepare(ramp_u8, Adjust(AdjustParams(brightness=40))).luma_u8()[0]
    np.testing.assert_array_equal(bright, np.minimum(np.arange(256) + 40, 255))


def test_contrast_stretches_away_from_middle_grey(prepare, ramp_u8):
    stretched = prepare(ramp_u8, Adjust(AdjustParams(contrast=2))).luma_u8()[0].astype(int)
    assert stretched[64] == 0
    assert stretched[191] == 254
    assert abs(stretched[127] - 127) <= 1


def test_contrast_zero_is_one_grey(prepare, ramp_u8):
    assert len(np.unique(prepare(ramp_u8, Adjust(AdjustParams(contrast=0))).luma_u8())) == 1


def test_gamma_above_one_lifts_the_shadows_and_keeps_black_and_white(prepare, ramp_u8):
    lifted = prepare(ramp_u8, Adjust(AdjustParams(gamma=2))).luma_u8()[0]
    assert (lifted[0], lifted[64], lifted[255]) == (0, 128, 255)


def test_colour_channels_are_adjusted_alike(prepare, ramp_u8):
    colour = np.dstack([ramp_u8, ramp_u8[:, ::-1], np.full_like(ramp_u8, 7)])
    adjusted = prepare(colour, Adjust(AdjustParams(brightness=3))).bgr_u8()
    np.testing.assert_array_equal(adjusted, np.minimum(colour.astype(int) + 3, 255))
