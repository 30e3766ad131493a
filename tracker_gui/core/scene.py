"""What a rule sees of one frame: who is there, in plain Python numbers.

Rules look at few animals and at each of them often; plain numbers then cost a tenth of small arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from tracker_gui.core.types import Snapshot

Anchor = Literal["centre", "bottom", "head"]


@dataclass(slots=True)
class Animal:
    """One animal on one frame. Not frozen, because making a frozen one takes three times as long.

    Attributes
    ----------
    centre_px : (x, y) or None
        None where it was not measured on this very frame: what is missing has no place, speed or direction.
    box_xyxy_px : tuple or None
    speed_px_s, heading_rad : float or None
        None where they are not known.
    class_id : int or None
    score_01 : float or None
        Of the detection.
    identity : str
        Name of the person or animal that was recognised; empty where none was.
    missing_s : float
        Time since it was last measured, 0 where it is; since the session's start where it never was.
    ever_seen : bool
    """

    id: int
    centre_px: tuple[float, float] | None
    box_xyxy_px: tuple[float, float, float, float] | None
    speed_px_s: float | None
    heading_rad: float | None
    class_id: int | None
    score_01: float | None
    identity: str
    missing_s: float
    ever_seen: bool

    def at(self, anchor: Anchor) -> tuple[float, float] | None:
        """Return the place of one of its points; None where that cannot be known."""
        if anchor == "centre" or self.centre_px is None or self.box_xyxy_px is None:
            return self.centre_px if anchor == "centre" else None
        x0, _, x1, y1 = self.box_xyxy_px
        if anchor == "bottom":
            return (x0 + x1) / 2, y1
        return None if self.heading_rad is None else _border(self.centre_px, self.box_xyxy_px, self.heading_rad)


def _border(
    start_px: tuple[float, float], box_xyxy_px: tuple[float, float, float, float], direction_rad: float
) -> tuple[float, float]:
    """Return where the way from a point in a direction meets the border of the box around it."""
    x, y = start_px
    x0, y0, x1, y1 = box_xyxy_px
    dx, dy = math.cos(direction_rad), math.sin(direction_rad)
    to_x = ((x1 if dx > 0 else x0) - x) / dx if abs(dx) > 1e-9 else math.inf
    to_y = ((y1 if dy > 0 else y0) - y) / dy if abs(dy) > 1e-9 else math.inf
    reach = max(0.0, min(to_x, to_y))
    return x + reach * dx, y + reach * dy


class Points(NamedTuple):
    """The animals that have a place: their rows in the scene, ids and places, all as long as each other."""

    rows: list[int]
    ids: list[int]
    places_px: list[tuple[float, float]]


@dataclass(slots=True)
class Scene:
    """One frame as the rules see it.

    Attributes
    ----------
    t_s : float
        The frame's own time since the first frame of the session.
    t_capture_s : float
        The same time as the frame has it.
    t_wall_s : float or None
        Seconds since 1970 UTC at the session's start, plus `t_s`: a clock that is set while the session runs moves
        no rule.
    after_gap : bool
        The source was silent before this frame.
    animals : list of Animal
        All of the roster, and of the others those that were seen in the last minutes.
    phase : str
        Phase or trial of the experiment before any action of this frame.
    active_rules : frozenset of str
        Names of the rules that were active after the frame before.
    messages : tuple of (str, str)
        (name, value) of what arrived from outside since the frame before.
    gone : tuple of int
        Ids that are no longer followed from this frame on.
    has_picture : bool
        Without one nothing is known of the animals; only rules about the scene are evaluated.
    snapshot : Snapshot or None
        None where tracks are read from a table.
    """

    index: int
    t_s: float
    t_capture_s: float
    t_wall_s: float | None
    source_id: str
    animals: list[Animal]
    after_gap: bool = False
    phase: str = ""
    active_rules: frozenset[str] = frozenset()
    messages: tuple[tuple[str, str], ...] = ()
    gone: tuple[int, ...] = ()
    has_picture: bool = True
    snapshot: Snapshot | None = None
    _points: dict[Anchor, Points] = field(default_factory=dict)
    _nearest: list[float | None] | None = None

    def points(self, anchor: Anchor = "centre") -> Points:
        """Return the animals that have this point on this frame; found once, however many rules ask."""
        found = self._points.get(anchor)
        if found is None:
            places = [animal.at(anchor) for animal in self.animals]
            rows = [row for row, place in enumerate(places) if place is not None]
            ids = [self.animals[row].id for row in rows]
            found = Points(rows, ids, [place for place in places if place is not None])
            self._points[anchor] = found
        return found

    def nearest_px(self) -> list[float | None]:
        """Return for each animal how far the nearest other one is; None where one of them is not known."""
        if self._nearest is None:
            seen = self.points()
            self._nearest = [None] * len(self.animals)
            if len(seen.rows) > 1:
                for row, place in zip(seen.rows, seen.places_px, strict=True):
                    self._nearest[row] = min(math.dist(place, other) for other in seen.places_px if other is not place)
        return self._nearest
