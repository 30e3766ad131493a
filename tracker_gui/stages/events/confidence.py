"""How sure the detector is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class ConfidenceParams(Params):
    """The settings of `Confidence`."""

    least_01: float = setting(
        0.5, title="At least", ge=0, le=1, step=0.05, description="The detector's own score, from 0 to 1."
    )


class Confidence(AnimalPredicate[ConfidenceParams]):
    """The score of the detection that was used on this frame."""

    title: ClassVar[str] = "Confidence"
    about: ClassVar[str] = "The detector is sure enough of what it sees."
    Params = ConfidenceParams

    @property
    def phrase(self) -> str:
        return f"is found with a score of {self.params.least_01:g} or more"

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        if animal.score_01 is None:
            return None, None
        return animal.score_01 >= self.params.least_01, animal.score_01
