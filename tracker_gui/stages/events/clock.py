"""A time of the day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import ScenePredicate

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene

DAY_S = 86_400
ClockTime = Annotated[str, Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")]


class ClockParams(Params):
    """The settings of `Clock`."""

    from_time: ClockTime = setting("20:00", title="From", description="Time of the day as 20:00 or 20:00:30.")
    to_time: ClockTime = setting("06:00", title="To", description="Time of the day; may be on the next morning.")
    zone: Literal["local", "utc"] = setting(
        "local", title="Clock", description="Of this place, or the same everywhere. Summer time begins or ends "
        "with the next session, so that no rule acts twice or never."
    )  # fmt: skip


class Clock(ScenePredicate[ClockParams]):
    """Between two times of the day.

    The time of the day at the session's start goes on with the frames' clock: one that is set, or summer time that
    begins in the night, moves nothing.
    """

    title: ClassVar[str] = "Time of the day"
    about: ClassVar[str] = "From one time of the day to another, over midnight too."
    unit: ClassVar[str] = "h"
    Params = ClockParams

    @property
    def phrase(self) -> str:
        return f"it is between {self.params.from_time} and {self.params.to_time}"

    def reset(self) -> None:
        self._offset_s: float | None = None

    def source_lost(self) -> None:
        """Nothing here was seen by the source."""

    def judge(self, scene: Scene) -> tuple[Truth, float | None]:
        if scene.t_wall_s is None:
            return None, None
        if self._offset_s is None:
            self._offset_s = 0.0 if self.params.zone == "utc" else _utc_offset_s(scene.t_wall_s)
        now_s = (scene.t_wall_s + self._offset_s) % DAY_S
        start_s, end_s = _seconds(self.params.from_time), _seconds(self.params.to_time)
        inside = start_s <= now_s < end_s if start_s < end_s else now_s >= start_s or now_s < end_s
        return inside, now_s / 3600


def _utc_offset_s(t_wall_s: float) -> float:
    offset = datetime.fromtimestamp(t_wall_s, UTC).astimezone().utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def _seconds(text: str) -> int:
    hours, minutes, *seconds = map(int, text.split(":"))
    return 3600 * hours + 60 * minutes + (seconds[0] if seconds else 0)
