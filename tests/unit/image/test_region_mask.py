import cv2
import numpy as np
import pytest

from tracker_gui.core.errors import InputError, SettingsError
from tracker_gui.core.geometry import Circle, Ellipse, HalfPlane, Polygon, Rect, Rectangle
from tracker_gui.stages.image.background import Background, BackgroundParams
from tracker_gui.stages.image.region_mask import RegionMask, RegionMaskParams

PICTURE = np.random.default_rng(0).integers(1, 255, (40, 60), np.uint8)
RIGHT_HALF = Rectangle(centre=(44.5, 19.5), width=29, height=39)


def regions(**settings) -> RegionMask:
    return RegionMask(RegionMaskParams(**settings))


def test_without_settings_everything_is_kept(prepare):
    state = prepare(PICTURE, RegionMask()).state()
    assert state.keep_u8 is None
    np.testing.assert_array_equal(state.image_u8, PICTURE)


def test_only_what_lies_in_a_region_is_kept_and_the_picture_stays(prepare):
    state = prepare(PICTURE, regions(keep=(RIGHT_HALF,))).state()
    assert not state.keep_u8[:, :30].any()
    assert (state.keep_u8[:, 30:] == 255).all()
    np.testing.assert_array_equal(state.image_u8, PICTURE)


def test_several_regions_are_kept_together(prepare):
    corners = tuple(Circle(centre=centre, radius=4) for centre in ((5, 5), (54, 34)))
    keep = prepare(PICTURE, regions(keep=corners)).state().keep_u8
    assert keep[5, 5] == keep[34, 54] == 255
    assert keep[20, 30] == 0


def test_ignore_wins_inside_a_kept_region(prepare):
    keep = prepare(PICTURE, regions(keep=(RIGHT_HALF,), ignore=(Circle(centre=(45, 20), radius=3),))).state().keep_u8
    assert keep[20, 45] == 0
    assert keep[20, 55] == 255


@pytest.mark.parametrize(
    "shape",
    [
        Rectangle(centre=(30, 20), width=20, height=10, angle_deg=30),
        Circle(centre=(30, 20), radius=8),
        Ellipse(centre=(30, 20), radius_x=12, radius_y=5, angle_deg=20),
        Polygon(points=((20, 10), (45, 15), (30, 32))),
        HalfPlane(start=(0, 25), end=(60, 25)),
    ],
    ids=lambda shape: shape.kind,
)
def test_every_kind_of_shape_can_be_kept(prepare, shape):
    keep = prepare(PICTURE, regions(keep=(shape,))).state().keep_u8
    np.testing.assert_array_equal(keep, shape.mask((60, 40)))
    assert 0 < np.count_nonzero(keep) < keep.size


def test_window_inside_the_kept_region_passes_untouched(prepare):
    prepared = prepare(PICTURE, regions(keep=(RIGHT_HALF,)))
    assert prepared.state(Rect(35, 5, 50, 30)).keep_u8 is None


@pytest.mark.parametrize(("outside", "level"), [("black", 0), ("grey", 128), ("white", 255)])
@pytest.mark.parametrize("colour", [False, True])
def test_outside_is_painted_and_still_ignored(prepare, outside, level, colour):
    picture = np.dstack([PICTURE] * 3) if colour else PICTURE
    state = prepare(picture, regions(keep=(RIGHT_HALF,), outside=outside)).state(colour=colour)
    assert (state.image_u8[:, :30] == level).all()
    np.testing.assert_array_equal(state.image_u8[:, 30:], picture[:, 30:])
    assert not state.keep_u8[:, :30].any()


@pytest.mark.parametrize("background_first", [True, False])
def test_foreground_is_nothing_outside_in_either_order(prepare, background_first):
    steps = [Background(BackgroundParams(frames=2)), regions(keep=(RIGHT_HALF,))]
    foreground = (
        prepare(PICTURE, *(steps if background_first else steps[::-1]), samples=[np.zeros_like(PICTURE)] * 2)
        .state()
        .foreground_u8
    )
    assert not foreground[:, :30].any()
    np.testing.assert_array_equal(foreground[:, 30:], PICTURE[:, 30:])


def test_two_steps_keep_what_both_keep(prepare):
    upper = HalfPlane(start=(0, 19), end=(60, 19))
    keep = prepare(PICTURE, regions(keep=(RIGHT_HALF,)), regions(keep=(upper,))).state().keep_u8
    assert np.count_nonzero(keep) == 30 * 20
    assert keep[0, 59] == 255


def test_bright_part_of_a_mask_picture_is_kept(prepare, tmp_path):
    painted = np.zeros((40, 60), np.uint8)
    painted[10:20, 20:50] = 200
    cv2.imwrite(str(tmp_path / "mask.png"), painted)
    keep = prepare(PICTURE, regions(mask_image="mask.png"), folder=tmp_path).state().keep_u8
    np.testing.assert_array_equal(keep > 0, painted > 0)


def test_mask_picture_of_another_size_is_refused_with_both_sizes(prepare, tmp_path):
    cv2.imwrite(str(tmp_path / "mask.png"), np.full((20, 30), 255, np.uint8))
    with pytest.raises(InputError, match=r"mask\.png: is 30 x 20 px, but the video is 60 x 40 px"):
        prepare(PICTURE, regions(mask_image=tmp_path / "mask.png"))


def test_missing_mask_picture_is_named(prepare, tmp_path):
    with pytest.raises(InputError, match=r"gone\.png: there is no such file"):
        prepare(PICTURE, regions(mask_image="gone.png"), folder=tmp_path)


def test_regions_that_leave_nothing_are_refused(prepare):
    with pytest.raises(SettingsError, match="nothing of the picture is kept"):
        prepare(PICTURE, regions(keep=(Circle(centre=(500, 500), radius=4),)))
