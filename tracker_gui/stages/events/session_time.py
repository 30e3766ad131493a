"""A span of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import ScenePredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene


class SessionTimeParams(Params):
    """The settings of `SessionTime`."""

    from_s: float = setting(
        0.0, title="From", ge=0, le=10_000_000, step=1, unit="s",
        description="Counted from the session's first frame. A rule that shall act at 0 must be told to act at once "
        "when it is so already at the start.",
    )  # fmt: skip
    to_s: float | None = setting(
        None, title="To", ge=0, le=10_000_000, step=1, unit="s", description="Not set: until the end."
    )


class SessionTime(ScenePredicate[SessionTimeParams]):
    """On the frames' own clock, which a computer that is slow or whose clock is set does not change."""

    title: ClassVar[str] = "Time of the session"
    about: ClassVar[str] = "From one time to another, counted from the session's first frame."
    unit: ClassVar[str] = "s"
    Params = SessionTimeParams

    @property
    def phrase(self) -> str:
        end = "on" if self.params.to_s is None else f"to {self.params.to_s:g} s"
        return f"the session runs from {self.params.from_s:g} s {end}"

    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        t_s = scene.t_s
        return t_s >= self.params.from_s and (self.params.to_s is None or t_s < self.params.to_s), t_s
