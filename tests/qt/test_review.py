"""A review of finished tracks in the real window: opened, looked through, mended, exported."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from shiboken6 import isValid

from tracker_gui.analysis.correction_file import corrections_path
from tracker_gui.analysis.corrections import Place
from tracker_gui.analysis.track_problems import ProblemKind
from tracker_gui.core.types import TrackState
from tracker_gui.qt.review.review_menu import build_menu
from tracker_gui.qt.review.review_window import ReviewWindow, show_review
from tracker_gui.qt.review.strips import ROW_PX, Where
from tracker_gui.qt.review.time_axis import LEFT_PX, TimeAxis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
ANIMALS = 5
#: How far a straight line over a short gap may lie from the true way; the bodies are 20 px long.
NEAR_PX = 2.0


@pytest.fixture
def review(qtbot: QtBot, dressed: Any) -> Iterator[Callable[..., ReviewWindow]]:
    """Return a function that opens a review and waits until all of it is there."""
    before = set(threading.enumerate())
    windows: list[ReviewWindow] = []

    def make(path: Path) -> ReviewWindow:
        window = ReviewWindow(None, path)
        windows.append(window)
        window.show()
        qtbot.waitUntil(lambda: window.document.table is not None, timeout=PATIENCE_MS)
        searched(qtbot, window)
        if window.document.result is not None and window.document.result.files.source is not None:
            arrived(qtbot, window)
        return window

    yield make
    for window in windows:
        # One that a test has closed is gone by now.
        assert not isValid(window) or window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    stand_in = threading._DummyThread  # type: ignore[attr-defined]
    assert [t for t in set(threading.enumerate()) - before if not isinstance(t, stand_in)] == []


def searched(qtbot: QtBot, window: ReviewWindow) -> None:
    """Wait until the problems are those of the tracks as they are now."""
    qtbot.waitUntil(lambda: not window.document.is_searching, timeout=PATIENCE_MS)


def arrived(qtbot: QtBot, window: ReviewWindow, frame: int | None = None) -> None:
    """Wait until the picture of the frame that was asked for is there."""
    wanted = window.frame if frame is None else frame

    def there() -> bool:
        newest = window.view.newest
        return newest is not None and newest.snapshot.frame.index == wanted == window.frame

    qtbot.waitUntil(there, timeout=PATIENCE_MS)


def click_on(qtbot: QtBot, window: ReviewWindow, x_px: float, y_px: float) -> None:
    """Click on the picture at a place of the frame."""
    place = window.picture.mapFromScene(QPointF(x_px, y_px))
    qtbot.mouseClick(window.picture.viewport(), Qt.MouseButton.LeftButton, pos=place)


def sentences(window: ReviewWindow) -> str:
    return "\n".join(window.notices.sentences)


# ---- opening


def test_the_record_of_a_run_opens_tracks_and_picture(scene: Any, review: Callable[..., ReviewWindow]) -> None:
    window = review(scene.run)
    assert window.has_video
    assert window.document.path == scene.tracks
    assert window.windowTitle() == "dish_tracks.csv — review"
    assert window.problems.sentence.text() == "None of the kinds that are switched on above."


def test_tracks_without_a_video_are_shown_all_the_same(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    scene.run.unlink()
    window = review(scene.tracks)
    assert "Choose the video" in sentences(window)
    assert not window.action("play").isEnabled()
    window.action("step_on").trigger()
    assert window.frame == 1
    x, y = scene.truth.table.xy_px[1, 0]
    assert window.picture.place_of(1) == pytest.approx((x, y))


def test_a_file_that_is_no_table_is_a_sentence(dressed: Any, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("milk, eggs\n")
    window = ReviewWindow(None, path)
    window.show()
    qtbot.waitUntil(lambda: "is no track table" in sentences(window), timeout=PATIENCE_MS)
    assert window.pages.currentWidget() is window.begin
    assert not window.action("export").isEnabled()
    window.close()


def test_a_video_that_is_too_short_is_told(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot, make_video: Callable[..., Path]
) -> None:
    window = review(scene.run)
    window.open(scene.tracks, make_video("short.mp4", 20))
    qtbot.waitUntil(lambda: "the video has only 20" in sentences(window), timeout=PATIENCE_MS)


def test_the_main_window_offers_the_review_and_closes_it(
    open_window: Callable[..., MainWindow], scene: Any, qtbot: QtBot
) -> None:
    main = open_window()
    main.action("review").trigger()
    (window,) = main.findChildren(ReviewWindow)
    assert window.begin.isVisible()
    assert show_review(main, scene.run) is window
    qtbot.waitUntil(lambda: window.has_video, timeout=PATIENCE_MS)
    window.swap(1, 2)
    main.close()
    assert not window.isVisible()
    assert corrections_path(scene.tracks).exists()


def test_the_last_run_is_offered(open_window: Callable[..., MainWindow], preset_file: Path, qtbot: QtBot) -> None:
    main = open_window(preset_file)
    qtbot.waitUntil(lambda: main.session.info is not None, timeout=PATIENCE_MS)
    with qtbot.waitSignal(main.session.run_changed, timeout=PATIENCE_MS):
        main.session.start_tracking()
    qtbot.waitUntil(lambda: not main.session.is_tracking, timeout=PATIENCE_MS)
    window = show_review(main)
    assert window.begin.last.isVisible()
    window.begin.last.click()
    qtbot.waitUntil(lambda: window.has_video, timeout=PATIENCE_MS)
    assert window.document.path is not None
    assert window.document.path.name.endswith("_tracks.csv")


# ---- correcting


def test_each_act_is_one_step_to_undo(scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot) -> None:
    scene.spoil(Place(animal=3, frame=80, x_px=10, y_px=12))
    window = review(scene.run)
    before = window.document.table
    assert before is not None
    jump = next(p for p in window.problems.shown if p.kind is ProblemKind.JUMP)
    window.problems.choose(jump)
    window.action("mend").trigger()  # delete, then interpolate
    window.swap(1, 2)
    assert [c.kind for c in window.document.corrections] == ["delete", "interpolate", "swap"]
    assert window.action("undo").text() == f"Undo Swap 1 and 2 from frame {window.frame} on"
    window.action("undo").trigger()
    assert len(window.document.corrections) == 2
    window.action("undo").trigger()
    after = window.document.table
    assert after is not None
    assert np.array_equal(after.xy_px, before.xy_px, equal_nan=True)
    window.action("redo").trigger()
    assert [c.kind for c in window.document.corrections] == ["delete", "interpolate"]


def test_a_marked_stretch_bounds_swaps_and_deletions(scene: Any, review: Callable[..., ReviewWindow]) -> None:
    window = review(scene.run)
    window.go_to(50)
    window.action("stretch_first").trigger()
    window.go_to(60)
    window.action("stretch_last").trigger()
    assert window.stretch == (50, 60)
    assert window.action("swap").text() == "Swap in the stretch"
    window.correct.choose(1, 2)
    window.action("swap").trigger()
    window.action("delete").trigger()
    first, second = window.document.corrections
    assert (str(first), str(second)) == ("Swap 1 and 2 in frames 50 to 60", "Delete 1 in frames 50 to 60")
    window.action("no_stretch").trigger()
    assert window.action("swap").text() == "Swap from here"


def test_a_change_to_a_new_animal_shows_it_on_the_timeline(scene: Any, review: Callable[..., ReviewWindow]) -> None:
    window = review(scene.run)
    window.go_to(100)
    window.choose(2)
    window.correct.others.setCurrentIndex(ANIMALS)
    window.correct.others.activated.emit(ANIMALS)
    assert not window.action("swap").isEnabled()
    window.action("change").trigger()
    table = window.timeline.animals.table
    assert table is not None
    assert table.ids.tolist() == [1, 2, 3, 4, 5, 6]


def test_what_does_not_fit_is_a_sentence_and_changes_nothing(scene: Any, review: Callable[..., ReviewWindow]) -> None:
    window = review(scene.run)
    assert not window.change(1, 2)
    assert "2 has a position of its own" in sentences(window)
    assert not window.interpolate(1)
    assert "was seen in this frame" in sentences(window)
    assert window.document.corrections == ()


def test_a_click_chooses_an_animal_and_while_placing_moves_it(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    window = review(scene.run)
    x, y = scene.truth.table.xy_px[0, 3].tolist()
    click_on(qtbot, window, x, y)
    assert window.correct.animal == 4
    window.action("place").trigger()
    click_on(qtbot, window, x + 30, y)
    arrived(qtbot, window, 1)
    (placed,) = window.document.corrections
    assert isinstance(placed, Place)
    assert (placed.animal, placed.frame) == (4, 0)
    assert (placed.x_px, placed.y_px) == pytest.approx((x + 30, y), abs=1)
    window.action("no_stretch").trigger()
    assert not window.picture.placing


def test_the_right_button_offers_what_can_be_done(scene: Any, review: Callable[..., ReviewWindow]) -> None:
    window = review(scene.run)
    menu = build_menu(window, 2, (50.0, 60.0))
    texts = {action.text(): action for action in menu.actions()}
    assert {"Swap from here with", "Change from here to", "Interpolate the gap", "Delete here", "Place here"} <= set(
        texts
    )
    others = texts["Swap from here with"].menu().actions()  # type: ignore[union-attr]
    way = np.hypot(*(scene.truth.table.xy_px[0] - scene.truth.table.xy_px[0, 1]).T)
    assert others[0].text() == f"Animal {np.argsort(way)[1] + 1}"
    others[0].trigger()
    assert window.document.corrections[0].kind == "swap"
    menu.close()


# ---- kept between two reviews


def test_corrections_are_kept_and_can_be_taken_back_later(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    first = review(scene.run)
    first.swap(1, 2)
    assert first.windowTitle().startswith("dish_tracks.csv •")
    with qtbot.waitSignal(first.document.saved_changed, timeout=PATIENCE_MS):
        first.delete(3)
    qtbot.waitUntil(lambda: first.document.is_saved, timeout=PATIENCE_MS)
    first.close()
    second = review(scene.run)
    assert [c.kind for c in second.document.corrections] == ["swap", "delete"]
    assert "2 corrections of an earlier review are applied" in sentences(second)
    second.action("undo").trigger()
    second.action("undo").trigger()
    table = second.document.table
    assert table is not None
    assert np.array_equal(table.xy_px, scene.truth.table.xy_px)
    assert second.document.save()
    assert not corrections_path(scene.tracks).exists()


def test_the_tracks_as_they_were_are_never_written_over(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    window = review(scene.run)
    before = scene.tracks.read_bytes()
    window.swap(1, 2)
    window.document.export(scene.tracks)
    qtbot.waitUntil(lambda: "holds the tracks as they were" in sentences(window), timeout=PATIENCE_MS)
    assert scene.tracks.read_bytes() == before


def test_corrections_that_cannot_be_kept_hold_the_window_open_once(
    scene: Any, review: Callable[..., ReviewWindow]
) -> None:
    window = review(scene.run)
    window.swap(1, 2)
    corrections_path(scene.tracks).mkdir()  # nothing can be written in its place
    assert not window.close()
    assert "The corrections are not kept" in sentences(window)
    corrections_path(scene.tracks).rmdir()
    assert window.close()
    assert corrections_path(scene.tracks).is_file()


# ---- the timeline


def test_the_wheel_zooms_about_the_frame_under_it(scene: Any, review: Callable[..., ReviewWindow]) -> None:
    window = review(scene.run)
    strip, axis = window.timeline.animals, window.timeline.axis
    x = LEFT_PX + axis.width_px * 0.25
    before = axis.frame_at(x)
    turn = QWheelEvent(
        QPointF(x, 4), strip.mapToGlobal(QPointF(x, 4)), QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    strip.wheelEvent(turn)
    first, last = axis.shown
    assert last - first < len(scene.truth.table) / 2
    assert abs(axis.frame_at(x) - before) <= 1
    window.action("time_all").trigger()
    assert axis.shown == (0, len(scene.truth.table))


def test_a_click_on_the_timeline_goes_there_and_chooses_the_animal(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    window = review(scene.run)
    strip = window.timeline.animals
    place = QPoint(round(window.timeline.axis.x_of(200.5)), 2 * ROW_PX + 4)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert window.correct.animal == 3
    arrived(qtbot, window)
    assert abs(window.frame - 200) <= 1


def test_a_drag_with_shift_marks_a_stretch(scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot) -> None:
    window = review(scene.run)
    strip, axis = window.timeline.problems, window.timeline.axis
    start, end = (QPoint(round(axis.x_of(frame + 0.5)), 30) for frame in (100, 150))
    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(strip, left, shift, start)
    # The mouse of pytest-qt moves without keys.
    moved = QMouseEvent(QEvent.Type.MouseMove, QPointF(end), strip.mapToGlobal(QPointF(end)), left, left, shift)
    strip.mouseMoveEvent(moved)
    qtbot.mouseRelease(strip, left, shift, end)
    assert window.stretch is not None
    assert window.stretch == pytest.approx((100, 150), abs=1)


def test_a_menu_on_the_timeline_goes_to_the_frame_and_the_animal(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    window = review(scene.run)
    window._ask_on_timeline(Where(5, 300, window.mapToGlobal(QPoint(50, 50))))
    assert window.correct.animal == 5
    arrived(qtbot, window, 300)


def test_lost_guessed_and_merged_frames_look_different_without_colour(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    """Compare the heights of what is painted in a row: full, double, thin, none."""
    window = review(scene.run)
    strip = window.timeline.animals
    table = scene.truth.table
    state = table.state.copy()
    for start, kind in ((100, TrackState.MERGED), (200, TrackState.PREDICTED), (300, TrackState.LOST)):
        state[start : start + 50, 0] = kind
    strip.show_table(replace(table, state=state))
    ground = None
    heights = {}

    def painted() -> bool:
        nonlocal ground
        image = strip._painted.toImage()
        if image.isNull():
            return False
        ground = image.pixelColor(round(strip.axis.x_of(325)), ROW_PX // 2)
        for frame in (50, 125, 225, 325):
            x = round(strip.axis.x_of(frame))
            heights[frame] = sum(image.pixelColor(x, y) != ground for y in range(ROW_PX - 2))
        return heights[325] == 0 and heights[225] > 0

    qtbot.waitUntil(painted, timeout=PATIENCE_MS)
    assert heights[50] > heights[125] > heights[225] > heights[325] == 0


def test_a_time_axis_stays_within_its_frames(qtbot: QtBot) -> None:
    axis = TimeAxis()
    axis.set_frames(100, 1099)
    axis.set_width(1080)
    axis.zoom(10, axis.x_of(100))
    assert axis.shown[0] == 100
    axis.pan(-5)
    assert axis.shown[0] == 100
    axis.pan(500)
    assert axis.shown[1] == 1100
    axis.reveal(600)
    assert axis.shown[0] < 600 < axis.shown[1]
    axis.zoom(0.001)
    assert axis.shown == (100, 1100)
    assert axis.frame_at(-50) == 100
    assert axis.frame_at(5000) == 1099


# ---- playing


def test_tracks_are_drawn_with_the_picture_they_belong_to(
    scene: Any, review: Callable[..., ReviewWindow], qtbot: QtBot
) -> None:
    window = review(scene.run)
    window.action("play").trigger()
    qtbot.waitUntil(lambda: window.frame > 5, timeout=PATIENCE_MS)
    window.action("play").trigger()
    qtbot.waitUntil(lambda: not window.view.is_playing, timeout=PATIENCE_MS)
    newest = window.view.newest
    assert newest is not None
    qtbot.waitUntil(lambda: window.frame == window.view.newest.snapshot.frame.index, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    x, y = scene.truth.table.xy_px[window.frame, 2]
    assert window.picture.place_of(3) == pytest.approx((x, y))


def test_every_key_means_one_thing_and_every_action_has_a_tip(scene: Any, review: Callable[..., ReviewWindow]) -> None:
    actions = review(scene.run).board.actions.values()
    keys = [action.shortcut().toString() for action in actions if action.shortcut().toString()]
    assert len(keys) == len(set(keys))
    assert all(action.toolTip() != action.text() for action in actions)
