"""Stimuli on a display: what is to be seen, when it began, and that everything ends it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.geometry import Rectangle
from tracker_gui.core.image_file import write_png
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.core.rule_stages import ActionContext, ActionFailed, ActionRequest, ActionResult
from tracker_gui.core.rules import Rule, Term, Timing, When
from tracker_gui.core.templates import Facts
from tracker_gui.core.zones import Zone
from tracker_gui.engine.rules.seat import RuleMode
from tracker_gui.qt.stimuli.decoded_file import decode
from tracker_gui.qt.stimuli.stimulus_screens import StimulusScreens
from tracker_gui.stages.actions.stimulus import NO_DISPLAY, Stimulus, StimulusParams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 20_000
FACTS = Facts("looming", "1", "dish", 7, 0.25)


@pytest.fixture
def screens(qtbot: QtBot) -> Iterator[StimulusScreens]:
    screens = StimulusScreens()
    yield screens
    screens.close()


def ready(screens: StimulusScreens, folder: Path, **settings: object) -> Stimulus:
    action = Stimulus(StimulusParams(**settings))
    action.open(ActionContext(folder, "run", stimuli=screens))
    return action


def fire(action: Stimulus, patience_s: float = 10.0) -> list[ActionResult]:
    results: list[ActionResult] = []
    now_s = time.monotonic()
    request = ActionRequest(3, FACTS, action.payload(FACTS), now_s, now_s + patience_s, threading.Event())
    action.hand_over(request, results.append)
    return results


def painted(screens: StimulusScreens) -> QImage:
    """Return what the display is given, as it stands there."""
    window = screens.shown[1].window
    assert window is not None
    return window.screen().grabWindow(window.winId()).toImage()


def test_onset_is_measured_after_the_decision_and_before_it_is_told(
    screens: StimulusScreens, qtbot: QtBot, tmp_path: Path
) -> None:
    results = fire(ready(screens, tmp_path))
    qtbot.waitUntil(lambda: bool(results))
    onset_s = results[0].t_acknowledged_s
    assert onset_s is not None
    assert results[0].t_decided_s < onset_s < time.monotonic()
    assert results[0].sent
    assert f"shown {1000 * (onset_s - results[0].t_decided_s):.1f} ms after the decision" in results[0].result


def test_a_disc_stands_on_its_ground(screens: StimulusScreens, qtbot: QtBot, tmp_path: Path) -> None:
    results = fire(ready(screens, tmp_path, ground="white", start_deg=20, end_deg=21, hold_s=60))
    qtbot.waitUntil(lambda: bool(results))
    picture = painted(screens)
    assert picture.pixelColor(picture.width() // 2, picture.height() // 2).lightness() == 0
    assert picture.pixelColor(5, 5).lightness() == 255


def test_the_disc_grows_on_the_display(screens: StimulusScreens, qtbot: QtBot, tmp_path: Path) -> None:
    settings = {"ground": "white", "start_deg": 2, "end_deg": 30, "distance_mm": 200, "l_v_ms": 2, "hold_s": 60}
    fire(ready(screens, tmp_path, **settings))

    def is_large() -> bool:
        picture = painted(screens)
        # Its radius is 13 px at the onset and 193 px in the end.
        return picture.pixelColor(picture.width() // 2 + 150, picture.height() // 2).lightness() == 0

    qtbot.waitUntil(is_large)


def test_a_picture_is_shown_with_its_colours(screens: StimulusScreens, qtbot: QtBot, tmp_path: Path) -> None:
    write_png(tmp_path / "red.png", np.full((48, 64, 3), (0, 0, 255), dtype=np.uint8))
    results = fire(ready(screens, tmp_path, shows="picture or video", file=tmp_path / "red.png", lasts_s=60))
    qtbot.waitUntil(lambda: bool(results))
    picture = painted(screens)
    colour = picture.pixelColor(picture.width() // 2, picture.height() // 2)
    assert (colour.red(), colour.green(), colour.blue()) == (255, 0, 0)


def test_esc_ends_it(screens: StimulusScreens, qtbot: QtBot, tmp_path: Path) -> None:
    results = fire(ready(screens, tmp_path, hold_s=60))
    qtbot.waitUntil(lambda: bool(results))
    QTest.keyClick(screens.shown[1].window, Qt.Key.Key_Escape)
    assert not screens.shown


def test_its_safe_state_ends_it(screens: StimulusScreens, qtbot: QtBot, tmp_path: Path) -> None:
    action = ready(screens, tmp_path, hold_s=60)
    results = fire(action)
    qtbot.waitUntil(lambda: bool(results))
    action.safe_state()
    qtbot.waitUntil(lambda: not screens.shown)


def test_it_ends_by_itself(screens: StimulusScreens, qtbot: QtBot, tmp_path: Path) -> None:
    results = fire(ready(screens, tmp_path, l_v_ms=1, start_deg=80, end_deg=90, hold_s=0.05))
    qtbot.waitUntil(lambda: bool(results) and not screens.shown)


def test_what_is_late_is_not_shown(screens: StimulusScreens, tmp_path: Path) -> None:
    results = fire(ready(screens, tmp_path), patience_s=-1)
    assert [result.result for result in results] == ["not shown: too late, the window was busy"]
    assert not screens.shown


def test_one_that_is_ended_before_it_is_seen_says_so(screens: StimulusScreens, tmp_path: Path) -> None:
    results = fire(ready(screens, tmp_path))
    screens.end_all()
    assert [(result.sent, result.result) for result in results] == [(False, "not shown: the rules were stopped")]


def test_what_was_wished_before_a_stop_is_not_shown_after_it(
    screens: StimulusScreens, qtbot: QtBot, tmp_path: Path
) -> None:
    action = ready(screens, tmp_path)
    results: list[list[ActionResult]] = []
    thread = threading.Thread(target=lambda: results.append(fire(action)))
    thread.start()
    thread.join()
    screens.end_all()
    qtbot.waitUntil(lambda: bool(results[0]))
    assert results[0][0].result == "not shown: the rules were stopped"


def test_without_a_window_arming_and_the_log_say_that_there_is_no_display(tmp_path: Path) -> None:
    action = Stimulus()
    with pytest.raises(TrackerError, match="no display"):
        action.open(ActionContext(tmp_path, "run"))
    with pytest.raises(ActionFailed, match=NO_DISPLAY):
        fire(action)


def test_a_file_that_is_no_picture_is_refused_when_armed(screens: StimulusScreens, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(ActionFailed, match=r"notes\.txt: cannot be shown"):
        ready(screens, tmp_path, shows="picture or video", file=tmp_path / "notes.txt")


def test_the_disc_grows_from_its_first_to_its_last_angle() -> None:
    disc = StimulusParams(distance_mm=100, px_per_mm=1, start_deg=10, end_deg=90, l_v_ms=50).looming
    assert disc.diameter_px(0) == pytest.approx(2 * 100 * np.tan(np.radians(5)))
    assert disc.diameter_px(disc.grows_s) == pytest.approx(200)
    assert disc.diameter_px(disc.grows_s + 1) == pytest.approx(200)
    assert disc.grows_s == pytest.approx(0.05 / np.tan(np.radians(5)) - 0.05)


LOOMING = Rule(
    name="looming", when=When((Term(choice("events", "in_zone", zone="dish")),)), timing=Timing(at_start="act"),
    on_enter=(choice("actions", "stimulus", hold_s=600.0),),
)  # fmt: skip
DISH = Zone(name="dish", shape=Rectangle(centre=(100, 75), width=190, height=140))


@pytest.fixture
def window(
    open_window: Callable[..., MainWindow], scene_preset: Callable[..., Preset], tmp_path: Path,
    wait_for_index: Callable[[MainWindow, int], None], qtbot: QtBot,
) -> MainWindow:  # fmt: skip
    """Return a window in which an armed rule has just shown its stimulus."""
    path = tmp_path / "looming.json"
    save(replace(scene_preset(duration_s=15.0), zones=(DISH,), rules=(LOOMING,)), path)
    window = open_window(path)
    window.session.settings.output_folder = str(tmp_path / "out")
    wait_for_index(window, 0)
    window.session.rules.arm()
    seat = window.session.view.rules
    qtbot.waitUntil(lambda: seat.runner is not None and bool(seat.runner.armed), timeout=PATIENCE_MS)
    window.session.view.play()
    qtbot.waitUntil(lambda: bool(window.session.rules.stimuli.shown), timeout=PATIENCE_MS)
    return window


def test_a_rule_writes_the_onset_into_the_log(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    log = tmp_path / "out" / "simulated_rules_times.csv"
    qtbot.waitUntil(lambda: log.exists() and "ms after the decision" in log.read_text(), timeout=PATIENCE_MS)


def test_the_key_of_the_emergency_stop_counts_while_the_stimulus_has_the_keyboard(window: MainWindow) -> None:
    QTest.keyClick(window.session.rules.stimuli.shown[1].window, Qt.Key.Key_F12)
    assert window.session.rules.mode is RuleMode.OFF
    assert not window.session.rules.stimuli.shown


@pytest.mark.parametrize("how", ["emergency_stop", "disarm"])
def test_a_stop_and_disarming_end_it_at_once(window: MainWindow, how: str) -> None:
    getattr(window.session.rules, how)()
    assert not window.session.rules.stimuli.shown


def test_a_video_is_decoded_ahead_as_far_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "steps.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height = 64, 48
        for number in range(20):
            grey = np.full((48, 64, 3), 10 * number, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode())
    file = decode(path, 1.0)
    assert file.times_s == pytest.approx([number / 10 for number in range(11)])
    assert [picture.pixelColor(32, 24).red() for picture in file.pictures] == pytest.approx(
        [10 * number for number in range(11)], abs=6
    )
