"""What an action may ask for in the way of stimuli; the window hands in who shows them on a display."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker_gui.core.rule_stages import ActionRequest, ActionResult


@dataclass(frozen=True, slots=True)
class Looming:
    """A disc that grows as a ball does that comes nearer at a constant speed.

    Attributes
    ----------
    l_v_s : float
        Half the size of the ball over its speed.
    start_deg, end_deg : float
        Visual angle of the whole disc at its onset and where it stops to grow.
    distance_px : float
        From the eye to the display, in pixels of the display.
    is_dark : bool
        Black, else white.
    """

    l_v_s: float
    start_deg: float
    end_deg: float
    distance_px: float
    is_dark: bool = True

    @property
    def grows_s(self) -> float:
        """How long it grows."""
        return self._to_collision_s(self.start_deg) - self._to_collision_s(self.end_deg)

    def diameter_px(self, t_s: float) -> float:
        """Return the diameter so long after the onset."""
        left_s = max(self._to_collision_s(self.start_deg) - t_s, self._to_collision_s(self.end_deg))
        return 2 * self.distance_px * self.l_v_s / left_s

    def _to_collision_s(self, angle_deg: float) -> float:
        return self.l_v_s / math.tan(math.radians(angle_deg) / 2)


@dataclass(frozen=True, slots=True)
class StimulusOrder:
    """One stimulus as it shall be.

    Attributes
    ----------
    shows : Looming or Path
        The disc, or the file of a picture or a video.
    display : int
        Number of the display, the first is 1.
    ground_grey : int
        What is around it, 0 to 255.
    lasts_s : float
        From its onset to its end.
    """

    shows: Looming | Path
    display: int
    ground_grey: int
    lasts_s: float


class Stimulus(Protocol):
    """One that is ready to be shown."""

    def show(self, request: ActionRequest, on_result: Callable[[ActionResult], None]) -> None:
        """Begin it and return at once; the result, with the measured onset, is told once, on any thread.

        Raises
        ------
        ActionFailed
        """

    def end(self) -> None:
        """End it, as far as it is shown or about to be."""


class Stimuli(Protocol):
    """Shows stimuli on the displays of this computer."""

    def prepare(self, order: StimulusOrder) -> Stimulus:
        """Load all that is needed, so that nothing is loaded when it is shown; may take a while.

        Raises
        ------
        TrackerError
            There is no such display, or the file cannot be shown.
        """
