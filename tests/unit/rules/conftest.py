"""What the tests of the rules share: presets of rules, and animals that walk from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import FORMAT, SCHEMA_VERSION, Preset, parse
from tracker_gui.core.rule_stages import RuleContext
from tracker_gui.core.types import Frame, Motion, Snapshot, SourceInfo, Tracks, TrackState, no_detections
from tracker_gui.engine.rules.engine import RuleEngine
from tracker_gui.engine.rules.scene_memory import SceneMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tracker_gui.engine.rules.decision import Decision

HALF_PX = np.array([4.0, 2.0])
RATE_HZ = 8.0  # its frame times are exact in binary
NEST = {"name": "nest", "shape": {"kind": "rectangle", "centre": [50, 50], "width": 40, "height": 40}}
GATE = {"name": "gate", "shape": {"kind": "half_plane", "start": [100, 0], "end": [100, 100]}}
INFO = SourceInfo("test", (200, 100), RATE_HZ, None)
Place = tuple[float, float] | None


def tracks_of(places: Mapping[int, Place], listed: Iterable[int] | None = None, fixed: bool = True) -> Tracks:
    """Return the tracks of one frame; None is an animal that is missing, at a place that must not be used."""
    ids = sorted(places if listed is None else listed)
    n = len(ids)
    xy_px = np.array([places.get(i) or (50.0, 50.0) for i in ids]).reshape(n, 2)
    state = [TrackState.FOUND if places.get(i) is not None else TrackState.LOST for i in ids]
    whole = np.zeros(n, np.int64)
    return Tracks(
        roster=tuple(ids) if fixed else (), track_id=np.array(ids, np.int64), state=np.array(state, np.int64),
        xy_px=xy_px, box_xyxy_px=np.hstack([xy_px - HALF_PX, xy_px + HALF_PX]), velocity_px_s=np.zeros((n, 2)),
        area_px2=np.zeros(n), angle_rad=np.zeros(n), age_frames=whole, missed_frames=whole, detection_index=whole - 1,
    )  # fmt: skip


def snapshot_of(
    index: int, places: Mapping[int, Place], t_s: float | None = None, t_wall_s: float | None = None,
    heading: float | None = None, speed: float | None = None, fixed: bool = True,
) -> Snapshot:  # fmt: skip
    t_s = index / RATE_HZ if t_s is None else t_s
    frame = Frame(index, t_s, t_wall_s, "test", 0, ArrayPicture(np.full((100, 200), index % 256, np.uint8)))
    tracks = tracks_of(places, fixed=fixed)
    n = len(tracks)
    motion = None
    if heading is not None or speed is not None:
        motion = Motion(
            np.full(n, speed or 0.0), np.full(n, speed is not None), np.full(n, heading or 0.0),
            np.full(n, heading is not None),
        )  # fmt: skip
    return Snapshot(frame, Prepared(frame, ()), no_detections(), tracks, motion)


def preset_of(*rules: dict[str, Any], zones: tuple[dict[str, Any], ...] = (NEST, GATE)) -> Preset:
    """Return a preset with these rules, each of which marks the log unless it says what it does."""
    listed = [
        {"name": f"rule {number}", **({} if "on_enter" in rule or "on_exit" in rule else {"on_enter": [MARK]}), **rule}
        for number, rule in enumerate(rules)
    ]
    preset, problems = parse(
        {"format": FORMAT, "schema_version": SCHEMA_VERSION, "zones": [*zones], "rules": listed}, "p"
    )
    assert not problems, [str(problem) for problem in problems]
    return preset


MARK = {"action": "marker"}
IN_NEST = {"event": "in_zone", "zone": "nest"}


class Walk:
    """Rules and animals that are led past them frame by frame; frames are 1/8 s apart."""

    def __init__(self, *rules: dict[str, Any], armed: bool = True) -> None:
        preset = preset_of(*rules)
        context = RuleContext({zone.name: zone for zone in preset.zones}, INFO.size_px, RATE_HZ)
        self.engine = RuleEngine(preset.rules, context)
        assert not self.engine.problems, [str(problem) for problem in self.engine.problems]
        if armed:
            self.engine.arm()
        self.memory = SceneMemory()
        self.decisions: list[Decision] = []
        self.index = 0

    def step(
        self, places: Mapping[int, Place], messages: tuple[tuple[str, str], ...] = (), **how: Any
    ) -> list[Decision]:
        scene = self.memory.see(snapshot_of(self.index, places, **how))
        scene.messages = messages
        self.index += 1
        made = self.engine.step(scene)
        self.decisions += made
        return made

    def lead(self, *places: Place, animal: int = 1) -> Walk:
        for place in places:
            self.step({animal: place})
        return self

    def rows(self) -> list[tuple[int, str, str, str]]:
        """Return (frame, animal, moment, why it was suppressed) of all decisions."""
        return [(each.frame, each.subject, each.moment, each.suppressed_by) for each in self.decisions]

    def done(self) -> list[tuple[int, str]]:
        """Return (frame, moment) of what was done."""
        return [(each.frame, each.moment) for each in self.decisions if not each.suppressed_by]


@pytest.fixture(scope="session")
def walk() -> Callable[..., Walk]:
    """Return a function that makes a `Walk` of rules."""
    return Walk


@pytest.fixture(scope="session")
def make_preset() -> Callable[..., Preset]:
    return preset_of


@pytest.fixture(scope="session")
def make_snapshot() -> Callable[..., Snapshot]:
    return snapshot_of


@pytest.fixture(scope="session")
def source_info() -> SourceInfo:
    return INFO
