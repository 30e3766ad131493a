"""A counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, Lane
from tracker_gui.core.templates import Template, fill

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import RuleState
    from tracker_gui.core.templates import Facts


class CountUpParams(Params):
    """The settings of `CountUp`."""

    counter: Template = setting(
        "${rule}", title="Counter", description="Its name; with ${subject} in it every animal has its own."
    )


class CountUp(Action[CountUpParams]):
    """Counters begin at 0 with the session."""

    title: ClassVar[str] = "Count"
    about: ClassVar[str] = "Counts one up: visits, presses, rewards."
    lane: ClassVar[Lane] = Lane.REAL_TIME
    is_instant: ClassVar[bool] = True
    Params = CountUpParams

    @property
    def phrase(self) -> str:
        return "count it"

    def payload(self, facts: Facts) -> str:
        return fill(self.params.counter, facts)

    def apply(self, state: RuleState, facts: Facts) -> None:
        state.add_to_counter(self.payload(facts))
