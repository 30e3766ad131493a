import numpy as np

from tracker_gui.stages.image.invert import Invert


def test_inverted_level_and_level_add_up_to_white(prepare, ramp_u8):
    np.testing.assert_array_equal(prepare(ramp_u8, Invert()).luma_u8(), 255 - ramp_u8)


def test_inverting_twice_is_the_picture(prepare, ramp_u8):
    np.testing.assert_array_equal(prepare(ramp_u8, Invert(), Invert()).luma_u8(), ramp_u8)
