"""Where an animal is likely to be."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from tracker_gui.analysis.likely_animal import likely_animal
from tracker_gui.core.preset import choice
from tracker_gui.core.stage import ImageState


def scene(**changes: Any) -> np.ndarray:
    """Return a grey ground with a dark animal about (140, 60), and a dark bar along one side."""
    picture = np.full((160, 240), 170, np.uint8)
    picture[:, :12] = 20
    cv2.ellipse(picture, (140, 60), (12, 5), 30, 0, 360, changes.get("grey", 60), -1)
    return cv2.GaussianBlur(picture, (3, 3), 0)


@pytest.mark.parametrize("grey", [60, 250])
def test_it_is_on_what_stands_out_and_not_on_the_border(grey: int) -> None:
    place = likely_animal(ImageState(scene(grey=grey), None, None))
    assert place is not None
    assert np.hypot(place[0] - 140, place[1] - 60) < 12


def test_it_is_inside_the_region_to_keep() -> None:
    picture = scene()
    cv2.circle(picture, (60, 120), 6, 0, -1)
    keep = np.zeros_like(picture)
    keep[:100, 80:] = 255
    place = likely_animal(ImageState(picture, keep, None))
    assert place is not None
    assert place[0] > 80


def test_an_empty_scene_has_none() -> None:
    assert likely_animal(ImageState(np.full((80, 120), 130, np.uint8), None, None)) is None


def test_of_simulated_animals_it_finds_one() -> None:
    source = choice("sources", "simulated", animals=4, duration_s=1.0, seed=7).make()
    source.open()
    frame = source.read()
    assert frame is not None
    place = likely_animal(ImageState(frame.luma_u8, None, None))
    truth = source.truth(0).xy_px  # type: ignore[attr-defined]
    source.close()
    assert place is not None
    assert np.hypot(*(truth - np.array(place)).T).min() < 12
