"""An animal is inside a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.inside import inside_of
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Predicate, Reading, RuleContext
from tracker_gui.core.templates import shown_name

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Points, Scene


class InZoneParams(Params):
    """The settings of `InZone`."""

    zone: str = setting("", title="Zone", refers_to="zone", description="Name of the zone.")
    anchor: Literal["centre", "bottom", "head"] = setting(
        "centre",
        title="Point of the animal",
        description="Which point must be inside: the centre, the middle of the lower edge, or the head, "
        "which is unknown while the heading is unsure.",
    )
    margin_px: float = setting(
        0.0, title="Margin", ge=0, le=10_000, step=1, unit="px",
        description="An animal that is inside must go this far outside before it counts as out, "
        "so that one on the border does not flicker.",
    )  # fmt: skip


class InZone(Predicate[InZoneParams]):
    """Inside from the border on, outside beyond the margin."""

    title: ClassVar[str] = "In a zone"
    about: ClassVar[str] = "An animal is inside a zone; with 'not' it is outside."
    Params = InZoneParams

    @property
    def phrase(self) -> str:
        return f"is in {shown_name(self.params.zone, 'zone')}"

    def open(self, context: RuleContext) -> None:
        shape = context.zone(self.params.zone).shape
        self._inner = inside_of(shape)
        self._outer = inside_of(shape, self.params.margin_px) if self.params.margin_px else self._inner
        self.reset()

    def step(self, scene: Scene) -> Reading:
        truths: list[Truth] = [None] * len(scene.animals)
        seen = scene.points(self.params.anchor)
        inside = self._inner(seen.places_px)
        if self._outer is not self._inner:
            inside = self._held(seen, inside)
        for row, truth in zip(seen.rows, inside, strict=True):
            truths[row] = truth
        return Reading(truths)

    def _held(self, seen: Points, inside: list[bool]) -> list[bool]:
        """Keep those inside that were and have not left the margin."""
        on = self._on
        if not on.isdisjoint(seen.ids):
            near = self._outer(seen.places_px)
            inside = [
                now or (close and animal_id in on) for now, close, animal_id in zip(inside, near, seen.ids, strict=True)
            ]
        on.difference_update(seen.ids)
        if True in inside:
            on.update(animal_id for animal_id, now in zip(seen.ids, inside, strict=True) if now)
        return inside

    def forget(self, animal_id: int) -> None:
        self._on.discard(animal_id)

    def reset(self) -> None:
        self._on: set[int] = set()
