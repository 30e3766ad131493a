"""Which way animals go, told by their way alone: for rules that do without an outline's long axis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tracker_gui.core.scene import Animal

Source = Literal["way", "body"]


class Direction:
    """The direction of each animal in radians, 0 to the right, clockwise on screen; None while it is not known.

    Parameters
    ----------
    source : str
        ``"body"`` is where it faces, from shape and motion; ``"way"`` where it went last.
    min_step_px : float
        How far an animal must go before its way has a direction.
    """

    def __init__(self, source: Source, min_step_px: float) -> None:
        self._of_body = source == "body"
        self._min_step_px = min_step_px
        self._last: dict[int, tuple[tuple[float, float], float | None]] = {}

    def of(self, animal: Animal) -> float | None:
        """Return the direction on this frame; must be asked once for each."""
        if self._of_body:
            return animal.heading_rad
        if animal.centre_px is None:
            self._last.pop(animal.id, None)
            return None
        start, direction = self._last.get(animal.id, (animal.centre_px, None))
        dx, dy = animal.centre_px[0] - start[0], animal.centre_px[1] - start[1]
        if math.hypot(dx, dy) >= self._min_step_px:
            start, direction = animal.centre_px, math.atan2(dy, dx)
        self._last[animal.id] = start, direction
        return direction

    def forget(self, animal_id: int) -> None:
        self._last.pop(animal_id, None)
