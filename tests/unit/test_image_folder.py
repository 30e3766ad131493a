"""A folder of images as a source."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_gui.core.errors import InputError
from tracker_gui.stages.sources.image_folder import ImageFolder, ImageFolderParams, _natural

if TYPE_CHECKING:
    from pathlib import Path


def fill(folder: Path, names: list[str], size_px: tuple[int, int] = (30, 20)) -> Path:
    """Write one image per name; all its pixels have the number of the name as their level."""
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        picture = np.full((size_px[1], size_px[0]), number, np.uint8)
        (folder / name).write_bytes(cv2.imencode(f".{name.rsplit('.', 1)[1]}", picture)[1].tobytes())
    return folder


def opened(folder: Path, **settings: float) -> ImageFolder:
    source = ImageFolder(ImageFolderParams(path=folder, **settings))
    source.open()
    return source


def read_all(source: ImageFolder) -> list:
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def test_images_come_in_the_order_of_their_numbers(tmp_path):
    names = ["frame1.png", "frame2.png", "frame9.png", "frame10.png", "frame011.png", "frame100.png"]
    frames = read_all(opened(fill(tmp_path / "f", names)))
    assert [int(frame.luma_u8[0, 0]) for frame in frames] == [0, 1, 2, 3, 4, 5]
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4, 5]


@given(st.lists(st.integers(0, 10_000), unique=True, min_size=2), st.sampled_from(["", "0", "a 2 b "]))
def test_natural_order_is_that_of_the_numbers(numbers, prefix):
    from pathlib import Path

    names = sorted((Path(f"{prefix}{number}.png") for number in numbers), key=_natural)
    assert names == [Path(f"{prefix}{number}.png") for number in sorted(numbers)]


def test_every_known_format_is_read(tmp_path):
    names = ["1.png", "2.jpg", "3.jpeg", "4.tif", "5.tiff", "6.bmp", "7.webp", "8.PNG"]
    assert len(read_all(opened(fill(tmp_path / "f", names)))) == 8


def test_other_files_hidden_files_and_folders_are_passed_over(tmp_path):
    folder = fill(tmp_path / "f", ["1.png", "._1.png", "2.png"])
    (folder / "notes.txt").write_text("day 3")
    (folder / "old.png").mkdir()
    assert opened(folder).count() == 2


def test_info_says_size_rate_and_count(tmp_path):
    info = ImageFolder(ImageFolderParams(path=fill(tmp_path / "trial 7", ["1.png", "2.png"]), rate_hz=12.5)).open()
    assert (info.name, info.size_px, info.rate_hz, info.frame_count) == ("trial 7", (30, 20), 12.5, 2)
    assert info.can_seek
    assert not info.is_live


def test_time_stamps_follow_the_rate(tmp_path):
    frames = read_all(opened(fill(tmp_path / "f", ["1.png", "2.png", "3.png"]), rate_hz=4))
    assert [frame.t_capture_s for frame in frames] == [0.0, 0.25, 0.5]
    assert frames[0].t_wall_s is None


@pytest.mark.parametrize("index", [0, 2, 4])
def test_seek_makes_that_frame_the_next(tmp_path, index):
    source = opened(fill(tmp_path / "f", [f"{n}.png" for n in range(5)]))
    source.read()
    source.seek(index)
    frame = source.read()
    assert (frame.index, int(frame.luma_u8[0, 0]), frame.lost_before) == (index, index, 0)


@pytest.mark.parametrize("index", [-1, 5])
def test_seek_outside_the_folder_is_refused(tmp_path, index):
    with pytest.raises(IndexError, match=r"outside 0\.\.4"):
        opened(fill(tmp_path / "f", [f"{n}.png" for n in range(5)])).seek(index)


def test_colour_stays_colour(tmp_path):
    colour = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    (tmp_path / "1.png").write_bytes(cv2.imencode(".png", colour)[1].tobytes())
    frame = opened(tmp_path).read()
    np.testing.assert_array_equal(frame.bgr_u8, colour)
    np.testing.assert_array_equal(frame.luma_u8, cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY))


def test_white_level_makes_12_bit_images_bright(tmp_path):
    (tmp_path / "1.png").write_bytes(cv2.imencode(".png", np.full((4, 4), 4095, np.uint16))[1].tobytes())
    assert opened(tmp_path).read().luma_u8[0, 0] == 16
    assert opened(tmp_path, white_level=4095).read().luma_u8[0, 0] == 255


def test_broken_image_is_named_and_counted_as_lost_before_the_next(tmp_path, caplog):
    folder = fill(tmp_path / "f", [f"frame{n}.png" for n in range(5)])
    (folder / "frame2.png").write_bytes(b"scrambled")
    (folder / "frame3.png").write_bytes((folder / "frame3.png").read_bytes()[:40])
    source = opened(folder)
    with caplog.at_level(logging.WARNING):
        frames = read_all(source)
    assert [(frame.index, frame.lost_before) for frame in frames] == [(0, 0), (1, 0), (4, 2)]
    assert [path.name for path in source.broken] == ["frame2.png", "frame3.png"]
    assert "frame2.png" in caplog.text


def test_broken_first_image_leaves_the_size_to_the_next(tmp_path):
    folder = fill(tmp_path / "f", ["1.png", "2.png"])
    (folder / "1.png").write_bytes(b"")
    source = ImageFolder(ImageFolderParams(path=folder))
    assert source.open().size_px == (30, 20)
    assert [(frame.index, frame.lost_before) for frame in read_all(source)] == [(1, 1)]


def test_image_deleted_while_reading_is_lost_not_a_crash(tmp_path):
    folder = fill(tmp_path / "f", ["1.png", "2.png", "3.png"])
    source = opened(folder)
    (folder / "2.png").unlink()
    assert [(frame.index, frame.lost_before) for frame in read_all(source)] == [(0, 0), (2, 1)]


def test_image_of_another_size_is_refused_with_both_names_and_sizes(tmp_path):
    folder = fill(tmp_path / "f", ["1.png"])
    fill(folder, ["2.png"], size_px=(31, 20))
    source = opened(folder)
    source.read()
    with pytest.raises(InputError, match=r"2\.png: is 31 x 20 px, but 1\.png is 30 x 20 px"):
        source.read()


def test_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone: there is no such folder"):
        opened(tmp_path / "gone")


def test_file_instead_of_a_folder_is_refused(tmp_path):
    fill(tmp_path, ["1.png"])
    with pytest.raises(InputError, match="is a file, not a folder"):
        opened(tmp_path / "1.png")


def test_folder_without_images_is_refused_with_the_known_formats(tmp_path):
    (tmp_path / "notes.txt").write_text("day 3")
    with pytest.raises(InputError, match=r"holds no images\. Known are .*\.png"):
        opened(tmp_path)


def test_folder_in_which_no_image_can_be_read_names_the_first(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(b"scrambled")
    with pytest.raises(InputError, match=r"0\.png: cannot be read, nor can any of the 3"):
        opened(tmp_path)


def test_no_folder_chosen_says_so():
    with pytest.raises(InputError, match="no folder of images is chosen"):
        ImageFolder().open()


def test_names_may_hold_any_letters(tmp_path):
    assert opened(fill(tmp_path / "Käfig 笼", ["Größe 1.png", "蚂蚁 2.png"])).count() == 2
