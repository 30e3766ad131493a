"""Who is who after animals touched: their body sizes before and afterwards.

While an animal is alone, means of its logarithmic body axes are gathered in blocks; from the blocks
follow its size and how far such a mean strays. Animals that touched are mixed up in principle: once
each has been alone again for one block, the assignment with the highest likelihood (Gaussian, axes
independent) replaces the one that motion alone gave, if it is clearly better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.assignment import least_cost

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64

#: Least standard deviation of a block mean (2 %): animals bend, and light changes.
FLOOR = 0.02
#: Log-likelihood by which another assignment must be better than that of motion.
CLEARLY = 8.0
#: Blocks an animal must have been alone before its size is held against anybody.
KNOWN_BLOCKS = 3
#: Blocks after which an old size fades, so that growth and light do not count as another animal.
REMEMBERED_BLOCKS = 40.0
#: Standard deviation assumed until an animal has been alone for a few blocks.
FIRST_GUESS = 0.03


@dataclass(slots=True)
class _Size:
    """Mean and spread of the block means of one animal."""

    blocks: float = 0.0
    mean_long: float = 0.0
    mean_short: float = 0.0
    var_long: float = FIRST_GUESS**2
    var_short: float = FIRST_GUESS**2

    def add(self, long: float, short: float) -> None:
        self.blocks = min(self.blocks + 1.0, REMEMBERED_BLOCKS)
        gain = 1.0 / self.blocks
        off_long, off_short = long - self.mean_long, short - self.mean_short
        self.mean_long += gain * off_long
        self.mean_short += gain * off_short
        if self.blocks > 1:
            # The first guess counts as two blocks.
            share = 1.0 / (self.blocks + 1.0)
            self.var_long += share * (off_long**2 - self.var_long)
            self.var_short += share * (off_short**2 - self.var_short)

    def likelihood(self, long: float, short: float, blocks: float) -> float:
        """Return the log-likelihood of a mean over some blocks."""
        wide = 1.0 / blocks + 1.0 / max(self.blocks, 1.0)
        var_long = max(self.var_long * wide, FLOOR**2)
        var_short = max(self.var_short * wide, FLOOR**2)
        return -0.5 * (
            (long - self.mean_long) ** 2 / var_long
            + (short - self.mean_short) ** 2 / var_short
            + math.log(var_long * var_short)
        )


@dataclass(slots=True)
class _Block:
    count: int = 0
    long: float = 0.0
    short: float = 0.0

    def add(self, long: float, short: float) -> None:
        self.count += 1
        self.long += long
        self.short += short


@dataclass(slots=True)
class IdentityCheck:
    """Sizes of a fixed set of animals, and which of them may be mixed up.

    Parameters
    ----------
    block_frames : int
        Frames an animal must be alone before its size counts.
    """

    block_frames: int
    _sizes: dict[int, _Size] = field(default_factory=dict)
    _blocks: dict[int, _Block] = field(default_factory=dict)
    _mixed: dict[int, set[int]] = field(default_factory=dict)

    def touch(self, ids: list[int]) -> None:
        """Note that these animals touched: from now on any of them may carry another's id."""
        group: set[int] = set(ids)
        for track_id in ids:
            group |= self._mixed.get(track_id, set())
        for track_id in group:
            self._mixed[track_id] = group
        for track_id in ids:
            self._blocks.pop(track_id, None)

    def alone(self, track_id: int, long_px: float, short_px: float) -> None:
        """Note the body axes of an animal that is alone in its blob on this frame."""
        block = self._blocks.setdefault(track_id, _Block())
        block.add(math.log(long_px), math.log(short_px))
        if block.count >= self.block_frames and track_id not in self._mixed:
            size = self._sizes.setdefault(track_id, _Size())
            size.add(block.long / block.count, block.short / block.count)
            self._blocks[track_id] = _Block()

    def settle(self) -> dict[int, int]:
        """Return {carried id: true id} of animals whose ids must be exchanged, mostly empty."""
        changes: dict[int, int] = {}
        for group in list({id(group): group for group in self._mixed.values()}.values()):
            watched = [i for i in sorted(group) if (b := self._blocks.get(i)) and b.count >= self.block_frames]
            if watched:
                changes |= self._settle_group(sorted(group), watched)
        return changes

    def _settle_group(self, ids: list[int], watched: list[int]) -> dict[int, int]:
        """Settle the watched animals of a group that are beyond doubt; all of them once all were watched."""
        blocks = [self._blocks[i] for i in watched]
        fit = np.array(
            [
                [
                    self._size(i).likelihood(b.long / b.count, b.short / b.count, b.count / self.block_frames)
                    for i in ids
                ]
                for b in blocks
            ]
        )
        rows, columns = least_cost(-fit)
        known = all(self._size(i).blocks >= KNOWN_BLOCKS for i in ids)
        if len(watched) < len(ids):
            clear = [(r, c) for r, c in zip(rows, columns, strict=True) if known and _clear(fit, r, c)]
            settled = {watched[r]: ids[c] for r, c in clear}
        elif known and fit[rows, columns].sum() - np.trace(fit) > CLEARLY:
            settled = {watched[r]: ids[c] for r, c in zip(rows, columns, strict=True)}
        else:
            settled = {i: i for i in ids}
        for carried, true in settled.items():
            b = self._blocks[carried]
            self._size(true).add(b.long / b.count, b.short / b.count)
        return self._release(ids, settled)

    def _release(self, ids: list[int], settled: dict[int, int]) -> dict[int, int]:
        """Take settled animals out of their group; return who exchanges ids with whom."""
        if not settled:
            return {}
        left_bodies = [i for i in ids if i not in settled]
        taken = set(settled.values())
        left_ids = [i for i in ids if i not in taken]
        # A body that is still in doubt keeps its id where that is free, else takes one that is.
        kept = [i for i in left_bodies if i in left_ids]
        spare = iter([i for i in left_ids if i not in kept])
        exchange = settled | {i: i if i in kept else next(spare) for i in left_bodies}
        blocks = {exchange[i]: self._blocks.pop(i) for i in ids if i in self._blocks}
        for track_id in ids:
            del self._mixed[track_id]
        for carried, true in settled.items():
            blocks.pop(true, None)
            self._blocks.pop(carried, None)
        self._blocks |= blocks
        if len(left_ids) > 1:
            group = set(left_ids)
            self._mixed |= dict.fromkeys(left_ids, group)
        return {carried: true for carried, true in exchange.items() if carried != true}

    def _size(self, track_id: int) -> _Size:
        return self._sizes.setdefault(track_id, _Size())


def _clear(fit: F64, row: int, column: int) -> bool:
    """Return whether a body fits one identity, and no other nearly as well."""
    others = np.delete(fit[row], column)
    return bool(fit[row, column] - others.max(initial=-np.inf) > CLEARLY)
