"""An animal crosses a line, in one direction or in either."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.geometry import HalfPlane
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate, RuleContext

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene

LONGEST_GAP_S = 0.5


class LineCrossedParams(Params):
    """The settings of `LineCrossed`."""

    line: str = setting(
        "", title="Line", refers_to="line", description="Name of a zone that is a half-plane: its border is the line."
    )
    direction: Literal["either", "to_left", "to_right"] = setting(
        "either",
        title="Direction",
        description="Onto which side, as one walks along the line from its first point to its second.",
    )
    between_ends: bool = setting(
        True, title="Only between its ends", description="Off takes the line as endless in both directions."
    )
    anchor: Literal["centre", "bottom", "head"] = setting(
        "centre",
        title="Point of the animal",
        description="Which point must cross: the centre, the middle of the lower edge, or the head.",
    )
    margin_px: float = setting(
        0.0, title="Margin", ge=0, le=10_000, step=1, unit="px",
        description="How far beyond the line an animal must come before it has crossed; one on the line does not "
        "flicker then.",
    )  # fmt: skip


class LineCrossed(AnimalPredicate[LineCrossedParams]):
    """True on the frame on which an animal has come to the other side of the line.

    It must have been seen on both sides, with no longer gap in between: where a missing animal went is not known.
    """

    title: ClassVar[str] = "Crosses a line"
    about: ClassVar[str] = "The moment in which an animal comes to the other side of a line."
    unit: ClassVar[str] = "px"
    Params = LineCrossedParams

    @property
    def is_moment(self) -> bool:
        return True

    def open(self, context: RuleContext) -> None:
        shape = context.zone(self.params.line).shape
        if not isinstance(shape, HalfPlane):
            raise TrackerError("", f'"{self.params.line}" is no half-plane, so it has no line')
        (ax, ay), (bx, by) = shape.start, shape.end
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        self._start, self._along, self._length = (ax, ay), ((bx - ax) / length, (by - ay) / length), length
        super().open(context)

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        point = animal.at(self.params.anchor)
        if point is None:
            if animal.missing_s > LONGEST_GAP_S:
                self._last.pop(animal.id, None)
            return None, None
        dx, dy = point[0] - self._start[0], point[1] - self._start[1]
        # Positive to the left on screen, where y points down.
        left = self._along[1] * dx - self._along[0] * dy
        if abs(left) <= self.params.margin_px:
            return False, left
        along = self._along[0] * dx + self._along[1] * dy
        last = self._last.get(animal.id)
        self._last[animal.id] = left, along
        if last is None or left * last[0] > 0:
            return False, left
        share = last[0] / (last[0] - left)
        where = last[1] + share * (along - last[1])
        if self.params.between_ends and not 0 <= where <= self._length:
            return False, left
        wanted = {"either": True, "to_left": left > 0, "to_right": left < 0}
        return wanted[self.params.direction], left

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._last.pop(animal_id, None)

    def reset(self) -> None:
        super().reset()
        self._last: dict[int, tuple[float, float]] = {}
