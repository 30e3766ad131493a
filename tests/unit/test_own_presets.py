"""The user's own folder of presets."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from tracker_gui.core.data_files import own_presets_folder
from tracker_gui.core.errors import OutputError
from tracker_gui.core.preset import Preset, choice
from tracker_gui.exchange.gallery import (
    GalleryEntry,
    UnreadableEntry,
    gallery,
    in_short,
    named_preset,
    own_presets,
)
from tracker_gui.exchange.own_presets import own_preset_path, save_own

if TYPE_CHECKING:
    from pathlib import Path

MINE = Preset(name="Beetles, night", about="In the dark.", source=choice("sources", "simulated"))


def test_there_are_none_at_first() -> None:
    assert own_presets() == []


def test_what_was_saved_is_offered_with_its_picture() -> None:
    path = save_own(MINE, np.full((1080, 1920, 4), 90, np.uint8))
    assert path == own_presets_folder() / "beetles_night.json"
    (entry,) = own_presets()
    assert isinstance(entry, GalleryEntry)
    assert (entry.preset, entry.is_own, entry.problems) == (MINE, True, ())
    assert cv2.imread(str(entry.thumbnail)).shape == (180, 320, 3)


def test_one_without_a_picture_is_offered_too() -> None:
    save_own(MINE, None)
    (entry,) = own_presets()
    assert isinstance(entry, GalleryEntry)
    assert not entry.thumbnail.exists()


def test_it_is_found_by_its_name_where_a_preset_is_typed() -> None:
    save_own(MINE, None)
    assert named_preset("beetles_night") == (MINE, [])


def test_a_damaged_file_is_listed_with_what_is_wrong() -> None:
    save_own(MINE, None)
    (own_presets_folder() / "broken.json").write_text('{"format": "tracker-gui pre', encoding="utf-8")
    whole, broken = own_presets()
    assert isinstance(whole, GalleryEntry)
    assert isinstance(broken, UnreadableEntry)
    assert "broken.json: line 1" in broken.problem


def test_a_setting_that_cannot_be_used_is_told_and_the_rest_is_offered() -> None:
    path = save_own(MINE, None)
    path.write_text(path.read_text(encoding="utf-8").replace('"animals": 5', '"animals": "many"'), encoding="utf-8")
    (entry,) = own_presets()
    assert isinstance(entry, GalleryEntry)
    assert ["animals" in str(problem) for problem in entry.problems] == [True]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Käfer 3 / Nacht!", "käfer_3_nacht.json"),
        ("../../etc", "etc.json"),
        ("Con", "con_preset.json"),
        ("?", "preset.json"),
    ],
)
def test_a_name_becomes_a_file_in_the_folder_on_every_system(name: str, file: str) -> None:
    assert own_preset_path(name) == own_presets_folder() / file


def test_a_folder_that_cannot_be_made_is_an_error_with_a_way_out(own_home: Path) -> None:
    (own_home / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be made"):
        save_own(MINE, None)


def test_a_card_says_how_many_animals_and_from_where() -> None:
    words = {entry.name: in_short(entry.preset) for entry in gallery()}
    assert words["dish_5_animals"] == "5 animals · Simulated arena"
    assert words["plate_24_wells"] == "24 animals · Simulated arena"
    assert words["ant_in_a_dish"] == "1 animal · any source"
    video = choice("sources", "video_file", path=os.path.join(os.sep, "videos", "monday.mp4"))
    assert in_short(replace(MINE, source=video)) == "1 animal · Video file: monday.mp4"
