"""An animal enters or leaves a zone, every time or the n-th time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.inside import inside_of
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate, RuleContext
from tracker_gui.core.templates import shown_name

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class ZoneVisitParams(Params):
    """The settings of `ZoneVisit`."""

    zone: str = setting("", title="Zone", refers_to="zone", description="Name of the zone.")
    way: Literal["entered", "left"] = setting(
        "entered", title="What happens", description="The animal goes in, or it goes out."
    )
    nth: int = setting(
        0, title="Only time number", ge=0, le=1_000_000, step=1,
        description="0 takes every time, 3 only the third one of each animal.",
    )  # fmt: skip
    anchor: Literal["centre", "bottom", "head"] = setting(
        "centre",
        title="Point of the animal",
        description="Which point must pass the border: the centre, the middle of the lower edge, or the head.",
    )
    margin_px: float = setting(
        0.0, title="Margin", ge=0, le=10_000, step=1, unit="px",
        description="An animal that is inside must go this far outside before it counts as out.",
    )  # fmt: skip


class ZoneVisit(AnimalPredicate[ZoneVisitParams]):
    """True on the one frame on which an animal passes the border. Where it is first seen it has passed nothing."""

    title: ClassVar[str] = "Enters or leaves a zone"
    about: ClassVar[str] = "The moment in which an animal goes into a zone or out of it."
    unit: ClassVar[str] = "times"
    Params = ZoneVisitParams

    @property
    def phrase(self) -> str:
        verb = "enters" if self.params.way == "entered" else "leaves"
        time = f" for time number {self.params.nth}" if self.params.nth else ""
        return f"{verb} {shown_name(self.params.zone, 'zone')}{time}"

    @property
    def is_moment(self) -> bool:
        return True

    def open(self, context: RuleContext) -> None:
        shape = context.zone(self.params.zone).shape
        self._inner = inside_of(shape)
        self._outer = inside_of(shape, self.params.margin_px)
        super().open(context)

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        point = animal.at(self.params.anchor)
        if point is None:
            return None, None
        was = self._inside.get(animal.id)
        (inside,) = (self._outer if was else self._inner)([point])
        self._inside[animal.id] = inside
        count = self._counts.get(animal.id, 0)
        if was is None or inside == was or inside != (self.params.way == "entered"):
            return False, float(count)
        self._counts[animal.id] = count = count + 1
        return self.params.nth in (0, count), float(count)

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._inside.pop(animal_id, None)
        self._counts.pop(animal_id, None)

    def source_lost(self) -> None:
        self._inside.clear()

    def reset(self) -> None:
        super().reset()
        self._inside: dict[int, bool] = {}
        self._counts: dict[int, int] = {}
