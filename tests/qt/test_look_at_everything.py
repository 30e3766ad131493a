"""Every panel, step, tool and dialog is looked at, and nothing is cut, nameless or out of reach.

What is there follows from the declarations, so what is new is looked at, too. The pictures:
``python resources/look_at_everything.py --out pictures``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.data_files import resources_folder
from tracker_gui.qt.panels.panel_info import all_panels
from tracker_gui.qt.panels.steps import step_kinds
from tracker_gui.qt.theme.appearance import Face, appearance, set_up_appearance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
sys.path.insert(0, str(resources_folder()))

import look_at_everything  # noqa: E402
import look_faults  # noqa: E402
from look_places import opens_something  # noqa: E402

sys.path.pop(0)


@pytest.fixture(autouse=True)
def usual_text(dressed: Any) -> Iterator[None]:
    yield
    set_up_appearance(dressed, Face.DARK)


@pytest.mark.parametrize(
    ("face", "size", "percent", "empty"),
    [(Face.DARK, (1024, 700), 100, True), (Face.CONTRAST_LIGHT, (1280, 800), 150, False)],
    ids=["small", "large text"],
)
def test_nothing_is_cut_nameless_or_out_of_reach(
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    face: Face,
    size: tuple[int, int],
    percent: int,
    empty: bool,
) -> None:
    window = open_window(face=face)
    appearance().set_text_percent(percent)
    window.resize(*size)
    looker = look_at_everything.Looker()

    def until(what: Callable[[], bool]) -> None:
        qtbot.waitUntil(what, timeout=PATIENCE_MS)

    look_at_everything.look(window, looker, tmp_path, until, empty=empty)
    assert sorted({str(fault) for fault in looker.faults}) == []
    seen = " ".join(looker.places)
    for panel in all_panels():
        assert panel.place not in ("right", "bottom") or f"panel {panel.name}, filled" in seen
    for kind in step_kinds():
        assert f"step {kind.title}, filled" in seen


def test_every_dialog_of_the_menus_is_one_that_is_looked_at(open_window: Callable[..., MainWindow]) -> None:
    names = {info.name for info, _ in open_window().all_actions() if opens_something(info)}
    assert {"gallery", "batch", "review", "devices", "layouts", "help", "palette", "shortcuts"} <= names


def kinds_in(qtbot: QtBot, widget: QWidget) -> set[str]:
    qtbot.addWidget(widget)
    widget.show()
    look_faults.settle()
    return {fault.kind for fault in look_faults.find_faults("here", widget)}


def page(*parts: QWidget) -> QWidget:
    made = QWidget()
    rows = QVBoxLayout(made)
    for part in parts:
        rows.addWidget(part)
    return made


def test_a_cut_label_is_found(qtbot: QtBot) -> None:
    label = QLabel("A sentence that needs far more room than it is given")
    label.setFixedWidth(60)
    assert kinds_in(qtbot, page(label)) == {"cut"}


def test_a_cut_button_is_found(qtbot: QtBot) -> None:
    button = QPushButton("Start all of the cameras")
    button.setFixedWidth(40)
    assert kinds_in(qtbot, page(button)) == {"cut"}


def test_wrapped_words_that_are_cut_from_below_are_found(qtbot: QtBot) -> None:
    label = QLabel("A sentence that takes three lines or more where it is narrow")
    label.setWordWrap(True)
    label.setFixedSize(90, 20)
    assert kinds_in(qtbot, page(label)) == {"cut"}


def test_a_button_of_an_icon_alone_needs_a_name_and_a_tip(qtbot: QtBot) -> None:
    button = QToolButton()
    button.setIcon(QApplication.style().standardIcon(QApplication.style().StandardPixmap.SP_DirIcon))
    assert kinds_in(qtbot, page(button)) >= {"nameless", "no tip"}


def test_a_control_out_of_the_way_of_tab_is_found(qtbot: QtBot) -> None:
    from PySide6.QtCore import Qt

    button = QPushButton("Start")
    button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert kinds_in(qtbot, page(button)) == {"no tab"}


def test_an_empty_list_needs_a_sentence(qtbot: QtBot) -> None:
    lonely, told = QListWidget(), QListWidget()
    for view in (lonely, told):
        view.setAccessibleName("Animals")
    assert kinds_in(qtbot, page(lonely)) == {"empty"}
    words = QLabel("No animal was seen yet: start tracking.", told)
    words.adjustSize()
    assert kinds_in(qtbot, page(told)) == set()


def test_widgets_beyond_their_parent_or_over_each_other_are_found(qtbot: QtBot) -> None:
    outside = QWidget()
    outside.resize(100, 40)
    QLabel("far", outside).setGeometry(90, 0, 60, 20)
    assert "outside" in kinds_in(qtbot, outside)
    crowd = QWidget()
    row = QHBoxLayout(crowd)
    for word in ("one one one", "two two two"):
        label = QLabel(word)
        row.addWidget(label)
    crowd.show()
    look_faults.settle()
    label.move(0, label.y())
    assert "over" in {fault.kind for fault in look_faults.find_faults("here", crowd)}
    crowd.close()
