"""Rules over frames that are there already: faster than real time, and without touching anything in the world."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker_gui.core.rule_stages import RuleContext
from tracker_gui.engine.pipeline import opened_pipeline
from tracker_gui.engine.rules.decision import Decision, decision_log
from tracker_gui.engine.rules.engine import RuleEngine
from tracker_gui.engine.rules.scene_memory import SceneMemory
from tracker_gui.engine.rules.why import Why, why
from tracker_gui.engine.runner import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracker_gui.core.choices import Problem, StageChoice
    from tracker_gui.core.preset import Preset
    from tracker_gui.core.types import Snapshot
    from tracker_gui.engine.runner import Counts
    from tracker_gui.exchange.track_files import TrackRow


@dataclass(slots=True)
class Simulated:
    """What the rules would have done.

    Attributes
    ----------
    frames : int
        How many were looked at.
    problems : list of Problem
        Rules that could not be evaluated.
    whys : dict
        Rule -> where each of its subjects stood after the last frame.
    """

    decisions: list[Decision] = field(default_factory=list)
    frames: int = 0
    problems: list[Problem] = field(default_factory=list)
    whys: dict[str, list[Why]] = field(default_factory=dict)

    @property
    def done(self) -> list[Decision]:
        """Those that were not suppressed."""
        return [each for each in self.decisions if not each.suppressed_by]

    def log(self) -> bytes:
        """Return the log of decisions, the same bytes for the same frames."""
        return decision_log(self.decisions)


class Simulation:
    """All rules of one camera of a preset, armed, over frames that are handed in one by one in their order."""

    def __init__(self, preset: Preset, size_px: tuple[int, int], rate_hz: float, camera: int = 0) -> None:
        zones = {zone.name: zone for zone in preset.zones_by_camera[camera]}
        self._engine = RuleEngine(preset.rules, RuleContext(zones, size_px, rate_hz), camera)
        self._engine.arm()
        self._memory = SceneMemory()
        self.result = Simulated(problems=self._engine.problems)

    def step(self, snapshot: Snapshot) -> None:
        """Evaluate one frame of a recording."""
        self.result.decisions += self._engine.step(self._memory.see(snapshot))
        self.result.frames += 1

    def step_row(self, row: TrackRow) -> None:
        """Evaluate one frame of a table."""
        scene = self._memory.see_tracks(row.index, row.t_s, None, row.source_id, row.tracks)
        self.result.decisions += self._engine.step(scene)
        self.result.frames += 1

    def note_whys(self) -> None:
        """Note where every rule stands now."""
        self.result.whys = {rule.rule.name: why(self._engine, rule.rule.name) for rule in self._engine.rules}


def simulate_table(preset: Preset, rows: Iterable[TrackRow], camera: int = 0) -> Simulated:
    """Return what the rules would have done on a table of tracks."""
    simulation = Simulation(preset, (0, 0), preset.rate_hz, camera)
    for row in rows:
        simulation.step_row(row)
    return simulation.result


def simulate_source(
    preset: Preset,
    source: StageChoice,
    camera: int = 0,
    start_frame: int = 0,
    stop_frame: int | None = None,
    progress: Callable[[Counts], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Simulated:
    """Return what the rules would have done on a recording, which is tracked for it as fast as it goes.

    Raises
    ------
    InputError, SettingsError
    """
    with ExitStack() as stack:
        opened = source.make()
        stack.callback(opened.close)
        info = opened.open()
        pipeline = stack.enter_context(opened_pipeline(preset.camera(camera), opened, info))
        simulation = Simulation(preset, info.size_px, info.rate_hz, camera)
        width, height = info.size_px
        run(
            opened, pipeline, (), frame_pixels=width * height, start_frame=start_frame, stop_frame=stop_frame,
            progress=progress, cancelled=cancelled, on_snapshot=simulation.step,
        )  # fmt: skip
        simulation.note_whys()
    return simulation.result
