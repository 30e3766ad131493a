"""How many animals are in sight, or in a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.inside import inside_of
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import RuleContext, ScenePredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene


class CountParams(Params):
    """The settings of `Count`."""

    zone: str | None = setting(None, title="Zone", refers_to="zone", description="None for the whole picture.")
    relation: Literal["at_least", "at_most", "exactly"] = setting(
        "at_least", title="Are", description="How the number of animals is compared."
    )
    number: int = setting(
        1, title="Number", ge=0, le=10_000, step=1, unit="animals", description="The number to compare with."
    )


class Count(ScenePredicate[CountParams]):
    """Counts the animals that are seen on this very frame."""

    title: ClassVar[str] = "Number of animals"
    about: ClassVar[str] = "How many animals are in sight, in the whole picture or in a zone."
    unit: ClassVar[str] = "animals"
    Params = CountParams

    @property
    def phrase(self) -> str:
        how = {"at_least": "or more", "at_most": "or fewer", "exactly": "exactly"}[self.params.relation]
        return f"{self.params.number} {how} are {f'in {self.params.zone}' if self.params.zone else 'in sight'}"

    def open(self, context: RuleContext) -> None:
        self._inside = None if self.params.zone is None else inside_of(context.zone(self.params.zone).shape)

    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        points = scene.points().places_px
        count = len(points) if self._inside is None else sum(self._inside(points))
        number = self.params.number
        if self.params.relation == "exactly":
            return count == number, float(count)
        return count >= number if self.params.relation == "at_least" else count <= number, float(count)
