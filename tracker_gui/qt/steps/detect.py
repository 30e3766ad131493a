"""Step 3: what is an animal in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from tracker_gui.qt.found_count import count_found
from tracker_gui.qt.steps.stage_picker import StagePicker
from tracker_gui.qt.steps.step import Step, StepState, problem_place

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.session import Session


class DetectStep(Step):
    """The detector and its settings."""

    number = 3
    title = "Detect"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.picker = StagePicker("detectors")
        self.picker.picked.connect(self._picked)
        self.rows.addWidget(self.picker)
        self.rejected = QCheckBox("Show rejected blobs and why")
        self.rejected.setToolTip("A cross on each blob that was not taken, with the reason beside the largest ones.")
        self.rejected.setChecked(session.settings.rejected)
        self.rejected.toggled.connect(session.show_rejected)
        self.rows.addWidget(self.rejected)
        session.document.changed.connect(self._show)
        session.view_changed.connect(self._show_view)
        session.shown.connect(self._count)
        self._words = ""
        self._show()

    def _show(self) -> None:
        self.picker.show_choice(self.session.document.preset.detector)

    def _show_view(self) -> None:
        self.rejected.setChecked(self.session.settings.rejected)

    def _picked(self, chosen: StageChoice, words: str, drag: int) -> None:
        self.session.document.change_stage("detector", chosen, words, drag)

    def _count(self) -> None:
        state = self.state()
        if state.short != self._words:
            self._words = state.short
            self.state_changed.emit()

    def state(self) -> StepState:
        if problem_place(self.session) == "detector":
            return StepState("problem", "cannot be used", str(self.session.state.problem))
        shown = self.session.newest
        if shown is None:
            return StepState("unused", "")
        found = count_found(shown, self.session.document.preset)
        return StepState("ok" if found.complete else "problem", found.words)
