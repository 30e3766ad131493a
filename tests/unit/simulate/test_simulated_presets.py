"""The simulated scenes of the gallery: whole, with a picture, and tracked as they promise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.preset import parse, read_json
from tracker_gui.engine.pipeline import opened_pipeline
from tracker_gui.simulate.scene import ArenaScene
from tracker_gui.simulate.thumbnails import LIKENESSES, likeness_thumbnail, write_thumbnails

NAMES = ["box_shelters", "dish_10_animals", "dish_20_animals", "dish_5_animals", "plate_24_wells", "shadow_1_animal"]


def read(name):
    path = presets_folder() / f"{name}.json"
    preset, problems = parse(read_json(path), path.name, path.parent)
    assert problems == []
    return preset


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_region_is_the_inside_of_the_walls(name):
    preset = read(name)
    assert isinstance(preset.source.params, ArenaScene)
    size_px = preset.source.params.size_px
    kept, walls = (
        np.maximum.reduce([shape.mask(size_px) for shape in shapes])
        for shapes in (preset.image[0].params.keep, preset.source.params.walls())
    )
    np.testing.assert_array_equal(kept, walls)


@pytest.mark.parametrize("name", NAMES)
def test_the_tracker_expects_as_many_animals_as_there_are(name):
    preset = read(name)
    tracker = preset.tracker.params
    assert tracker.animals * max(1, len(tracker.arenas)) == preset.source.params.animals


@pytest.mark.parametrize("name", NAMES)
def test_every_animal_in_sight_is_measured_where_it_is(name):
    preset = read(name)
    source = preset.source.make()
    info = source.open()
    with opened_pipeline(preset, source, info) as pipeline:
        for index in range(45):
            tracks = pipeline.step(source.read()).tracks
            truth = source.truth(index)
            in_sight = truth.xy_px[truth.visible_01 > 0.9]
            if index >= 15:
                measured = tracks.xy_px[tracks.measured]
                gap_px = np.hypot(*(in_sight[:, None] - measured[None]).transpose(2, 0, 1))
                assert gap_px.min(axis=1).max() < 10  # merged ones are less sure
    source.close()


@pytest.mark.parametrize("name", [*NAMES, *LIKENESSES])
def test_it_has_a_small_picture(name):
    path = presets_folder() / f"{name}.png"
    assert path.stat().st_size < 30_000
    assert cv2.imread(str(path), cv2.IMREAD_GRAYSCALE).shape[1] == 320


def test_every_preset_of_the_gallery_has_a_picture():
    presets, pictures = ({path.stem for path in presets_folder().glob(kind)} for kind in ("*.json", "*.png"))
    assert presets == pictures


def test_a_likeness_has_a_dark_wall_around_a_light_floor_with_one_animal():
    picture = likeness_thumbnail(LIKENESSES["mouse_open_field"])
    assert (picture[120, 25], picture[120, 300]) == (48, 48)  # left and right of the floor
    floor = picture[50:190, 90:230]
    assert np.median(floor) > 180
    assert cv2.connectedComponents((floor < 100).astype(np.uint8))[0] == 2  # the floor and one animal


def test_pictures_are_made_only_of_presets_with_a_scene_of_ours(tmp_path):
    for name in ("dish_5_animals", "mouse_open_field"):
        text = (presets_folder() / f"{name}.json").read_text(encoding="utf-8")
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    (tmp_path / "other.json").write_text(text, encoding="utf-8")
    (tmp_path / "flat.json").write_text('{"block_size": 51}', encoding="utf-8")
    assert write_thumbnails(tmp_path) == [tmp_path / "dish_5_animals.png", tmp_path / "mouse_open_field.png"]
