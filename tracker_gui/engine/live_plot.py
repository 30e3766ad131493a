"""What a plot shows now: which series, in which unit, over which range."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracker_gui.analysis.figure import line_of, round_range
from tracker_gui.analysis.quantities import BY_NAME, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker_gui.analysis.pyramid import Excerpt
    from tracker_gui.analysis.quantities import Key
    from tracker_gui.core.arrays import F64
    from tracker_gui.engine.live_measures import LiveMeasures

#: Values that only say which of a few states it is, drawn in a row of its own for each animal.
HIGHEST_STATE = {"frozen": 1.0, "state": 3.0}
ROW_FILLED = 0.7
FIXED_RANGES = {"heading": (-180.0, 180.0), "activity": (0.0, 100.0)}
FROM_ZERO = ("speed", "nearest", "pair", "place", "count")


@dataclass(frozen=True, slots=True)
class PlotChoice:
    """One plot the user wants.

    Attributes
    ----------
    quantity : str
        Name of a `Quantity`.
    target : str
        Of a pair ``"1-2"``, of a place the name of its zone, else empty.
    """

    quantity: str
    target: str = ""

    @property
    def kind(self) -> Quantity:
        return BY_NAME[self.quantity]

    @property
    def text(self) -> str:
        """The choice as it is kept between runs."""
        return f"{self.quantity}:{self.target}" if self.target else self.quantity

    @property
    def pair(self) -> tuple[int, int] | None:
        match = re.fullmatch(r"(\d{1,9})-(\d{1,9})", self.target) if self.kind.per == "pair" else None
        return None if match is None else (int(match[1]), int(match[2]))

    @property
    def title(self) -> str:
        if self.pair is not None:
            return f"Distance of {self.pair[0]} and {self.pair[1]}"
        if self.kind.per == "place" and self.target:
            return f"Distance to {self.target}"
        return self.kind.title

    def keys(self, animals: Iterable[int]) -> list[Key]:
        """Return the series this plot is made of."""
        if self.kind.per == "camera":
            return [(self.quantity, None)]
        if self.kind.per == "pair":
            return [] if self.pair is None else [("pair", self.pair)]
        if self.kind.per == "place":
            return [("place", (self.target, animal)) for animal in animals] if self.target else []
        return [(self.quantity, animal) for animal in animals]


def choice_of(text: str) -> PlotChoice | None:
    """Return the choice that was kept as text; None where there is no such quantity."""
    quantity, _, target = text.partition(":")
    return PlotChoice(quantity, target) if quantity in BY_NAME else None


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: of an animal, or of all (None)."""

    animal: int | None
    x: F64
    y: F64


@dataclass(frozen=True, slots=True)
class Plot:
    """What is to be drawn.

    Attributes
    ----------
    y_range : tuple of float
        Round numbers around all values.
    levels : tuple of (value, words)
        What stands at the upright axis; empty for round numbers.
    is_empty : bool
        No curve has a value in this time.
    """

    unit: str
    lines: tuple[Line, ...]
    y_range: tuple[float, float]
    levels: tuple[tuple[float, str], ...]
    is_empty: bool


def unit_of(quantity: Quantity, mm_per_px: float | None) -> tuple[str, float]:
    """Return the unit of a quantity, and what pixels are multiplied with."""
    if quantity.is_length and mm_per_px is not None:
        return quantity.unit.replace("px", "mm"), mm_per_px
    return quantity.unit, 1.0


def excerpt_of(
    choice: PlotChoice, measures: LiveMeasures, animals: Sequence[int], window_s: float | None, most: int
) -> tuple[list[Key], Excerpt]:
    """Return the series of a plot with their keys."""
    keys = choice.keys(animals)
    return keys, measures.excerpt(keys, window_s, most)


def plot_of(
    choice: PlotChoice,
    measures: LiveMeasures,
    animals: Sequence[int],
    window_s: float | None,
    mm_per_px: float | None = None,
    most: int = 300,
) -> Plot:
    """Return what a plot shows of the last `window_s`, or of all time.

    Parameters
    ----------
    animals : sequence of int
        Those that are to be seen.
    mm_per_px : float, optional
        Lengths are then in mm.
    most : int
        Entries for each curve, about.
    """
    quantity = choice.kind
    keys, found = excerpt_of(choice, measures, animals, window_s, most)
    unit, factor = unit_of(quantity, mm_per_px)
    low, high = found.low.astype(np.float64) * factor, found.high.astype(np.float64) * factor
    bottom, top = _extremes(low, high)
    is_empty = not np.isfinite(bottom)
    levels: tuple[tuple[float, str], ...] = ()
    if quantity.name in HIGHEST_STATE:
        # The first animal is on top, as in a list.
        base = np.arange(len(keys), 0, -1) - 1.0
        scale = ROW_FILLED / HIGHEST_STATE[quantity.name]
        low, high = base + low * scale, base + high * scale
        levels = tuple((float(at), str(key[1])) for at, key in zip(base, keys, strict=True))
        y_range = (-0.3, max(1.0, float(len(keys))))
    elif quantity.name in FIXED_RANGES:
        y_range = FIXED_RANGES[quantity.name]
    elif quantity.name in FROM_ZERO:
        y_range = round_range(0.0, top if np.isfinite(top) else 1.0)
    else:
        y_range = round_range(bottom, top)
    if quantity.name == "heading":
        levels = tuple((float(at), str(at)) for at in (-180, -90, 0, 90, 180))
    lines = tuple(
        Line(_animal_of(key), *line_of(found.t_s, low[:, number], high[:, number], turns=quantity.sampled))
        for number, key in enumerate(keys)
    )
    return Plot(unit, lines, y_range, levels, is_empty)


def _animal_of(key: Key) -> int | None:
    target = key[1]
    if isinstance(target, tuple):
        return target[1] if isinstance(target[0], str) else None
    return target


def _extremes(low: F64, high: F64) -> tuple[float, float]:
    if not low.size:
        return np.nan, np.nan
    return float(np.fmin.reduce(low, axis=None)), float(np.fmax.reduce(high, axis=None))
