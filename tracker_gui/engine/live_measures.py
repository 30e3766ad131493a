"""What is measured of one camera while it is tracked: time series, zones and heat map, for plots and tables."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker_gui.analysis.heat_map import HeatMap
from tracker_gui.analysis.live_series import FreezingRule, LiveSeries
from tracker_gui.analysis.live_zones import GRACE_S, LiveZones
from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.engine.batch_job import arenas_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tracker_gui.analysis.live_zones import LineFigures, ZoneFigures
    from tracker_gui.analysis.pyramid import Excerpt
    from tracker_gui.analysis.quantities import Key
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.types import Snapshot
    from tracker_gui.core.zones import Zone

#: Nothing is held for less than this many frames: at 1 frame/s each one would end before the next begins.
LEAST_HOLD_FRAMES = 1.5
RECENT_FRAMES = 9


@dataclass(frozen=True, slots=True)
class Span:
    """The time that was measured without a break.

    Attributes
    ----------
    begin_s, end_s : float
        Time stamps of the first and the newest frame.
    frames : int
    """

    begin_s: float
    end_s: float
    frames: int


class LiveMeasures:
    """Fed by the tracking thread with every frame, read by the window a few times a second.

    It begins anew where frames do not follow on: after a seek, when a file is played again, with
    another number of animals, or when tracking into files begins. A single frame after a seek is
    looked at, not played, so what was measured before stays until a second one follows it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zones: tuple[Zone, ...] = ()
        self._pairs: tuple[tuple[int, int], ...] = ()
        self._places: dict[str, Any] = {}
        self._freezing = FreezingRule()
        self._arena_of: dict[int, str] = {}
        self._waiting: Snapshot | None = None
        self._broken = True
        self._begin(None)

    def _begin(self, first: Snapshot | None) -> None:
        self._series = LiveSeries(self._freezing, self._arena_of)
        self._series.choose_pairs(self._pairs)
        self._series.choose_places(self._places)
        self._counts = LiveZones(self._zones)
        self._heat = None if first is None else HeatMap(first.frame.size_px)
        self._roster = () if first is None else first.tracks.roster
        self._begin_s = self._now_s = 0.0
        self._frames = 0
        self._steps_s: deque[float] = deque(maxlen=RECENT_FRAMES)

    # ---- on the tracking thread

    def see(self, snapshot: Snapshot) -> None:
        """Take one tracked frame."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
            before = waiting if self._broken else None
            if before is None and (self._broken or not self._goes_on(snapshot)):
                self._waiting, self._broken = snapshot, True
                return
            if before is not None:
                if not snapshot.frame.t_capture_s > before.frame.t_capture_s:
                    self._waiting = snapshot
                    return
                self._begin(before)
                self._broken = False
                self._add(before)
            self._add(snapshot)

    def break_off(self) -> None:
        """Say that the next frame does not follow on from the one before."""
        with self._lock:
            self._broken, self._waiting = True, None

    def _goes_on(self, snapshot: Snapshot) -> bool:
        return (
            snapshot.frame.t_capture_s > self._now_s
            and snapshot.tracks.roster == self._roster
            and self._heat is not None
            and snapshot.frame.size_px == self._heat.size_px
        )

    def _add(self, snapshot: Snapshot) -> None:
        t_s = snapshot.frame.t_capture_s
        hold_s = GRACE_S
        if self._frames == 0:
            self._begin_s = t_s
        else:
            step_s = t_s - self._now_s
            self._steps_s.append(step_s)
            hold_s = max(GRACE_S, LEAST_HOLD_FRAMES * sorted(self._steps_s)[len(self._steps_s) // 2])
            if step_s > hold_s:
                self._series.break_off((t_s + self._now_s) / 2)
            if self._heat is not None:
                self._heat.add(min(step_s, hold_s), snapshot.tracks)
        self._now_s = t_s
        self._frames += 1
        self._series.add(t_s, snapshot.tracks, snapshot.motion)
        self._counts.add(t_s, hold_s, snapshot.tracks)

    # ---- from any thread

    def use(self, preset: Preset) -> None:
        """Measure as the settings of one camera say; zones that stayed the same go on."""
        with self._lock:
            if preset.zones != self._zones:
                self._zones = preset.zones
                self._counts.use(self._zones)
            rule = FreezingRule.of(MeasureSettings(), preset.scale.mm_per_px if preset.scale is not None else None)
            self._freezing = self._series.freezing = rule
            # Another number of arenas makes another roster, with which all begins anew.
            self._arena_of = arenas_of(preset)

    def choose(self, pairs: Sequence[tuple[int, int]], places: Mapping[str, Any]) -> None:
        """Measure these distances: of pairs of animals, and to shapes by the names of their zones."""
        with self._lock:
            if tuple(pairs) != self._pairs:
                self._pairs = tuple(pairs)
                self._series.choose_pairs(self._pairs)
            if dict(places) != self._places:
                self._places = dict(places)
                self._series.choose_places(self._places)

    def span(self) -> Span | None:
        """Return what time was measured; None before the first frame."""
        with self._lock:
            return Span(self._begin_s, self._now_s, self._frames) if self._frames else None

    def animals(self) -> tuple[int, ...]:
        """Return the ids that have series, in order."""
        with self._lock:
            return tuple(sorted(self._series.ids))

    def excerpt(self, keys: Sequence[Key], window_s: float | None, most: int = 500) -> Excerpt:
        """Return some series over the last `window_s`, or over all time."""
        with self._lock:
            since_s = self._begin_s if window_s is None else self._now_s - window_s
            return self._series.excerpt(keys, since_s, most)

    def zone_figures(self) -> tuple[ZoneFigures | LineFigures, ...]:
        """Return what was counted for each zone and line."""
        with self._lock:
            return self._counts.figures()

    def heat_s(self, track_id: int | None = None) -> tuple[NDArray[np.float32], float] | None:
        """Return the seconds in each cell and the side of a cell in px; None before the first frame."""
        with self._lock:
            return None if self._heat is None else (self._heat.seconds(track_id), self._heat.cell_px)
