"""What is dragged over the window and dropped on it, and what was opened before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from tracker_gui.qt.batch.batch_window import BatchWindow
from tracker_gui.qt.drop_target import drop_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

    Wait = Callable[[MainWindow, int], None]

PATIENCE_MS = 20_000
COPY, LEFT, NO_KEY = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag(window: MainWindow, *paths: Path) -> None:
    data = mime(*paths)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(30, 300), COPY, data, LEFT, NO_KEY))


def drop(window: MainWindow, *paths: Path) -> None:
    drag(window, *paths)
    data = mime(*paths)
    QApplication.sendEvent(window, QDropEvent(QPointF(30, 300), COPY, data, LEFT, NO_KEY))


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["a.json"], "preset"), (["a.mp4"], "source"), (["folder"], "source"), (["A.CSV"], "trials"),
        (["a.mp4", "b.avi"], "batch"), (["a.pdf"], "refused"), (["a.mp4", "b.json"], "refused"),
    ],
)  # fmt: skip
def test_files_are_told_by_their_names(names: list[str], kind: str) -> None:
    assert drop_of([Path(name) for name in names]).kind == kind


def test_while_tracking_nothing_else_is_opened_but_trials_are_read() -> None:
    assert drop_of([Path("a.mp4")], is_tracking=True).kind == "refused"
    assert drop_of([Path("a.csv")], is_tracking=True).kind == "trials"


def test_a_hint_says_what_becomes_of_what_is_dragged(open_window: Callable[..., MainWindow], preset_file: Path) -> None:
    window = open_window()
    hint = window.drops.hint
    drag(window, preset_file)
    assert hint.isVisible()
    assert hint.words.text() == "Open the preset “small-dish.json”"
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not hint.isVisible()
    drag(window, preset_file.with_suffix(".pdf"))
    assert "cannot be opened here" in hint.words.text()


def test_a_preset_that_is_dropped_is_opened(
    open_window: Callable[..., MainWindow], preset_file: Path, wait_for_index: Wait
) -> None:
    window = open_window()
    drop(window, preset_file)
    assert not window.drops.hint.isVisible()
    wait_for_index(window, 0)
    assert window.document.path == preset_file


def test_a_video_that_is_dropped_is_opened(
    open_window: Callable[..., MainWindow], make_video: Callable[..., Path], wait_for_index: Wait
) -> None:
    window = open_window()
    drop(window, make_video("clip.mp4", 20))
    wait_for_index(window, 0)


def test_what_is_refused_changes_nothing(open_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    window = open_window()
    before = window.document.whole
    drop(window, tmp_path / "notes.txt")
    assert window.document.whole == before


def test_several_videos_go_into_the_batch(
    open_window: Callable[..., MainWindow], make_video: Callable[..., Path]
) -> None:
    window = open_window()
    drop(window, make_video("a.mp4", 5), make_video("b.mp4", 5))
    (batch,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, BatchWindow)]
    assert [Path(row.path).name for row in batch.model.rows] == ["a.mp4", "b.mp4"]
    batch.close()


def test_a_table_becomes_the_list_of_trials(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    table = tmp_path / "trials.csv"
    table.write_text("subject;treatment\nM1;control\n", encoding="utf-8")
    window = open_window()
    drop(window, table)
    panel: Any = window.trials()
    qtbot.waitUntil(lambda: len(panel.model.trials) == 1, timeout=PATIENCE_MS)
    assert panel.isVisible()


# ---- recent files


def entries(window: MainWindow) -> dict[str, bool]:
    return {action.text(): action.isEnabled() for action in window.recent.actions() if action.text()}


def test_recent_files_are_offered(shown_window: MainWindow, preset_file: Path) -> None:
    shown_window.recent.fill()
    assert preset_file.name in entries(shown_window)


def test_a_recent_file_that_is_gone_is_grey_and_says_so(
    shown_window: MainWindow, preset_file: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    shown_window.session.settings.remember(tmp_path / "gone.mp4")
    shown_window.recent.fill()
    gone = "gone.mp4  (not found)"
    qtbot.waitUntil(lambda: gone in entries(shown_window), timeout=PATIENCE_MS)
    assert entries(shown_window)[gone] is False
    assert entries(shown_window)[preset_file.name] is True
    (action,) = [action for action in shown_window.recent.actions() if action.text() == gone]
    assert "was moved" in action.toolTip()


def test_the_list_of_recent_files_can_be_cleared(shown_window: MainWindow) -> None:
    shown_window.recent.fill()
    (clear,) = [action for action in shown_window.recent.actions() if action.text() == "Clear this list"]
    clear.trigger()
    shown_window.recent.fill()
    assert entries(shown_window) == {"Nothing yet": False}
