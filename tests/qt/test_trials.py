"""The list of trials in the window: how it is filled, run, and kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tracker_gui.core.trial_list import Trial, read_trials
from tracker_gui.qt.panels.trials import TrialsPanel
from tracker_gui.qt.session import Session
from tracker_gui.qt.settings import WindowSettings
from tracker_gui.qt.trials.trial_model import STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tracker_gui.core.preset import Preset

PATIENCE_MS = 20_000


@pytest.fixture
def session(dressed: QApplication, preset: Preset, tmp_path: Path) -> Iterator[Session]:
    session = Session(WindowSettings(output_folder=str(tmp_path / "out")))
    session.begin(preset)
    yield session
    assert session.close()


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> TrialsPanel:
    panel = TrialsPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: panel.is_ready, timeout=PATIENCE_MS)
    return panel


def sentences(session: Session) -> str:
    return "\n".join(remark.text for _, remark in session.history)


def end_of_run(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.is_tracking, timeout=PATIENCE_MS)


def test_rows_of_a_spreadsheet_are_pasted(panel: TrialsPanel, qtbot: QtBot) -> None:
    panel.model.put((Trial("M0"),))
    QGuiApplication.clipboard().setText("M1\tcontrol\nM2\tcaffeine\n")
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [trial.subject for trial in panel.model.trials] == ["M0", "M1", "M2"]
    QGuiApplication.clipboard().clear()


def test_what_is_removed_comes_back_with_undo_and_the_preset_is_left_alone(
    panel: TrialsPanel, session: Session, qtbot: QtBot
) -> None:
    panel.model.put((Trial("M1"), Trial("M2")))
    panel.table.selectRow(0)
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert [trial.subject for trial in panel.model.trials] == ["M2"]
    qtbot.keyClick(panel.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [trial.subject for trial in panel.model.trials] == ["M1", "M2"]
    assert session.document.is_saved


def test_a_cell_is_typed_and_can_be_undone(panel: TrialsPanel) -> None:
    panel.model.put((Trial("M1"),))
    assert panel.model.setData(panel.model.index(0, STATE + 2), " control ")
    assert panel.model.trials == (Trial("M1", "control"),)
    panel.model.undo()
    assert panel.model.trials == (Trial("M1"),)


def test_the_next_trial_fills_in_the_session_runs_and_is_ticked(
    panel: TrialsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.model.put((Trial("M1", state="done"), Trial("M2", "control", notes="moves little"), Trial("M3")))
    panel.begin_next()
    assert panel.model.trials[1].state == "running"
    plan = session.document.preset.session
    assert (plan.trial, plan.subject, plan.treatment, plan.notes) == ("02", "M2", "control", ("moves little",))
    end_of_run(qtbot, session)
    assert panel.model.trials[1] == Trial("M2", "control", "", "moves little", "done", "02_M2")
    assert (tmp_path / "out" / "02_M2_tracks.csv").is_file()
    assert panel.count.text() == "2 of 3 done"


def test_a_trial_opens_its_own_video(
    panel: TrialsPanel, session: Session, qtbot: QtBot, make_video: Callable[..., Path]
) -> None:
    video = make_video("clip.mp4", 12)
    panel.model.put((Trial("M1", source=str(video)),))
    panel.begin_next()
    end_of_run(qtbot, session)
    source = session.document.preset.source
    assert source is not None
    assert source.params.path == video  # type: ignore[attr-defined]
    assert panel.model.trials[0].state == "done"


def test_a_trial_whose_video_is_missing_has_failed(
    panel: TrialsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.model.put((Trial("M1", source=str(tmp_path / "gone.mp4")), Trial("M2")))
    panel.begin_next()
    end_of_run(qtbot, session)
    assert panel.model.trials[0].state == "failed"
    assert panel.model.next == 1


def test_a_trial_that_is_cancelled_before_it_began_is_to_do_again(
    panel: TrialsPanel, session: Session, qtbot: QtBot
) -> None:
    plan = session.document.preset.session.model_copy(
        update={"start": "when an animal is seen", "seen_frames": 90_000}
    )  # fmt: skip
    session.document.change(replace(session.document.preset, session=plan), "wait")
    panel.model.put((Trial("M1"),))
    panel.begin_next()
    session.stop_tracking()
    end_of_run(qtbot, session)
    assert panel.model.trials[0].state == "to do"


def test_a_cell_that_is_too_long_is_a_sentence(panel: TrialsPanel, session: Session) -> None:
    panel.model.put((Trial("M" * 500),))
    panel.begin_next()
    assert "trial 1: subject" in sentences(session)
    assert not session.is_tracking


def test_the_list_is_there_again_at_the_next_start(panel: TrialsPanel, session: Session, qtbot: QtBot) -> None:
    listed = (Trial("M1", state="done", result="01_M1"), Trial("M2", source="day1/m2.mp4"))
    panel.model.put(listed)
    session.closing.emit()
    other = TrialsPanel(session)
    qtbot.addWidget(other)
    qtbot.waitUntil(lambda: other.model.trials == listed, timeout=PATIENCE_MS)


def test_the_list_is_saved_as_a_table_that_can_be_read(panel: TrialsPanel, qtbot: QtBot, tmp_path: Path) -> None:
    panel.model.put((Trial("M1", "a, b", "live", 'says "no"', "done", "01_M1"),))
    panel.save_to(tmp_path / "list")
    qtbot.waitUntil(lambda: (tmp_path / "list.csv").is_file(), timeout=PATIENCE_MS)
    assert read_trials(tmp_path / "list.csv") == panel.model.trials


def test_a_table_that_is_no_list_is_told_and_changes_nothing(
    panel: TrialsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    table = tmp_path / "tracks.csv"
    table.write_text("frame,time_s,id\n0,0.0,1\n", encoding="utf-8")
    panel.model.put((Trial("M1"),))
    panel.read(table)
    qtbot.waitUntil(lambda: "is no list of trials" in sentences(session), timeout=PATIENCE_MS)
    assert panel.model.trials == (Trial("M1"),)


def test_an_empty_list_says_what_fills_it(panel: TrialsPanel) -> None:
    assert not panel.table.isVisible()
    assert not panel.begin.isEnabled()
    assert panel.begin.toolTip() == "No trial is to do"
