"""Arming in two steps, the emergency stop, and hardware that is safe whatever happens to the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.geometry import Rectangle
from tracker_gui.core.preset import Preset, choice, save
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.core.rules import Limits, Rule, Term, Timing, When
from tracker_gui.core.zones import Zone
from tracker_gui.engine.rules.seat import RuleMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.simulate.virtual_board import VirtualBoard

PATIENCE_MS = 20_000
EVERYWHERE = Zone(name="dish", shape=Rectangle(centre=(100, 75), width=190, height=140))
DOOR = Rule(
    name="door", when=When((Term(choice("events", "in_zone", zone="dish")),)), timing=Timing(at_start="act"),
    on_enter=(choice("actions", "set_output"),),
)  # fmt: skip


@pytest.fixture
def window(
    open_window: Callable[..., MainWindow], scene_preset: Callable[..., Preset], tmp_path: Path,
    wait_for_index: Callable[[MainWindow, int], None],
) -> MainWindow:  # fmt: skip
    """Return a window whose rule opens the door as soon as an animal is seen."""
    path = tmp_path / "armed.json"
    save(replace(scene_preset(duration_s=15.0), zones=(EVERYWHERE,), rules=(DOOR,)), path)
    window = open_window(path)
    window.session.settings.output_folder = str(tmp_path / "out")
    wait_for_index(window, 0)
    return window


def board_of(window: MainWindow) -> VirtualBoard:
    assert window.devices.boards.virtual is not None
    return window.devices.boards.virtual.board


def door_of(window: MainWindow) -> int:
    return board_of(window).view().values["door"] if window.devices.are_open and window.devices.boards.virtual else 0


def arm(window: MainWindow, qtbot: QtBot) -> None:
    """Arm, and wait until board and rules are ready."""
    window.session.rules.arm()
    boards = window.devices.boards

    def ready() -> bool:
        board, runner = boards.find("virtual board"), window.session.view.rules.runner
        return board is not None and board.state is DeviceState.READY and runner is not None and bool(runner.armed)

    qtbot.waitUntil(ready, timeout=PATIENCE_MS)


def open_door(window: MainWindow, qtbot: QtBot) -> None:
    arm(window, qtbot)
    window.session.view.play()
    qtbot.waitUntil(lambda: door_of(window) == 90, timeout=PATIENCE_MS)


def test_a_preset_that_is_opened_is_not_armed_and_opens_no_board(window: MainWindow, qtbot: QtBot) -> None:
    window.session.view.play()
    qtbot.waitUntil(lambda: window.session.newest.snapshot.frame.index > 5, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert window.session.rules.mode is RuleMode.OFF
    assert not window.devices.are_open
    assert window.rule_tools.armed.text() == "armed: no"


def test_to_arm_takes_two_steps(window: MainWindow, qtbot: QtBot) -> None:
    window.action("arm_rules").trigger()
    assert window.session.rules.mode is RuleMode.OFF
    notice = window.notices.notice("arm")
    assert notice is not None
    assert "1 rule will drive virtual board" in notice.text
    assert notice.button is not None
    notice.button.click()
    qtbot.waitUntil(lambda: window.session.rules.mode is RuleMode.ARMED, timeout=PATIENCE_MS)
    assert window.rule_tools.armed.text() == "armed: yes"


def test_armed_the_door_opens_and_the_log_of_events_says_so(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)

    def told() -> bool:
        return any("SET door 90; acknowledged after" in remark.text for _, remark in window.session.history)

    qtbot.waitUntil(told, timeout=PATIENCE_MS)
    log = window.docks.docks["event_log"].panel()
    log.kinds.setCurrentText("What rules did")  # type: ignore[attr-defined]
    rows = [log.filter.index(row, 1).data() for row in range(log.filter.rowCount())]  # type: ignore[attr-defined]
    assert rows
    assert all(row.startswith("door (animal") for row in rows)


def test_shadow_says_what_it_would_do_and_opens_no_board(window: MainWindow, qtbot: QtBot) -> None:
    window.action("shadow_rules").trigger()
    qtbot.waitUntil(lambda: window.session.view.rules.runner is not None, timeout=PATIENCE_MS)
    window.session.view.play()

    def told() -> bool:
        return any("would be sent" in remark.text for _, remark in window.session.history)

    qtbot.waitUntil(told, timeout=PATIENCE_MS)
    assert not window.devices.are_open or window.devices.boards.boards == ()


def test_the_emergency_stop_closes_the_door_at_once_and_arms_nothing_again(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)
    window.rule_tools.stop.click()
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)
    assert window.session.rules.mode is RuleMode.OFF
    board = window.devices.boards.find("virtual board")
    assert board is not None
    assert not board.armed


def test_after_an_emergency_stop_the_rules_can_be_armed_again(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)
    window.rule_tools.stop.click()
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)
    open_door(window, qtbot)


def test_the_key_of_the_emergency_stop_works_over_a_modal_dialog(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=PATIENCE_MS)
    qtbot.keyClick(dialog, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)
    dialog.close()


def test_the_emergency_stop_is_in_the_monitor_face_too(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)
    window.monitor.enter()
    assert window.action("emergency_stop").isEnabled()
    assert not window.action("arm_rules").isEnabled()
    window.monitor.face.stop_all.click()
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)


def test_a_window_that_closes_leaves_the_door_closed(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)
    board = board_of(window)
    window.close()
    assert board.view().values["door"] == 0


def test_a_pause_closes_the_door(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)
    window.session.view.pause()
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)


def test_rules_that_are_changed_are_armed_no_longer(window: MainWindow, qtbot: QtBot) -> None:
    open_door(window, qtbot)
    whole = window.document.whole
    window.document.change_whole(replace(whole, rules=(replace(DOOR, about="other"),)), "change a rule")
    assert window.session.rules.mode is RuleMode.OFF
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)


def test_another_preset_is_not_armed_by_the_one_before(window: MainWindow, qtbot: QtBot, preset_file: Path) -> None:
    open_door(window, qtbot)
    window.open_path(preset_file)
    assert window.session.rules.mode is RuleMode.OFF
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)


def test_a_board_that_is_not_there_refuses_the_arming_with_a_sentence(window: MainWindow, qtbot: QtBot) -> None:
    rule = replace(DOOR, on_enter=(choice("actions", "set_output", device="left rig"),))
    window.document.change_whole(replace(window.document.whole, rules=(rule,)), "another board")
    window.session.rules.arm()

    def refused() -> bool:
        return any("Not armed. left rig: no board of this name" in each for each in window.notices.sentences)

    qtbot.waitUntil(refused, timeout=PATIENCE_MS)
    assert window.session.rules.mode is RuleMode.OFF


def test_an_action_that_cannot_be_done_is_told_when_the_rules_are_armed(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOBODY_HAS_SET_THIS", raising=False)
    rule = replace(DOOR, on_enter=(choice("actions", "notify", to="${NOBODY_HAS_SET_THIS}"),))
    window.document.change_whole(replace(window.document.whole, rules=(rule,)), "notify")
    window.session.rules.arm()

    def told() -> bool:
        return any("NOBODY_HAS_SET_THIS is not set" in each for each in window.notices.sentences)

    qtbot.waitUntil(told, timeout=PATIENCE_MS)


def test_a_rule_ends_the_session(window: MainWindow, qtbot: QtBot) -> None:
    rule = replace(DOOR, on_enter=(choice("actions", "stop_session"),))
    window.document.change_whole(replace(window.document.whole, rules=(rule,)), "stop")
    window.session.rules.arm()
    qtbot.waitUntil(lambda: window.session.view.rules.runner is not None, timeout=PATIENCE_MS)
    window.session.view.play()
    qtbot.waitUntil(lambda: any("ended the session" in each for each in window.notices.sentences), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.session.is_playing, timeout=PATIENCE_MS)


def test_a_rule_changes_a_number_of_the_detector_and_that_can_be_undone(window: MainWindow, qtbot: QtBot) -> None:
    rule = replace(
        DOOR, on_enter=(choice("actions", "set_parameter", name="detector.min_area_px2", value=33),)
    )  # fmt: skip
    window.document.change_whole(replace(window.document.whole, rules=(rule,)), "set")
    window.session.rules.arm()
    window.session.view.play()
    qtbot.waitUntil(
        lambda: window.document.preset.detector.params.min_area_px2 == 33, timeout=PATIENCE_MS  # type: ignore[attr-defined]
    )  # fmt: skip
    window.document.undo_stack.undo()
    assert window.document.preset.detector.params.min_area_px2 == 15  # type: ignore[attr-defined]


@pytest.fixture
def live_window(
    open_window: Callable[..., MainWindow], camera_servers: Any, tmp_path: Path, qtbot: QtBot
) -> Iterator[tuple[MainWindow, Any]]:
    """Return a window on a camera, with a rule that opens the door as soon as an animal is seen; and the camera."""
    with camera_servers.MjpegCamera() as camera:
        preset = Preset(
            source=choice("sources", "network_stream", url=camera.url),
            detector=choice("detectors", "blobs", offset=40, min_area_px2=60, max_area_px2=2000),
            zones=(EVERYWHERE.model_copy(update={"shape": Rectangle(centre=(160, 120), width=320, height=240)}),),
            rules=(DOOR,),
        ).with_tracker(animals=2)
        save(preset, tmp_path / "live.json")
        window = open_window(tmp_path / "live.json")
        window.session.settings.output_folder = str(tmp_path / "out")
        qtbot.waitUntil(lambda: window.session.newest is not None, timeout=PATIENCE_MS)
        yield window, camera


def test_the_rules_of_a_camera_act_once_it_is_tracked_and_their_log_is_among_the_results(
    live_window: tuple[MainWindow, Any], qtbot: QtBot, tmp_path: Path
) -> None:
    window, _ = live_window
    window.session.start_tracking()
    qtbot.waitUntil(lambda: window.session.view.rules.runner is not None, timeout=PATIENCE_MS)
    arm(window, qtbot)
    qtbot.waitUntil(lambda: door_of(window) == 90, timeout=PATIENCE_MS)
    window.session.stop_tracking()
    qtbot.waitUntil(lambda: not window.session.is_tracking, timeout=PATIENCE_MS)
    assert door_of(window) == 0
    (log,) = (tmp_path / "out").glob("*_rules.csv")
    assert "SET door 90" in log.read_text()


def test_a_camera_that_is_lost_closes_the_door(live_window: tuple[MainWindow, Any], qtbot: QtBot) -> None:
    window, camera = live_window
    window.session.start_tracking()
    qtbot.waitUntil(lambda: window.session.view.rules.runner is not None, timeout=PATIENCE_MS)
    arm(window, qtbot)
    qtbot.waitUntil(lambda: door_of(window) == 90, timeout=PATIENCE_MS)
    camera.kill()
    qtbot.waitUntil(lambda: door_of(window) == 0, timeout=PATIENCE_MS)


def test_a_rule_that_waits_for_a_person_is_let_go_on_from_its_menu(window: MainWindow, qtbot: QtBot) -> None:
    rule = replace(DOOR, on_enter=(choice("actions", "marker"),), limits=Limits(again="by_hand"))
    window.document.change_whole(replace(window.document.whole, rules=(rule,)), "by hand")
    panel = window.rule_tools.panel()
    window.session.rules.rehearse()
    window.session.view.play()

    def spent() -> list[bool]:
        runner = window.session.view.rules.runner
        return [] if runner is None else [m.spent for rule in runner._engine.rules for m in rule.machines.values()]

    qtbot.waitUntil(lambda: any(spent()), timeout=PATIENCE_MS)
    window.session.view.pause()
    qtbot.waitUntil(lambda: not window.session.is_playing, timeout=PATIENCE_MS)
    panel.cards[0].wished.emit(panel.cards[0], "ready")
    assert not any(spent())


def test_an_armed_rule_makes_a_clip_of_a_video_that_is_played(
    open_window: Callable[..., MainWindow], scene_preset: Callable[..., Preset], tmp_path: Path, qtbot: QtBot,
    wait_for_index: Callable[[MainWindow, int], None],
) -> None:  # fmt: skip
    clip = choice("actions", "clip", pre_s=0.5, post_s=0.5)
    late = Rule(
        name="late", when=When((Term(choice("events", "session_time", from_s=1.0)),)), timing=Timing(), on_enter=(clip,)
    )
    path = tmp_path / "clip.json"
    save(replace(scene_preset(duration_s=6.0), rules=(late,), recording=RecordingSettings(reserve_mb=0)), path)
    window = open_window(path)
    window.session.settings.output_folder = str(tmp_path / "out")
    wait_for_index(window, 0)
    window.session.rules.arm()
    qtbot.waitUntil(lambda: (r := window.session.view.rules.runner) is not None and bool(r.armed), timeout=PATIENCE_MS)
    window.session.view.play()
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("out/**/*_clips.csv"))), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("out/**/*.mp4"))), timeout=PATIENCE_MS)
    window.session.view.pause()
    window.close()
    (video,) = tmp_path.glob("out/**/*.mp4")
    with av.open(str(video)) as container:
        count = sum(1 for _ in container.decode(video=0))
    assert 30 <= count <= 32
