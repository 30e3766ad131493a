"""The window of a batch: videos in, a table and a report out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from tracker_gui.core.preset import save
from tracker_gui.qt.batch.batch_window import BatchWindow, show_batch
from tracker_gui.qt.batch.result_model import heading, in_words
from tracker_gui.qt.batch.video_model import REMARKS, SETTINGS, STATE, VIDEO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.main_window import MainWindow

    Videos = Callable[..., list[Path]]

PATIENCE_MS = 60_000


@pytest.fixture
def window(open_window: Callable[..., MainWindow], arena_settings: Preset, tmp_path: Path) -> MainWindow:
    """Return a window whose settings fit the videos."""
    path = tmp_path / "dish.json"
    save(arena_settings, path)
    return open_window(path)


@pytest.fixture
def batch(window: MainWindow) -> BatchWindow:
    window.action("batch").trigger()
    (shown,) = window.findChildren(BatchWindow)
    return shown


def shown(batch: BatchWindow, column: int) -> list[str]:
    return [batch.model.index(row, column).data() for row in range(batch.model.rowCount())]


def drop(batch: BatchWindow, paths: list[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    any_button, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, any_button, no_key)
    batch.dragEnterEvent(enter)
    if enter.isAccepted():
        batch.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, any_button, no_key))


def finish(batch: BatchWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not batch.is_running, timeout=PATIENCE_MS)


def test_a_batch_is_cancelled_and_resumed(
    batch: BatchWindow, qtbot: QtBot, tmp_path: Path, arena_videos: Videos
) -> None:
    batch.add_paths([*arena_videos(2), *arena_videos(1, 40)])
    batch.options.folder.setText(str(tmp_path / "out"))
    batch.options.at_a_time.setValue(1)
    assert batch.start.text() == "Start"
    batch.start.click()
    qtbot.waitUntil(lambda: shown(batch, STATE)[2].startswith("Running"), timeout=PATIENCE_MS)
    assert batch.cancel.isVisible()
    assert not batch.add.isEnabled()
    qtbot.mouseClick(batch.cancel, Qt.MouseButton.LeftButton)
    finish(batch, qtbot)
    assert shown(batch, STATE) == ["Done", "Done", "Cancelled"]
    assert "complete up to there" in shown(batch, REMARKS)[2]
    assert batch.start.text() == "Resume"
    batch.model.remove([2])
    batch.start.click()
    finish(batch, qtbot)
    assert shown(batch, STATE) == ["Done", "Done"]
    assert shown(batch, REMARKS) == ["tracked before, not again"] * 2


def test_a_failure_is_listed_with_its_reason(
    batch: BatchWindow, qtbot: QtBot, tmp_path: Path, arena_videos: Videos
) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    batch.add_paths([empty, *arena_videos(1)])
    batch.start.click()
    finish(batch, qtbot)
    assert shown(batch, STATE) == ["Failed", "Done"]
    assert shown(batch, REMARKS)[0].startswith("is empty (0 bytes)")
    assert batch.words.text() == "2 videos: 1 done, 1 failed."


def test_rows_have_settings_of_their_own(
    batch: BatchWindow, window: MainWindow, arena_videos: Videos, tmp_path: Path, arena_settings: Preset
) -> None:
    from dataclasses import replace

    other = tmp_path / "other.json"
    save(replace(arena_settings, name="another dish"), other)
    batch.add_paths(arena_videos(3))
    batch.videos.selectRow(1)
    batch.presets.use_file(other)
    assert shown(batch, SETTINGS) == ["Open: two in a dish", "another dish", "Open: two in a dish"]
    assert [video.preset.name for video in batch.model.videos(window.document.preset)] == [
        "two in a dish", "another dish", "two in a dish",
    ]  # fmt: skip


def test_a_preset_that_cannot_be_used_is_said(batch: BatchWindow, arena_videos: Videos, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    batch.add_paths(arena_videos(1))
    batch.presets.use_file(tmp_path / "bad.json")
    assert "is not valid JSON" in batch.words.text()
    assert shown(batch, SETTINGS) == ["Open: two in a dish"]


def test_chosen_rows_are_taken_off_with_the_delete_key(batch: BatchWindow, qtbot: QtBot, arena_videos: Videos) -> None:
    paths = arena_videos(3)
    batch.add_paths(paths)
    batch.activateWindow()
    batch.videos.setFocus()
    qtbot.waitUntil(batch.videos.hasFocus, timeout=PATIENCE_MS)
    batch.videos.selectRow(1)
    qtbot.keyClick(batch.videos, Qt.Key.Key_Delete)
    assert shown(batch, VIDEO) == [paths[0].name, paths[2].name]


def test_nothing_can_be_started_without_videos_a_folder_or_a_cluster(batch: BatchWindow, arena_videos: Videos) -> None:
    assert not batch.start.isEnabled()
    assert batch.why_empty.isVisible()
    assert batch.words.text() == "Add videos to begin."
    batch.add_paths(arena_videos(1))
    assert batch.start.isEnabled()
    assert batch.words.text() == ""
    batch.options.place.setCurrentIndex(1)
    assert not batch.start.isEnabled()
    assert batch.words.text() == "Type the address of the cluster."
    batch.options.address.setText("tcp://127.0.0.1:9")
    assert batch.start.isEnabled()
    batch.options.folder.clear()
    assert not batch.start.isEnabled()
    assert batch.words.text() == "Name a folder for the results."


def test_an_unwritable_folder_is_a_sentence(
    batch: BatchWindow, qtbot: QtBot, tmp_path: Path, arena_videos: Videos
) -> None:
    (tmp_path / "file").touch()
    batch.add_paths(arena_videos(1))
    batch.options.folder.setText(str(tmp_path / "file"))
    batch.start.click()
    finish(batch, qtbot)
    assert "it is a file, not a folder" in batch.words.text()
    assert batch.start.isEnabled()


def test_a_closed_batch_goes_on_and_is_shown_again(
    batch: BatchWindow, window: MainWindow, qtbot: QtBot, arena_videos: Videos, tmp_path: Path
) -> None:
    batch.add_paths(arena_videos(2))
    batch.options.folder.setText(str(tmp_path / "out"))
    batch.start.click()
    batch.close()
    assert batch.is_running
    assert show_batch(window) is batch
    finish(batch, qtbot)
    assert shown(batch, STATE) == ["Done", "Done"]


def test_closing_the_program_ends_the_batch(
    batch: BatchWindow, window: MainWindow, qtbot: QtBot, arena_videos: Videos, tmp_path: Path
) -> None:
    batch.add_paths(arena_videos(1, 40))
    batch.options.folder.setText(str(tmp_path / "out"))
    batch.start.click()
    qtbot.waitUntil(lambda: shown(batch, STATE)[0].startswith("Running"), timeout=PATIENCE_MS)
    window.close()
    assert (tmp_path / "out" / "batch_videos.csv").read_text().count("cancelled") == 1


def test_each_table_of_results_can_be_chosen(
    batch: BatchWindow, qtbot: QtBot, arena_videos: Videos, tmp_path: Path
) -> None:
    batch.add_paths(arena_videos(2))
    batch.options.folder.setText(str(tmp_path / "out"))
    batch.start.click()
    finish(batch, qtbot)
    batch.which.setCurrentText("Zones")
    assert batch.results.rowCount() == 2 * 2 * 2
    batch.which.setCurrentText("Lines")
    assert batch.results.rowCount() == 0
    assert "nothing to list under “Lines”" in batch.why_no_results.text()


@pytest.mark.parametrize(
    ("column", "words"),
    [("mean_speed_px_s", "Mean speed, px/s"), ("time_s", "Time, s"), ("distance_mm", "Distance, mm"), ("zone", "Zone")],
)
def test_columns_are_headed_with_words_and_units(column: str, words: str) -> None:
    assert heading(column) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, "-"), (True, "yes"), (3, "3"), (0.123456, "0.1235"), (12345.6, "12346")]
)
def test_values_have_the_digits_they_deserve(value: object, words: str) -> None:
    assert in_words(value) == words
