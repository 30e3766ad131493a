"""What the detector takes an object for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene


class ObjectClassParams(Params):
    """The settings of `ObjectClass`."""

    class_id: int = setting(
        0, title="Class", ge=0, le=100_000, step=1, description="Number of the class, as the detector's model has it."
    )


class ObjectClass(AnimalPredicate[ObjectClassParams]):
    """Of the class on this very frame."""

    title: ClassVar[str] = "Class"
    about: ClassVar[str] = "What the detector takes an object for, such as a person or a car."
    Params = ObjectClassParams

    @property
    def phrase(self) -> str:
        return f"is of class {self.params.class_id}"

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        if animal.class_id is None:
            return None, None
        return animal.class_id == self.params.class_id, float(animal.class_id)
