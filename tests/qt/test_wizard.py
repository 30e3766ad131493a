"""The guided set-up in the real window, with mouse and keys only, until there is a preset that works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from tracker_gui.core.preset import Preset, choice, parse, read_json, save
from tracker_gui.engine.sampled_finds import Verdict, find_on_samples
from tracker_gui.qt.steps.step import WORDS
from tracker_gui.qt.tuning import tuning
from tracker_gui.qt.wizard import finds
from tracker_gui.qt.wizard.wizard import Wizard, wizard_of
from tracker_gui.qt.wizard.wizard_bar import WizardBar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

    Open = Callable[..., MainWindow]

PATIENCE_MS = 30_000
LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
#: Where the wall of the small scene is.
CENTRE, RIM = (99.5, 74.5), (161.0, 74.5)


class Guide:
    """The user in front of the guided set-up."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self._qtbot = qtbot
        window.activateWindow()
        self.until(window.isActiveWindow)
        window.picture.frame_pane.setFocus()
        qtbot.keyClick(window.picture.frame_pane, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier | SHIFT)
        self.wizard: Wizard = wizard_of(window)
        assert self.wizard.is_on
        bar = window.findChild(WizardBar)
        assert isinstance(bar, WizardBar)
        self.bar = bar

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def on(self, name: str, kind: str = "ok") -> str:
        """Wait until a page stands so; return what is said on it."""
        assert self.wizard.page.name == name
        self.until(lambda: self.wizard.state.kind == kind)
        assert self.bar.state.text() == self.wizard.state.words
        return self.bar.state.text()

    def click(self, button: QPushButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self._qtbot.mouseClick(button, LEFT)

    def press(self, key: Qt.Key, keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        self._qtbot.keyClick(focused, key, keys)

    def turn(self, key: Qt.Key, to: str) -> None:
        self.press(key, ALT)
        self.until(lambda: self.wizard.page.name == to)

    def mend(self, words: str) -> QPushButton:
        self.until(lambda: any(words in button.text() for button in self.bar.mends))
        return next(button for button in self.bar.mends if words in button.text())


SHIFT = Qt.KeyboardModifier.ShiftModifier


def animals(window: MainWindow) -> list[tuple[float, float]]:
    """Return where the simulated animals are on the shown frame."""
    scene = window.document.preset.source.make()
    scene.open()
    truth = scene.truth(window.session.newest.snapshot.frame.index)
    scene.close()
    return [(float(x), float(y)) for x, y in truth.xy_px]


@pytest.fixture
def raw_window(
    open_window: Open, scene_preset: Callable[..., Preset], tmp_path: Path, wait_for_index: Callable[..., None]
) -> MainWindow:
    """Return a window on a scene for which nothing is set yet: the detector finds nothing, one animal is expected."""
    nothing = choice("detectors", "blobs", min_area_px2=900, max_area_px2=5000)
    path = tmp_path / "raw.json"
    save(Preset(source=scene_preset(seed=7).source, detector=nothing), path)
    window = open_window(path)
    wait_for_index(window, 0)
    return window


def found_by(path: Path) -> list[Verdict]:
    """Return what a saved preset finds over its whole source, without a window."""
    preset, problems = parse(read_json(path), path.name, path.parent)
    assert problems == []
    assert preset.source is not None
    return [found.verdict for _, found in find_on_samples(preset.source, preset, 12)]


def test_the_mouse_leads_from_a_source_to_a_preset_that_finds_all_animals(
    raw_window: MainWindow, hand_of: Callable[[MainWindow], Any], qtbot: QtBot, tmp_path: Path
) -> None:
    guide, window = Guide(raw_window, qtbot), raw_window
    assert "200 \u00d7 150 px" in guide.on("source")
    guide.click(guide.bar.next)
    assert guide.on("crop", "unused") == "The whole picture is used."
    assert guide.bar.next.text() == "Skip"
    window.picture.fit()
    hand = hand_of(window)
    hand.pull(CENTRE, RIM)
    assert guide.on("crop").startswith("1 region is kept")
    guide.click(guide.mend("Cut off the rest"))
    assert window.document.preset.image[0].stage == "crop"
    guide.click(guide.bar.next)
    guide.on("background", "unused")
    guide.click(guide.bar.next)
    assert "Nothing is found" in guide.on("threshold", "problem")
    hand.click(animals(window)[0])
    guide.click(window.picture.proposal.accept)
    assert guide.on("threshold") == "3 blobs found on 20 sampled frames of 20."
    guide.click(guide.bar.next)
    assert "1 animal is expected" in guide.on("animals", "problem")
    guide.click(guide.mend("There are 3 animals"))
    assert "3 animals are found on 20 sampled frames of 20." in guide.on("animals")
    guide.click(guide.bar.next)
    guide.on("zones", "unused")
    hand.click((80, 60), (110, 60), (110, 90))
    hand.double_click((80, 90))
    assert guide.on("zones").startswith("1 zone: zone 1")
    guide.click(guide.bar.next)
    assert guide.on("check") == "3 animals are found on 20 sampled frames of 20. The settings are ready."
    guide.click(guide.mend("Save the preset"))
    assert window.document.path is not None
    assert set(found_by(window.document.path)) == {Verdict.RIGHT}
    window.session.settings.output_folder = str(tmp_path / "out")
    guide.click(guide.mend("Start tracking"))
    guide.until(lambda: any("Tracked" in sentence for sentence in window.notices.sentences))
    assert list((tmp_path / "out").glob("*_tracks.csv"))
    assert not guide.bar.isVisible()


def test_keys_alone_lead_to_settings_that_find_all_animals(raw_window: MainWindow, qtbot: QtBot) -> None:
    guide, window = Guide(raw_window, qtbot), raw_window
    guide.on("source")
    for page in ("crop", "background", "threshold"):
        guide.turn(Qt.Key.Key_Right, page)
    guide.on("threshold", "problem")
    guide.mend("Propose settings").setFocus()
    guide.press(Qt.Key.Key_Space)
    guide.until(window.picture.proposal.isVisible)
    guide.press(Qt.Key.Key_Return)
    guide.on("threshold")
    guide.turn(Qt.Key.Key_Right, "animals")
    guide.on("animals", "problem")
    guide.mend("There are 3 animals").setFocus()
    guide.press(Qt.Key.Key_Space)
    guide.on("animals")
    guide.bar.next.setFocus()
    guide.press(Qt.Key.Key_Return)
    assert guide.wizard.page.name == "zones"
    guide.turn(Qt.Key.Key_Right, "check")
    assert "The settings are ready" in guide.on("check")
    guide.turn(Qt.Key.Key_Left, "zones")


def test_every_mending_button_is_a_step_that_can_be_undone(raw_window: MainWindow, qtbot: QtBot) -> None:
    guide, window = Guide(raw_window, qtbot), raw_window
    guide.wizard.go(2)
    before = window.document.preset
    guide.click(guide.mend("Learn the empty scene"))
    guide.on("background")
    assert window.document.preset.detector.params.method == "background"
    assert window.document.undo_stack.count() == 1
    window.action("undo").trigger()
    assert window.document.preset == before
    guide.on("background", "unused")


def test_esc_gives_up_the_tool_first_then_leaves_and_nothing_is_lost(raw_window: MainWindow, qtbot: QtBot) -> None:
    guide, window = Guide(raw_window, qtbot), raw_window
    guide.wizard.go(4)
    window.session.use_animals(2)
    guide.wizard.go(3)
    window.picture.frame_pane.setFocus()
    settings, steps = window.document.preset, window.document.undo_stack.index()
    assert window.picture.editor.tool_info.name == "animal"
    guide.press(Qt.Key.Key_Escape)
    assert window.picture.editor.tool_info.name == "select"
    assert guide.wizard.is_on
    guide.press(Qt.Key.Key_Escape)
    guide.until(lambda: not guide.wizard.is_on)
    assert not guide.bar.isVisible()
    assert (window.document.preset, window.document.undo_stack.index()) == (settings, steps)
    notice = window.notices.notice("wizard")
    assert notice is not None
    assert notice.button is not None
    qtbot.mouseClick(notice.button, LEFT)
    assert guide.bar.isVisible()
    assert guide.wizard.page.name == "threshold"


def test_without_a_source_there_is_no_going_on_and_the_buttons_open_one(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    card = window.picture.welcome.card("set_up")
    qtbot.waitUntil(lambda: bool(window.picture.welcome.presets.cards), timeout=PATIENCE_MS)
    qtbot.mouseClick(card, LEFT)
    bar, wizard = window.findChild(WizardBar), wizard_of(window)
    assert isinstance(bar, WizardBar)
    assert bar.state.text() == "Nothing is open yet."
    assert not bar.next.isEnabled()
    assert "Open something first" in bar.next.toolTip()
    assert not bar.chips[3].isEnabled()
    qtbot.mouseClick(next(button for button in bar.mends if button.text() == "Simulated arena"), LEFT)
    qtbot.waitUntil(lambda: wizard.state.kind == "ok", timeout=PATIENCE_MS)
    assert bar.next.isEnabled()


def test_a_video_that_begins_black_is_shown_where_there_is_something_to_see(
    open_window: Open, make_video: Callable[..., Path], qtbot: QtBot, wait_for_index: Callable[..., None]
) -> None:
    def picture(number: int) -> np.ndarray:
        scene = np.full((48, 96, 3), 160, np.uint8)
        scene[20:30, 30 + number : 50 + number] = 30
        return scene if number >= 7 else np.zeros_like(scene)

    window = open_window(None, str(make_video(frames=30, picture=picture)))
    wait_for_index(window, 0)
    guide = Guide(window, qtbot)
    wait_for_index(window, 7)
    assert "The first 7 frames are black or empty, so frame 7 is shown." in guide.on("source")


def test_specks_on_a_few_frames_are_named_shown_and_left_out(
    open_window: Open,
    make_video: Callable[..., Path],
    tmp_path: Path,
    qtbot: QtBot,
    wait_for_index: Callable[..., None],
) -> None:
    def picture(number: int) -> np.ndarray:
        scene = np.full((48, 96, 3), 160, np.uint8)
        scene[20:30, 10 + number : 30 + number] = 30
        if number >= 20:
            scene[38:44, 80:86] = 30
        return scene

    detector = choice("detectors", "blobs", method="global", level=100, min_area_px2=5, max_area_px2=1000)
    source = choice("sources", "video_file", path=make_video(frames=30, picture=picture))
    path = tmp_path / "specks.json"
    save(Preset(source=source, detector=detector).with_tracker(animals=1), path)
    window = open_window(path)
    wait_for_index(window, 0)
    guide = Guide(window, qtbot)
    guide.wizard.go(6)
    assert "found on 13 of 20 sampled frames; too many on 7" in guide.on("check", "problem")
    show = guide.mend("Show frame")
    shown = int(show.text().removeprefix("Show frame "))
    assert shown >= 20
    guide.click(show)
    wait_for_index(window, shown)
    guide.click(guide.mend("Leave out below"))
    assert "The settings are ready" in guide.on("check")


def test_of_a_camera_the_pictures_that_come_are_judged(
    open_window: Open, arena_videos: Callable[..., list[Path]], arena_settings: Preset, tmp_path: Path, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(tuning, "EVERY_S", 0.25)
    monkeypatch.setattr(finds, "LIVE_LEAST", 2)
    path = tmp_path / "live.json"
    source = choice("sources", "replay", path=arena_videos(1)[0], loop=True)
    save(
        Preset(source=source, image=arena_settings.image, detector=arena_settings.detector).with_tracker(animals=2),
        path,
    )
    window = open_window(path)
    qtbot.waitUntil(lambda: window.session.newest is not None, timeout=PATIENCE_MS)
    guide = Guide(window, qtbot)
    guide.on("source")
    guide.wizard.go(6)
    guide.until(lambda: "2 animals are found" in guide.bar.state.text())
    assert not any("Show frame" in button.text() for button in guide.bar.mends)


def test_what_was_changed_on_another_page_is_counted_anew(raw_window: MainWindow, preset: Preset, qtbot: QtBot) -> None:
    guide, window = Guide(raw_window, qtbot), raw_window
    guide.wizard.go(4)
    guide.on("animals", "problem")
    window.document.change(Preset(source=preset.source, image=preset.image, detector=preset.detector), "")
    guide.until(lambda: "There are 3 animals" in [button.text() for button in guide.bar.mends])


def test_the_pictures_are_as_before_once_it_is_left(raw_window: MainWindow, qtbot: QtBot) -> None:
    raw_window.action("show_mask").trigger()
    guide = Guide(raw_window, qtbot)
    guide.wizard.go(1)
    assert raw_window.picture.pictures == "frame"
    guide.wizard.leave()
    assert raw_window.picture.pictures == "mask"
    assert raw_window.picture.editor.target == "zone"


def test_esc_leaves_the_welcome_page_first_where_that_covers_the_picture(raw_window: MainWindow, qtbot: QtBot) -> None:
    guide = Guide(raw_window, qtbot)
    raw_window.action("welcome").trigger()
    assert raw_window.picture.welcome_shown
    guide.press(Qt.Key.Key_Escape)
    guide.until(lambda: not raw_window.picture.welcome_shown)
    assert guide.wizard.is_on
    guide.press(Qt.Key.Key_Escape)
    guide.until(lambda: not guide.wizard.is_on)


def test_closing_the_window_ends_a_count_that_goes_on(raw_window: MainWindow, qtbot: QtBot) -> None:
    guide = Guide(raw_window, qtbot)
    guide.wizard.go(3)
    assert guide.wizard.state.kind in ("busy", "problem")


def test_every_step_says_what_is_done_there_and_how_it_stands(open_window: Open) -> None:
    window = open_window()
    for section in window.steps.sections:
        assert section.step.about, section.step.title
        assert section.step.about in section.head.toolTip()
        assert section.head.state.words
        assert WORDS[section.head.state.kind] in section.head.accessibleDescription()
    assert window.steps.section("Source").head.state.kind == "missing"
