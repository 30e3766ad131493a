"""Texts that must not take more than their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics

from tracker_gui.qt.views.clipped_label import clipped

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

LONG = 3 * "Four simulated animals that disappear under opaque shelters and come out again somewhere else. "


@pytest.mark.parametrize("lines", [1, 2, 3])
@pytest.mark.parametrize("width_px", [60, 150, 300])
def test_no_line_is_wider_than_the_label_and_there_are_no_more(
    dressed: QApplication, lines: int, width_px: int
) -> None:
    font = QFont()
    shown = clipped(LONG, font, width_px, lines, Qt.TextElideMode.ElideRight).split("\n")
    assert len(shown) <= lines
    assert max(QFontMetrics(font).horizontalAdvance(line) for line in shown) <= width_px
    assert shown[-1].endswith("\u2026")


def test_a_text_that_fits_stays_whole_with_its_own_lines(dressed: QApplication) -> None:
    assert clipped("5 animals\nany source", QFont(), 400, 2, Qt.TextElideMode.ElideRight) == "5 animals\nany source"
