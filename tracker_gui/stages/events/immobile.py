"""An animal does not move (freezing, resting)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from pydantic import model_validator

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate

if TYPE_CHECKING:
    from typing import Self

    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class ImmobileParams(Params):
    """The settings of `Immobile`."""

    still_px: float = setting(
        5.0, title="Stays within", ge=0.1, le=10_000, step=0.5, unit="px",
        description="It does not move while it stays this close to where it was.",
    )  # fmt: skip
    still_s: float = setting(
        1.0, title="For", ge=0, le=3600, step=0.1, unit="s", description="How long before it counts as immobile."
    )
    moving_px: float = setting(
        10.0, title="Moves again beyond", ge=0.1, le=10_000, step=0.5, unit="px",
        description="How far it must go before that is over; not below 'Stays within'.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _on_below_off(self) -> Self:
        if self.moving_px < self.still_px:
            raise ValueError(f"'Moves again beyond' ({self.moving_px:g}) is below 'Stays within' ({self.still_px:g})")
        return self


class Immobile(AnimalPredicate[ImmobileParams]):
    """Has stayed around one place for a time, and has not left a wider circle around it since."""

    title: ClassVar[str] = "Immobile"
    about: ClassVar[str] = "An animal stays where it is: freezing or resting."
    unit: ClassVar[str] = "px"
    Params = ImmobileParams

    @property
    def phrase(self) -> str:
        return f"does not move for {self.params.still_s:g} s"

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        if animal.centre_px is None:
            self._anchors.pop(animal.id, None)
            self._on.discard(animal.id)
            return None, None
        x, y = animal.centre_px
        since_s, ax, ay = self._anchors.setdefault(animal.id, (scene.t_s, x, y))
        away_px = math.hypot(x - ax, y - ay)
        was = animal.id in self._on
        if away_px > (self.params.moving_px if was else self.params.still_px):
            self._anchors[animal.id] = (scene.t_s, x, y)
            return False, away_px
        return was or scene.t_s - since_s >= self.params.still_s - 1e-9, away_px

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._anchors.pop(animal_id, None)

    def reset(self) -> None:
        super().reset()
        self._anchors: dict[int, tuple[float, float, float]] = {}
