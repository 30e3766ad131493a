"""What can be plotted while animals are tracked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Of which track, pair of tracks, or place and track a series is; None for the whole camera.
Target = int | tuple[int, int] | tuple[str, int] | None
Key = tuple[str, Target]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One kind of plot.

    Attributes
    ----------
    per : str
        Whether there is a curve for each animal, one for the camera, one for a pair of animals that is
        chosen, or one for each animal and a place that is chosen.
    is_length : bool
        In pixels or pixels per second, which a scale turns into millimetres.
    sampled : bool
        An angle: over a long time it has no extremes, and it jumps at its ends.
    """

    name: str
    title: str
    unit: str
    per: Literal["animal", "camera", "pair", "place"]
    about: str
    is_length: bool = False
    sampled: bool = False


QUANTITIES = (
    Quantity("speed", "Speed", "px/s", "animal", "How fast each animal moves", is_length=True),
    Quantity("x", "Position, x", "px", "animal", "From the left edge of the picture", is_length=True),
    Quantity("y", "Position, y", "px", "animal", "From the upper edge of the picture", is_length=True),
    Quantity(
        "heading", "Heading", "deg", "animal",
        "Where each animal faces: 0 to the right, 90 downward; a gap where that is not sure", sampled=True,
    ),
    Quantity("nearest", "Distance to the nearest", "px", "animal", "From each animal to the nearest other one",
             is_length=True),
    Quantity("pair", "Distance of two", "px", "pair", "Between two animals that you choose", is_length=True),
    Quantity("place", "Distance to a zone", "px", "place",
             "From each animal to the border of a zone, to a line or to a point", is_length=True),
    Quantity("count", "Animals seen", "", "camera", "How many animals are measured on each frame"),
    Quantity("activity", "Activity", "%", "camera", "Share of the animals seen that move"),
    Quantity("frozen", "Freezing", "", "animal", "1 while an animal freezes, 0 while it moves"),
    Quantity("state", "State", "", "animal", "0 found, 1 touching another, 2 guessed, 3 lost"),
)  # fmt: skip
BY_NAME = {quantity.name: quantity for quantity in QUANTITIES}
