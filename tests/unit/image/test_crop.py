import numpy as np
import pytest

from tracker_gui.core.errors import SettingsError
from tracker_gui.core.geometry import Rect
from tracker_gui.stages.image.blur import Blur, BlurParams
from tracker_gui.stages.image.crop import Crop, CropParams

PICTURE = np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)


def test_what_is_left_lies_inside_the_margins(prepare):
    prepared = prepare(PICTURE, Crop(CropParams(left=5, top=6, right=7, bottom=8)))
    assert prepared.domain == Rect(5, 6, 53, 32)
    np.testing.assert_array_equal(prepared.luma_u8(), PICTURE[6:32, 5:53])


def test_default_leaves_the_whole_frame(prepare):
    assert prepare(PICTURE, Crop()).domain == Rect(0, 0, 60, 40)


def test_second_crop_counts_its_margins_from_the_frame_too(prepare):
    prepared = prepare(PICTURE, Crop(CropParams(left=5)), Crop(CropParams(left=8, right=1)))
    assert prepared.domain == Rect(8, 0, 59, 40)


def test_step_behind_a_crop_still_sees_beyond_its_edge(prepare):
    blur = BlurParams(size_px=9)
    whole = prepare(PICTURE, Blur(blur)).luma_u8()
    np.testing.assert_array_equal(prepare(PICTURE, Crop(CropParams(left=10)), Blur(blur)).luma_u8(), whole[:, 10:])


def test_crop_of_everything_is_refused_with_both_sizes(opened):
    with pytest.raises(SettingsError, match=r"left 30 \+ right 30 .* nothing of 60 x 40 px"):
        opened(Crop(CropParams(left=30, right=30)), like=PICTURE)


def test_two_crops_without_a_common_part_are_refused(prepare):
    with pytest.raises(SettingsError, match="no part of the picture in common"):
        prepare(PICTURE, Crop(CropParams(left=30)), Crop(CropParams(right=30)))
