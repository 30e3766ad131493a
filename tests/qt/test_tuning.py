"""Settings are judged on frames of the whole source, and compared with others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tracker_gui.core.preset import choice, save
from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.steps.background_box import BackgroundBox
from tracker_gui.qt.tuning.kept_menu import KeptMenu
from tracker_gui.qt.tuning.tuning_panel import TuningPanel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000


def change(window: MainWindow, **params: Any) -> None:
    """Change the detector, as its form does."""
    chosen = window.document.preset.detector
    changed = replace(chosen, params=chosen.params.model_copy(update=params))
    window.document.change_stage("detector", changed, "change the detector")


class Judge:
    """The panel of a window, and how to wait for it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self._qtbot = qtbot
        dock = window.docks.docks["tuning"]
        dock.show()
        panel = dock.panel()
        assert isinstance(panel, TuningPanel)
        self.panel = panel
        self.tuning = panel.tuning

    def wait(self, *words: str) -> None:
        """Wait until all frames were looked at and the sentence says so."""

        def there() -> bool:
            state = self.tuning.finds
            done = state.total > 0 and state.done == state.total and not state.busy
            return done and all(word in self.panel.sentence.toolTip() for word in words)

        self._qtbot.waitUntil(there, timeout=PATIENCE_MS)


@pytest.fixture
def judge(shown_window: MainWindow, qtbot: QtBot) -> Judge:
    return Judge(shown_window, qtbot)


def test_the_sentence_sums_up_the_whole_source(judge: Judge) -> None:
    judge.wait("Right on 15 of 20 frames; too few on 5", "of memory")
    assert judge.panel.strip.samples.rowCount() == 20


def test_a_changed_setting_is_judged_anew(judge: Judge) -> None:
    judge.wait("Right on 15")
    change(judge.window, min_area_px2=390.0)
    judge.wait("Right on 0 of 20 frames; too few on 20")


def test_the_number_of_frames_can_be_set_and_others_drawn(judge: Judge, qtbot: QtBot) -> None:
    def frames() -> list[int]:
        return [frame.index for frame in judge.tuning.finds.frames]

    judge.panel.count.setValue(6)
    judge.wait("Right on 5 of 6")
    even = frames()
    judge.panel.other.click()
    qtbot.waitUntil(lambda: len(frames()) == 6 and frames() != even, timeout=PATIENCE_MS)
    judge.panel.even.click()
    qtbot.waitUntil(lambda: frames() == even, timeout=PATIENCE_MS)


def test_a_frame_that_is_clicked_is_shown(judge: Judge, wait_for_index: Callable[[MainWindow, int], None]) -> None:
    judge.wait("20 frames")
    strip = judge.panel.strip
    place = strip.visualRect(strip.samples.index(1)).center()
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait_for_index(judge.window, strip.samples.frame(1).index)


def test_arrow_keys_go_from_frame_to_frame(judge: Judge, wait_for_index: Callable[[MainWindow, int], None]) -> None:
    judge.wait("20 frames")
    strip = judge.panel.strip
    strip.setFocus()
    strip.setCurrentIndex(strip.samples.index(2))
    QTest.keyClick(strip, Qt.Key.Key_Right)
    wait_for_index(judge.window, strip.samples.frame(3).index)


def test_the_frame_that_is_shown_is_marked(
    judge: Judge, qtbot: QtBot, wait_for_index: Callable[[MainWindow, int], None]
) -> None:
    judge.wait("20 frames")
    index = judge.tuning.finds.frames[4].index
    judge.window.session.view.player.seek(index)
    wait_for_index(judge.window, index)
    qtbot.waitUntil(lambda: judge.panel.strip.currentIndex().row() == 4, timeout=PATIENCE_MS)


def test_nothing_is_kept_while_the_panel_is_closed(judge: Judge, qtbot: QtBot) -> None:
    judge.wait("20 frames")
    judge.window.docks.docks["tuning"].hide()
    qtbot.waitUntil(lambda: not judge.tuning.finds.frames, timeout=PATIENCE_MS)
    judge.window.docks.docks["tuning"].show()
    judge.wait("20 frames")


def test_without_a_source_the_panel_says_why_it_is_empty(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    judge = Judge(open_window(), qtbot)
    assert "Nothing is open" in judge.panel.why_empty.text()
    assert not judge.panel.compare.isEnabled()


def test_settings_that_cannot_be_used_say_so_in_the_panel(judge: Judge, qtbot: QtBot) -> None:
    judge.wait("20 frames")
    judge.window.document.change_list("image", (choice("image", "background", file="gone.png"),), "add a background")
    qtbot.waitUntil(lambda: "gone.png" in judge.panel.sentence.toolTip(), timeout=PATIENCE_MS)


def test_two_settings_are_shown_side_by_side_with_their_counts(judge: Judge, qtbot: QtBot) -> None:
    window, column = judge.window, judge.window.picture.kept_column
    assert not column.isVisible()
    window.action("compare").trigger()
    change(window, min_area_px2=390.0)
    judge.wait("A: Right on 15 of 20", "B: Right on 0 of 20")
    qtbot.waitUntil(lambda: column.frame_pane.badge.words == "A:  3 blobs for 3", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.picture.frame_pane.badge.words == "B:  0 blobs for 3", timeout=PATIENCE_MS)
    assert "15 → 390" in window.picture.compare_bar.words.toolTip()
    window.action("compare").trigger()
    assert not column.isVisible()
    judge.wait("Right on 0 of 20")


def test_both_masks_are_shown_and_move_together(judge: Judge, qtbot: QtBot) -> None:
    window, column = judge.window, judge.window.picture.kept_column
    window.action("show_mask").trigger()
    window.action("compare").trigger()
    qtbot.waitUntil(lambda: column.beside_pane.frame.is_shown, timeout=PATIENCE_MS)
    assert not column.frame_pane.isVisible()
    window.picture.beside_pane.zoom(2.0)
    assert column.beside_pane.scale_factor == window.picture.beside_pane.scale_factor


def test_a_can_be_used_and_that_be_undone(judge: Judge) -> None:
    window = judge.window
    before = window.document.preset
    window.action("compare").trigger()
    change(window, offset=30)
    window.picture.compare_bar.use_a.click()
    assert window.document.preset == before
    assert judge.tuning.kept is None
    window.document.undo_stack.undo()
    assert window.document.preset.detector.params.offset == 30  # type: ignore[attr-defined]


def test_b_can_be_used_and_stays_as_it_is(judge: Judge) -> None:
    window = judge.window
    window.action("compare").trigger()
    change(window, offset=30)
    window.picture.compare_bar.use_b.click()
    assert judge.tuning.kept is None
    assert window.document.preset.detector.params.offset == 30  # type: ignore[attr-defined]


def test_swapping_exchanges_what_is_in_force_and_what_is_kept(judge: Judge) -> None:
    window = judge.window
    window.action("compare").trigger()
    change(window, min_area_px2=390.0)
    judge.wait("A: Right on 15 of 20", "B: Right on 0 of 20")
    window.picture.compare_bar.swap.click()
    judge.wait("A: Right on 0 of 20", "B: Right on 15 of 20")
    assert window.document.preset.detector.params.min_area_px2 == 15  # type: ignore[attr-defined]


def test_the_present_settings_are_compared_with_a_file(
    judge: Judge, tmp_path: Path, scene_preset: Callable[..., Preset]
) -> None:
    other = scene_preset()
    chosen = other.detector
    params = chosen.params.model_copy(update={"offset": 33})
    save(replace(other, detector=replace(chosen, params=params), source=None), tmp_path / "other.json")
    KeptMenu(judge.window.session, judge.panel).use_file(tmp_path / "other.json")
    assert [(d.now, d.there) for d in judge.tuning.differences()] == [("33", "18")]
    assert judge.window.picture.compare_bar.title.text() == "A: other.json"


def test_the_differences_are_listed_in_a_table(judge: Judge) -> None:
    window = judge.window
    window.action("compare").trigger()
    change(window, offset=30)
    bar = window.picture.compare_bar
    bar.more.click()
    assert [row[1:] for row in bar.list.tree.rows()] == [("18", "30")]
    bar.list.hide()


def test_another_source_is_looked_at_with_both_settings(
    judge: Judge, scene_preset: Callable[..., Preset], qtbot: QtBot
) -> None:
    window = judge.window
    window.action("compare").trigger()
    judge.wait("A: Right on 15")
    other = scene_preset(seed=8, duration_s=1.0).source
    assert other is not None
    window.session.open_source(other, "open another scene")

    def there() -> bool:
        frames = judge.tuning.finds.frames
        return len(frames) == 20 and frames[-1].index < 30

    qtbot.waitUntil(there, timeout=PATIENCE_MS)
    judge.wait("A: ", "B: ")


def test_of_a_camera_a_frame_is_kept_now_and_then(
    open_window: Callable[..., MainWindow], camera_servers: Any, preset: Preset, tmp_path: Path, qtbot: QtBot
) -> None:
    with camera_servers.MjpegCamera() as camera:
        save(replace(preset, source=choice("sources", "network_stream", url=camera.url)), tmp_path / "live.json")
        judge = Judge(open_window(tmp_path / "live.json"), qtbot)
        qtbot.waitUntil(lambda: len(judge.tuning.finds.frames) == 1, timeout=2 * PATIENCE_MS)
        assert not judge.panel.other.isVisible()


@pytest.fixture
def background(shown_window: MainWindow, qtbot: QtBot) -> BackgroundBox:
    """Return what the window says of a background of five frames."""
    chain = (*shown_window.document.preset.image, choice("image", "background", frames=5))
    shown_window.document.change_list("image", chain, "add a background")
    cards = shown_window.steps.section("Image").step.cards  # type: ignore[attr-defined]
    box = cards[-1].background
    assert isinstance(box, BackgroundBox)
    qtbot.waitUntil(lambda: "5 frames between" in box.words.text(), timeout=PATIENCE_MS)
    return box


def test_the_background_names_its_frames_and_goes_to_them(
    background: BackgroundBox, shown_window: MainWindow, wait_for_index: Callable[[MainWindow, int], None]
) -> None:
    menu = background.frames.menu()
    menu.aboutToShow.emit()
    assert [action.data() for action in menu.actions()] == [9, 27, 45, 63, 81]
    menu.actions()[2].trigger()
    wait_for_index(shown_window, 45)


def test_the_background_is_learnt_again_from_other_frames_and_that_can_be_undone(
    background: BackgroundBox, shown_window: MainWindow, qtbot: QtBot
) -> None:
    session = shown_window.session
    even = session.state.background_frames
    background.again.click()
    qtbot.waitUntil(lambda: session.state.background_frames not in (even, ()), timeout=PATIENCE_MS)
    shown_window.action("undo").trigger()
    qtbot.waitUntil(lambda: session.state.background_frames == even, timeout=PATIENCE_MS)


def test_the_background_is_shown_beside_the_picture(background: BackgroundBox, shown_window: MainWindow) -> None:
    shown_window.action("show_frame").trigger()
    background.show_it.click()
    assert shown_window.picture.pictures == "both"
    assert shown_window.picture.beside_pane.choice.currentData() is Beside.BACKGROUND
