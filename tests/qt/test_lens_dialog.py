"""The search for a checkerboard, from the button of the image step to the figures in the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from tracker_gui.analysis.lens_calibration import LensFit
from tracker_gui.core.preset import choice
from tracker_gui.qt.editors.lens_dialog import LensDialog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000


@pytest.fixture
def dialog(shown_window: MainWindow) -> LensDialog:
    document = shown_window.document
    document.change(replace(document.preset, image=(choice("image", "undistort"),)), "lens")
    card = shown_window.steps.section("Image").step.cards[0]  # type: ignore[attr-defined]
    shown_window.steps.open_step("Image")
    card.estimate.click()
    opened = shown_window.findChild(LensDialog)
    assert isinstance(opened, LensDialog)
    return opened


def test_a_video_without_a_board_says_so(dialog: LensDialog, qtbot: QtBot) -> None:
    dialog.frames.setValue(5)
    dialog.search.click()
    assert not dialog.search.isVisible()
    qtbot.waitUntil(lambda: dialog.run is None, timeout=PATIENCE_MS)
    assert "found in 0 different views" in dialog.words.text()
    assert not dialog.use.isVisible()


def test_what_was_found_goes_into_the_step_as_one_undo_step(dialog: LensDialog, shown_window: MainWindow) -> None:
    before = shown_window.document.preset
    dialog.fit = LensFit(500, 510, 99, 74, -0.2, 0.05, 0.001, 0, 0, 12, 0.3, 0.8)
    dialog._show()
    dialog.use.click()
    params: Any = shown_window.document.preset.image[0].params
    assert (params.fx, params.cx, params.k1) == (500, 99, -0.2)
    shown_window.action("undo").trigger()
    assert shown_window.document.preset == before


def test_closing_the_dialog_ends_the_search(dialog: LensDialog, qtbot: QtBot, tmp_path: Path) -> None:
    luck = np.random.default_rng(1)
    for number in range(40):
        cv2.imwrite(str(tmp_path / f"{number:03d}.png"), luck.integers(0, 255, (600, 800), np.uint8))
    dialog._source = choice("sources", "image_folder", path=tmp_path)
    dialog.search.click()
    run = dialog.run
    assert run is not None
    dialog.close()
    assert run.wait(0), "the thread goes on"
