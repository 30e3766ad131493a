"""A plot for paper, as strokes and words that every format can draw: no library, no screen."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker_gui.core.arrays import F64

INK, FAINT = "#1b2026", "#d5dbe1"
LEFT, RIGHT, TOP, BOTTOM = 56.0, 76.0, 30.0, 40.0
WORDS_PT, TITLE_PT = 9.0, 11.0
KEY_ROW_PT = 13.0
HALF_TURN_DEG = 180.0
#: On and off, in points; each curve has one, so that nobody needs the colours.
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (1.5, 2.5), (7, 2.5, 1.5, 2.5))


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot; NaN in `y` is a gap.

    Attributes
    ----------
    x, y : (m,) float64
    dash : int
        Which of `DASHES`.
    """

    label: str
    colour: str
    dash: int
    x: F64
    y: F64


@dataclass(frozen=True, slots=True)
class Figure:
    """Curves over a common axis of time in seconds.

    Attributes
    ----------
    levels : tuple of (value, words)
        What stands at the upright axis; empty for round numbers.
    """

    title: str
    y_title: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    curves: tuple[Curve, ...]
    levels: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stroke:
    """An open line through (k, 2) points; the unit is 1/72 inch, y goes down."""

    points: F64
    colour: str
    width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Text whose base line begins, is centred or ends at a point; `upward` turns it to be read from the right."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "start"
    upward: bool = False


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers within a range, at most about so many."""
    if not high > low:
        return [low]
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400)


def time_ticks(low_s: float, high_s: float, most: int) -> tuple[list[float], float]:
    """Return times that are round on a clock, and the step between them."""
    rough_s = (high_s - low_s) / max(1, most)
    if rough_s <= 0.5:
        found = ticks(low_s, high_s, most)
        return found, found[1] - found[0] if len(found) > 1 else 1.0
    step_s = float(next((step for step in TIME_STEPS_S if step >= rough_s), TIME_STEPS_S[-1]))
    first, last = math.ceil(low_s / step_s - 1e-9), math.floor(high_s / step_s + 1e-9)
    return [number * step_s for number in range(first, last + 1)], step_s


def tick_words(values: Sequence[float]) -> list[str]:
    """Return the numbers with as many decimals as tell them apart."""
    step = min((abs(b - a) for a, b in itertools.pairwise(values)), default=abs(values[0]) if values else 1)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    return [f"{value:.{decimals}f}" for value in values]


def levels_of(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return round numbers within a range, with their words."""
    values = ticks(low, high, most)
    return list(zip(values, tick_words(values), strict=True))


def clock(seconds: float, step_s: float = 1.0) -> str:
    """Return a time as m:ss or h:mm:ss, with decimals where the step needs them."""
    decimals = max(0, -math.floor(math.log10(step_s) + 1e-9)) if step_s > 0 else 0
    sign = "-" if seconds < 0 else ""
    units = round(abs(seconds) * 10**decimals)
    whole, rest = divmod(units, 10**decimals)
    minutes, s = divmod(whole, 60)
    hours, m = divmod(minutes, 60)
    tail = f"{s:02d}" + (f".{rest:0{decimals}d}" if decimals else "")
    return f"{sign}{hours}:{m:02d}:{tail}" if hours else f"{sign}{m}:{tail}"


def round_range(low: float, high: float) -> tuple[float, float]:
    """Return a range of round numbers around some values, so that it seldom changes."""
    if not math.isfinite(low) or not math.isfinite(high):
        return 0.0, 1.0
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    step *= next(factor for factor in (5, 2, 1) if factor * step <= (high - low) / 2 or factor == 1)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def line_of(t_s: F64, low: F64, high: F64, *, turns: bool = False) -> tuple[F64, F64]:
    """Return the points of a line through the extremes of (m,) entries.

    Parameters
    ----------
    turns : bool
        An angle in degrees: no line where it jumps from one end to the other.
    """
    if turns or np.array_equal(low, high, equal_nan=True):
        x, y = t_s, low
    else:
        x, y = np.repeat(t_s, 2), np.stack([low, high], axis=1).ravel()
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if turns:
        jumps = np.flatnonzero(np.abs(np.diff(y)) > HALF_TURN_DEG) + 1
        x, y = np.insert(x, jumps, x[jumps]), np.insert(y, jumps, np.nan)
    return x, y


def lay_out(figure: Figure, width: float, height: float) -> list[Stroke | Words]:
    """Return what is to be drawn on a white sheet of some size, in order."""
    right = RIGHT if len(figure.curves) > 1 else 16.0
    x0, x1, y0, y1 = LEFT, width - right, TOP, height - BOTTOM
    (left, until), (low, high) = figure.x_range, figure.y_range
    drawn: list[Stroke | Words] = [Words(x0, TOP - 12, figure.title, TITLE_PT)]

    def place(x: F64, y: F64) -> F64:
        across = x0 + (x - left) / max(1e-12, until - left) * (x1 - x0)
        return np.stack([across, y1 - (y - low) / max(1e-12, high - low) * (y1 - y0)], axis=1)

    times, step_s = time_ticks(left, until, max(2, int((x1 - x0) / 60)))
    for t_s in times:
        ((x, _),) = place(np.array([t_s]), np.array([low]))
        drawn.append(Stroke(np.array([[x, y1], [x, y1 + 4]]), INK, 0.7))
        drawn.append(Words(float(x), y1 + 15, clock(t_s, step_s), WORDS_PT, "middle"))
    for value, text in figure.levels or levels_of(low, high, max(2, int((y1 - y0) / 32))):
        ((_, y),) = place(np.array([left]), np.array([value]))
        drawn.append(Stroke(np.array([[x0, y], [x1, y]]), FAINT, 0.5))
        drawn.append(Words(x0 - 6, float(y) + 3, text, WORDS_PT, "end"))
    drawn.append(Words((x0 + x1) / 2, height - 8, "Time, min:s", WORDS_PT, "middle"))
    drawn.append(Words(14, (y0 + y1) / 2, figure.y_title, WORDS_PT, "middle", upward=True))
    for curve in figure.curves:
        # Cut at the edge of the frame, which is not a clipping path in every format.
        points = place(curve.x, np.clip(curve.y, low, high))
        points[(curve.x < left) | (curve.x > until)] = np.nan
        drawn += [Stroke(part, curve.colour, 1.0, DASHES[curve.dash]) for part in without_gaps(points)]
    drawn.append(Stroke(np.array([[x0, y0], [x0, y1], [x1, y1]]), INK, 0.7))
    if len(figure.curves) > 1:
        rows = max(1, int((y1 - y0) / KEY_ROW_PT))
        for number, curve in enumerate(figure.curves):
            x, y = x1 + 10 + 32 * (number // rows), y0 + 6 + KEY_ROW_PT * (number % rows)
            drawn.append(Stroke(np.array([[x, y], [x + 16, y]]), curve.colour, 1.4, DASHES[curve.dash]))
            drawn.append(Words(x + 19, y + 3, curve.label, WORDS_PT))
    return drawn


def without_gaps(points: F64) -> list[F64]:
    """Return the parts of (m, 2) points between those that hold a NaN; a point alone is doubled, to be seen."""
    whole = np.isfinite(points).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], whole, [False]]).astype(np.int8)))
    parts = [points[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return [part if len(part) > 1 else part + np.array([[-0.4, 0], [0.4, 0]]) for part in parts]
