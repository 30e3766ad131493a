"""A clock that ticks with the session."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import ScenePredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene

ROUNDING_S = 1e-9


class EveryParams(Params):
    """The settings of `Every`."""

    period_s: float = setting(
        60.0, title="Every", ge=0.02, le=1_000_000, step=1, unit="s", description="Time from one to the next."
    )
    first_s: float = setting(
        60.0, title="First after", ge=0, le=1_000_000, step=1, unit="s",
        description="Time of the first one, counted from the session's first frame.",
    )  # fmt: skip


class Every(ScenePredicate[EveryParams]):
    """True on the first frame at or after each due time. What fell into a gap without frames is not made up for."""

    title: ClassVar[str] = "Every n seconds"
    about: ClassVar[str] = "Again and again, after the same time."
    unit: ClassVar[str] = "s"
    Params = EveryParams

    @property
    def phrase(self) -> str:
        return f"{self.params.period_s:g} s are over, again and again"

    @property
    def is_moment(self) -> bool:
        return True

    def reset(self) -> None:
        self._last: int | None = None

    def source_lost(self) -> None:
        """Time goes on without the source."""

    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        params = self.params
        number = math.floor((scene.t_s - params.first_s + ROUNDING_S) / params.period_s)
        last = self._last
        if last is None:
            last = number if scene.t_s > params.first_s + ROUNDING_S else -1
        self._last = max(last, number)
        return number > last, scene.t_s
