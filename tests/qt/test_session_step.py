"""The step Session, the part of a video that is tracked, and what a run that waits shows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt

from tracker_gui.core.preset import choice
from tracker_gui.core.session_plan import FrameRange, SessionPlan
from tracker_gui.qt.monitor_figures import monitor_figures
from tracker_gui.qt.session import Session
from tracker_gui.qt.settings import WindowSettings
from tracker_gui.qt.steps.outputs import OutputsStep
from tracker_gui.qt.steps.session_step import SessionStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.main_window import MainWindow

    Wait = Callable[[MainWindow, int], None]

PATIENCE_MS = 20_000


@pytest.fixture
def session(dressed: QApplication, preset: Preset, tmp_path: Path) -> Iterator[Session]:
    session = Session(WindowSettings(output_folder=str(tmp_path / "out")))
    session.begin(preset)
    yield session
    assert session.close()


@pytest.fixture
def step(session: Session, qtbot: QtBot) -> SessionStep:
    step = SessionStep(session)
    qtbot.addWidget(step)
    step.show()
    return step


def plan_with(session: Session, **changes: object) -> None:
    plan = SessionPlan.model_validate(session.document.preset.session.model_dump() | changes)
    session.document.change(replace(session.document.preset, session=plan), "change the session")


def type_into(qtbot: QtBot, control: Any, text: str) -> None:
    control.line.clear()
    qtbot.keyClicks(control.line, text)
    qtbot.keyClick(control.line, Qt.Key.Key_Return)


# ---- the step


def test_what_is_typed_is_in_the_preset_and_can_be_undone(step: SessionStep, session: Session, qtbot: QtBot) -> None:
    type_into(qtbot, step.info.control("subject"), "M12")
    assert session.document.preset.session.subject == "M12"
    assert step.state().short == "M12"
    session.document.undo_stack.undo()
    assert session.document.preset.session.subject == ""


def test_the_example_shows_what_the_files_will_be_called(step: SessionStep, session: Session, qtbot: QtBot) -> None:
    plan_with(session, subject="M/12")
    type_into(qtbot, step.naming.control("file_name"), "{subject}_{source}")
    assert step.example.text() == "Now: M_12_simulated_tracks.csv"


def test_a_field_that_does_not_exist_is_told_and_not_used(step: SessionStep, session: Session, qtbot: QtBot) -> None:
    type_into(qtbot, step.naming.control("file_name"), "{nobody}")
    assert session.document.preset.session.file_name == "{source}"
    assert "there is no field {nobody}" in step.naming._problem.text()


def test_several_cameras_whose_files_are_called_the_same_are_told(step: SessionStep, session: Session) -> None:
    plan_with(session, subject="M12", file_name="{subject}")
    source = session.document.preset.source
    assert source is not None
    session.add_source(source, "add a camera")
    assert "add {source}" in step.example.text()


def test_a_zone_that_is_gone_is_a_problem_of_the_step(step: SessionStep, session: Session) -> None:
    plan_with(session, start="when an animal is seen", seen_zone="nest")
    assert step.state().kind == "problem"


# ---- the part of a video


def test_keys_mark_the_part_and_the_run_tracks_it(
    shown_window: MainWindow, qtbot: QtBot, wait_for_index: Wait, tmp_path: Path
) -> None:
    window, pane = shown_window, shown_window.picture.frame_pane
    window.activateWindow()
    pane.setFocus()
    for frame, keys in ((20, Qt.KeyboardModifier.NoModifier), (29, Qt.KeyboardModifier.ShiftModifier)):
        window.session.view.player.seek(frame)
        wait_for_index(window, frame)
        qtbot.keyClick(pane, Qt.Key.Key_I, keys)
    assert window.document.preset.range == FrameRange(first_frame=20, stop_frame=30)
    assert window.transport.bar.part == window.document.preset.range
    window.session.settings.output_folder = str(tmp_path)
    window.action("start").trigger()
    qtbot.waitUntil(lambda: not window.session.is_tracking, timeout=PATIENCE_MS)
    manifest = json.loads((tmp_path / "simulated_run.json").read_text(encoding="utf-8"))
    assert (manifest["start_frame"], manifest["stop_frame"], manifest["counts"]["frames"]) == (20, 30, 10)
    window.action("range_whole").trigger()
    assert window.document.preset.range is None


def test_a_mark_is_dragged_as_one_step_of_undo(shown_window: MainWindow, qtbot: QtBot) -> None:
    bar, document = shown_window.transport.bar, shown_window.document
    document.change(replace(document.preset, range=FrameRange(first_frame=30, stop_frame=60)), "mark")
    steps = document.undo_stack.index()
    begin = QPoint(round(bar._x(30)), 3)
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=begin)
    for x in (bar._x(20), bar._x(10)):
        qtbot.mouseMove(bar, QPoint(round(x), 3))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(round(bar._x(10)), 3))
    part = document.preset.range
    assert part is not None
    assert abs(part.first_frame - 10) <= 1
    assert part.stop_frame == 60
    assert document.undo_stack.index() == steps + 1


def test_another_source_begins_without_marks(session: Session, scene_preset: Callable[..., Preset]) -> None:
    session.document.change(replace(session.document.preset, range=FrameRange(first_frame=3)), "mark")
    other = scene_preset(seed=9).source
    assert other is not None
    session.open_source(other, "open another")
    assert session.document.preset.range is None


# ---- a run that waits


@pytest.fixture
def waiting(session: Session, qtbot: QtBot) -> Session:
    """Return a session whose run waits for what never comes."""
    plan_with(session, start="when an animal is seen", seen_frames=90_000)
    session.start_tracking()
    qtbot.waitUntil(lambda: bool(session.waiting), timeout=PATIENCE_MS)
    return session


def test_a_run_that_waits_says_so_in_the_step_and_in_monitor(waiting: Session, qtbot: QtBot) -> None:
    step = OutputsStep(waiting)
    qtbot.addWidget(step)
    assert step._progress.text().startswith("Waiting for an animal")
    assert step.stop.text() == "Cancel the start"
    assert step.state().short == "waiting"
    figure = monitor_figures(waiting)["run"]
    assert (figure.value, figure.detail, figure.tone) == ("waiting", "for an animal", "warn")
    assert monitor_figures(waiting)["state"].value == "waiting to begin"
    waiting.stop_tracking()
    qtbot.waitUntil(lambda: not waiting.is_tracking, timeout=PATIENCE_MS)


def test_a_wait_that_is_cancelled_leaves_nothing_and_says_so(waiting: Session, qtbot: QtBot, tmp_path: Path) -> None:
    waiting.stop_tracking()
    qtbot.waitUntil(lambda: not waiting.is_tracking, timeout=PATIENCE_MS)
    texts = [remark.text for _, remark in waiting.history]
    assert "Stopped before the run had begun; nothing was written." in texts
    assert not (tmp_path / "out").exists()


def test_a_live_source_counts_down_and_can_be_cancelled(
    session: Session, qtbot: QtBot, make_video: Callable[..., Path], tmp_path: Path
) -> None:
    session.open_source(choice("sources", "replay", path=make_video("clip.mp4", 60)), "replay")
    plan_with(session, start="after a time", start_after_s=500)
    qtbot.waitUntil(lambda: session.info is not None, timeout=PATIENCE_MS)
    session.start_tracking()
    qtbot.waitUntil(lambda: session.waiting.startswith("starts in "), timeout=PATIENCE_MS)
    assert session.is_tracking
    assert session.document.locked
    session.stop_tracking()
    qtbot.waitUntil(lambda: not session.is_tracking, timeout=PATIENCE_MS)
    assert not session.document.locked
    assert not list((tmp_path / "out").glob("*"))


def test_a_live_run_begins_and_ends_by_itself(
    session: Session, qtbot: QtBot, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    session.open_source(choice("sources", "replay", path=make_video("clip.mp4", 200)), "replay")
    plan_with(session, start="after a time", start_after_s=0.3, stop="after a time", stop_after_s=0.4, subject="M12")
    session.start_tracking()
    manifest = tmp_path / "out" / "clip_run.json"

    def done() -> bool:
        return manifest.is_file() and not session.is_tracking

    qtbot.waitUntil(done, timeout=PATIENCE_MS)
    document = json.loads(manifest.read_text(encoding="utf-8"))
    assert document["session"] == {"subject": "M12"}
    assert document["outcome"] == "complete"
