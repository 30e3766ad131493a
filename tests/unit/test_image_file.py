"""Image files as arrays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracker_gui.core.errors import InputError, OutputError
from tracker_gui.core.image_file import read_gray_u8, read_image_u8, write_png

GRAY = np.random.default_rng(0).integers(0, 256, (12, 20), np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (12, 20, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
@pytest.mark.parametrize("picture", [GRAY, COLOUR], ids=["gray", "colour"])
def test_lossless_formats_come_back_as_they_were(tmp_path, suffix, picture):
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(cv2.imencode(suffix, picture)[1].tobytes())
    np.testing.assert_array_equal(read_image_u8(path), picture)


def test_name_may_hold_any_letters(tmp_path):
    path = tmp_path / "Ameise Größe 蚂蚁 🐜.png"
    write_png(path, GRAY)
    np.testing.assert_array_equal(read_image_u8(path), GRAY)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_16_bit_is_scaled_over_the_whole_range_and_rounded(tmp_path, suffix):
    deep = np.array([[0, 128, 129, 257, 32768, 65535]], np.uint16)
    path = tmp_path / f"deep{suffix}"
    path.write_bytes(cv2.imencode(suffix, deep)[1].tobytes())
    assert read_image_u8(path).tolist() == [[0, 0, 1, 1, 128, 255]]


def test_white_level_of_a_12_bit_camera_is_white(tmp_path):
    path = tmp_path / "deep.png"
    path.write_bytes(cv2.imencode(".png", np.array([[0, 2048, 4095, 65535]], np.uint16))[1].tobytes())
    assert read_image_u8(path, white_level=4095).tolist() == [[0, 128, 255, 255]]


def test_transparency_is_dropped(tmp_path):
    path = tmp_path / "glass.png"
    path.write_bytes(cv2.imencode(".png", np.dstack([COLOUR, np.full((12, 20), 9, np.uint8)]))[1].tobytes())
    np.testing.assert_array_equal(read_image_u8(path), COLOUR)


def test_pixels_of_another_kind_are_refused(tmp_path):
    path = tmp_path / "float.tiff"
    path.write_bytes(cv2.imencode(".tiff", GRAY.astype(np.float32))[1].tobytes())
    with pytest.raises(InputError, match="has float32 pixels"):
        read_image_u8(path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "is empty"), (b"no picture at all", "is not a picture"), (None, "there is no such file")],
    ids=["empty", "text", "missing"],
)
def test_file_that_is_no_picture_is_named_with_its_fault(tmp_path, content, problem):
    path = tmp_path / "frame7.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=rf"frame7\.png: {problem}"):
        read_image_u8(path)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".bmp", ".webp"])
def test_picture_that_was_cut_off_is_refused(tmp_path, suffix):
    data = cv2.imencode(suffix, COLOUR.repeat(10, 0).repeat(10, 1))[1].tobytes()
    path = tmp_path / f"half{suffix}"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="is not a picture, or is cut off"):
        read_image_u8(path)


def test_folder_is_not_a_picture(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_image_u8(tmp_path)


def test_colour_is_read_as_gray_where_gray_is_wanted(tmp_path):
    write_png(tmp_path / "colour.png", COLOUR)
    expected = cv2.cvtColor(COLOUR, cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(read_gray_u8(tmp_path / "colour.png", (20, 12)), expected)


def test_failed_writing_leaves_the_old_picture_and_no_scrap(full_disk):
    path = full_disk / "background.png"
    write_png(path, GRAY)
    noise = np.random.default_rng(2).integers(0, 256, (3000, 3000), np.uint8)
    with pytest.raises(OutputError, match="cannot be written"):
        write_png(path, noise)
    np.testing.assert_array_equal(read_image_u8(path), GRAY)
    assert [p.name for p in full_disk.iterdir()] == ["background.png"]
