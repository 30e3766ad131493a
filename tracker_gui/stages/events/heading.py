"""An animal goes or faces in a range of directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.direction import Direction
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class HeadingParams(Params):
    """The settings of `Heading`."""

    from_deg: float = setting(
        -45.0, title="From", ge=-360, le=360, step=5, unit="deg",
        description="Where the range begins; 0 is to the right, 90 down, going clockwise on screen.",
    )  # fmt: skip
    to_deg: float = setting(
        45.0, title="To", ge=-360, le=360, step=5, unit="deg",
        description="Where the range ends, clockwise from its start.",
    )  # fmt: skip
    margin_deg: float = setting(
        0.0, title="Margin", ge=0, le=90, step=1, unit="deg",
        description="How far outside the range it must turn before it is over.",
    )  # fmt: skip
    source: Literal["way", "body"] = setting(
        "way",
        title="Direction of",
        description="way is where it went last; body is where it faces, which needs 'Speed and heading' under "
        "enrichment and is unknown while that is unsure.",
    )
    min_step_px: float = setting(
        10.0, title="Step", ge=0.5, le=1000, step=1, unit="px", when={"source": ("way",)},
        description="How far it must go before its way has a direction.",
    )  # fmt: skip


class Heading(AnimalPredicate[HeadingParams]):
    """In the range, going clockwise from its start to its end."""

    title: ClassVar[str] = "Heading"
    about: ClassVar[str] = "An animal goes, or faces, in a range of directions."
    unit: ClassVar[str] = "deg"
    Params = HeadingParams

    @property
    def phrase(self) -> str:
        return f"heads from {self.params.from_deg:g}° to {self.params.to_deg:g}°"

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        direction = self._direction.of(animal)
        if direction is None:
            return None, None
        degrees = math.degrees(direction)
        margin = self.params.margin_deg if animal.id in self._on else 0.0
        start = self.params.from_deg - margin
        span = self.params.to_deg - self.params.from_deg
        width = min(360.0, (span if abs(span) == 360 else span % 360.0) + 2 * margin)
        return abs(width) >= 360 or (degrees - start) % 360.0 <= width, degrees

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._direction.forget(animal_id)

    def reset(self) -> None:
        super().reset()
        self._direction = Direction(self.params.source, self.params.min_step_px)
