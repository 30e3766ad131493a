"""Where a video begins to show something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tracker_gui.core.errors import InputError
from tracker_gui.core.preset import choice
from tracker_gui.engine import first_content as module
from tracker_gui.engine.first_content import first_content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def black_until(first: int) -> Callable[[int], np.ndarray]:
    def picture(number: int) -> np.ndarray:
        scene = np.zeros((48, 96, 3), np.uint8)
        if number >= first:
            scene[:, 48:] = 120
        return scene

    return picture


def test_black_frames_are_passed_over(make_video: Callable[..., Path]) -> None:
    source = choice("sources", "video_file", path=make_video(frames=20, picture=black_until(6)))
    assert first_content(source) == 6


def test_a_video_that_shows_something_at_once_begins_at_its_first_frame(make_video: Callable[..., Path]) -> None:
    assert first_content(choice("sources", "video_file", path=make_video(frames=5))) == 0


def test_a_video_of_nothing_has_none(make_video: Callable[..., Path]) -> None:
    source = choice("sources", "video_file", path=make_video(frames=12, picture=black_until(99)))
    assert first_content(source) is None


def test_behind_what_is_read_through_some_frames_are_looked_at(
    make_video: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_THROUGH", 4)
    source = choice("sources", "video_file", path=make_video(frames=40, picture=black_until(10)))
    found = first_content(source)
    assert found is not None
    assert 10 <= found < 14


def test_a_search_that_is_given_up_finds_nothing(make_video: Callable[..., Path]) -> None:
    assert first_content(choice("sources", "video_file", path=make_video(frames=5)), lambda: True) is None


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        first_content(choice("sources", "video_file", path=tmp_path / "gone.mp4"))
