"""The next phase or trial of the experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, Lane
from tracker_gui.core.templates import Template, fill

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import RuleState
    from tracker_gui.core.templates import Facts


class SetPhaseParams(Params):
    """The settings of `SetPhase`."""

    phase: Template = setting("", title="Phase", description="Name of the phase or trial that begins.")


class SetPhase(Action[SetPhaseParams]):
    """Rules see it from the next frame on."""

    title: ClassVar[str] = "Set the phase"
    about: ClassVar[str] = "Begins a phase or trial of the experiment, which other rules can ask for."
    lane: ClassVar[Lane] = Lane.SLOW
    is_instant: ClassVar[bool] = True
    Params = SetPhaseParams

    @property
    def phrase(self) -> str:
        return f"begin the phase {self.params.phase or 'without a name'}"

    def payload(self, facts: Facts) -> str:
        return fill(self.params.phase, facts)

    def apply(self, state: RuleState, facts: Facts) -> None:
        state.set_phase(self.payload(facts))
