"""The histogram of blob areas in the step Detect, whose range is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.forms.area_range import AreaRange
    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def areas(shown_window: MainWindow, qtbot: QtBot) -> AreaRange:
    """Return the histogram of a window that shows three animals."""
    step: Any = shown_window.steps.section("Detect").step
    shown_window.steps.open_step("Detect")
    qtbot.waitUntil(step.areas.isVisible, timeout=PATIENCE_MS)
    return step.areas


def send(areas: AreaRange, kind: QEvent.Type, x: float, buttons: Any) -> None:
    place = QPointF(x, 20)
    event = QMouseEvent(
        kind, place, areas.mapToGlobal(place), LEFT if kind != QEvent.Type.MouseMove else NONE, buttons,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(areas, event)


def drag(areas: AreaRange, *areas_px2: float) -> None:
    places = [areas.place_of(area).x() for area in areas_px2]
    send(areas, QEvent.Type.MouseButtonPress, places[0], LEFT)
    for x in places[1:]:
        send(areas, QEvent.Type.MouseMove, x, LEFT)
    send(areas, QEvent.Type.MouseButtonRelease, places[-1], NONE)


def limits(window: MainWindow) -> tuple[float, float]:
    params = window.document.preset.detector.params
    return params.min_area_px2, params.max_area_px2


def test_each_drag_sets_one_limit_as_one_step(shown_window: MainWindow, areas: AreaRange) -> None:
    document = shown_window.document
    assert limits(shown_window) == (15, 400)
    drag(areas, 15, 18, 22, 25)
    assert limits(shown_window) == pytest.approx((25, 400), rel=0.1)
    assert document.undo_stack.index() == 1
    drag(areas, 400, 300, 200)
    assert limits(shown_window)[1] == pytest.approx(200, rel=0.1)
    assert document.undo_stack.index() == 2
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert limits(shown_window) == (15, 400)


def test_the_ends_never_cross(shown_window: MainWindow, areas: AreaRange) -> None:
    drag(areas, 15, 100, 800)
    low, high = limits(shown_window)
    assert low < high == 400
    drag(areas, 400, 100, 1)
    low, high = limits(shown_window)
    assert low < high


def test_the_keys_move_either_end(shown_window: MainWindow, areas: AreaRange, qtbot: QtBot) -> None:
    areas.setFocus()
    qtbot.keyClick(areas, Qt.Key.Key_Right)
    assert limits(shown_window) == (16, 400)
    qtbot.keyClick(areas, Qt.Key.Key_Left)
    assert limits(shown_window) == (15, 400)
    qtbot.keyClick(areas, Qt.Key.Key_Up)
    qtbot.keyClick(areas, Qt.Key.Key_Left)
    assert limits(shown_window) == (15, 380)


def test_the_blobs_of_the_shown_and_of_earlier_frames_are_counted(
    shown_window: MainWindow, areas: AreaRange, wait_for_index: Callable[..., None]
) -> None:
    for index in (1, 2, 3):
        shown_window.action("forward").trigger()
        wait_for_index(shown_window, index)
    now, before = areas._tally.counts(3)
    assert now.sum() >= 3
    assert before.sum() >= 3
    assert areas._tally.frames >= 2
    assert not areas.grab().isNull()


def test_other_limits_keep_the_earlier_frames_and_another_threshold_forgets_them(
    shown_window: MainWindow, areas: AreaRange, wait_for_index: Callable[..., None]
) -> None:
    shown_window.action("forward").trigger()
    wait_for_index(shown_window, 1)
    shown_window.action("forward").trigger()
    wait_for_index(shown_window, 2)
    held = areas._tally.frames
    assert held >= 1
    drag(areas, 15, 25)
    assert areas._tally.frames == held
    document = shown_window.document
    chosen = document.preset.detector
    params = chosen.params.model_copy(update={"offset": 30.0})
    document.change_stage("detector", type(chosen)("detectors", "blobs", params), "change Contrast")
    assert areas._tally.frames == 0
