"""A plot of the session as a file, drawn anew while it goes on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from tracker_gui.analysis.figure import DASHES, Curve, Figure, round_range
from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.colours import identity_colour
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Sink, SinkContext
from tracker_gui.exchange.figure_files import eps, svg

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.types import Snapshot

#: Of one curve; a longer session keeps every second one, then every fourth.
MOST_POINTS = 4000
TITLES = {"x": "Place from the left", "y": "Place from above", "speed": "Speed"}


class PlotParams(Params):
    """The settings of `Plot`."""

    shows: Literal["x", "y", "speed"] = setting(
        "x", title="Shows", description="Place from the left, place from above, or speed, over the time."
    )
    every_s: float = setting(
        2.0, title="Draw every", ge=0, le=86_400, step=1, unit="s",
        description="Time of the frames between two drawings; 0 draws it at the end only.",
    )  # fmt: skip
    file_type: Literal["svg", "eps"] = setting("svg", title="File", description="Both can be made as large as wanted.")


class Plot(Sink[PlotParams]):
    """One curve for each animal, broken where it was not seen."""

    title: ClassVar[str] = "Plot"
    about: ClassVar[str] = "A plot of place or speed over the time, drawn anew every few seconds and at the end."
    Params = PlotParams
    keeps_pictures = True  # drawing takes its time: in a live run on a thread of its own
    _path: Path | None = None

    @property
    def ending(self) -> str:
        return f"_{self.params.shows}.{self.params.file_type}"

    def open(self, context: SinkContext) -> Path:
        self._path = context.folder / (context.stem + self.ending)
        self._start_s: float | None = None
        self._drawn_s = 0.0
        self._step = 1
        self._seen = 0
        self._times_s: list[float] = []
        self._values: dict[int, dict[int, float]] = {animal: {} for animal in context.roster}
        self._draw()
        return self._path

    def write(self, snapshot: Snapshot) -> None:
        t_s = snapshot.frame.t_capture_s
        if self._start_s is None:
            self._start_s = t_s
        t_s -= self._start_s
        if self._seen % self._step == 0:
            self._keep(snapshot, t_s)
        self._seen += 1
        if self.params.every_s and t_s - self._drawn_s >= self.params.every_s:
            self._drawn_s = t_s
            self._draw()

    def _keep(self, snapshot: Snapshot, t_s: float) -> None:
        row = len(self._times_s)
        self._times_s.append(t_s)
        tracks, motion = snapshot.tracks, snapshot.motion
        speed = self.params.shows == "speed"
        for number in np.flatnonzero(tracks.measured).tolist():
            values = self._values.setdefault(int(tracks.track_id[number]), {})
            if not speed:
                values[row] = float(tracks.xy_px[number, "xy".index(self.params.shows)])
            elif motion is None:
                values[row] = math.hypot(*tracks.velocity_px_s[number].tolist())
            elif motion.speed_known[number]:
                values[row] = float(motion.speed_px_s[number])
        if len(self._times_s) >= MOST_POINTS:
            self._step *= 2
            self._times_s = self._times_s[::2]
            for animal, values in self._values.items():
                self._values[animal] = {row // 2: value for row, value in values.items() if row % 2 == 0}

    def _draw(self) -> None:
        if self._path is None:
            return
        x = np.array(self._times_s)
        curves = []
        low, high = math.inf, -math.inf
        for number, (animal, values) in enumerate(sorted(self._values.items())):
            if not values:
                continue
            y = np.full(len(x), np.nan)
            y[list(values)] = list(values.values())
            low, high = min(low, *values.values(), math.inf), max(high, *values.values(), -math.inf)
            curves.append(Curve(f"{animal}", identity_colour(animal), number % len(DASHES), x, y))
        title = TITLES[self.params.shows]
        unit = "px/s" if self.params.shows == "speed" else "px"
        last_s = max(self._times_s[-1], 1.0) if self._times_s else 1.0
        figure = Figure(title, f"{title} ({unit})", (0.0, last_s), round_range(low, high), tuple(curves))
        write_atomically(self._path, svg(figure) if self.params.file_type == "svg" else eps(figure))

    def close(self) -> None:
        if self._path is not None:
            try:
                self._draw()
            finally:
                self._path = None
