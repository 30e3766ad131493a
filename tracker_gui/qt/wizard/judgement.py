"""What was found on sampled frames, judged and put into words, with the settings that would mend it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.engine.sampled_finds import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tracker_gui.engine.sampled_finds import Finds

#: The smallest animal is this many times larger than the largest speck, or no area can tell them apart.
APART = 1.3


@dataclass(frozen=True, slots=True)
class FoundOn:
    """What was found on one sampled frame."""

    index: int
    finds: Finds

    @property
    def count(self) -> int:
        return self.finds.blobs

    @property
    def areas_px2(self) -> NDArray[np.float64]:
        return self.finds.detections.area_px2


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well the settings find so many animals.

    Attributes
    ----------
    wanted : int or None
        None where any number is right.
    """

    frames: tuple[FoundOn, ...]
    wanted: int | None

    @property
    def few(self) -> list[FoundOn]:
        """Frames on which animals are missing; of any number, those on which there is none."""
        if self.wanted is None:
            return [frame for frame in self.frames if frame.count == 0]
        return [frame for frame in self.frames if frame.finds.verdict is Verdict.TOO_FEW]

    @property
    def many(self) -> list[FoundOn]:
        """Frames on which more is found than there can be."""
        return [frame for frame in self.frames if frame.finds.verdict is Verdict.TOO_MANY]

    @property
    def right(self) -> int:
        """On how many frames the number is right."""
        return len(self.frames) - len(self.few) - len(self.many)

    @property
    def is_right(self) -> bool:
        return bool(self.frames) and self.right == len(self.frames)

    @property
    def usual(self) -> int:
        """The number that is found most often; of two, the larger."""
        counts = Counter(frame.count for frame in self.frames)
        return max(counts, key=lambda count: (counts[count], count), default=0)

    @property
    def usual_share(self) -> float:
        """On what share of the frames the usual number is found."""
        if not self.frames:
            return 0.0
        return sum(frame.count == self.usual for frame in self.frames) / len(self.frames)

    def words(self) -> str:
        """Return what was found, in a sentence."""
        total = len(self.frames)
        if self.wanted is None:
            some = total - len(self.few)
            return f"Something is found on {some} of {total} sampled frames, most often {_animals(self.usual)}."
        found = "1 animal is" if self.wanted == 1 else f"{self.wanted} animals are"
        if self.is_right:
            return f"{found} found on {total} sampled frames of {total}."
        off = [f"too few on {len(self.few)}"] if self.few else []
        off += [f"too many on {len(self.many)}"] if self.many else []
        return f"{found} found on {self.right} of {total} sampled frames; {', '.join(off)}."

    def worst(self) -> FoundOn | None:
        """Return the frame that is furthest from right, None where all are."""
        wrong = [*self.few, *self.many]
        goal = self.usual if self.wanted is None else self.wanted
        return max(wrong, key=lambda frame: abs(frame.count - goal), default=None)

    def smallest_area_px2(self) -> float | None:
        """Return the smallest area that leaves out what is too much and keeps every animal, None where none does.

        The largest blobs of each frame are taken for its animals.
        """
        if not self.many or self.wanted is None:
            return None
        animals, specks = _parted([frame.areas_px2 for frame in self.frames], self.wanted)
        if not animals or not specks or min(animals) < APART * max(specks):
            return None
        between = math.sqrt(min(animals) * max(specks))
        return round(between, 1 - math.floor(math.log10(between)))


def _parted(areas_px2: Sequence[NDArray[np.float64]], wanted: int) -> tuple[list[float], list[float]]:
    animals: list[float] = []
    specks: list[float] = []
    for areas in areas_px2:
        largest_first = np.sort(areas)[::-1].tolist()
        animals += largest_first[:wanted]
        specks += largest_first[wanted:]
    return animals, specks


def _animals(count: int) -> str:
    return "1 animal" if count == 1 else f"{count} animals"
