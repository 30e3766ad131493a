"""The program's own icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.qt.app import make_window
from tracker_gui.qt.theme.icons import program_icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


def test_it_is_there_in_the_sizes_of_a_desktop(qapp: QApplication) -> None:
    assert {16, 32, 48, 256} <= {size.width() for size in program_icon().availableSizes()}


def test_the_window_carries_it(qapp: QApplication, qtbot: QtBot) -> None:
    window = make_window(asks=False)
    qtbot.addWidget(window)
    assert window.windowIcon().pixmap(32).toImage() == program_icon().pixmap(32).toImage()
    window.close()
