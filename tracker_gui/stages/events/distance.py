"""How far animals are from each other or from a point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Literal

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.geometry import Mark
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import Predicate, Reading, RuleContext, beyond
from tracker_gui.core.templates import shown_name

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Scene


class DistanceParams(Params):
    """The settings of `Distance`."""

    to: Literal["others", "mark", "point"] = setting(
        "others",
        title="Distance to",
        description="The nearest other animal (for pairs: to each other), a point that is drawn, or one in numbers.",
    )
    mark: str = setting(
        "", title="Point", refers_to="mark", when={"to": ("mark",)}, description="Name of a point among the zones."
    )
    x_px: float = setting(
        0.0, title="Point, x", ge=0, le=100_000, step=1, unit="px", when={"to": ("point",)},
        description="From the left edge of the picture.",
    )  # fmt: skip
    y_px: float = setting(
        0.0, title="Point, y", ge=0, le=100_000, step=1, unit="px", when={"to": ("point",)},
        description="From the upper edge of the picture.",
    )  # fmt: skip
    relation: Literal["below", "above"] = setting("below", title="Is", description="Nearer or further than the limit.")
    limit_px: float = setting(
        60.0, title="Limit", ge=0, le=100_000, step=5, unit="px", description="The distance to compare with."
    )
    margin_px: float = setting(
        0.0, title="Margin", ge=0, le=100_000, step=5, unit="px",
        description="How far beyond the limit it must go before it is over: 100 with a limit of 300 ends it at 400.",
    )  # fmt: skip
    least_px: float = setting(
        0.0, title="At least", ge=0, le=100_000, step=1, unit="px",
        description="A smaller distance does not count: two tracks on one animal.",
    )  # fmt: skip


class Distance(Predicate[DistanceParams]):
    """The distance between centres. An animal without any other in sight is unknown."""

    title: ClassVar[str] = "Distance"
    about: ClassVar[str] = "How far animals are from each other, or from a point."
    unit: ClassVar[str] = "px"
    Params = DistanceParams

    @property
    def phrase(self) -> str:
        params = self.params
        to = {"others": "another", "mark": shown_name(params.mark, "point"), "point": "a point"}[params.to]
        return f"is {'closer' if params.relation == 'below' else 'further'} than {params.limit_px:g} px to {to}"

    def open(self, context: RuleContext) -> None:
        self._point = self.params.x_px, self.params.y_px
        if self.params.to == "mark":
            shape = context.zone(self.params.mark).shape
            if not isinstance(shape, Mark):
                raise TrackerError("", f'"{self.params.mark}" is no point')
            self._point = shape.at
        self.reset()

    def reset(self) -> None:
        self._on: set[Hashable] = set()

    def step(self, scene: Scene) -> Reading:
        if self.params.to == "others":
            values = scene.nearest_px()
        else:
            point = self._point
            values = [None if each.centre_px is None else math.dist(each.centre_px, point) for each in scene.animals]
        truths = [self._judge(each.id, value) for each, value in zip(scene.animals, values, strict=True)]
        return Reading(truths, values)

    def step_pairs(self, scene: Scene, rows: Sequence[tuple[int, int]], single: Reading) -> Reading:
        if self.params.to != "others":
            return super().step_pairs(scene, rows, single)
        truths: list[Truth] = []
        values: list[float | None] = []
        for one, other in rows:
            first, second = scene.animals[one], scene.animals[other]
            known = first.centre_px is not None and second.centre_px is not None
            distance = math.dist(first.centre_px, second.centre_px) if known else None  # type: ignore[arg-type]
            truths.append(self._judge((first.id, second.id), distance))
            values.append(distance)
        return Reading(truths, values)

    def _judge(self, key: Hashable, distance: float | None) -> Truth:
        if distance is None:
            return None
        params = self.params
        truth = distance >= params.least_px and beyond(
            distance, params.limit_px, params.relation == "above", params.margin_px, key in self._on
        )
        if truth:
            self._on.add(key)
        else:
            self._on.discard(key)
        return truth

    def forget(self, animal_id: int) -> None:
        gone = {key for key in self._on if key == animal_id or (isinstance(key, tuple) and animal_id in key)}
        self._on -= gone
