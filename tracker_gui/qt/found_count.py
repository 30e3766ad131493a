"""How many animals are found on the frame that is shown, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tracker_gui.core.preset import Preset
    from tracker_gui.engine.screen_feed import Shown


@dataclass(frozen=True, slots=True)
class FoundCount:
    """What the badge on the picture says.

    Attributes
    ----------
    wanted : int or None
        None where any number is right.
    blobs : int
        Detections, those that are several animals counted once.
    """

    found: int
    wanted: int | None
    blobs: int
    tracked: bool

    @property
    def complete(self) -> bool:
        return self.wanted is None or self.found == self.wanted

    @property
    def words(self) -> str:
        if self.wanted is None:
            return f"{self.found} found"
        if self.tracked:
            return f"{self.found} of {self.wanted} found"
        return f"{self.blobs} {'blob' if self.blobs == 1 else 'blobs'} for {self.wanted}"


def wanted_animals(preset: Preset) -> int | None:
    """Return how many animals the tracker was told of, None where it was not told."""
    animals = getattr(preset.tracker.params, "animals", None)
    if not isinstance(animals, int):
        return None
    return animals * max(1, len(getattr(preset.tracker.params, "arenas", ())))


def count_found(shown: Shown, preset: Preset) -> FoundCount:
    """Count measured tracks, or where the tracker has not seen these settings yet, blobs."""
    snapshot = shown.snapshot
    blobs = len(snapshot.detections)
    tracked = shown.tracked and len(snapshot.tracks) > 0
    found = int(np.count_nonzero(snapshot.tracks.measured)) if tracked else blobs
    return FoundCount(found, len(snapshot.tracks.roster) or wanted_animals(preset), blobs, tracked)
