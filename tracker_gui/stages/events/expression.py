"""A line of arithmetic over named signals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from tracker_gui.core.formula import Formula
from tracker_gui.core.inside import inside_of
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Predicate, Reading, RuleContext

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene

#: Of the animal that is looked at; not there while it is missing.
OF_ANIMAL = ("x", "y", "speed", "heading", "id")
OF_SCENE = ("t", "n")
#: Function -> how many values it takes.
FUNCTIONS = {"dist": 2, "n_in": 1, "in_zone": 1}
WITH_ZONE = ("n_in", "in_zone")


def formula(text: str) -> Formula:
    """Return the compiled expression.

    Raises
    ------
    ValueError
    """
    return Formula(text, OF_ANIMAL + OF_SCENE, FUNCTIONS, WITH_ZONE)


def _checked(text: str) -> str:
    formula(text)
    return text


class ExpressionParams(Params):
    """The settings of `Expression`."""

    text: Annotated[str, AfterValidator(_checked)] = setting(
        "x > 0",
        title="Expression",
        description='Such as: x > 300 and speed < 5, or dist(1, 2) < 60, or n_in("nest") >= 2. There are x and y of '
        "the animal, its speed per second, its heading in degrees (from 'Speed and heading' under enrichment), its "
        "number id, the time t of the session, and how many animals n are in sight; dist(a, b) between two animals, "
        "n_in and in_zone of a zone, abs, min, max, sqrt, hypot, sin, cos, atan2, floor.",
    )


class Expression(Predicate[ExpressionParams]):
    """Unknown wherever a signal that it asks for is not there."""

    title: ClassVar[str] = "Expression"
    about: ClassVar[str] = "Arithmetic and comparison over the signals, for what no other event says."
    Params = ExpressionParams

    def open(self, context: RuleContext) -> None:
        self._formula = formula(self.params.text)
        self._inside = {name: inside_of(context.zone(name).shape) for name in self._formula.texts}

    def step(self, scene: Scene) -> Reading:
        seen = scene.points()
        places = dict(zip(seen.ids, seen.places_px, strict=True))

        def dist(one: float, other: float) -> float:
            return math.dist(places[int(one)], places[int(other)])

        def n_in(zone: str) -> int:
            return sum(self._inside[zone](seen.places_px))

        signals: dict[str, Any] = {"t": scene.t_s, "n": len(places), "dist": dist, "n_in": n_in}
        return Reading([self._truth(animal, signals) for animal in scene.animals])

    def _truth(self, animal: Animal, signals: dict[str, Any]) -> Truth:
        own = dict(signals, id=animal.id)
        if animal.centre_px is not None:
            point = animal.centre_px
            own["x"], own["y"] = point
            own["in_zone"] = lambda zone: self._inside[zone]([point])[0]
            if animal.speed_px_s is not None:
                own["speed"] = animal.speed_px_s
            if animal.heading_rad is not None:
                own["heading"] = math.degrees(animal.heading_rad)
        return self._formula.value(own)

    def reset(self) -> None:
        """Nothing is remembered."""
