"""Step 4: who is who from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core import registry
from tracker_gui.qt.found_count import wanted_animals
from tracker_gui.qt.steps.stage_picker import StagePicker
from tracker_gui.qt.steps.stage_switch import StageSwitch, with_choice
from tracker_gui.qt.steps.step import Step, StepState, problem_place

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.session import Session


class TrackStep(Step):
    """The tracker and its settings."""

    number = 4
    title = "Track"
    about = "How many animals there are, and how they are followed from frame to frame."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.picker = StagePicker("trackers")
        self.picker.picked.connect(self._picked)
        self.rows.addWidget(self.picker)
        self.enrich = [StageSwitch("enrich", name) for name in registry.names("enrich")]
        for switch in self.enrich:
            switch.edited.connect(self._enriched)
            self.rows.addWidget(switch)
        session.document.changed.connect(self._show)
        session.state_changed.connect(self._tell_size)
        self._show()

    def _show(self) -> None:
        preset = self.session.document.preset
        self.picker.show_choice(preset.tracker)
        for switch in self.enrich:
            switch.show_choice(next((c for c in preset.enrich if c.stage == switch.name), None))

    def _tell_size(self) -> None:
        if self.session.info is not None:
            self.picker.set_frame_size(self.session.info.size_px)

    def _picked(self, chosen: StageChoice, words: str, drag: int) -> None:
        self.session.document.change_stage("tracker", chosen, words, drag)

    def _enriched(self, chosen: StageChoice, words: str, drag: int) -> None:
        enrich = with_choice(self.session.document.preset.enrich, chosen)
        self.session.document.change_list("enrich", enrich, words, drag)

    def state(self) -> StepState:
        if problem_place(self.session) == "tracker":
            return StepState("problem", "cannot be used", str(self.session.state.problem))
        animals = wanted_animals(self.session.document.preset)
        if animals is None:
            return StepState("ok")
        return StepState("ok", "1 animal" if animals == 1 else f"{animals} animals")
