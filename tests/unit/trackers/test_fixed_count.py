from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.stage import DetectorContext, TrackerContext
from tracker_gui.core.types import Detections, Frame, Tracks, TrackState
from tracker_gui.stages.detectors.blobs import Blobs, BlobsParams
from tracker_gui.stages.trackers.fixed_count import FixedCount, FixedCountParams

SIZE_PX = (400, 300)
RATE_HZ = 30.0
Animal = tuple[float, float, float]


def draw(animals: list[Animal | None]) -> np.ndarray:
    """Return a picture of dark ellipses at (x, y, angle in degrees)."""
    picture = np.full((SIZE_PX[1], SIZE_PX[0]), 210, np.uint8)
    for animal in animals:
        if animal is not None:
            x, y, angle = animal
            cv2.ellipse(picture, ((x, y), (36, 14), angle), (30,), -1)
    return picture


class World:
    """A tracker fed with pictures through the real detector."""

    def __init__(self, animals: int, max_area_px2: float = 700, **params: Any) -> None:
        self.tracker = FixedCount(FixedCountParams(animals=animals, **params))
        self.tracker.open(TrackerContext(SIZE_PX, RATE_HZ))
        self.detector = Blobs(BlobsParams(method="global", min_area_px2=60, max_area_px2=max_area_px2))
        self.detector.open(DetectorContext(SIZE_PX, self.tracker.merge_up_to))
        self.index = 0

    def see(self, animals: list[Animal | None]) -> Tracks:
        frame = Frame(self.index, self.index / RATE_HZ, None, "test", 0, ArrayPicture(draw(animals)))
        hint = self.tracker.hint(frame.t_capture_s)
        tracks = self.tracker.step(frame, self.detector.step(Prepared(frame), hint))
        self.index += 1
        return tracks


def place(tracks: Tracks, track_id: int) -> tuple[float, float]:
    x, y = tracks.xy_px[tracks.track_id.tolist().index(track_id)].tolist()
    return x, y


def state(tracks: Tracks, track_id: int) -> TrackState:
    return TrackState(int(tracks.state[tracks.track_id.tolist().index(track_id)]))


def nearest(tracks: Tracks, x: float, y: float) -> int:
    return int(tracks.track_id[np.hypot(tracks.xy_px[:, 0] - x, tracks.xy_px[:, 1] - y).argmin()])


def test_an_animal_that_was_never_seen_is_in_the_roster_but_has_no_place() -> None:
    tracks = World(2).see([None])
    assert tracks.roster == (1, 2)
    assert len(tracks) == 0


def test_an_animal_is_found_from_its_first_frame() -> None:
    world = World(1)
    world.see([None])
    tracks = world.see([(100, 100, 0)])
    assert state(tracks, 1) is TrackState.FOUND
    assert place(tracks, 1) == pytest.approx((100, 100), abs=0.5)


def test_ids_stay_with_animals_that_pass_close_by() -> None:
    world = World(2)
    first = world.see([(60, 100, 0), (340, 122, 0)])
    left = nearest(first, 60, 100)
    for step in range(1, 60):
        tracks = world.see([(60 + 4.6 * step, 100, 0), (340 - 4.6 * step, 122, 0)])
    assert nearest(tracks, 60 + 4.6 * 59, 100) == left


@pytest.mark.parametrize("angle_deg", [0, 30, 60, 90, 120])
def test_ids_survive_a_crossing_in_which_the_bodies_make_one_blob(angle_deg: int) -> None:
    world = World(2)
    turn = math.radians(angle_deg)
    merged = 0

    def animals(step: int) -> list[Animal | None]:
        s = -120 + 4 * step
        one = (200 + s, 150.0, 0.0)
        # The second comes the other way, turned by `angle_deg`; they meet in the middle.
        two = (200 - s * math.cos(turn), 152 + s * math.sin(turn), float(-angle_deg))
        return [one, two]

    first = world.see(animals(0))
    id_one = nearest(first, *animals(0)[0][:2])  # type: ignore[index]
    for step in range(1, 60):
        tracks = world.see(animals(step))
        merged += int((tracks.state == TrackState.MERGED).any())
    assert merged > 2
    assert nearest(tracks, *animals(59)[0][:2]) == id_one  # type: ignore[index]


def test_merged_animals_are_both_measured_and_near_their_true_places() -> None:
    world = World(2)
    for step in range(20):
        gap = max(18.0, 80 - 4 * step)
        tracks = world.see([(200 - gap / 2, 150, 90), (200 + gap / 2 - 6, 150, 90)])
    assert tracks.state.tolist() == [TrackState.MERGED, TrackState.MERGED]
    xs = sorted(tracks.xy_px[:, 0].tolist())
    assert xs[0] == pytest.approx(191, abs=4)
    assert xs[1] == pytest.approx(203, abs=4)


def test_a_miss_is_predicted_then_lost_and_never_measured() -> None:
    world = World(1, memory_s=0.2)
    for step in range(10):
        world.see([(100 + 5 * step, 100, 0)])
    states = [state(world.see([None]), 1) for _ in range(8)]
    assert states == [TrackState.PREDICTED] * 6 + [TrackState.LOST] * 2
    assert not world.see([None]).measured.any()


def test_a_missed_animal_is_expected_further_along_its_way() -> None:
    world = World(1)
    for step in range(15):
        world.see([(100 + 6 * step, 100, 0)])
    x, y = place(world.see([None]), 1)
    assert 184 < x < 192
    assert y == pytest.approx(100, abs=1)


def test_a_speck_far_from_a_missed_animal_is_not_taken() -> None:
    world = World(1, max_step_px=30, reach_limit_px=60)
    for _ in range(10):
        world.see([(60, 60, 0)])
    for _ in range(5):
        tracks = world.see([(350, 250, 0)])
        assert not tracks.measured.any()


def test_a_lost_animal_is_found_again_elsewhere_once_the_blob_has_lasted() -> None:
    world = World(1, max_step_px=30, reach_limit_px=60, memory_s=0.1, confirm_s=0.3)
    for _ in range(20):
        world.see([(60, 60, 0)])
    for _ in range(5):
        world.see([None])
    seen = [bool(world.see([(350, 250, 0)]).measured.any()) for _ in range(12)]
    assert not any(seen[:8])
    assert seen[-1]


def test_a_speck_at_the_start_gives_its_place_back() -> None:
    world = World(1, memory_s=0.1)
    assert state(world.see([(30, 30, 0)]), 1) is TrackState.FOUND
    for _ in range(5):
        tracks = world.see([None])
    assert len(tracks) == 0
    assert state(world.see([(300, 200, 0)]), 1) is TrackState.FOUND


def test_more_animals_than_blobs_leaves_the_rest_unseen() -> None:
    world = World(50)
    for _ in range(5):
        tracks = world.see([(100, 100, 0), (200, 200, 0)])
    assert len(tracks) == 2
    assert len(tracks.roster) == 50


def test_each_arena_keeps_its_own_animals() -> None:
    left = {"kind": "rectangle", "centre": (100, 150), "width": 198, "height": 298}
    right = {"kind": "rectangle", "centre": (300, 150), "width": 198, "height": 298}
    world = World(1, arenas=(left, right))
    tracks = world.see([(190, 100, 90), (215, 100, 90)])
    assert tracks.roster == (1, 2)
    for _ in range(5):
        # The left animal vanishes: the right one's blob, well within reach, is not taken for it.
        tracks = world.see([None, (205, 100, 90)])
    assert not state(tracks, 1) <= TrackState.MERGED
    assert state(tracks, 2) is TrackState.FOUND


def test_a_blob_outside_all_arenas_is_nobody() -> None:
    world = World(1, arenas=({"kind": "circle", "centre": (100, 100), "radius": 50},))
    for _ in range(20):
        tracks = world.see([(300, 200, 0)])
    assert len(tracks) == 0


def test_reset_forgets_everything() -> None:
    world = World(1)
    world.see([(60, 60, 0)])
    world.tracker.reset()
    assert len(world.see([None])) == 0


def test_positions_handed_out_cannot_be_changed() -> None:
    tracks = World(1).see([(60, 60, 0)])
    with pytest.raises(ValueError, match="read-only"):
        tracks.xy_px[0, 0] = 1.0


BLOB = st.tuples(st.floats(0, 399), st.floats(0, 299), st.floats(60, 600))


@settings(max_examples=60, deadline=None)
@given(
    frames=st.lists(
        st.lists(st.tuples(st.floats(0, 399), st.floats(0, 299), st.floats(60, 600)), max_size=6),
        min_size=1,
        max_size=25,
    ),
    animals=st.integers(1, 5),
)
def test_whatever_is_detected_each_id_appears_once_and_no_place_is_shared_by_found_animals(
    frames: list[list[tuple[float, float, float]]], animals: int
) -> None:
    tracker = FixedCount(FixedCountParams(animals=animals))
    tracker.open(TrackerContext(SIZE_PX, RATE_HZ))
    for index, blobs in enumerate(frames):
        frame = Frame(index, index / RATE_HZ, None, "test", 0, ArrayPicture(np.zeros((2, 2), np.uint8)))
        tracks = tracker.step(frame, discs(blobs))
        assert len(set(tracks.track_id.tolist())) == len(tracks)
        assert set(tracks.track_id.tolist()) <= set(tracks.roster)
        found = tracks.detection_index[tracks.state == TrackState.FOUND].tolist()
        assert len(found) == len(set(found))
        assert np.isfinite(tracks.xy_px).all()


def discs(blobs: list[tuple[float, float, float]]) -> Detections:
    """Return detections of round blobs (x, y, area) with their outlines."""
    outlines = []
    for x, y, area in blobs:
        r = math.sqrt(area / math.pi)
        turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        outline = np.stack([x + r * np.cos(turn), y + r * np.sin(turn)], axis=1).round().astype(np.int32)
        outlines.append(outline.reshape(-1, 1, 2))
    table = np.array(blobs).reshape(-1, 3)
    radius = np.sqrt(table[:, 2:3] / np.pi)
    return Detections(
        xy_px=table[:, :2],
        box_xyxy_px=np.hstack([table[:, :2] - radius, table[:, :2] + radius]),
        area_px2=table[:, 2],
        angle_rad=np.zeros(len(table)),
        score_01=np.ones(len(table)),
        class_id=np.zeros(len(table), np.int32),
        oversize=table[:, 2] > 500,
        contour_px=tuple(outlines),
    )
