"""Speed and heading: against simulated truth, and against outlines drawn for the purpose."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.preset import choice
from tracker_gui.core.stage import TrackerContext
from tracker_gui.core.types import Detections, Frame, Motion, Tracks, TrackState, no_detections
from tracker_gui.engine.pipeline import opened_pipeline
from tracker_gui.exchange.gallery import named_preset
from tracker_gui.stages.enrich.kinematics import Kinematics, KinematicsParams

RATE_HZ = 30.0
BLANK = ArrayPicture(np.zeros((8, 8), np.uint8))


def outline_of(x: float, y: float, heading: float, slim_in_front: bool, length: float = 40.0) -> np.ndarray:
    """Return the outline of a drop: one blunt and one slim end."""
    along = np.linspace(-0.5, 0.5, 25) * length
    towards_slim = along if slim_in_front else -along
    half = 0.22 * length * np.sqrt(np.clip(1 - (2 * along / length) ** 2, 0, 1)) * (0.65 - 0.5 * towards_slim / length)
    ring = np.concatenate([np.stack([along, half], 1), np.stack([along, -half], 1)[::-1]])
    c, s = math.cos(heading), math.sin(heading)
    turned = ring @ np.array([[c, s], [-s, c]]) + (x, y)
    return np.round(turned).astype(np.int32).reshape(-1, 1, 2)


def seen(outline: np.ndarray, state: TrackState = TrackState.FOUND) -> tuple[Detections, Tracks]:
    m = cv2.moments(outline)
    x, y = m["m10"] / m["m00"], m["m01"] / m["m00"]
    axis = 0.5 * math.atan2(2 * m["mu11"], m["mu20"] - m["mu02"])
    one = np.ones(1)
    detections = replace(
        no_detections(), xy_px=np.array([[x, y]]), area_px2=one * m["m00"], angle_rad=one * axis, contour_px=(outline,)
    )
    return detections, track(x, y, axis, state)


def track(x: float, y: float, axis: float = 0.0, state: TrackState = TrackState.FOUND) -> Tracks:
    whole = np.ones(1, np.int64)
    return Tracks(
        roster=(1,), track_id=whole, state=np.array([state], np.int32), xy_px=np.array([[x, y]]),
        box_xyxy_px=np.zeros((1, 4)), velocity_px_s=np.zeros((1, 2)), area_px2=np.ones(1), angle_rad=np.array([axis]),
        age_frames=whole, missed_frames=whole * 0, detection_index=whole * 0 if state == TrackState.FOUND else -whole,
    )  # fmt: skip


def frame(index: int, t_s: float | None = None) -> Frame:
    return Frame(index, index / RATE_HZ if t_s is None else t_s, None, "test", 0, BLANK)


def opened(**params: object) -> Kinematics:
    stage = Kinematics(KinematicsParams(**params))
    stage.open(TrackerContext((640, 480), RATE_HZ))
    return stage


def walk(stage: Kinematics, path: list[tuple[float, float, float]], slim: bool = True, first: int = 0) -> Motion:
    """Show a drop at each (x, y, facing); return what is said of the last."""
    for number, (x, y, facing) in enumerate(path):
        detections, tracks = seen(outline_of(x, y, facing, slim))
        motion = stage.step(frame(first + number), detections, tracks)
    return motion


def apart(one: float, other: float) -> float:
    return abs(math.remainder(one - other, math.tau))


@pytest.mark.parametrize("name", ["dish_5_animals", "plate_24_wells"])
def test_heading_is_right_where_it_is_said_to_be_sure(name: str) -> None:
    preset, _ = named_preset(name)
    assert preset.source is not None
    source = choice("sources", "simulated", **(preset.source.params.model_dump() | {"duration_s": 8, "seed": 7})).make()
    info = source.open()
    errors, measured = [], 0
    with opened_pipeline(replace(preset, enrich=(choice("enrich", "kinematics"),)), source, info) as pipeline:
        while (picture := source.read()) is not None:
            snapshot, truth = pipeline.step(picture), source.truth(picture.index)
            assert snapshot.motion is not None
            measured += int(snapshot.tracks.measured.sum())
            for row in np.flatnonzero(snapshot.motion.heading_sure):
                who = int(np.hypot(*(truth.xy_px - snapshot.tracks.xy_px[row]).T).argmin())
                errors.append(apart(float(snapshot.motion.heading_rad[row]), float(truth.heading_rad[who])))
    assert len(errors) > 0.7 * measured, "it is hardly ever sure"
    assert np.mean(np.array(errors) < math.radians(45)) > 0.95


@pytest.mark.parametrize("facing_deg", range(0, 360, 45))
def test_walking_tells_the_front_from_the_back(facing_deg: int) -> None:
    facing = math.radians(facing_deg)
    path = [(200 + 4 * k * math.cos(facing), 200 + 4 * k * math.sin(facing), facing) for k in range(12)]
    motion = walk(opened(), path)
    assert motion.heading_sure[0]
    assert apart(motion.heading_rad[0], facing) < math.radians(5)


def test_an_animal_that_never_moved_is_unsure() -> None:
    assert not walk(opened(), [(200, 200, 0.3)] * 60).heading_sure[0]


@pytest.mark.parametrize(("front", "slim"), [("slim", True), ("blunt", False)])
@pytest.mark.parametrize("facing_deg", [10, 100, 190, 280])
def test_a_known_front_end_tells_the_heading_of_an_animal_at_rest(front: str, slim: bool, facing_deg: int) -> None:
    facing = math.radians(facing_deg)
    motion = walk(opened(front=front), [(200, 200, facing)] * 30, slim)
    assert motion.heading_sure[0]
    assert apart(motion.heading_rad[0], facing) < math.radians(5)


def test_the_front_end_learnt_from_walking_is_known_after_a_loss_at_rest() -> None:
    stage = opened()
    walk(stage, [(100 + 4 * k, 200, 0.0) for k in range(60)], slim=False)
    stage.step(frame(60), no_detections(), track(0, 0, state=TrackState.LOST))
    motion = walk(stage, [(300, 100, math.pi * 0.75)] * 40, slim=False, first=61)
    assert motion.heading_sure[0]
    assert apart(motion.heading_rad[0], math.pi * 0.75) < math.radians(5)


def test_a_step_back_does_not_turn_the_animal_round() -> None:
    stage = opened()
    walk(stage, [(100 + 4 * k, 200, 0.0) for k in range(40)])
    motion = walk(stage, [(256 - 3 * k, 200, 0.0) for k in range(4)], first=40)
    assert apart(motion.heading_rad[0], 0.0) < math.radians(5)


def test_an_animal_that_turns_on_the_spot_is_followed() -> None:
    stage = opened(front="ignore")
    walk(stage, [(100 + 4 * k, 200, 0.0) for k in range(20)])
    motion = walk(stage, [(176, 200, math.radians(6 * k)) for k in range(31)], first=20)
    assert motion.heading_sure[0]
    assert apart(motion.heading_rad[0], math.pi) < math.radians(5)


def test_a_round_outline_has_no_sure_heading() -> None:
    stage = opened()
    for k in range(30):
        ring = np.round([(100 + 4 * k + 15 * math.cos(a), 90 + 15 * math.sin(a)) for a in np.linspace(0, 6.2, 40)])
        motion = stage.step(frame(k), *seen(ring.astype(np.int32).reshape(-1, 1, 2)))
        assert not motion.heading_sure[0]


def test_speed_is_that_of_a_straight_walk() -> None:
    stage = opened()
    for k in range(10):
        motion = stage.step(frame(k), no_detections(), track(100 + 3 * k, 50 + 4 * k))
    assert motion.speed_known[0]
    assert motion.speed_px_s[0] == pytest.approx(5 * RATE_HZ)


def test_speed_uses_true_times_where_frames_are_uneven() -> None:
    stage = opened(window_s=0.5)
    for k, t_s in enumerate([0.0, 0.03, 0.2, 0.21, 0.4, 0.47]):
        motion = stage.step(frame(k, t_s), no_detections(), track(100 * t_s, 0))
    assert motion.speed_px_s[0] == pytest.approx(100)


def test_a_longer_window_smooths_jitter() -> None:
    jitter = np.random.default_rng(3).normal(0, 0.5, (60, 2))

    def spread(window_s: float) -> float:
        stage = opened(window_s=window_s)
        said = [stage.step(frame(k), no_detections(), track(2 * k + x, y)) for k, (x, y) in enumerate(jitter)]
        return float(np.std([motion.speed_px_s[0] for motion in said[20:]]))

    assert spread(0.5) < 0.5 * spread(0.1)


@pytest.mark.parametrize("state", [TrackState.PREDICTED, TrackState.LOST])
def test_nothing_is_known_of_an_animal_that_is_not_measured(state: TrackState) -> None:
    stage = opened()
    walk(stage, [(100 + 4 * k, 200, 0.0) for k in range(30)])
    motion = stage.step(frame(30), no_detections(), track(220, 200, state=state))
    assert not motion.speed_known[0]
    assert not motion.heading_sure[0]


def test_the_first_position_has_no_speed() -> None:
    assert not opened().step(frame(0), no_detections(), track(5, 5)).speed_known[0]


def test_reset_forgets_where_the_animal_was() -> None:
    stage = opened()
    walk(stage, [(100 + 4 * k, 200, 0.0) for k in range(30)])
    stage.reset()
    motion = walk(stage, [(600, 20, 0.0)], first=31)
    assert not motion.speed_known[0]
    assert not motion.heading_sure[0]
