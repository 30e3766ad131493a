"""The phase or trial of the experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import ScenePredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene


class PhaseParams(Params):
    """The settings of `Phase`."""

    name: str = setting(
        "", title="Phase", refers_to="phase",
        description="Name of the phase or trial; a session begins in one without a name.",
    )  # fmt: skip


class Phase(ScenePredicate[PhaseParams]):
    """As it was before any action of this frame."""

    title: ClassVar[str] = "Phase"
    about: ClassVar[str] = "The experiment is in a phase or trial that another rule has set."
    Params = PhaseParams

    @property
    def phrase(self) -> str:
        return f"the phase is {self.params.name or 'the first one'}"

    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        return scene.phase == self.params.name, None
