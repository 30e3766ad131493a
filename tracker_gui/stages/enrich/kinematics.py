"""How fast each animal moves and which way it faces."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import cv2
import numpy as np

from tracker_gui.core.arrays import frozen
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Enricher, TrackerContext
from tracker_gui.core.types import Motion, TrackState

if TYPE_CHECKING:
    from tracker_gui.core.arrays import I32
    from tracker_gui.core.types import Detections, Frame, Tracks

# Belief in the present front, -1..1: above SURE it is told, below FLIP the other end is taken.
SURE = 0.5
FLIP = -0.5
MOTION_WEIGHT = 0.35  # of one step: two straight ones make sure
SHAPE_SECONDS = 0.5  # a shape that is clear on its own makes sure in half of this
CLEAR_SKEW = 0.25
LEARN_GAIN = 0.05
LEARNT = 0.4
STRAIGHT = 0.7  # cosine between step and axis from which a step says which end is in front
QUICK_TURN_RAD = math.radians(60)


class KinematicsParams(Params):
    """The settings of `Kinematics`."""

    window_s: float = setting(
        0.2, title="Smoothing", ge=0.02, le=10, step=0.05, unit="s",
        description="Speed is that of the straight line through the positions of this time.",
    )  # fmt: skip
    min_step_px: float = setting(
        5.0, title="Step for heading", ge=0.5, le=500, step=0.5, unit="px",
        description="Only after moving this far does an animal show which end is in front.",
    )  # fmt: skip
    front: Literal["learn", "blunt", "slim", "ignore"] = setting(
        "learn",
        title="Front end",
        description="Which end of the outline is the head: learn it from how the animal walks, "
        "or the blunt one (fish), or the slim one; ignore leaves the outline out.",
    )
    min_elongation: float = setting(
        1.3, title="Least elongation", ge=1, le=10, step=0.1, more=True,
        description="Length over width from which an outline has a direction; a rounder one leaves the heading unsure.",
    )  # fmt: skip


@dataclass(slots=True)
class _Animal:
    """What is remembered of one animal."""

    places: deque[tuple[float, float, float]] = field(default_factory=deque)
    anchor: tuple[float, float] | None = None
    heading: float | None = None
    belief: float = 0.0
    slim_front: float = 0.0
    t_s: float = 0.0


class Kinematics(Enricher[KinematicsParams]):
    """Speed from a line through the last positions; heading from motion and shape, or "unsure".

    The long axis of an outline has no front. The animal's steps along the axis vote for one end, and so
    does the skewness of the outline (the third moment along the axis; its sign tells the slimmer end)
    once it is known which end goes first. Votes add up to a belief with hysteresis, so that a step
    back or a bent body does not turn the animal round.
    """

    title: ClassVar[str] = "Speed and heading"
    about: ClassVar[str] = "How fast each animal moves, and which way it faces where that can be known."
    Params = KinematicsParams

    def open(self, context: TrackerContext) -> None:
        self._known_front = {"blunt": -1.0, "slim": 1.0}.get(self.params.front)
        self.reset()

    def reset(self) -> None:
        self._animals: dict[int, _Animal] = {}

    def step(self, frame: Frame, detections: Detections, tracks: Tracks) -> Motion:
        n = len(tracks)
        motion = Motion(np.zeros(n), np.zeros(n, np.bool_), np.zeros(n), np.zeros(n, np.bool_))
        t_s = frame.t_capture_s
        places, states = tracks.xy_px.tolist(), tracks.state.tolist()
        angles, indices = tracks.angle_rad.tolist(), tracks.detection_index.tolist()
        for row, track_id in enumerate(tracks.track_id.tolist()):
            animal = self._animals.get(track_id)
            if animal is None:
                animal = self._animals[track_id] = _Animal()
            if states[row] == TrackState.LOST:
                self._animals[track_id] = _Animal(slim_front=animal.slim_front)
                continue
            if states[row] == TrackState.PREDICTED:
                continue
            x, y = places[row]
            speed = self._speed(animal, t_s, x, y)
            if speed is not None:
                motion.speed_px_s[row], motion.speed_known[row] = speed, True
            alone = states[row] == TrackState.FOUND and 0 <= indices[row] < len(detections.contour_px)
            outline = detections.contour_px[indices[row]] if alone else None
            if self._turn(animal, t_s, x, y, angles[row], outline) and animal.heading is not None:
                motion.heading_rad[row], motion.heading_sure[row] = animal.heading, True
        for array in (motion.speed_px_s, motion.speed_known, motion.heading_rad, motion.heading_sure):
            frozen(array)
        return motion

    def _speed(self, animal: _Animal, t_s: float, x: float, y: float) -> float | None:
        """Return the slope of the least-squares line through the window, None while it is less than half full."""
        window, places = self.params.window_s, animal.places
        places.append((t_s, x, y))
        # One older than the window stays, so that a window shorter than a frame still has two positions.
        while len(places) > 2 and t_s - places[1][0] >= window - 1e-9:
            places.popleft()
        if len(places) < 2 or t_s - places[0][0] < window / 2:
            return None
        n = len(places)
        mean_t = sum(p[0] for p in places) / n
        spread = sum((p[0] - mean_t) ** 2 for p in places)
        vx = sum((p[0] - mean_t) * p[1] for p in places) / spread
        vy = sum((p[0] - mean_t) * p[2] for p in places) / spread
        return math.hypot(vx, vy)

    def _turn(self, animal: _Animal, t_s: float, x: float, y: float, axis: float, outline: I32 | None) -> bool:
        """Bring the heading up to date; return whether it is sure."""
        passed_s, animal.t_s = t_s - animal.t_s, t_s
        if animal.heading is None:
            animal.heading, animal.anchor = axis, (x, y)
            return False
        if _apart(axis, animal.heading) > math.pi / 2:
            axis += math.pi
        if _apart(axis, animal.heading) > QUICK_TURN_RAD:
            # The axis leapt: it cannot be said which of its ends is the old front.
            animal.belief *= 0.5
        animal.heading = math.remainder(axis, math.tau)
        skew, clear = (0.0, False) if outline is None else self._shape(outline, animal.heading)
        if outline is not None and not clear:
            return False
        animal.belief += self._motion_vote(animal, x, y, skew) + self._shape_vote(animal, skew, passed_s)
        animal.belief = max(-1.0, min(1.0, animal.belief))
        if animal.belief < FLIP:
            animal.heading = math.remainder(animal.heading + math.pi, math.tau)
            animal.belief = -animal.belief
        return clear and animal.belief > SURE

    def _shape(self, outline: I32, heading: float) -> tuple[float, bool]:
        """Return the skewness along the heading (> 0: slimmer in front) and whether the outline has a direction."""
        m = cv2.moments(outline)
        if m["m00"] <= 0:
            return 0.0, False
        c, s = math.cos(heading), math.sin(heading)
        along = c * c * m["mu20"] + 2 * c * s * m["mu11"] + s * s * m["mu02"]
        across = m["mu20"] + m["mu02"] - along
        if along <= 0 or along < across * self.params.min_elongation**2:
            return 0.0, False
        third = c**3 * m["mu30"] + 3 * c * c * s * m["mu21"] + 3 * c * s * s * m["mu12"] + s**3 * m["mu03"]
        return third * math.sqrt(m["m00"]) / along**1.5, True

    def _motion_vote(self, animal: _Animal, x: float, y: float, skew: float) -> float:
        assert animal.anchor is not None and animal.heading is not None
        dx, dy = x - animal.anchor[0], y - animal.anchor[1]
        step = math.hypot(dx, dy)
        if step < self.params.min_step_px:
            return 0.0
        animal.anchor = (x, y)
        along = (dx * math.cos(animal.heading) + dy * math.sin(animal.heading)) / step
        if abs(along) > STRAIGHT:
            leads = max(-1.0, min(1.0, skew / CLEAR_SKEW)) * math.copysign(1.0, along)
            animal.slim_front += LEARN_GAIN * (leads - animal.slim_front)
        return MOTION_WEIGHT * along

    def _shape_vote(self, animal: _Animal, skew: float, passed_s: float) -> float:
        if self.params.front == "ignore":
            return 0.0
        front = self._known_front
        if front is None:
            front = animal.slim_front if abs(animal.slim_front) > LEARNT else 0.0
        return front * max(-1.0, min(1.0, skew / CLEAR_SKEW)) * passed_s / SHAPE_SECONDS


def _apart(one: float, other: float) -> float:
    """Return the angle between two directions, 0..pi."""
    return abs(math.remainder(one - other, math.tau))
