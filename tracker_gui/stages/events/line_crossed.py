"""An animal crosses a line, in one direction or in either."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, ClassVar, Literal

import shapely

from tracker_gui.core.errors import TrackerError
from tracker_gui.core.geometry import HalfPlane, Line
from tracker_gui.core.params import Params, setting
from tracker_gui.core.rule_stages import AnimalPredicate, RuleContext
from tracker_gui.core.templates import shown_name

if TYPE_CHECKING:
    from tracker_gui.core.rule_stages import Truth
    from tracker_gui.core.scene import Animal, Scene
    from tracker_gui.core.zones import Zone

LONGEST_GAP_S = 0.5
SIMPLER_BY_PX = 0.5
FAR_PX = 1e6
Point = tuple[float, float]
Piece = tuple[Point, Point]


class LineCrossedParams(Params):
    """The settings of `LineCrossed`."""

    line: str = setting(
        "", title="Line", refers_to="line", description="Name of a line, or of a half-plane, whose border it is."
    )
    direction: Literal["either", "to_left", "to_right"] = setting(
        "either",
        title="Direction",
        description="Onto which side, as one walks along the line from its first point on.",
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
    Params = LineCrossedParams

    @property
    def phrase(self) -> str:
        ways = {"either": "", "to_left": " to its left", "to_right": " to its right"}
        return f"crosses {shown_name(self.params.line, 'line')}{ways[self.params.direction]}"

    @property
    def is_moment(self) -> bool:
        return True

    def open(self, context: RuleContext) -> None:
        self._pieces = _pieces(context.zone(self.params.line), self.params.between_ends)
        super().open(context)

    def judge(self, animal: Animal, scene: Scene) -> tuple[Truth, float | None]:
        point = animal.at(self.params.anchor)
        if point is None:
            if animal.missing_s > LONGEST_GAP_S:
                self._last.pop(animal.id, None)
            return None, None
        if min(_distance_px(piece, point) for piece in self._pieces) <= self.params.margin_px:
            return False, None
        last = self._last.get(animal.id)
        self._last[animal.id] = point
        if last is None:
            return False, None
        to_left = sum(_crossed(piece, last, point) for piece in self._pieces)
        wanted = {"either": to_left != 0, "to_left": to_left > 0, "to_right": to_left < 0}
        return wanted[self.params.direction], None

    def forget(self, animal_id: int) -> None:
        super().forget(animal_id)
        self._last.pop(animal_id, None)

    def reset(self) -> None:
        super().reset()
        self._last: dict[int, Point] = {}


def _pieces(zone: Zone, between_ends: bool) -> list[Piece]:
    """Return the straight pieces of a line, which is endless at both ends unless it is taken between them."""
    shape = zone.shape
    if isinstance(shape, HalfPlane):
        points = [shape.start, shape.end]
    elif isinstance(shape, Line):
        # A stroke by hand has hundreds of points, and each would cost on every frame.
        points = list(shapely.LineString(shape.points).simplify(SIMPLER_BY_PX).coords)
    else:
        raise TrackerError("", f'"{zone.name}" is no line and no half-plane')
    if not between_ends:
        points = [_beyond(points[1], points[0]), *points, _beyond(points[-2], points[-1])]
    return [(a, b) for a, b in itertools.pairwise(points) if a != b]


def _beyond(start: Point, end: Point) -> Point:
    length = math.dist(start, end)
    return tuple(e + FAR_PX * (e - s) / length for s, e in zip(start, end, strict=True))  # type: ignore[return-value]


def _distance_px(piece: Piece, point: Point) -> float:
    (ax, ay), (bx, by) = piece
    dx, dy, px, py = bx - ax, by - ay, point[0] - ax, point[1] - ay
    share = max(0.0, min(1.0, (px * dx + py * dy) / (dx * dx + dy * dy)))
    return math.hypot(px - share * dx, py - share * dy)


def _crossed(piece: Piece, start: Point, end: Point) -> int:
    """Return 1 where the way from start to end crosses the piece to its left (on screen), -1 to its right, else 0."""
    (ax, ay), (bx, by) = piece
    dx, dy = bx - ax, by - ay
    before = dy * (start[0] - ax) - dx * (start[1] - ay)
    after = dy * (end[0] - ax) - dx * (end[1] - ay)
    if (before > 0) == (after > 0):
        return 0
    share = before / (before - after)
    x, y = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
    # Half open, so that a way through the joint of two pieces crosses one of them.
    along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
    return (1 if after > 0 else -1) if 0 <= along < 1 else 0
