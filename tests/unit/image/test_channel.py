import numpy as np
import pytest

from tracker_gui.stages.image.channel import Channel, ChannelParams

BLUE, GREEN, RED, GRAY, WHITE, BLACK, YELLOW = range(7)


@pytest.fixture
def palette_u8() -> np.ndarray:
    """(1, 7, 3) BGR: blue, green, red, gray, white, black, yellow."""
    return np.array(
        [[[255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128], [255] * 3, [0] * 3, [0, 255, 255]]], np.uint8
    )


def of(channel: str, **more: int) -> Channel:
    return Channel(ChannelParams(channel=channel, **more))


@pytest.mark.parametrize(("channel", "plane"), [("blue", 0), ("green", 1), ("red", 2)])
def test_primary_channel_is_its_plane(prepare, palette_u8, channel, plane):
    np.testing.assert_array_equal(prepare(palette_u8, of(channel)).luma_u8(), palette_u8[:, :, plane])


def test_saturation_is_full_for_pure_colours_and_nothing_for_grays(prepare, palette_u8):
    row = prepare(palette_u8, of("saturation")).luma_u8()[0]
    assert row.tolist() == [255, 255, 255, 0, 0, 0, 255]


def test_value_is_the_largest_of_the_three(prepare, palette_u8):
    np.testing.assert_array_equal(prepare(palette_u8, of("value")).luma_u8(), palette_u8.max(axis=2))


def test_hue_goes_round_the_whole_byte(prepare, palette_u8):
    row = prepare(palette_u8, of("hue")).luma_u8()[0].astype(int)
    assert row[RED] == 0
    assert row[GREEN] == pytest.approx(256 / 3, abs=1)
    assert row[BLUE] == pytest.approx(512 / 3, abs=1)


def test_lightness_orders_black_gray_white(prepare, palette_u8):
    row = prepare(palette_u8, of("lightness")).luma_u8()[0]
    assert row[BLACK] == 0 < row[GRAY] < row[WHITE] == 255


def test_lab_axes_separate_green_from_red_and_blue_from_yellow(prepare, palette_u8):
    green_red = prepare(palette_u8, of("green_red")).luma_u8()[0]
    blue_yellow = prepare(palette_u8, of("blue_yellow")).luma_u8()[0]
    assert green_red[GREEN] < green_red[GRAY] == 128 < green_red[RED]
    assert blue_yellow[BLUE] < blue_yellow[GRAY] == 128 < blue_yellow[YELLOW]


def test_closeness_falls_from_white_at_the_colour_to_black_at_the_tolerance(prepare):
    off_by = np.array([0, 10, 20, 30, 40, 50])
    row = np.zeros((1, len(off_by), 3), np.uint8)
    row[0, :, :] = (60, 120, 200)
    row[0, :, 1] += off_by.astype(np.uint8)
    closeness = prepare(row, of("closeness", blue=60, green=120, red=200, tolerance=40)).luma_u8()[0]
    assert closeness.tolist() == [255, 191, 128, 64, 0, 0]


def test_closeness_is_decided_by_the_channel_that_is_farthest_off(prepare):
    picture = np.array([[[10, 20, 30]]], np.uint8)
    closeness = prepare(picture, of("closeness", blue=10, green=15, red=50, tolerance=40)).luma_u8()
    assert closeness.tolist() == [[128]]


def test_gray_asks_for_no_colour_and_every_other_channel_does():
    channels = ChannelParams.model_json_schema()["properties"]["channel"]["enum"]
    assert [c for c in channels if not of(c).needs_colour] == ["gray"]


def test_second_channel_takes_the_first_one_s_gray_for_a_colourless_picture(prepare, palette_u8):
    red = prepare(palette_u8, of("red")).luma_u8()
    np.testing.assert_array_equal(prepare(palette_u8, of("red"), of("green")).luma_u8(), red)
    assert not prepare(palette_u8, of("red"), of("saturation")).luma_u8().any()


def test_gray_source_has_no_saturation(prepare, ramp_u8):
    assert not prepare(ramp_u8, of("saturation")).luma_u8().any()
