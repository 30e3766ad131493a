"""The tour of the window: what it points at, when it comes by itself, and that it is never in the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt

from tracker_gui.qt import settings
from tracker_gui.qt.tour.first_tour import offer_tour
from tracker_gui.qt.tour.stops import STOPS
from tracker_gui.qt.tour.tour import Tour, beside, tour_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tour(shown_window: MainWindow) -> Tour:
    shown_window.action("tour").trigger()
    return tour_of(shown_window)


def test_it_points_at_every_place_one_after_the_other(tour: Tour, shown_window: MainWindow, qtbot: QtBot) -> None:
    for stop in STOPS:
        assert tour.stop is stop
        place = stop.place(shown_window)

        def pointed_at(place=place) -> bool:  # type: ignore[no-untyped-def]
            around = QRect(place.mapTo(shown_window, QPoint(0, 0)), place.size())
            return tour.ring.isVisible() and tour.ring.geometry().contains(around.center())

        qtbot.waitUntil(pointed_at, timeout=PATIENCE_MS)
        assert shown_window.rect().contains(tour.geometry())
        qtbot.mouseClick(tour.next, LEFT)
    assert not tour.is_on
    assert not tour.ring.isVisible()


def test_a_closed_panel_is_shown_for_its_stop_and_closed_again(tour: Tour, shown_window: MainWindow) -> None:
    plots = shown_window.docks.docks["plots"]
    while tour.stop.panel != "plots":
        assert plots.isHidden()
        tour.next.click()
    assert plots.isVisible()
    tour.next.click()
    assert plots.isHidden()


def test_what_is_hidden_has_no_stop(shown_window: MainWindow) -> None:
    shown_window.action("show_mask").trigger()
    shown_window.action("tour").trigger()
    tour, titles = tour_of(shown_window), []
    while tour.is_on:
        titles.append(tour.stop.title)
        tour.next.click()
    assert "The picture" not in titles
    assert "The tools" not in titles
    assert "The steps" in titles


def test_esc_ends_it_and_the_picture_has_the_keys_again(tour: Tour, shown_window: MainWindow, qtbot: QtBot) -> None:
    assert shown_window.focusWidget() is tour.next
    qtbot.keyClick(tour.next, Qt.Key.Key_Return)
    assert tour.stop is STOPS[1]
    qtbot.keyClick(tour.next, Qt.Key.Key_Escape)
    assert not tour.is_on
    assert shown_window.focusWidget() is shown_window.picture.frame_pane


def test_work_goes_on_beneath_it(tour: Tour, shown_window: MainWindow, qtbot: QtBot) -> None:
    head = shown_window.steps.section("Track").head
    qtbot.mouseClick(head, LEFT)
    assert shown_window.steps.section("Track").is_open
    shown_window.session.use_animals(2)
    assert shown_window.document.preset.tracker.params.animals == 2  # type: ignore[attr-defined]
    assert tour.is_on


def test_it_comes_by_itself_with_the_first_picture_and_only_once(
    open_window: Callable[..., MainWindow], preset_file: Path, qtbot: QtBot
) -> None:
    window = open_window()
    offer_tour(window)
    assert window.findChild(Tour) is None
    window.session.open_preset(preset_file)
    qtbot.waitUntil(lambda: window.findChild(Tour) is not None, timeout=PATIENCE_MS)
    tour = tour_of(window)
    assert tour.is_on
    assert not tour.isAncestorOf(window.focusWidget())
    window.close()
    assert json.loads(settings.settings_file().read_text(encoding="utf-8"))["tour_seen"] is True
    again = open_window(preset_file)
    offer_tour(again)
    qtbot.waitUntil(lambda: again.session.newest is not None, timeout=PATIENCE_MS)
    assert again.findChild(Tour) is None


def test_it_waits_until_a_guided_set_up_is_left(
    open_window: Callable[..., MainWindow], preset_file: Path, qtbot: QtBot
) -> None:
    window = open_window()
    offer_tour(window)
    window.action("set_up").trigger()
    window.session.open_preset(preset_file)
    qtbot.waitUntil(lambda: window.session.newest is not None, timeout=PATIENCE_MS)
    assert window.findChild(Tour) is None
    from tracker_gui.qt.wizard.wizard import wizard_of

    wizard_of(window).leave()
    window.session.view.refresh()
    qtbot.waitUntil(lambda: window.findChild(Tour) is not None, timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    "around",
    [QRect(0, 90, 320, 600), QRect(940, 90, 330, 600), QRect(0, 30, 1280, 60), QRect(0, 770, 1280, 30)],
    ids=["left", "right", "top", "bottom"],
)
def test_the_bubble_leaves_what_it_points_at_to_be_seen(around: QRect) -> None:
    whole = QRect(0, 0, 1280, 800)
    bubble = QRect(beside(around, 340, 160, whole), QPoint(0, 0))
    bubble.setSize(QRect(0, 0, 340, 160).size())
    assert whole.contains(bubble)
    assert not bubble.intersects(around)
