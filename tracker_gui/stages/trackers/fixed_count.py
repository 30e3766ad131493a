"""A known number of animals: nobody appears, nobody leaves, so every identity lasts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tracker_gui.analysis.assignment import least_cost, load_solver
from tracker_gui.analysis.body import Body, body_spread, inside_or_near, skewness_along
from tracker_gui.analysis.body_fit import fit_bodies
from tracker_gui.analysis.identity_check import IdentityCheck
from tracker_gui.core.arrays import frozen
from tracker_gui.core.geometry import Shape
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import SearchHint, Tracker, TrackerContext
from tracker_gui.core.types import Tracks, TrackState, no_tracks

if TYPE_CHECKING:
    from tracker_gui.core.arrays import I32
    from tracker_gui.core.types import Detections, Frame

FOUND, MERGED, PREDICTED, LOST = (int(s) for s in TrackState)
FORBIDDEN = 1e9
# Measured on simulated crossings (tests/benchmarks/identity.py); see there before changing one.
VELOCITY_GAIN = 0.4
MERGED_VELOCITY_GAIN = 0.4
DRIFT_PER_MISS = 0.85
AREA_GAIN = 0.05
AREA_WEIGHT_PX = 10.0


class FixedCountParams(Params):
    """How many animals, and how far and how long they are followed."""

    animals: int = setting(
        1, title="Animals", ge=1, le=500, step=1,
        description="How many animals there are; with arenas, how many in each.",
    )  # fmt: skip
    max_step_px: float = setting(
        40.0, title="Largest step", ge=1, le=2000, step=1, unit="px",
        description="How far an animal can be from where it is expected in the next frame; farther is another.",
    )  # fmt: skip
    reach_limit_px: float = setting(
        120.0, title="Search limit", ge=1, le=5000, step=5, unit="px", more=True,
        description="The largest distance at which an animal that was missed for a while is taken up again at once.",
    )  # fmt: skip
    memory_s: float = setting(
        0.5, title="Memory", ge=0, le=60, step=0.1, unit="s", more=True,
        description="How long a missed animal's position is predicted before it counts as lost.",
    )  # fmt: skip
    confirm_s: float = setting(
        0.3, title="Confirm after", ge=0, le=60, step=0.1, unit="s", more=True,
        description="How long a blob far from a lost animal must persist before it is taken for that animal.",
    )  # fmt: skip
    split_merged: bool = setting(
        True, title="Split touching animals", more=True,
        description="Tell animals apart while they touch and make one blob.",
    )  # fmt: skip
    recheck_s: float = setting(
        0.2, title="Check after touching", ge=0, le=10, step=0.1, unit="s", more=True,
        description="How long animals that touched are watched alone before their sizes tell who is who; 0 is off.",
    )  # fmt: skip
    arenas: tuple[Shape, ...] = setting(
        (),
        title="Arenas",
        description="Separate arenas with the same number of animals each; no animal changes its arena.",
    )


@dataclass(slots=True)
class _Animal:
    """What is remembered of one animal."""

    track_id: int
    arena: int
    x: float
    y: float
    area: float
    front_rad: float
    long_px: float
    short_px: float
    skewness: float
    box: tuple[float, float, float, float]
    vx: float = 0.0
    vy: float = 0.0
    state: int = FOUND
    age: int = 1
    seen: int = 1
    missed: int = 0
    detection: int = -1

    def expected(self) -> tuple[float, float]:
        return self.x + self.vx, self.y + self.vy


@dataclass(slots=True)
class _Candidate:
    """A blob that may be an animal nobody knows the place of, or nothing."""

    x: float
    y: float
    frames: int
    detection: int


class FixedCount(Tracker[FixedCountParams]):
    """N animals, or n in each of several exclusive arenas."""

    title: ClassVar[str] = "Fixed number of animals"
    about: ClassVar[str] = "Exactly N animals that stay in the picture; identities are kept through touches and misses."
    Params = FixedCountParams

    @property
    def merge_up_to(self) -> int:
        return self.params.animals if self.params.split_merged else 1

    @property
    def roster(self) -> tuple[int, ...]:
        """All ids, 1..N; arena by arena."""
        return tuple(range(1, self.params.animals * max(1, len(self.params.arenas)) + 1))

    @classmethod
    def load_libraries(cls) -> None:
        load_solver()

    def open(self, context: TrackerContext) -> None:
        p = self.params
        self._rate_hz = context.rate_hz
        self._memory_frames = round(p.memory_s * context.rate_hz)
        self._confirm_frames = max(1, round(p.confirm_s * context.rate_hz))
        self._size_px = context.size_px
        self._ids = self.roster
        self._arena_of_pixel: I32 | None = None
        if p.arenas:
            self._arena_of_pixel = np.full((context.size_px[1], context.size_px[0]), -1, np.int32)
            for number, arena in reversed(list(enumerate(p.arenas))):
                self._arena_of_pixel[arena.mask(context.size_px) > 0] = number
        self.reset()

    def reset(self) -> None:
        self._animals: dict[int, _Animal] = {}
        self._candidates: list[_Candidate] = []
        p = self.params
        several = p.animals > 1 and p.split_merged and p.recheck_s > 0
        self._check = IdentityCheck(max(3, round(p.recheck_s * self._rate_hz))) if several else None

    def hint(self, t_capture_s: float) -> SearchHint | None:
        if len(self._animals) < len(self._ids):
            return None
        animals = list(self._animals.values())
        if any(a.state == LOST for a in animals):
            return None
        return SearchHint(np.array([a.expected() for a in animals]), np.array([self._reach(a) for a in animals]))

    def step(self, frame: Frame, detections: Detections) -> Tracks:
        animals = list(self._animals.values())
        owner_of = self._assign(animals, detections)
        groups = self._groups(animals, owner_of, detections)
        for index, group in groups.items():
            if len(group) == 1 and not detections.oversize[index]:
                self._see(group[0], detections, index)
            else:
                self._split(group, detections, index)
        free = [i for i in range(len(detections)) if i not in groups and not detections.oversize[i]]
        for animal in animals:
            if animal.detection < 0:
                self._miss(animal)
        self._take_up(detections, free)
        if self._check is not None:
            self._exchange(self._check.settle())
        return self._tracks()

    def _exchange(self, changes: dict[int, int]) -> None:
        """Give animals that were mixed up while they touched their true ids back."""
        if not changes:
            return
        for animal in self._animals.values():
            animal.track_id = changes.get(animal.track_id, animal.track_id)
        self._animals = {a.track_id: a for a in sorted(self._animals.values(), key=lambda a: a.track_id)}

    def _reach(self, animal: _Animal) -> float:
        """Return how far from its expected place an animal is accepted; grows with misses, up to a limit."""
        step = self.params.max_step_px
        if not animal.missed:
            return step
        return min(step * math.sqrt(1.0 + animal.missed), max(step, self.params.reach_limit_px))

    def _arena(self, x: float, y: float) -> int:
        if self._arena_of_pixel is None:
            return 0
        width, height = self._size_px
        column, row = min(max(round(x), 0), width - 1), min(max(round(y), 0), height - 1)
        return int(self._arena_of_pixel[row, column])

    def _assign(self, animals: list[_Animal], detections: Detections) -> dict[int, int]:
        """Return {animal number: detection} within reach, least distance in all."""
        for animal in animals:
            animal.detection = -1
        count = len(detections)
        if not animals or not count:
            return {}
        if len(animals) == 1 and count == 1 and self._arena_of_pixel is None:
            px, py = animals[0].expected()
            x, y = detections.xy_px[0].tolist()
            near = math.hypot(x - px, y - py) <= self._reach(animals[0])
            return {0: 0} if near and not detections.oversize[0] else {}
        expected = np.array([a.expected() for a in animals])
        reach = np.array([self._reach(a) for a in animals])
        distance = np.hypot(expected[:, 0:1] - detections.xy_px[:, 0], expected[:, 1:2] - detections.xy_px[:, 1])
        area = np.array([a.area for a in animals])
        cost = distance + AREA_WEIGHT_PX * np.abs(np.log(detections.area_px2 / area[:, None]))
        barred = (distance > reach[:, None]) | detections.oversize
        if self._arena_of_pixel is not None:
            arenas = np.array([self._arena(x, y) for x, y in detections.xy_px.tolist()])
            barred |= np.array([a.arena for a in animals])[:, None] != arenas
        cost[barred] = FORBIDDEN
        rows, columns = least_cost(cost)
        return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if cost[r, c] < FORBIDDEN}

    def _groups(
        self, animals: list[_Animal], owner_of: dict[int, int], detections: Detections
    ) -> dict[int, list[_Animal]]:
        """Return {detection: the animals in it}; an animal that vanished is looked for in its neighbour's blob."""
        groups: dict[int, list[_Animal]] = {}
        for number, index in owner_of.items():
            groups.setdefault(index, []).append(animals[number])
        if not self.params.split_merged or len(animals) < 2 or not detections.contour_px:
            return groups
        owned = set(groups)
        for number, animal in enumerate(animals):
            if number in owner_of or animal.state == LOST:
                continue
            blob = self._hidden_in(animal, detections, owned)
            if blob is not None:
                groups.setdefault(blob, []).append(animal)
        return groups

    def _hidden_in(self, animal: _Animal, detections: Detections, owned: set[int]) -> int | None:
        """Return the blob, another animal's or too large for one, in which this animal is expected."""
        x, y = animal.expected()
        best, best_depth = None, -max(3.0, animal.long_px)
        for index, (x0, y0, x1, y1) in enumerate(detections.box_xyxy_px.tolist()):
            if index not in owned and not detections.oversize[index]:
                continue
            if not (x0 + best_depth <= x <= x1 - best_depth and y0 + best_depth <= y <= y1 - best_depth):
                continue
            if self._arena(*detections.xy_px[index].tolist()) != animal.arena:
                continue
            depth = inside_or_near(detections.contour_px[index], x, y)
            if depth > best_depth:
                best, best_depth = index, depth
        return best

    def _see(self, animal: _Animal, detections: Detections, index: int) -> None:
        """Move an animal onto a detection of its own."""
        x, y = detections.xy_px[index].tolist()
        if animal.state == LOST:
            animal.vx = animal.vy = 0.0
        else:
            gain = VELOCITY_GAIN / (animal.missed + 1)
            animal.vx, animal.vy = (
                animal.vx + gain * (x - animal.x - animal.vx),
                animal.vy + gain * (y - animal.y - animal.vy),
            )
        animal.x, animal.y = x, y
        alone = animal.state == FOUND
        gain = AREA_GAIN if alone else 0.0
        animal.area += gain * (float(detections.area_px2[index]) - animal.area)
        if len(self._ids) > 1:
            long_px, short_px, skewness, front_rad = _shape(detections, index)
            animal.long_px += gain * (long_px - animal.long_px)
            animal.short_px += gain * (short_px - animal.short_px)
            animal.skewness += gain * (skewness - animal.skewness)
            animal.front_rad = front_rad
            if self._check is not None:
                self._check.alone(animal.track_id, long_px, short_px)
        else:
            animal.front_rad = float(detections.angle_rad[index])
        animal.box = tuple(detections.box_xyxy_px[index].tolist())
        animal.state, animal.missed, animal.detection = FOUND, 0, index
        animal.age += 1
        animal.seen += 1

    def _split(self, group: list[_Animal], detections: Detections, index: int) -> None:
        """Give each animal of a group its part of one blob."""
        if self._check is not None:
            self._check.touch([a.track_id for a in group])
        bodies = [Body(*a.expected(), a.front_rad, a.long_px, a.short_px, a.skewness) for a in group]
        for animal, place in zip(group, fit_bodies(detections.contour_px[index], bodies), strict=True):
            animal.vx += MERGED_VELOCITY_GAIN * (place.x - animal.x - animal.vx)
            animal.vy += MERGED_VELOCITY_GAIN * (place.y - animal.y - animal.vy)
            animal.x, animal.y, animal.front_rad = place
            half = 2 * animal.long_px
            animal.box = (animal.x - half, animal.y - half, animal.x + half, animal.y + half)
            animal.state, animal.missed, animal.detection = MERGED, 0, index
            animal.age += 1
            animal.seen += 1

    def _miss(self, animal: _Animal) -> None:
        """Carry an animal on without a measurement; its speed fades, so that it does not run away."""
        animal.missed += 1
        animal.age += 1
        if animal.missed > self._memory_frames or animal.state == LOST:
            animal.state = LOST
            animal.vx = animal.vy = 0.0
            if animal.seen < self._confirm_frames:
                # A speck that came and went was never an animal: its place is open again.
                del self._animals[animal.track_id]
            return
        animal.state = PREDICTED
        animal.x += animal.vx
        animal.y += animal.vy
        animal.vx *= DRIFT_PER_MISS
        animal.vy *= DRIFT_PER_MISS

    def _take_up(self, detections: Detections, free: list[int]) -> None:
        """Give blobs that nobody owns to animals that are lost or were never seen."""
        lost = [a for a in self._animals.values() if a.state == LOST]
        unseen = [i for i in self._ids if i not in self._animals]
        if not lost and not unseen:
            self._candidates = []
            return
        free = self._return_nearby(lost, detections, free)
        self._candidates = self._follow_candidates(detections, free)
        for arena in range(max(1, len(self.params.arenas))):
            self._fill_arena(arena, detections)

    def _return_nearby(self, lost: list[_Animal], detections: Detections, free: list[int]) -> list[int]:
        """Take up lost animals close to where they were lost; return the detections left over."""
        pairs = sorted((math.dist((a.x, a.y), detections.xy_px[i].tolist()), a.track_id, i) for a in lost for i in free)
        limit = max(self.params.max_step_px, self.params.reach_limit_px)
        left = list(free)
        for distance, track_id, index in pairs:
            animal = self._animals[track_id]
            if distance > limit or index not in left or animal.state != LOST:
                continue
            if self._arena(*detections.xy_px[index].tolist()) == animal.arena:
                self._see(animal, detections, index)
                left.remove(index)
        return left

    def _follow_candidates(self, detections: Detections, free: list[int]) -> list[_Candidate]:
        """Return the unowned blobs of this frame with the number of frames each has lasted."""
        old = list(self._candidates)
        followed = []
        for index in free:
            x, y = detections.xy_px[index].tolist()
            near = min(old, key=lambda c: math.dist((c.x, c.y), (x, y)), default=None)
            if near is not None and math.dist((near.x, near.y), (x, y)) <= self.params.max_step_px:
                old.remove(near)
                followed.append(_Candidate(x, y, near.frames + 1, index))
            else:
                followed.append(_Candidate(x, y, 1, index))
        return followed

    def _fill_arena(self, arena: int, detections: Detections) -> None:
        """Take the arena's candidates for its missing animals, once it is clear enough which they are."""
        n = self.params.animals
        ids = self._ids[arena * n : (arena + 1) * n]
        lost = [a for i in ids if (a := self._animals.get(i)) is not None and a.state == LOST]
        unseen = [i for i in ids if i not in self._animals]
        here = [c for c in self._candidates if self._arena(c.x, c.y) == arena]
        if unseen and not lost and len(here) <= len(unseen):
            ready = here
        else:
            ready = [c for c in here if c.frames >= self._confirm_frames]
        # The blob that lasted longest is most likely an animal; of equals, the largest.
        ready.sort(key=lambda c: (-c.frames, -float(detections.area_px2[c.detection]), c.x, c.y))
        for candidate in ready[: len(lost) + len(unseen)]:
            near = min(lost, key=lambda a: math.dist((a.x, a.y), (candidate.x, candidate.y)), default=None)
            if near is not None:
                lost.remove(near)
                near.x, near.y = candidate.x, candidate.y
                self._see(near, detections, candidate.detection)
            elif unseen:
                self._begin(unseen.pop(0), arena, detections, candidate.detection)
            self._candidates.remove(candidate)

    def _begin(self, track_id: int, arena: int, detections: Detections, index: int) -> None:
        x, y = detections.xy_px[index].tolist()
        long_px, short_px, skewness, front_rad = _shape(detections, index)
        self._animals[track_id] = _Animal(
            track_id, arena, x, y,
            area=float(detections.area_px2[index]),
            front_rad=front_rad,
            long_px=long_px,
            short_px=short_px,
            skewness=skewness,
            box=tuple(detections.box_xyxy_px[index].tolist()),
            detection=index,
        )  # fmt: skip
        self._animals = dict(sorted(self._animals.items()))

    def _tracks(self) -> Tracks:
        animals = list(self._animals.values())
        if not animals:
            return no_tracks(self._ids)
        rate_hz = self._rate_hz
        whole = frozen(np.array([(a.track_id, a.state, a.age, a.missed, a.detection) for a in animals], np.int64))
        real = frozen(
            np.array(
                [
                    (a.x, a.y, a.vx * rate_hz, a.vy * rate_hz, a.area, math.remainder(a.front_rad, math.pi), *a.box)
                    for a in animals
                ]
            )
        )
        # Parts of a read-only array are read-only themselves.
        return Tracks(
            roster=self._ids,
            track_id=whole[:, 0],
            state=whole[:, 1],
            xy_px=real[:, 0:2],
            box_xyxy_px=real[:, 6:10],
            velocity_px_s=real[:, 2:4],
            area_px2=real[:, 4],
            angle_rad=real[:, 5],
            age_frames=whole[:, 2],
            missed_frames=whole[:, 3],
            detection_index=whole[:, 4],
        )


def _shape(detections: Detections, index: int) -> tuple[float, float, float, float]:
    """Return a body's standard deviations (px) along and across it, its skewness, and where its thick end points."""
    angle_rad = float(detections.angle_rad[index])
    if not detections.contour_px:
        x0, y0, x1, y1 = detections.box_xyxy_px[index].tolist()
        # A filled ellipse spreads a quarter of its length to either side of its centre.
        return max(x1 - x0, y1 - y0) / 4, max(1.0, min(x1 - x0, y1 - y0) / 4), 0.0, angle_rad
    outline = detections.contour_px[index]
    skewness = skewness_along(outline, angle_rad)
    front_rad = angle_rad if skewness <= 0 else angle_rad + math.pi
    return *body_spread(outline), -abs(skewness), front_rad
