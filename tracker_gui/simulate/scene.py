"""What a simulated arena is made of: the settings, and the walls that follow from them."""

from __future__ import annotations

import math
from typing import Literal

from tracker_gui.core.geometry import Circle, Rectangle
from tracker_gui.core.params import Params, setting

DISH_SHARE = 0.94
WELL_SHARE = 0.84
BODY_ASPECT = 0.36


class ArenaScene(Params):
    """Settings of a simulated arena; two equal ones give the same pictures, pixel for pixel."""

    animals: int = setting(5, title="Animals", description="How many animals live in the arena.", ge=1, le=100, step=1)
    arena: Literal["dish", "box", "wells"] = setting(
        "dish",
        title="Arena",
        description="One round dish, one rectangular box, or a plate of wells with a single animal in each.",
    )
    duration_s: float = setting(
        60.0, title="Duration", description="Length of the recording.", unit="s", ge=0.1, le=3600, step=1
    )
    seed: int = setting(
        1,
        title="Seed",
        description="Another number gives other animals and other paths; the same number repeats them exactly.",
        ge=0,
        le=2_000_000_000,
        step=1,
    )
    body_length_px: float = setting(
        30.0, title="Body length", description="Mean length of an animal.", unit="px", ge=6, le=400, step=1
    )
    size_variation_percent: float = setting(
        8.0,
        title="Size differences",
        description="How much the animals differ in length (standard deviation).",
        unit="%",
        ge=0,
        le=30,
        step=1,
    )
    speed_px_s: float = setting(
        75.0,
        title="Speed",
        description="Mean walking speed; every animal has its own, around this one.",
        unit="px/s",
        ge=0,
        le=3000,
        step=5,
    )
    pauses_per_min: float = setting(
        6.0,
        title="Pauses",
        description="How often each animal stands still for about a second.",
        unit="/min",
        ge=0,
        le=60,
        step=1,
    )
    crossings_per_min: float = setting(
        3.0,
        title="Visits",
        description="How often each animal seeks out another one and walks up to it or over it; "
        "chance meetings come on top.",
        unit="/min",
        ge=0,
        le=60,
        step=1,
    )
    shelters: int = setting(
        0,
        title="Shelters",
        description="Opaque discs under which animals disappear for a while.",
        ge=0,
        le=8,
        step=1,
    )
    noise_levels: float = setting(
        2.0,
        title="Sensor noise",
        description="Standard deviation of the camera's noise, in grey levels of 255.",
        ge=0,
        le=40,
        step=0.5,
    )
    unevenness_percent: float = setting(
        12.0,
        title="Uneven light",
        description="How much darker the darkest corner is than the brightest.",
        unit="%",
        ge=0,
        le=70,
        step=1,
    )
    light_drift_percent: float = setting(
        0.0,
        title="Light drift",
        description="How far the light wanders up and down over tens of seconds.",
        unit="%",
        ge=0,
        le=50,
        step=1,
    )
    shadow_percent: float = setting(
        0.0,
        title="Moving shadow",
        description="Depth of a soft shadow that wanders across the arena; 0 for none.",
        unit="%",
        ge=0,
        le=80,
        step=1,
    )
    width_px: int = setting(
        640, title="Width", description="Width of the picture.", unit="px", ge=64, le=3840, step=2, more=True
    )
    height_px: int = setting(
        480, title="Height", description="Height of the picture.", unit="px", ge=64, le=2160, step=2, more=True
    )
    rate_hz: float = setting(
        30.0, title="Frame rate", description="Frames per second.", unit="Hz", ge=1, le=500, step=1, more=True
    )

    @property
    def frame_count(self) -> int:
        return max(1, round(self.duration_s * self.rate_hz))

    @property
    def size_px(self) -> tuple[int, int]:
        return self.width_px, self.height_px

    def walls(self) -> tuple[Circle | Rectangle, ...]:
        """Return the inner walls: one shape for a dish or a box, one for each animal's well."""
        width, height = self.width_px, self.height_px
        middle = ((width - 1) / 2, (height - 1) / 2)
        if self.arena == "dish":
            return (Circle(centre=middle, radius=min(width, height) / 2 * DISH_SHARE),)
        if self.arena == "box":
            frame = min(width, height) * (1 - DISH_SHARE)
            return (Rectangle(centre=middle, width=width - frame, height=height - frame),)
        columns, rows = self._well_grid()
        cell_px = min(width / columns, height / rows)
        left, top = middle[0] - cell_px * (columns - 1) / 2, middle[1] - cell_px * (rows - 1) / 2
        return tuple(
            Circle(
                name=f"{'ABCDEFGHIJ'[number // columns]}{number % columns + 1}",
                centre=(left + cell_px * (number % columns), top + cell_px * (number // columns)),
                radius=cell_px / 2 * WELL_SHARE,
            )
            for number in range(self.animals)
        )

    def _well_grid(self) -> tuple[int, int]:
        """Return (columns, rows) that give the largest wells."""
        grids = [(columns, math.ceil(self.animals / columns)) for columns in range(1, self.animals + 1)]
        grids = [(columns, rows) for columns, rows in grids if rows <= 10]
        return max(grids, key=lambda grid: min(self.width_px / grid[0], self.height_px / grid[1]))
