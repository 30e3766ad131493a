"""Places in finished tracks that somebody should look at: misses, jumps, crossings, merges, likely swaps."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.corrections import Correction, Delete, Interpolate, Swap
from tracker_gui.analysis.track_grid import LOST, TrackGrid
from tracker_gui.core.types import TrackState

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64, I64, Bool

MERGED, PREDICTED = int(TrackState.MERGED), int(TrackState.PREDICTED)
#: A step is a jump when it is longer than so many of the animal's long ones (its 95th percentile).
JUMP_TIMES = 3.0
#: Shorter steps are never jumps, px.
LEAST_JUMP_PX = 4.0
#: An exchange is likely when it makes the two steps shorter than this share of what they are.
SWAP_SHARE = 0.35
#: A jump that comes back within so many frames is one that went astray.
ASTRAY_FRAMES = 10
#: Two animals that part for no longer than this have not parted, frames.
PARTED_FRAMES = 3
#: A speed from positions so many frames apart is still one to go on with.
FRESH_FRAMES = 2
#: For so long an unseen animal is taken to go straight on, frames.
STRAIGHT_FRAMES = 10
#: What two animals do in a contact longer than this does not tell who was who, s.
LONG_CONTACT_S = 1.0
PAIRS_AT_ONCE = 4_000_000
#: Share of the area covered that stands for a body where the file has no areas.
BODY_SHARE = 0.03


class ProblemKind(enum.Enum):
    """What is wrong, or may be."""

    SWAP = "likely swap"
    JUMP = "jump"
    MISS = "miss"
    MERGE = "merge"
    CROSSING = "crossing"


@dataclass(frozen=True, slots=True)
class TrackProblem:
    """One place to look at.

    Attributes
    ----------
    first_frame, last_frame : int
        Both included.
    ids : tuple of int
        Of the animals it is about.
    severity_01 : float
    sentence : str
    mend : tuple of Correction
        What would mend it if it is what it seems; empty where that cannot be said.
    """

    kind: ProblemKind
    first_frame: int
    last_frame: int
    ids: tuple[int, ...]
    severity_01: float
    sentence: str
    mend: tuple[Correction, ...] = ()


def find_problems(table: TrackGrid, body_px: float | None = None) -> tuple[TrackProblem, ...]:
    """Return all problems in the order of their frames.

    Parameters
    ----------
    body_px : float, optional
        Length of an animal: nearer than this two of them meet. By default a share of the area they cover.
    """
    if not len(table) or not len(table.ids):
        return ()
    steps = _Steps(table)
    swaps = _swaps(table, steps)
    jumps = _jumps(table, steps, {(p.first_frame, animal) for p in swaps for animal in p.ids})
    meetings = _meetings(table, _body_px(table) if body_px is None else body_px, swaps)
    found = [*_misses(table), *jumps, *swaps, *meetings]
    return tuple(sorted(found, key=lambda p: (p.first_frame, -p.severity_01, p.ids)))


# ---- steps


class _Steps:
    """How each animal went on from where it was last measured.

    Attributes
    ----------
    last_xy : (f, n, 2) float64
        Where each was last measured before a frame, NaN before the first time.
    expected_xy : (f, n, 2) float64
        Where it would be now if it went on as it did.
    age : (f, n) float64
        Frames since.
    surprise_px : (f, n) float64
        Distance from what was expected, NaN where it was not measured now or never before.
    step_px : (f, n) float64
        Distance from where it was last, a frame's share of it.
    long_px, usual_surprise_px : (n,) float64
        The 95th percentiles of both.
    """

    def __init__(self, table: TrackGrid) -> None:
        f, n = table.state.shape
        seen, xy, frame = table.measured, table.xy_px, table.frame
        row = np.where(seen, np.arange(f)[:, None], -1)
        last = np.maximum.accumulate(row, axis=0)
        before = np.vstack([np.full((1, n), -1), last[:-1]])
        earlier = np.where(before >= 0, np.take_along_axis(before, np.maximum(before, 0), axis=0), -1)
        columns = np.arange(n)
        self.last_row: I64 = before
        self.last_xy: F64 = np.where((before >= 0)[..., None], xy[np.maximum(before, 0), columns], np.nan)
        earlier_xy = xy[np.maximum(earlier, 0), columns]
        apart = frame[np.maximum(before, 0)] - frame[np.maximum(earlier, 0)]
        self.age: F64 = (frame[:, None] - frame[np.maximum(before, 0)]).astype(np.float64)
        fresh = (earlier >= 0) & (apart <= FRESH_FRAMES)
        with np.errstate(invalid="ignore", divide="ignore"):
            speed = np.where(fresh[..., None], (self.last_xy - earlier_xy) / np.maximum(apart, 1)[..., None], 0.0)
        self.expected_xy: F64 = self.last_xy + speed * np.minimum(self.age, STRAIGHT_FRAMES)[..., None]
        now = np.where(seen[..., None], xy, np.nan)
        self.surprise_px: F64 = np.hypot(*np.moveaxis(now - self.expected_xy, 2, 0))
        self.whole_step_px: F64 = np.hypot(*np.moveaxis(now - self.last_xy, 2, 0))
        self.step_px: F64 = self.whole_step_px / np.maximum(self.age, 1)
        self.long_px = _high(self.step_px)
        self.usual_surprise_px = _high(self.surprise_px / np.sqrt(np.maximum(self.age, 1)))


def _high(values: F64) -> F64:
    """Return the 95th percentile of each column, raised to half of that of all where one hardly moves."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(values.shape[1])
    everybody = float(np.percentile(values[known], 95))
    own = [np.percentile(one[there], 95) if there.any() else 0.0 for one, there in zip(values.T, known.T, strict=True)]
    return np.asarray(np.maximum(own, everybody / 2))


# ---- swaps and jumps


def _swaps(table: TrackGrid, steps: _Steps) -> list[TrackProblem]:
    """Find pairs that continue each other's way."""
    limit = np.maximum(steps.usual_surprise_px * 2.5, LEAST_JUMP_PX / 2) * np.sqrt(np.maximum(steps.age, 1))
    odd = steps.surprise_px > limit
    found = []
    for row in np.flatnonzero(odd.sum(axis=1) >= 1).tolist():
        there = np.flatnonzero(np.isfinite(steps.surprise_px[row]))
        gap = table.xy_px[row, there][:, None] - steps.expected_xy[row, there][None]
        cost = np.hypot(gap[..., 0], gap[..., 1])
        keep = cost.diagonal()[:, None] + cost.diagonal()[None]
        exchange = cost + cost.T
        likely = (exchange < SWAP_SHARE * keep) & (odd[row, there][:, None] | odd[row, there][None])
        likely &= keep - exchange > limit[row, there][:, None] + limit[row, there][None]
        # Both must go on in the other's track: one that is only nearer proves nothing.
        likely &= np.maximum(cost, cost.T) < keep / 2
        taken: set[int] = set()
        for one, other in _best_first(likely, exchange / np.maximum(keep, 1e-9)):
            if one in taken or other in taken:
                continue
            taken |= {one, other}
            a, b = sorted((int(table.ids[there[one]]), int(table.ids[there[other]])))
            frame = int(table.frame[row])
            gap_frames = int(max(steps.age[row, there[one]], steps.age[row, there[other]]))
            late = "" if gap_frames <= 1 else f", {gap_frames} frames after one was lost"
            share = float(exchange[one, other] / keep[one, other])
            found.append(
                TrackProblem(
                    ProblemKind.SWAP, frame, frame, (a, b), 1.0 - share / 2,
                    f"Animals {a} and {b} go on in each other's place at frame {frame}{late}: likely a swap.",
                    (Swap(animal=a, other=b, first_frame=frame),),
                )
            )  # fmt: skip
    return found


def _best_first(likely: Bool, share: F64) -> list[tuple[int, int]]:
    pairs = [(int(a), int(b)) for a, b in np.argwhere(np.triu(likely, 1))]
    return sorted(pairs, key=lambda pair: float(share[pair]))


def _jumps(table: TrackGrid, steps: _Steps, explained: set[tuple[int, int]]) -> list[TrackProblem]:
    limit = np.maximum(steps.long_px * JUMP_TIMES, LEAST_JUMP_PX)
    found = []
    for column in range(len(table.ids)):
        animal = int(table.ids[column])
        rows = np.flatnonzero(steps.step_px[:, column] > limit[column]).tolist()
        rows = [row for row in rows if (int(table.frame[row]), animal) not in explained]
        while rows:
            row = rows.pop(0)
            way_px, times = float(steps.whole_step_px[row, column]), float(steps.step_px[row, column] / limit[column])
            severity = min(0.95, 0.4 + 0.1 * times)
            first = int(table.frame[row])
            back = rows[0] if rows and rows[0] - row <= ASTRAY_FRAMES else None
            if back is not None and _comes_back(table, steps, row, back, column, limit[column]):
                rows.pop(0)
                last = int(table.frame[back - 1])
                many = _frames(back - row)
                sentence = f"Animal {animal} jumps {way_px:.0f} px away for {many} and comes back."
                gone = (
                    Delete(animal=animal, first_frame=first, last_frame=last),
                    Interpolate(animal=animal, first_frame=first, last_frame=last),
                )
                found.append(TrackProblem(ProblemKind.JUMP, first, last, (animal,), severity, sentence, gone))
                continue
            sentence = (
                f"Animal {animal} jumps {way_px:.0f} px to frame {first}, "
                f"{JUMP_TIMES * times:.0f} times as far as its long steps."
            )
            found.append(TrackProblem(ProblemKind.JUMP, first, first, (animal,), severity, sentence))
    return found


def _comes_back(table: TrackGrid, steps: _Steps, away: int, back: int, column: int, limit_px: float) -> bool:
    passed = float(table.frame[back] - table.frame[steps.last_row[away, column]])
    left_at, came_to = steps.last_xy[away, column], table.xy_px[back, column]
    return bool(np.hypot(*(came_to - left_at)) <= limit_px * passed / JUMP_TIMES)


def _frames(count: int) -> str:
    return "one frame" if count == 1 else f"{count} frames"


# ---- misses


def _misses(table: TrackGrid) -> list[TrackProblem]:
    found = []
    # A line somebody has drawn through a gap is no longer something to look at.
    seen, rate_hz = table.measured | (table.edited & (table.state == PREDICTED)), table.rate_hz
    for column, animal in enumerate(table.ids.tolist()):
        if not seen[:, column].any():
            first, last = int(table.frame[0]), int(table.frame[-1])
            sentence = f"Animal {animal} is never seen."
            found.append(TrackProblem(ProblemKind.MISS, first, last, (animal,), 0.9, sentence))
            continue
        # Where rows come and go, an animal begins with its first row and ends with its last one.
        listed = np.flatnonzero(table.listed[:, column])
        for start, stop in _runs(~seen[:, column]):
            inner = start > 0 and stop < len(table)
            if not inner and not table.is_full and (stop <= listed[0] or start > listed[-1]):
                continue
            frames = int(table.frame[stop - 1] - table.frame[start]) + 1
            seconds = frames / rate_hz
            guessed = bool((table.state[start:stop, column] == PREDICTED).all())
            how = "only guessed" if guessed else "not seen"
            where = "" if inner else " at the beginning" if start == 0 else " at the end"
            sentence = f"Animal {animal} is {how} for {_frames(frames)} ({seconds:.2f} s){where}."
            first, last = int(table.frame[start]), int(table.frame[stop - 1])
            mend = (Interpolate(animal=animal, first_frame=first, last_frame=last),) if inner else ()
            severity = min(0.9, 0.15 + 0.4 * seconds) * (0.6 if guessed else 1.0)
            found.append(TrackProblem(ProblemKind.MISS, first, last, (animal,), severity, sentence, mend))
    return found


def _runs(marks: Bool) -> list[tuple[int, int]]:
    """Return (start, stop) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


# ---- crossings and merges


def _body_px(table: TrackGrid) -> float:
    places = table.xy_px[table.state != LOST]
    if not len(places):
        return 1.0
    low, high = np.percentile(places, [1, 99], axis=0)
    return max(1.0, BODY_SHARE * float(np.hypot(*(high - low))))


def _meetings(table: TrackGrid, body_px: float, swaps: list[TrackProblem]) -> list[TrackProblem]:
    n = len(table.ids)
    one, other = np.triu_indices(n, 1)
    if not one.size:
        return []
    near: list[I64] = []
    at_once = max(1, PAIRS_AT_ONCE // one.size)
    for start in range(0, len(table), at_once):
        part = table.xy_px[start : start + at_once]
        way = part[:, one] - part[:, other]
        with np.errstate(invalid="ignore"):
            rows, pairs = np.nonzero(way[..., 0] ** 2 + way[..., 1] ** 2 < body_px**2)
        near.append(np.column_stack([pairs, rows + start]))
    met = np.concatenate(near)
    met = met[np.lexsort((met[:, 1], met[:, 0]))]
    if not len(met):
        return []
    parts = np.flatnonzero((np.diff(met[:, 0]) != 0) | (np.diff(met[:, 1]) > PARTED_FRAMES)) + 1
    told = {(p.first_frame, p.ids) for p in swaps}
    found = []
    for episode in np.split(met, parts):
        pair, start, stop = int(episode[0, 0]), int(episode[0, 1]), int(episode[-1, 1]) + 1
        found.append(_meeting(table, int(one[pair]), int(other[pair]), start, stop, told))
    return found


def _meeting(
    table: TrackGrid, one: int, other: int, start: int, stop: int, told: set[tuple[int, tuple[int, ...]]]
) -> TrackProblem:
    a, b = int(table.ids[one]), int(table.ids[other])
    first, last = int(table.frame[start]), int(table.frame[stop - 1])
    seconds = (last - first + 1) / table.rate_hz
    state = table.state[start:stop][:, [one, other]]
    merged = bool((state >= MERGED).any())
    explained = any((frame, (a, b)) in told for frame in range(first, last + 2))
    if not explained and merged and seconds <= LONG_CONTACT_S and _looks_exchanged(table, one, other, start, stop):
        frame = int(table.frame[min(stop, len(table) - 1)])
        return TrackProblem(
            ProblemKind.SWAP, first, frame, (a, b), 0.5,
            f"Animals {a} and {b} touch for {_frames(last - first + 1)} and may be exchanged behind it: "
            "each goes on where the other was heading.",
            (Swap(animal=a, other=b, first_frame=frame),),
        )  # fmt: skip
    if merged:
        sentence = f"Animals {a} and {b} merge for {_frames(last - first + 1)} ({seconds:.2f} s): see who comes out."
        return TrackProblem(ProblemKind.MERGE, first, last, (a, b), min(0.45, 0.25 + 0.1 * seconds), sentence)
    sentence = f"Animals {a} and {b} cross or meet for {_frames(last - first + 1)} ({seconds:.2f} s)."
    return TrackProblem(ProblemKind.CROSSING, first, last, (a, b), 0.1, sentence)


def _looks_exchanged(table: TrackGrid, one: int, other: int, start: int, stop: int) -> bool:
    """Return whether both leave a contact on the straight way on which the other came.

    Animals that turn round as they touch look the same, so this is no more than a place to look at.
    """
    lead = 5
    if start < lead or stop + lead > len(table):
        return False
    came, left = slice(start - lead, start), slice(stop, stop + lead)
    both = [one, other]
    if not (table.measured[came][:, both].all() and table.measured[left][:, both].all()):
        return False
    xy = table.xy_px[:, both]
    way_in = (xy[start - 1] - xy[start - lead]) / (lead - 1)
    expected = xy[start - 1] + way_in * (stop + 1 - start)
    cost = np.linalg.norm(xy[stop][:, None] - expected[None], axis=2)
    keep, exchange = float(cost[0, 0] + cost[1, 1]), float(cost[0, 1] + cost[1, 0])
    return exchange < 0.5 * keep and keep - exchange > float(np.linalg.norm(way_in, axis=1).sum())
