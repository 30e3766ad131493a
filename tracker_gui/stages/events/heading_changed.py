"""An animal turns."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.direction import Direction
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class HeadingChangedParams(Params):
    """The settings of `HeadingChanged`."""

    angle_deg: float = setting(
        90.0, title="More than", ge=1, le=180, step=5, unit="deg", description="How far it must turn, to either side."
    )
    window_s: float = setting(
        1.0, title="Within", ge=0.05, le=600, step=0.1, unit="s", description="In how short a time."
    )
    source: Literal["way", "body"] = setting(
        "way",
        title="Direction of",
        description="way is where it went last; body is where it faces, which needs 'Speed and heading' under "
        "enrichment.",
    )
    min_step_px: float = setting(
        10.0, title="Step", ge=0.5, le=1000, step=1, unit="px", when={"source": ("way",)},
        description="How far it must go before its way has a direction.",
    )  # fmt: skip


class HeadingChanged(AnimalPredicate[HeadingChangedParams]):
    """The direction differs from any it had within the window by more than the angle."""

    title: ClassVar[str] = "Turns"
    about: ClassVar[str] = "An animal changes its direction by more than an angle in a short time."
    unit: ClassVar[str] = "deg"
    Params = HeadingChangedParams

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        direction = self._direction.of(animal)
        if direction is None:
            self._past.pop(animal.id, None)
            return None, None
        past = self._past.get(animal.id)
        if past is None:
            past = self._past[animal.id] = deque()
        while past and scene.t_s - past[0][0] > self.params.window_s + 1e-9:
            past.popleft()
        turned = max((abs(math.remainder(direction - each, math.tau)) for _, each in past), default=0.0)
        if not past or past[-1][1] != direction:
            past.append((scene.t_s, direction))
        else:
            past[-1] = (scene.t_s, direction)
        degrees = math.degrees(turned)
        return degrees > self.params.angle_deg, degrees

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._direction.forget(animal_id)
        self._past.pop(animal_id, None)

    def reset(self) -> None:
        super().reset()
        self._direction = Direction(self.params.source, self.params.min_step_px)
        self._past: dict[int, deque[tuple[float, float]]] = {}
