"""An animal comes into sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate, Reading

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class AppearedParams(Params):
    """The settings of `Appeared`."""

    absent_s: float = setting(
        1.0, title="After an absence of", ge=0, le=86_400, step=0.5, unit="s",
        description="How long it must have been out of sight; one that is seen for the first time always counts.",
    )  # fmt: skip


class Appeared(AnimalPredicate[AppearedParams]):
    """True on the frame on which an animal is seen for the first time, or again after an absence."""

    title: ClassVar[str] = "Appears"
    about: ClassVar[str] = "The moment in which an animal comes into sight."
    unit: ClassVar[str] = "s"
    Params = AppearedParams

    @property
    def phrase(self) -> str:
        return "appears"

    @property
    def is_moment(self) -> bool:
        return True

    def reset(self) -> None:
        super().reset()
        self._seen_s: dict[int, float] = {}
        self._missed: set[int] = set()

    def source_lost(self) -> None:
        """Who was there before is not new, however long the source was away."""
        self._missed.clear()

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        if animal.centre_px is None:
            return False, animal.missing_s
        last_s = self._seen_s.get(animal.id)
        self._seen_s[animal.id] = scene.t_s
        if last_s is None:
            return True, None
        # A frame's own distance is no absence.
        absent = animal.id in self._missed and scene.t_s - last_s >= self.params.absent_s
        return absent, scene.t_s - last_s

    def step(self, scene: Scene) -> Reading:
        reading = super().step(scene)
        self._missed = {animal.id for animal in scene.animals if animal.centre_px is None}
        return reading

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._seen_s.pop(animal_id, None)
