"""Step 1: where the frames come from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.logins import put_away_in
from tracker_gui.engine.player import Phase
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.source_words import OUT_OF_DATE, STATES, source_name
from tracker_gui.qt.steps.stage_picker import StagePicker
from tracker_gui.qt.steps.step import Step, StepState, dim_label, problem_place
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.session import Session


class SourceStep(Step):
    """A video, a folder of images or a simulated arena."""

    number = 1
    title = "Source"
    about = "Where the pictures come from: a video, a folder of images, a camera, or a simulated arena."
    help_page = "cameras"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.picker = StagePicker("sources")
        self.picker.picked.connect(self._picked)
        self._facts = dim_label("")
        self.cameras = QPushButton("Choose a camera…")
        self.cameras.setToolTip("See what each camera shows, and take one")
        self.rows.addWidget(self.cameras)
        self.rows.addWidget(self.picker)
        self.rows.addWidget(self._facts)
        session.document.changed.connect(self._show)
        session.state_changed.connect(self._show_facts)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()
        self._show_facts()

    def _recolour(self) -> None:
        self.cameras.setIcon(icon("webcam"))

    def _show(self) -> None:
        self.picker.show_choice(self.session.document.preset.source)

    def _picked(self, chosen: StageChoice, words: str, drag: int) -> None:
        try:
            chosen = replace(chosen, params=put_away_in(chosen.params))
        except TrackerError as error:
            self.session.remarked.emit(Remark("open", "bad", str(error)))
            return
        self.session.document.change_stage("source", chosen, words, drag)

    def _show_facts(self) -> None:
        info = self.session.info
        if info is None:
            self._facts.setText("")
            return
        width, height = info.size_px
        parts = [f"{width} \u00d7 {height} px", f"{info.rate_hz:.4g} frames/s"]
        if info.frame_count is not None:
            parts.append(f"{info.frame_count:,} frames".replace(",", "\u202f"))
        self._facts.setText(" · ".join(parts))

    def state(self) -> StepState:
        source, info = self.session.document.preset.source, self.session.info
        if source is None:
            return StepState("missing", "nothing open", "Open a video, or start with the simulated arena.")
        if problem_place(self.session) == "source":
            return StepState("problem", "cannot be read", str(self.session.state.problem))
        if info is None:
            return StepState("missing", "opening" if self.session.state.phase is Phase.OPENING else "")
        figures = self.session.figures()
        if figures is not None and figures.status.state in OUT_OF_DATE:
            return StepState("problem", STATES[figures.status.state].word, figures.status.sentence)
        return StepState("ok", f"{source_name(source)}, {info.rate_hz:.4g}/s")
