"""The bar of tools where the room is low."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tracker_gui.qt.editors.tool_bar import DrawBar

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow


@pytest.mark.parametrize(("height_px", "columns"), [(600, 1), (260, 2), (180, 3)])
def test_no_tool_covers_another_or_is_cut(height_px: int, columns: int, shown_window: MainWindow, qtbot: QtBot) -> None:
    bar = shown_window.findChild(DrawBar)
    assert bar is not None
    bar.setParent(None)
    qtbot.addWidget(bar)
    bar.resize(bar.width(), height_px)
    bar.show()
    qtbot.waitUntil(lambda: len({button.x() for button in bar.buttons.values()}) == columns)
    places = [button.geometry() for button in bar.buttons.values()]
    assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))
    assert all(bar.rect().contains(place) for place in places)
