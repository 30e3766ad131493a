"""Runs the next trial: fills in the session, opens its video, starts, and writes down what became of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from tracker_gui.core.errors import SettingsError, TrackerError
from tracker_gui.core.preset import choice
from tracker_gui.core.session_plan import SessionPlan
from tracker_gui.core.trial_list import LIVE
from tracker_gui.engine.run_files import MANIFEST_ENDING
from tracker_gui.qt.remark import Remark

if TYPE_CHECKING:
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.trial_list import Trial, TrialState
    from tracker_gui.qt.session import Session
    from tracker_gui.qt.trials.trial_model import TrialModel

NAMED_BY_TRIAL = "{trial}_{subject}"


def filled_in(preset: Preset, trial: Trial, number: int) -> Preset:
    """Return the settings for a trial, whose number counts from 1.

    Files are named by the trial where their names would not tell it.

    Raises
    ------
    SettingsError
        A cell cannot be used.
    """
    plan = preset.session
    told = any(field in plan.file_name for field in ("{trial}", "{subject}"))
    changed = {
        "trial": f"{number:02}", "subject": trial.subject, "treatment": trial.treatment,
        "notes": tuple(trial.notes.splitlines()), "file_name": plan.file_name if told else NAMED_BY_TRIAL,
    }  # fmt: skip
    try:
        session = SessionPlan.model_validate(plan.model_dump() | changed)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(f"trial {number}: {first['loc'][0]}", str(first["msg"]), "Shorten the cell.") from error
    if trial.source.lower() in ("", LIVE):
        return replace(preset, session=session)
    path = Path(trial.source)
    source = choice("sources", "image_folder" if path.is_dir() else "video_file", path=path.absolute())
    same = preset.source == source
    return replace(preset, session=session, source=source, range=preset.range if same else None)


class TrialRunner(QObject):
    """One trial at a time.

    Signals
    -------
    changed()
        A trial began or ended.
    """

    changed = Signal()

    def __init__(self, session: Session, model: TrialModel, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self.running: int | None = None
        self._run_before: object = None
        session.run_changed.connect(self._look)

    def begin(self, number: int) -> None:
        """Run one trial, counted from 0."""
        session, document = self._session, self._session.document
        if session.is_tracking:
            session.remarked.emit(Remark("trial", "info", "A run is under way: stop it before the next trial."))
            return
        trial = self._model.trials[number]
        try:
            preset = filled_in(document.preset, trial, number + 1)
        except TrackerError as error:
            session.remarked.emit(Remark("trial", "bad", str(error)))
            return
        document.change(preset, f"begin trial {number + 1}")
        self._run_before = session.view.last_run
        session.withdrawn.emit("trial")
        session.start_tracking()
        if any(view.is_tracking for view in session.views):
            self.running = number
            self._model.set_state(number, "running", "")
            self.changed.emit()

    def _look(self) -> None:
        if self.running is None or self._session.is_tracking:
            return
        number, self.running = self.running, None
        report = self._session.report()
        begun = self._session.view.last_run is not self._run_before
        if report is None or not begun or not (report.files or report.error):
            self._model.set_state(number, "to do")
        else:
            manifest = next((path.name for path in report.files if path.name.endswith(MANIFEST_ENDING)), "")
            state: TrialState = "failed" if report.error else "stopped" if report.counts.cancelled else "done"
            self._model.set_state(number, state, manifest.removesuffix(MANIFEST_ENDING))
        self.changed.emit()
