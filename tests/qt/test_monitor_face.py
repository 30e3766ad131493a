"""The face for watching: large figures, and nothing that a sleeve on the keyboard could change."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar

from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import CAMERA_FIELDS, CameraSetup, Preset, choice, save
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.monitor_face import best_columns
from tracker_gui.qt.theme.appearance import Face
from tracker_gui.qt.views.read_out import EDGE_PX, fitting
from tracker_gui.qt.views.sure_button import QUESTION, SureButton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 30_000
LEFT = Qt.MouseButton.LeftButton
SIZES = ((1280, 800), (960, 600))


def looks(window: MainWindow) -> dict[str, Any]:
    """Return all that must be again as it was."""
    whole = {
        "menu": window.menuBar(), "tools": window.tool_bar, "status": window.statusBar(), "steps": window.steps,
        "transport": window.transport, "picture": window.picture,
    }  # fmt: skip
    return {
        "shown": {name: widget.isVisible() for name, widget in whole.items()},
        "docks": {name: (dock.isVisible(), dock.size()) for name, dock in window.docks.docks.items()},
        "places": {name: widget.geometry() for name, widget in whole.items()},
        "columns": window.splitter.sizes(),
        "ticks": {action.text(): action.isChecked() for action in window.docks.actions()},
        "possible": {action.text(): action.isEnabled() for menu in window.menuBar().actions()
                     for action in menu.menu().actions()},  # type: ignore[attr-defined]
        "beside": window.session.feed.beside,
        "drops": window.acceptDrops(),
    }  # fmt: skip


def press(window: MainWindow, key: Qt.Key) -> None:
    """Press a key while the window is the active one, as a shortcut needs it."""
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, PATIENCE_MS)
    QTest.keyClick(window, key)


def value(window: MainWindow, name: str) -> str:
    return window.monitor.face.read_outs[name].figure.value


def tracked_to_the_end(window: MainWindow) -> bool:
    report = window.session.report()
    return not window.session.is_tracking and report is not None and report.counts.frames > 0


@pytest.fixture
def watched(shown_window: MainWindow, tmp_path: Path) -> MainWindow:
    """Return a window that shows a file in Monitor."""
    shown_window.session.settings.output_folder = str(tmp_path / "out")
    press(shown_window, Qt.Key.Key_F11)
    assert shown_window.monitor.is_on
    return shown_window


@pytest.fixture
def two_cameras(
    open_window: Callable[..., MainWindow], camera_servers: Any, qtbot: QtBot, tmp_path: Path
) -> Iterator[tuple[MainWindow, list[Any]]]:
    """Give a window on two cameras, and the cameras."""
    with ExitStack() as stack:
        cameras = [stack.enter_context(camera_servers.MjpegCamera()) for _ in range(2)]
        sources = [choice("sources", "network_stream", url=camera.url) for camera in cameras]
        blobs = choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=2000)
        first = Preset(source=sources[0], detector=blobs, recording=RecordingSettings(reserve_mb=0))
        first = replace(first.with_tracker(animals=2), name="lab")
        setup = {name: getattr(first, name) for name in CAMERA_FIELDS} | {"source": sources[1]}
        save(replace(first, more_cameras=(CameraSetup(**setup),)), tmp_path / "lab.json")
        window = open_window(tmp_path / "lab.json")
        window.session.settings.output_folder = str(tmp_path / "out")
        qtbot.waitUntil(lambda: all(view.newest is not None for view in window.session.views), timeout=PATIENCE_MS)
        yield window, cameras


# ---- there and back


@pytest.mark.parametrize("back", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_everything_is_again_where_it_was(shown_window: MainWindow, qtbot: QtBot, back: Qt.Key) -> None:
    window = shown_window
    window.picture.set_pictures("both")
    window.docks.docks["event_log"].show()
    QApplication.processEvents()
    before = looks(window)
    press(window, Qt.Key.Key_F11)
    covered = (window.menuBar(), window.tool_bar, window.statusBar(), window.steps, window.transport, window.picture)
    assert not any(widget.isVisible() for widget in covered)
    assert not any(dock.isVisible() for dock in window.docks.docks.values())
    assert window.monitor.face.isVisible()
    press(window, back)
    assert not window.monitor.face.isVisible()
    qtbot.waitUntil(lambda: looks(window) == before, timeout=PATIENCE_MS)


def test_everything_is_back_after_a_resize_too(shown_window: MainWindow, qtbot: QtBot) -> None:
    window = shown_window
    window.docks.docks["event_log"].show()
    QApplication.processEvents()
    before = looks(window)
    press(window, Qt.Key.Key_F11)
    window.resize(1500, 900)
    QApplication.processEvents()
    press(window, Qt.Key.Key_F11)
    same = ("shown", "ticks", "possible", "beside", "drops")
    qtbot.waitUntil(lambda: all(looks(window)[name] == before[name] for name in same), timeout=PATIENCE_MS)
    assert window.splitter.sizes()[0] == before["columns"][0]
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: looks(window) == before, timeout=PATIENCE_MS)


def test_a_window_closed_in_monitor_remembers_its_panels_and_begins_in_set_up(
    shown_window: MainWindow, open_window: Callable[..., MainWindow], preset_file: Path
) -> None:
    shown_window.docks.docks["event_log"].show()
    press(shown_window, Qt.Key.Key_F11)
    shown_window.close()
    again = open_window(preset_file)
    assert not again.monitor.is_on
    assert again.menuBar().isVisible()
    assert again.docks.docks["event_log"].isVisible()


def test_no_tabs_of_hidden_panels_lie_over_the_menu(
    open_window: Callable[..., MainWindow], preset_file: Path, qtbot: QtBot
) -> None:
    open_window(preset_file).close()
    again = open_window(preset_file)
    for _ in range(4):
        QApplication.processEvents()
        inside = [tabs for tabs in again.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
                  if tabs.isVisible() and tabs.geometry().intersects(again.rect())]  # fmt: skip
        assert inside == []
        again.monitor.toggle()


def test_tabs_of_panels_that_are_shown_come_back(shown_window: MainWindow, qtbot: QtBot) -> None:
    window = shown_window
    right = [dock for dock in window.docks.docks.values() if dock.info.place == "right"][:2]
    for dock in right:
        dock.show()

    def tabs() -> list[tuple[QRect, int, list[str]]]:
        QApplication.processEvents()
        bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [
            (bar.geometry(), bar.currentIndex(), [bar.tabText(number) for number in range(bar.count())])
            for bar in bars if bar.isVisible() and bar.geometry().intersects(window.rect())
        ]  # fmt: skip

    before = tabs()
    assert len(before) == 1
    window.monitor.enter()
    assert tabs() == []
    window.monitor.leave()
    qtbot.waitUntil(lambda: tabs() == before, timeout=PATIENCE_MS)


def test_without_a_source_there_is_nothing_to_watch(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    press(window, Qt.Key.Key_F11)
    assert not window.action("monitor").isEnabled()
    assert not window.monitor.is_on


# ---- nothing is bumped


def test_no_key_and_no_mouse_changes_anything(watched: MainWindow) -> None:
    window, editor = watched, watched.picture.editor
    preset, index = window.document.whole, window.session.newest.snapshot.frame.index  # type: ignore[union-attr]
    tool = editor.tool_info.name
    tile = window.monitor.face.pictures.tiles[0]
    for widget in (tile.canvas.viewport(), tile, window.monitor.face):
        for button in (LEFT, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            QTest.mouseClick(widget, button, pos=QPoint(60, 60))
            QTest.mousePress(widget, button, pos=QPoint(60, 60))
            QTest.mouseMove(widget, QPoint(120, 90))
            QTest.mouseRelease(widget, button, pos=QPoint(120, 90))
    for info in (*editor.tools.values(),):
        if info.shortcut:
            QTest.keySequence(window.monitor.face, info.shortcut)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Delete, Qt.Key.Key_Return):
        QTest.keyClick(window.monitor.face, key)
    for keys in ("Ctrl+R", "Ctrl+.", "Ctrl+Z", "Ctrl+O", "Ctrl+3", "Ctrl+N", "Ctrl+4"):
        QTest.keySequence(window, keys)
    assert window.monitor.is_on
    assert (editor.tool_info.name, editor.selection) == (tool, ())
    assert window.document.whole == preset
    assert not window.session.is_tracking
    assert not window.session.is_playing
    assert window.session.newest.snapshot.frame.index == index  # type: ignore[union-attr]
    assert not window.acceptDrops()


def test_stop_needs_a_second_click(watched: MainWindow, qtbot: QtBot) -> None:
    window, button = watched, watched.monitor.face.track
    # A file is through in a moment, so a run that lasts is a scene that does not end soon.
    long = replace(window.document.whole, source=choice("sources", "simulated", animals=3, duration_s=600.0))
    window.document.change_whole(long, "a long scene")
    qtbot.waitUntil(lambda: button.isEnabled() and window.session.info is not None, timeout=PATIENCE_MS)
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: window.session.is_tracking and button.text() == "Stop tracking", timeout=PATIENCE_MS)
    QTest.mouseClick(button, LEFT)
    assert button.text() == QUESTION
    assert window.session.is_tracking
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not window.session.is_tracking, timeout=PATIENCE_MS)
    assert button.text() == "Start tracking"


@pytest.fixture
def stop_button(dressed: QApplication, qtbot: QtBot) -> SureButton:
    """Return the button of something that runs."""
    button = SureButton("Start", "Stop", "Start it", "Stop it", "play", "ok")
    qtbot.addWidget(button)
    button.show_running(True)
    return button


def test_a_question_that_is_not_answered_is_taken_back(stop_button: SureButton, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(stop_button.ended):
        stop_button.click()
        assert stop_button.is_asking
        qtbot.waitUntil(lambda: not stop_button.is_asking, timeout=PATIENCE_MS)
        stop_button.click()
    assert stop_button.text() == QUESTION


def test_a_double_click_is_no_answer(stop_button: SureButton, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(stop_button.ended):
        QTest.mouseClick(stop_button, LEFT)
        QTest.mouseDClick(stop_button, LEFT)
    assert stop_button.is_asking


def test_an_answer_that_comes_too_late_begins_nothing(stop_button: SureButton, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(stop_button.begun):
        stop_button.click()
        stop_button.show_running(False)
        stop_button.click()
    stop_button.withdraw()
    with qtbot.waitSignal(stop_button.begun):
        stop_button.click()


def test_leaving_takes_the_question_back(watched: MainWindow) -> None:
    button = watched.monitor.face.track
    button.show_running(True)
    button.click()
    press(watched, Qt.Key.Key_Escape)
    assert not button.is_asking


# ---- what is shown


def test_a_file_is_tracked_and_its_figures_are_shown(watched: MainWindow, qtbot: QtBot) -> None:
    window, face = watched, watched.monitor.face
    assert value(window, "found") == "3 of 3"
    assert value(window, "run") == "not tracking"
    assert face.record.isHidden()
    assert face.read_outs["recording"].isHidden()
    QTest.mouseClick(face.track, LEFT)
    qtbot.waitUntil(lambda: tracked_to_the_end(window), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "Tracked" in face.newest.whole_text, timeout=PATIENCE_MS)
    assert value(window, "dropped") == "0"
    assert face.track.text() == "Start tracking"


def test_two_cameras_are_tracked_recorded_and_stopped(two_cameras: tuple[MainWindow, list[Any]], qtbot: QtBot) -> None:
    window, _ = two_cameras
    press(window, Qt.Key.Key_F11)
    face = window.monitor.face
    assert len([tile for tile in face.pictures.tiles if tile.isVisible()]) == 2
    QTest.mouseClick(face.track, LEFT)
    QTest.mouseClick(face.record, LEFT)
    qtbot.waitUntil(lambda: value(window, "state") == "live, tracking", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: value(window, "found") == "4 of 4", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: value(window, "recording").startswith("00:00:0"), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: value(window, "run") >= "00:00:01", timeout=PATIENCE_MS)
    QTest.mouseClick(face.record, LEFT)
    assert window.session.is_recording
    QTest.mouseClick(face.record, LEFT)
    qtbot.waitUntil(lambda: not window.session.is_recording, timeout=PATIENCE_MS)
    assert window.session.is_tracking
    for _ in range(2):
        QTest.mouseClick(face.track, LEFT)
    qtbot.waitUntil(lambda: not window.session.is_tracking, timeout=PATIENCE_MS)


def test_a_lost_camera_is_told_although_the_other_is_enlarged(
    two_cameras: tuple[MainWindow, list[Any]], qtbot: QtBot
) -> None:
    window, cameras = two_cameras
    press(window, Qt.Key.Key_F11)
    face = window.monitor.face
    QTest.mouseClick(face.pictures.tiles[0], LEFT, pos=QPoint(20, 10))
    assert [tile.isVisible() for tile in face.pictures.tiles] == [True, False]
    cameras[1].kill()
    lost = window.session.views[1]
    qtbot.waitUntil(lambda: lost.live.channel.state is CaptureState.RECONNECTING, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: value(window, "state") == "reconnecting", timeout=PATIENCE_MS)
    figure = face.read_outs["state"].figure
    assert (figure.tone, figure.sign, figure.detail) == ("warn", "lan-disconnect", "camera 2")
    qtbot.waitUntil(lambda: value(window, "found") == "2 of 4", timeout=PATIENCE_MS)
    assert "Camera 2" in face.newest.whole_text
    assert window.document.camera == 0
    QTest.mouseClick(face.pictures.tiles[0], LEFT, pos=QPoint(20, 10))
    assert [tile.isVisible() for tile in face.pictures.tiles] == [True, True]


def test_what_nobody_sees_is_not_computed(watched: MainWindow) -> None:
    assert watched.session.feed.beside is Beside.NOTHING


@pytest.mark.parametrize(
    ("count", "room", "columns"),
    [(1, (900, 700), 1), (2, (900, 700), 2), (2, (500, 900), 1), (3, (1800, 500), 3), (4, (900, 700), 2)],
)
def test_pictures_are_as_large_as_the_room_allows(count: int, room: tuple[int, int], columns: int) -> None:
    assert best_columns(count, *room, (4, 3)) == columns


@pytest.mark.parametrize("size", SIZES)
def test_figures_are_whole_and_large(watched: MainWindow, size: tuple[int, int]) -> None:
    watched.resize(*size)
    QApplication.processEvents()
    for name, read_out in watched.monitor.face.read_outs.items():
        if read_out.isVisible():
            font = fitting(read_out.font(), read_out.figure.value, read_out.height() * 0.5, read_out.width())
            assert font.pixelSize() >= 22, name
            assert read_out.width() > 2 * EDGE_PX


def test_the_face_changes_its_colours(watched: MainWindow) -> None:
    before = watched.grab().toImage().pixelColor(4, 4)
    watched.set_face(Face.LIGHT)
    assert watched.grab().toImage().pixelColor(4, 4) != before
