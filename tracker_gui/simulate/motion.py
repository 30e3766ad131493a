"""How simulated animals move: a correlated random walk with pauses, walls, visits and encounters.

Speed and turning rate are Ornstein-Uhlenbeck processes, the continuous form of the correlated random
walk (Kareiva and Shigesada 1983). All rates scale with body lengths per second, so that small slow
and large fast animals draw the same kind of path.

Paths are made in blocks of `BLOCK` frames, each with random numbers of its own. Only the state at the
start of each block is kept, so memory stays flat in long recordings and any frame can be asked for in
any order with the same answer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.core.geometry import Circle

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64, I64, Bool
    from tracker_gui.simulate.scene import ArenaScene

BLOCK = 256
KEPT_BLOCKS = 8

SPEED_MEMORY_S = 0.25
TURN_MEMORY_S = 0.5
BEND_MEMORY_S = 0.12
PAUSE_MEAN_S = 0.9
ENCOUNTER_PAUSE_MEAN_S = 0.4
VISIT_AT_MOST_S = 6.0
PAUSE_AT_ENCOUNTER = 0.2
TURN_BACK_AT_ENCOUNTER = 0.25
TURN_BACK_RAD = 2.4


@dataclass(frozen=True, slots=True)
class State:
    """Everything the next step depends on; arrays of n animals."""

    xy_px: F64
    heading_rad: F64
    speed_px_s: F64
    turn_rad_s: F64
    bend: F64
    pause_left_s: F64
    visit_left_s: F64
    partner: I64
    near: Bool


@dataclass(frozen=True, slots=True)
class Poses:
    """Where the animals are in one frame.

    Attributes
    ----------
    xy_px : (n, 2) float64
        Centroid of the whole body.
    heading_rad : (n,) float64
        Where the head points, 0 along +x, clockwise on screen, in (-pi, pi].
    bend : (n,) float64
        Curvature of the body, -1..1, positive when it turns clockwise on screen.
    """

    xy_px: F64
    heading_rad: F64
    bend: F64


class Walk:
    """The paths of all animals of a scene."""

    def __init__(self, scene: ArenaScene) -> None:
        self._scene = scene
        rng = np.random.default_rng((scene.seed, 0))
        count = scene.animals
        spread = scene.size_variation_percent / 100
        self.length_px = scene.body_length_px * np.clip(rng.normal(1.0, spread, count), 1 - 2 * spread, 1 + 2 * spread)
        self._cruise_px_s = scene.speed_px_s * np.clip(rng.normal(1.0, 0.2, count), 0.5, 1.5)
        # Sharp enough to leave a wall within about two body lengths at any speed.
        self._steer_rad_s = 2.0 * np.maximum(self._cruise_px_s / self.length_px, 1.0)
        self._place_walls()
        self._starts = [self._first(rng)]
        self._blocks: OrderedDict[int, list[State]] = OrderedDict()
        self._lock = threading.Lock()

    def poses(self, index: int) -> Poses:
        """Return the poses in frame `index`."""
        number, row = divmod(index, BLOCK)
        with self._lock:
            state = self._block(number)[row]
        heading_rad = np.arctan2(np.sin(state.heading_rad), np.cos(state.heading_rad))
        return Poses(state.xy_px, heading_rad, state.bend)

    def _place_walls(self) -> None:
        walls = self._scene.walls()
        per_animal = walls if len(walls) > 1 else walls * self._scene.animals
        self._centre_px = np.array([wall.centre for wall in per_animal])
        self._is_round = isinstance(per_animal[0], Circle)
        half = [(w.radius, w.radius) if isinstance(w, Circle) else (w.width / 2, w.height / 2) for w in per_animal]
        self._reach_px = np.maximum(np.array(half) - 0.52 * self.length_px[:, None], 1.0)
        self._alone = len(walls) > 1 or self._scene.animals == 1

    def _first(self, rng: np.random.Generator) -> State:
        """Return the state before the first frame: placed at random, apart where there is room."""
        count = self._scene.animals
        xy_px = np.zeros((count, 2))
        for row in range(count):
            for _ in range(200):
                spot = rng.uniform(-1, 1, 2)
                if self._is_round and np.hypot(*spot) > 1:
                    continue
                xy_px[row] = self._centre_px[row] + spot * self._reach_px[row]
                gap_px = np.hypot(*(xy_px[:row] - xy_px[row]).T)
                if (gap_px > 1.5 * self._scene.body_length_px).all():
                    break
        return State(
            xy_px=xy_px,
            heading_rad=rng.uniform(-np.pi, np.pi, count),
            speed_px_s=self._cruise_px_s.copy(),
            turn_rad_s=np.zeros(count),
            bend=np.zeros(count),
            pause_left_s=np.zeros(count),
            visit_left_s=np.zeros(count),
            partner=np.full(count, -1, np.int64),
            near=np.zeros((count, count), np.bool_),
        )

    def _block(self, number: int) -> list[State]:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        while len(self._starts) <= number:
            self._starts.append(self._walked(len(self._starts) - 1)[-1])
        states = self._walked(number)
        if len(self._starts) == number + 1:
            self._starts.append(states[-1])
        self._blocks[number] = states
        if len(self._blocks) > KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return states

    def _walked(self, number: int) -> list[State]:
        """Return the BLOCK states that follow the start of block `number`."""
        rng = np.random.default_rng((self._scene.seed, 1, number))
        normal = rng.standard_normal((BLOCK, 2, self._scene.animals))
        uniform = rng.random((BLOCK, 6, self._scene.animals))
        state = self._starts[number]
        states = []
        for row in range(BLOCK):
            state = self._step(state, normal[row], uniform[row])
            states.append(state)
        return states

    def _step(self, state: State, normal: F64, uniform: F64) -> State:
        """Return the state one frame later; `normal` (2, n) and `uniform` (6, n) are its random numbers."""
        dt_s = 1 / self._scene.rate_hz
        state = self._decide(state, uniform, dt_s)
        moving = state.pause_left_s <= 0
        steer_rad_s = self._away_from_walls(state)
        if not self._alone:
            steer_rad_s = steer_rad_s + self._towards_partner(state)
        keep = np.exp(-dt_s / TURN_MEMORY_S)
        turn_rad_s = keep * state.turn_rad_s + 0.5 * self._steer_rad_s * np.sqrt(1 - keep**2) * normal[0]
        turning_rad_s = np.where(moving, turn_rad_s + steer_rad_s, 0.25 * turn_rad_s)
        heading_rad = state.heading_rad + turning_rad_s * dt_s

        keep = np.exp(-dt_s / SPEED_MEMORY_S)
        goal_px_s = np.where(moving, self._cruise_px_s, 0.0)
        jitter_px_s = np.where(moving, 0.3, 0.03) * self._cruise_px_s * np.sqrt(1 - keep**2) * normal[1]
        speed_px_s = np.clip(goal_px_s + keep * (state.speed_px_s - goal_px_s) + jitter_px_s, 0, 2 * self._cruise_px_s)

        ahead = np.stack([np.cos(heading_rad), np.sin(heading_rad)], axis=1)
        xy_px = state.xy_px + ahead * (speed_px_s * dt_s)[:, None]
        if not self._alone:
            xy_px = self._pushed_apart(xy_px, dt_s)
        keep = np.exp(-dt_s / BEND_MEMORY_S)
        bend = keep * state.bend + (1 - keep) * np.clip(turning_rad_s / (1.5 * self._steer_rad_s), -1, 1)
        return replace(
            state,
            xy_px=self._inside(xy_px),
            heading_rad=heading_rad,
            speed_px_s=speed_px_s,
            turn_rad_s=turn_rad_s,
            bend=bend,
        )

    def _decide(self, state: State, uniform: F64, dt_s: float) -> State:
        """Start pauses and visits, end visits, and react to animals met in this frame."""
        scene = self._scene
        pause_left_s = np.maximum(state.pause_left_s - dt_s, 0)
        pausing = (pause_left_s == 0) & (uniform[0] < scene.pauses_per_min / 60 * dt_s)
        pause_left_s = np.where(pausing, -np.log1p(-uniform[1]) * PAUSE_MEAN_S, pause_left_s)
        if self._alone:
            return replace(state, pause_left_s=pause_left_s)

        gap_px = self._gaps(state.xy_px)
        near = gap_px < 0.6 * scene.body_length_px
        met = (near & ~state.near).any(axis=1)
        stop = met & (uniform[2] < PAUSE_AT_ENCOUNTER)
        back = met & ~stop & (uniform[2] < PAUSE_AT_ENCOUNTER + TURN_BACK_AT_ENCOUNTER)
        pause_left_s = np.where(stop, -np.log1p(-uniform[1]) * ENCOUNTER_PAUSE_MEAN_S, pause_left_s)
        kick_rad_s = np.where(uniform[3] < 0.5, -1.0, 1.0) * TURN_BACK_RAD / TURN_MEMORY_S

        count = scene.animals
        visit_left_s = np.maximum(state.visit_left_s - dt_s, 0)
        arrived = near[np.arange(count), state.partner] & (state.partner >= 0)
        partner = np.where(arrived | (visit_left_s == 0), -1, state.partner)
        setting_out = (partner < 0) & (uniform[4] < scene.crossings_per_min / 60 * dt_s)
        other = (np.arange(count) + 1 + (uniform[5] * (count - 1)).astype(np.int64)) % count
        return replace(
            state,
            pause_left_s=pause_left_s,
            turn_rad_s=np.where(back, kick_rad_s, state.turn_rad_s),
            visit_left_s=np.where(setting_out, VISIT_AT_MOST_S, visit_left_s),
            partner=np.where(setting_out, other, partner),
            near=near,
        )

    def _gaps(self, xy_px: F64) -> F64:
        """Return the (n, n) distances, infinite on the diagonal."""
        apart = xy_px[:, None] - xy_px[None]
        gap_px = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(gap_px, np.inf)
        return gap_px

    def _turn_to(self, state: State, towards: F64) -> F64:
        """Return the sine-shaped pull, -1..1, that turns each animal to its (n, 2) direction."""
        bearing = np.arctan2(towards[:, 1], towards[:, 0]) - state.heading_rad
        off = np.arctan2(np.sin(bearing), np.cos(bearing))
        return np.clip(off / 0.8, -1, 1)

    def _away_from_walls(self, state: State) -> F64:
        offset = state.xy_px - self._centre_px
        margin_px = np.minimum(1.2 * self.length_px[:, None], 0.6 * self._reach_px)
        if self._is_round:
            radius_px = np.hypot(offset[:, 0], offset[:, 1])[:, None]
            nearness = np.clip((radius_px - self._reach_px + margin_px) / margin_px, 0, 1)
            inward = -offset / np.maximum(radius_px, 1e-9) * nearness
        else:
            nearness = np.clip((np.abs(offset) - self._reach_px + margin_px) / margin_px, 0, 1)
            inward = -np.sign(offset) * nearness
        strength = np.hypot(inward[:, 0], inward[:, 1])
        cos, sin = np.cos(state.heading_rad), np.sin(state.heading_rad)
        facing_in = (inward[:, 0] * cos + inward[:, 1] * sin) / np.maximum(strength, 1e-9)
        # Once it walks along the wall the pull fades: animals follow walls.
        pull = self._turn_to(state, inward) * np.minimum(strength, 1) * np.clip(0.2 - facing_in, 0, 1)
        return np.asarray(pull * self._steer_rad_s)

    def _towards_partner(self, state: State) -> F64:
        towards = state.xy_px[state.partner] - state.xy_px
        return np.where(state.partner >= 0, self._turn_to(state, towards) * 0.8 * self._steer_rad_s, 0.0)

    def _pushed_apart(self, xy_px: F64, dt_s: float) -> F64:
        """Bodies are no ghosts: they press on each other while their middles are closer than a body is wide."""
        least_px = 0.3 * self._scene.body_length_px
        gap_px = self._gaps(xy_px)
        if gap_px.min() >= least_px:
            return xy_px
        press = np.maximum(least_px - gap_px, 0) / np.maximum(gap_px, 1e-6) * min(1.0, 4 * dt_s)
        return np.asarray(xy_px + ((xy_px[:, None] - xy_px[None]) * press[..., None]).sum(axis=1))

    def _inside(self, xy_px: F64) -> F64:
        offset = xy_px - self._centre_px
        if self._is_round:
            radius_px = np.hypot(offset[:, 0], offset[:, 1])[:, None]
            offset = offset * np.minimum(1, self._reach_px / np.maximum(radius_px, 1e-9))
        else:
            offset = np.clip(offset, -self._reach_px, self._reach_px)
        return np.asarray(self._centre_px + offset)
