"""A mark in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Action, Lane
from tracker_gui.core.templates import Template, fill

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import RuleState
    from tracker_gui.core.templates import Facts


class MarkerParams(Params):
    """The settings of `Marker`."""

    label: Template = setting("${rule}", title="Label", description="What is written; fields are filled in.")


class Marker(Action[MarkerParams]):
    """The row of the log is the mark: frame, time, animal and label."""

    title: ClassVar[str] = "Mark"
    about: ClassVar[str] = "Writes a mark into the log of the rules, to find the moment again."
    lane: ClassVar[Lane] = Lane.MEDIA
    is_instant: ClassVar[bool] = True
    Params = MarkerParams

    @property
    def phrase(self) -> str:
        return "mark it in the log"

    def payload(self, facts: Facts) -> str:
        return fill(self.params.label, facts)

    def apply(self, state: RuleState, facts: Facts) -> None:
        """Nothing beyond the row itself."""
