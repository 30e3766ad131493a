"""An animal is faster or slower than a limit."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate, beyond

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class SpeedParams(Params):
    """The settings of `Speed`."""

    relation: Literal["above", "below"] = setting("above", title="Is", description="Faster or slower than the limit.")
    limit_px_s: float = setting(
        100.0, title="Limit", ge=0, le=100_000, step=5, unit="px/s", description="The speed to compare with."
    )
    margin_px_s: float = setting(
        0.0, title="Margin", ge=0, le=100_000, step=1, unit="px/s",
        description="How far it must fall back behind the limit before it is over.",
    )  # fmt: skip
    window: float = setting(
        5.0, title="Measured over", ge=0.01, le=10_000, step=1,
        description="Way between the first and the last place of this span, divided by its time.",
    )  # fmt: skip
    window_unit: Literal["frames", "seconds"] = setting(
        "frames", title="Measured in", description="Steps from frame to frame, or time."
    )


class Speed(AnimalPredicate[SpeedParams]):
    """The way over a window divided by its time; unknown until an animal was seen without a gap for the window."""

    title: ClassVar[str] = "Speed"
    about: ClassVar[str] = "An animal moves faster or slower than a limit."
    unit: ClassVar[str] = "px/s"
    Params = SpeedParams

    @property
    def phrase(self) -> str:
        return f"is {'faster' if self.params.relation == 'above' else 'slower'} than {self.params.limit_px_s:g} px/s"

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        if animal.centre_px is None:
            self._places.pop(animal.id, None)
            return None, None
        places = self._places.get(animal.id)
        if places is None:
            places = self._places[animal.id] = deque()
        x, y = animal.centre_px
        t_s = scene.t_s
        places.append((t_s, x, y))
        window = self.params.window
        if self.params.window_unit == "frames":
            steps = max(1, round(window))
            if len(places) <= steps:
                return None, None
            if len(places) > steps + 1:
                places.popleft()
        else:
            while len(places) > 2 and t_s - places[1][0] >= window - 1e-9:
                places.popleft()
            if t_s - places[0][0] < window - 1e-9:
                return None, None
        t0_s, x0, y0 = places[0]
        if t_s <= t0_s:
            return None, None
        speed_px_s = math.hypot(x - x0, y - y0) / (t_s - t0_s)
        params = self.params
        above = params.relation == "above"
        return beyond(speed_px_s, params.limit_px_s, above, params.margin_px_s, animal.id in self._on), speed_px_s

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._places.pop(animal_id, None)

    def reset(self) -> None:
        super().reset()
        self._places: dict[int, deque[tuple[float, float, float]]] = {}
