"""How well tracks keep identities, against ground truth given as points.

Identity F1 follows Ristani et al. 2016 (Performance measures and a data set for multi-target,
multi-camera tracking); matches, misses, false positives and identity switches follow Bernardin and
Stiefelhagen 2008 (CLEAR MOT), as TrackEval computes them. Nearness is the distance between points
instead of the overlap of boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker_gui.core.arrays import F64, I64


@dataclass(frozen=True, slots=True)
class PointTracks:
    """Positions with identities, m rows in any order; at most one row for an identity in a frame.

    Attributes
    ----------
    frame : (m,) int64
    identity : (m,) int64
    xy_px : (m, 2) float64
    """

    frame: I64
    identity: I64
    xy_px: F64

    def __len__(self) -> int:
        return len(self.frame)

    @staticmethod
    def of(frames: Iterable[tuple[int, I64, F64]]) -> PointTracks:
        """Join (frame, identities (n,), xy_px (n, 2)) of many frames."""
        listed = list(frames)
        return PointTracks(
            frame=np.concatenate([np.empty(0, np.int64), *(np.full(len(i), f, np.int64) for f, i, _ in listed)]),
            identity=np.concatenate([np.empty(0, np.int64), *(i for _, i, _ in listed)]),
            xy_px=np.concatenate([np.empty((0, 2)), *(xy.reshape(-1, 2) for _, _, xy in listed)]),
        )


@dataclass(frozen=True, slots=True)
class IdentityScores:
    """Counts over a sequence, and the ratios made of them; those of several sequences can be added.

    Attributes
    ----------
    true_count, found_count : int
        Rows of the truth and of the tracks.
    id_hits : int
        IDTP: rows that agree under the best one-to-one map between true and found identities.
    matches : int
        Rows matched frame by frame, whoever they are said to be.
    swaps : int
        IDSW: a true animal is matched to another identity than the last time it was matched.
    error_sum_px : float
        Sum of the distances of the matched rows.
    """

    true_count: int = 0
    found_count: int = 0
    id_hits: int = 0
    matches: int = 0
    swaps: int = 0
    error_sum_px: float = 0.0

    def __add__(self, other: IdentityScores) -> IdentityScores:
        return IdentityScores(
            self.true_count + other.true_count,
            self.found_count + other.found_count,
            self.id_hits + other.id_hits,
            self.matches + other.matches,
            self.swaps + other.swaps,
            self.error_sum_px + other.error_sum_px,
        )

    @property
    def id_misses(self) -> int:
        """IDFN."""
        return self.true_count - self.id_hits

    @property
    def id_false(self) -> int:
        """IDFP."""
        return self.found_count - self.id_hits

    @property
    def id_f1(self) -> float:
        return _share(2 * self.id_hits, self.true_count + self.found_count)

    @property
    def id_precision(self) -> float:
        return _share(self.id_hits, self.found_count)

    @property
    def id_recall(self) -> float:
        return _share(self.id_hits, self.true_count)

    @property
    def precision(self) -> float:
        return _share(self.matches, self.found_count)

    @property
    def recall(self) -> float:
        return _share(self.matches, self.true_count)

    @property
    def mota(self) -> float:
        """1 - (misses + false positives + swaps) / true rows; may be negative."""
        if self.true_count == 0:
            return 0.0
        misses, false = self.true_count - self.matches, self.found_count - self.matches
        return 1 - (misses + false + self.swaps) / self.true_count

    @property
    def mean_error_px(self) -> float:
        return _share(self.error_sum_px, self.matches)


def score(truth: PointTracks, found: PointTracks, gate_px: float) -> IdentityScores:
    """Compare tracks with the truth.

    Parameters
    ----------
    truth, found : PointTracks
    gate_px : float
        Two points farther apart than this are never the same animal.

    Raises
    ------
    ValueError
        An identity occurs twice in one frame.
    """
    true_ids, true_rows = np.unique(truth.identity, return_inverse=True)
    found_ids, found_rows = np.unique(found.identity, return_inverse=True)
    _check_unique(truth, "truth")
    _check_unique(found, "tracks")
    agree = np.zeros((len(true_ids), len(found_ids)), np.int64)
    last_match = np.full(len(true_ids), -1, np.int64)
    before = np.full(len(true_ids), -1, np.int64)
    matches, swaps, error_px = 0, 0, 0.0
    for at_true, at_found in _frame_by_frame(truth, found):
        who, said = true_rows[at_true], found_rows[at_found]
        apart = truth.xy_px[at_true][:, None] - found.xy_px[at_found][None]
        gap_px = np.hypot(apart[..., 0], apart[..., 1])
        close = gap_px <= gate_px
        agree[np.ix_(who, said)] += close
        if not close.size:
            continue
        # TrackEval's weights: a pair that matched in the frame before goes on if it can, then many near pairs.
        keep = before[who][:, None] == said[None]
        worth = np.where(close, 1000.0 * keep + 1 - 0.5 * gap_px / gate_px, 0.0)
        rows, columns = linear_sum_assignment(worth, maximize=True)
        real = close[rows, columns]
        rows, columns = rows[real], columns[real]
        before[:] = -1
        before[who[rows]] = said[columns]
        known = last_match[who[rows]] >= 0
        swaps += int((known & (last_match[who[rows]] != said[columns])).sum())
        last_match[who[rows]] = said[columns]
        matches += len(rows)
        error_px += float(gap_px[rows, columns].sum())
    rows, columns = linear_sum_assignment(agree, maximize=True)
    return IdentityScores(
        true_count=len(truth),
        found_count=len(found),
        id_hits=int(agree[rows, columns].sum()),
        matches=matches,
        swaps=swaps,
        error_sum_px=error_px,
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _check_unique(tracks: PointTracks, name: str) -> None:
    keys = np.stack([tracks.frame, tracks.identity], axis=1)
    if len(np.unique(keys, axis=0)) != len(keys):
        raise ValueError(f"{name}: an identity occurs twice in one frame")


def _frame_by_frame(truth: PointTracks, found: PointTracks) -> Iterator[tuple[I64, I64]]:
    """Yield the row numbers (truth, found) of each frame that has any, in time order."""
    frames = np.union1d(truth.frame, found.frame)
    true_order, found_order = np.argsort(truth.frame, kind="stable"), np.argsort(found.frame, kind="stable")
    true_cuts = np.searchsorted(truth.frame[true_order], np.append(frames, np.iinfo(np.int64).max))
    found_cuts = np.searchsorted(found.frame[found_order], np.append(frames, np.iinfo(np.int64).max))
    for number in range(len(frames)):
        yield (
            true_order[true_cuts[number] : true_cuts[number + 1]],
            found_order[found_cuts[number] : found_cuts[number + 1]],
        )
