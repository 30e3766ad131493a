"""An animal is out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class LostParams(Params):
    """The settings of `Lost`."""

    after_s: float = setting(
        2.0, title="For", ge=0, le=86_400, step=0.5, unit="s", description="How long it must be out of sight."
    )


class Lost(AnimalPredicate[LostParams]):
    """True while an animal that was seen once is out of sight for at least a time."""

    title: ClassVar[str] = "Lost"
    about: ClassVar[str] = "An animal that was there is out of sight for a while."
    unit: ClassVar[str] = "s"
    Params = LostParams

    @property
    def phrase(self) -> str:
        return f"is out of sight for {self.params.after_s:g} s"

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        lost = animal.ever_seen and animal.centre_px is None and animal.missing_s >= self.params.after_s - 1e-9
        return lost, animal.missing_s
