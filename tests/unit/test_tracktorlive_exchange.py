"""TracktorLive's flat parameter file: it opens, does the same, and is written again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from tracker_gui.core.errors import OutputError
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.preset import Preset, choice, parse, to_document
from tracker_gui.core.types import Frame, SourceInfo
from tracker_gui.engine.pipeline import Pipeline
from tracker_gui.exchange.open_preset import open_preset
from tracker_gui.exchange.tracktorlive import KEYS, export, from_flat, looks_flat, to_flat

if TYPE_CHECKING:
    from pathlib import Path

FLAT: dict[str, float] = {
    "block_size": 81, "offset": 22, "min_area": 150, "max_area": 1500, "invert": 1, "fps": 25.0,
}  # fmt: skip
LIGHT = FLAT | {"invert": 0, "offset": -9}


def blobs_of_tracktorlive(gray_u8: np.ndarray, flat: dict[str, float]) -> set[tuple[float, float]]:
    """Return the centres that its published pipeline finds: mean blur, adaptive threshold, areas of all contours."""
    kind = cv2.THRESH_BINARY_INV if flat["invert"] else cv2.THRESH_BINARY
    blurred = cv2.blur(gray_u8, (5, 5))
    mask = cv2.adaptiveThreshold(
        blurred, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, int(flat["block_size"]), flat["offset"]
    )
    found, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    centres = set()
    for outline in found:
        if flat["min_area"] < cv2.contourArea(outline) < flat["max_area"]:
            m = cv2.moments(outline)
            centres.add((round(m["m10"] / m["m00"], 3), round(m["m01"] / m["m00"], 3)))
    return centres


@pytest.mark.parametrize("flat", [FLAT, LIGHT], ids=["dark animals", "light animals"])
def test_the_preset_finds_the_same_blobs(flat: dict[str, float]) -> None:
    ground, animal = (200, 60) if flat["invert"] else (60, 200)
    picture = np.full((240, 320), ground, np.uint8)
    for number in range(6):
        cv2.ellipse(picture, (40 + 48 * number, 60 + 25 * number), (18, 4 + number), 30 * number, 0, 360, animal, -1)
    picture = cv2.add(picture, np.random.default_rng(0).integers(0, 12, picture.shape, np.uint8))
    expected = blobs_of_tracktorlive(picture, flat)
    assert len(expected) >= 4
    preset, problems = from_flat(dict(flat), "p.json")
    assert not problems
    pipeline = Pipeline(preset, SourceInfo("test", (320, 240), 25.0, 1))
    found = pipeline.preview(Frame(0, 0.0, None, "test", 0, ArrayPicture(picture))).detections
    assert {(round(x, 3), round(y, 3)) for x, y in found.xy_px[~found.oversize].tolist()} == expected


@pytest.mark.parametrize("flat", [FLAT, LIGHT])
def test_what_was_opened_is_written_again(flat: dict[str, float]) -> None:
    preset, _ = from_flat(dict(flat), "p.json")
    assert to_flat(preset) == (flat, [])


def test_an_even_block_is_made_odd() -> None:
    preset, problems = from_flat(FLAT | {"block_size": 80}, "p.json")
    assert not problems
    assert to_flat(preset)[0]["block_size"] == 81


def test_any_other_truth_inverts_too() -> None:
    assert from_flat(FLAT | {"invert": 255}, "p.json")[0] == from_flat(dict(FLAT), "p.json")[0]
    assert from_flat(FLAT | {"invert": True}, "p.json")[0] == from_flat(dict(FLAT), "p.json")[0]


def test_missing_keys_have_tracktorlives_defaults() -> None:
    preset, problems = from_flat({"offset": 3}, "p.json")
    assert not problems
    assert to_flat(preset)[0] == {
        "block_size": 51, "offset": 3, "min_area": 500, "max_area": 5000, "invert": 1, "fps": 30.0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("offset", "7"), ("offset", None), ("min_area", -5), ("max_area", 1e300), ("fps", 0), ("fps", [30]),
        ("block_size", 5000),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_and_the_rest_kept(key: str, value: Any) -> None:
    preset, problems = from_flat(FLAT | {key: value}, "p.json")
    assert [problem.place for problem in problems] == [f"p.json: {key}"]
    after, _ = to_flat(preset)
    assert {k: v for k, v in after.items() if k != key} == {k: v for k, v in FLAT.items() if k != key}


def test_a_reversed_area_range_is_named_and_the_rest_kept() -> None:
    preset, problems = from_flat(FLAT | {"min_area": 2000}, "p.json")
    assert len(problems) == 1
    assert problems[0].place == "p.json: min_area and max_area"
    assert "the smallest area (2000 px²) must be below the largest (1500 px²)" in problems[0].problem
    assert to_flat(preset)[0]["block_size"] == 81


def test_an_unknown_key_is_named() -> None:
    _, problems = from_flat(FLAT | {"gain": 1}, "p.json")
    assert [str(problem) for problem in problems] == ["p.json: gain: TracktorLive has no such setting"]


@pytest.mark.parametrize(
    ("document", "flat"),
    [(FLAT, True), ({"offset": 1}, True), ({}, False), ([1], False), (to_document(Preset()), False)],
)
def test_flat_files_are_told_from_presets(document: Any, flat: bool) -> None:
    assert looks_flat(document) is flat


def test_an_imported_preset_can_be_saved_as_ours() -> None:
    preset, _ = from_flat(dict(FLAT), "p.json")
    assert parse(json.loads(json.dumps(to_document(preset))), "p.json") == (preset, [])


def test_the_exported_file_holds_the_six_keys_and_opens_again(tmp_path: Path) -> None:
    preset, _ = from_flat(dict(FLAT), "p.json")
    assert export(preset, tmp_path / "out.json") == []
    assert tuple(json.loads((tmp_path / "out.json").read_text())) == KEYS
    assert open_preset(tmp_path / "out.json") == (preset, [])


def test_the_rate_of_the_video_takes_the_place_of_the_presets() -> None:
    assert to_flat(from_flat(dict(FLAT), "p.json")[0], rate_hz=59.94)[0]["fps"] == 59.94


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"method": "global"}, "adaptive"),
        ({"open_px": 3}, "Remove specks"),
        ({"close_px": 3}, "Join parts"),
        ({"fill_holes": False}, "Fill holes"),
    ],
)
def test_what_tracktorlive_cannot_do_is_said(change: dict[str, Any], word: str) -> None:
    preset, _ = from_flat(dict(FLAT), "p.json")
    params = preset.detector.params.model_dump() | change
    _, lost = to_flat(replace(preset, detector=choice("detectors", "blobs", **params)))
    assert len(lost) == 1
    assert word in lost[0]


def test_other_image_steps_and_a_missing_blur_are_said() -> None:
    preset, _ = from_flat(dict(FLAT), "p.json")
    _, lost = to_flat(replace(preset, image=(choice("image", "invert"),)))
    assert [("blurs" in sentence, "invert" in sentence) for sentence in lost] == [(True, False), (False, True)]


def test_a_step_that_is_switched_off_is_not_lost() -> None:
    preset, _ = from_flat(dict(FLAT), "p.json")
    assert to_flat(replace(preset, image=(*preset.image, choice("image", "invert", enabled=False))))[1] == []


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        export(Preset(), tmp_path / "gone" / "out.json")


@pytest.mark.real_media
def test_published_files_open_without_a_problem(shared: Path) -> None:
    files = sorted((shared / "media" / "animals" / "params").glob("*.json"))
    assert files
    for path in files:
        _, problems = open_preset(path)
        assert not problems, path
