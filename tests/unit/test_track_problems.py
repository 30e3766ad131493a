"""Problems in finished tracks: what is planted is found, and what is well is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tracker_gui.analysis.corrections import Change, Correction, Delete, Interpolate, Place, Swap, corrected
from tracker_gui.analysis.track_grid import LOST, TrackGrid
from tracker_gui.analysis.track_problems import ProblemKind, TrackProblem, find_problems
from tracker_gui.core.types import TrackState
from tracker_gui.simulate.motion import Walk
from tracker_gui.simulate.scene import ArenaScene

BODY_PX = 20.0


def true_table(animals: int = 5, seconds: float = 20, seed: int = 0) -> TrackGrid:
    """Return the true tracks of a simulated scene."""
    scene = ArenaScene(animals=animals, duration_s=seconds, seed=seed)
    walk = Walk(scene)
    xy = np.stack([walk.poses(index).xy_px for index in range(scene.frame_count)])
    f, n = xy.shape[:2]
    return TrackGrid(
        frame=np.arange(f),
        time_s=np.arange(f) / scene.rate_hz,
        ids=np.arange(1, n + 1),
        state=np.zeros((f, n), np.int8),
        xy_px=xy,
        listed=np.ones((f, n), np.bool_),
        origin=np.arange(f * n, dtype=np.int32).reshape(f, n),
        edited=np.zeros((f, n), np.bool_),
        is_full=True,
    )


def of_kind(table: TrackGrid, kind: ProblemKind) -> list[TrackProblem]:
    return [problem for problem in find_problems(table, BODY_PX) if problem.kind is kind]


@pytest.mark.parametrize("seed", range(4))
def test_true_tracks_have_nothing_but_meetings(seed: int) -> None:
    kinds = {problem.kind for problem in find_problems(true_table(seed=seed), BODY_PX)}
    assert kinds <= {ProblemKind.CROSSING}


@pytest.mark.parametrize("seed", range(4))
def test_every_planted_swap_is_found_with_what_mends_it(seed: int) -> None:
    table, random = true_table(seed=seed), np.random.default_rng(seed)
    frames = np.sort(random.choice(np.arange(10, len(table) - 10), 10, replace=False)).tolist()
    pairs = [sorted(random.choice(table.ids, 2, replace=False).tolist()) for _ in frames]
    planted = [Swap(animal=a, other=b, first_frame=f) for f, (a, b) in zip(frames, pairs, strict=True)]
    found = of_kind(corrected(table, planted), ProblemKind.SWAP)
    assert {(p.first_frame, p.ids) for p in found} == {(s.first_frame, (s.animal, s.other)) for s in planted}
    # Mending one changes who is meant in the next, so each is looked for anew.
    mended = corrected(table, planted)
    while left := of_kind(mended, ProblemKind.SWAP):
        mended = corrected(mended, left[0].mend)
    assert np.array_equal(mended.xy_px, table.xy_px)


def test_a_swap_behind_a_gap_is_found() -> None:
    table = true_table()
    way = table.xy_px[105][:, None] - table.xy_px[105][None]
    farthest = np.unravel_index(np.argmax(np.hypot(way[..., 0], way[..., 1])), (5, 5))
    a, b = sorted(int(table.ids[column]) for column in farthest)
    gap: list[Correction] = [Delete(animal=animal, first_frame=100, last_frame=104) for animal in (a, b)]
    bad = corrected(table, [*gap, Swap(animal=a, other=b, first_frame=105)])
    (swap,) = of_kind(bad, ProblemKind.SWAP)
    assert (swap.first_frame, swap.ids) == (105, (a, b))
    assert "6 frames after one was lost" in swap.sentence


def test_gaps_are_misses_with_their_length() -> None:
    bad = corrected(true_table(), [Delete(animal=2, first_frame=50, last_frame=61)])
    (miss,) = of_kind(bad, ProblemKind.MISS)
    assert (miss.first_frame, miss.last_frame, miss.ids) == (50, 61, (2,))
    assert miss.sentence == "Animal 2 is not seen for 12 frames (0.40 s)."
    assert miss.mend == (Interpolate(animal=2, first_frame=50, last_frame=61),)


def test_guessed_positions_are_misses_too() -> None:
    table = true_table()
    state = table.state.copy()
    state[50, 1] = TrackState.PREDICTED
    bad = replace(table, state=state)
    assert [p.sentence for p in of_kind(bad, ProblemKind.MISS)] == ["Animal 2 is only guessed for one frame (0.03 s)."]


def test_a_gap_that_was_interpolated_by_hand_is_no_problem_any_more() -> None:
    bad = corrected(true_table(), [Delete(animal=2, first_frame=50, last_frame=61)])
    (miss,) = of_kind(bad, ProblemKind.MISS)
    assert of_kind(corrected(bad, miss.mend), ProblemKind.MISS) == []


def test_an_animal_that_is_lost_to_the_end_has_nothing_to_mend_it() -> None:
    (miss,) = of_kind(corrected(true_table(), [Delete(animal=2, first_frame=590)]), ProblemKind.MISS)
    assert miss.sentence.endswith("at the end.")
    assert miss.mend == ()


def test_where_animals_come_and_go_before_and_behind_are_no_misses() -> None:
    table = true_table(animals=2)
    state, listed, xy = table.state.copy(), table.listed.copy(), table.xy_px.copy()
    for rows in (slice(0, 40), slice(500, None)):
        state[rows, 1], listed[rows, 1], xy[rows, 1] = LOST, False, np.nan
    state[200:210, 1], listed[200:210, 1], xy[200:210, 1] = LOST, False, np.nan
    table = replace(table, state=state, listed=listed, xy_px=xy, is_full=False)
    assert [(p.first_frame, p.last_frame) for p in of_kind(table, ProblemKind.MISS)] == [(200, 209)]


def test_a_point_far_away_is_a_jump_and_is_mended_between_its_neighbours() -> None:
    table = true_table()
    x, y = table.xy_px[80, 2].tolist()
    bad = corrected(table, [Place(animal=3, frame=80, x_px=x + 90, y_px=y + 50)])
    (jump,) = of_kind(bad, ProblemKind.JUMP)
    assert (jump.first_frame, jump.last_frame, jump.ids) == (80, 80, (3,))
    assert "for one frame and comes back" in jump.sentence
    mended = corrected(bad, jump.mend)
    assert np.hypot(*(mended.xy_px[80, 2] - table.xy_px[80, 2])) < 3


def test_a_track_that_goes_on_elsewhere_is_a_jump() -> None:
    table = true_table(animals=3)
    xy = table.xy_px.copy()
    xy[300:, 0] += 120
    (jump,) = of_kind(replace(table, xy_px=xy), ProblemKind.JUMP)
    assert (jump.first_frame, jump.ids) == (300, (1,))


def test_touching_animals_are_a_merge_and_near_ones_a_crossing() -> None:
    table = true_table()
    near = of_kind(table, ProblemKind.CROSSING)
    assert near
    first = near[0]
    state = table.state.copy()
    columns = [table.column(animal) for animal in first.ids]
    state[first.first_frame : first.last_frame + 1, columns] = TrackState.MERGED
    found = find_problems(replace(table, state=state), BODY_PX)
    there = [p for p in found if p.ids == first.ids and p.first_frame == first.first_frame]
    assert [p.kind for p in there] in ([ProblemKind.MERGE], [ProblemKind.SWAP])


def test_two_that_pass_through_one_another_exchanged_are_a_likely_swap() -> None:
    """Two walk along a line towards each other and merge; each track turns round there."""
    n_frames, step = 60, 4.0
    way = np.arange(n_frames) * step
    true_x = np.stack([way, way[::-1] + 2.0], axis=1)
    xy = np.stack([true_x, np.full_like(true_x, 50.0)], axis=2)
    merged = np.abs(xy[:, 0, 0] - xy[:, 1, 0]) < BODY_PX
    behind = np.arange(n_frames) > np.flatnonzero(merged)[-1]
    xy[behind] = xy[behind][:, ::-1]
    xy[merged] = xy[merged].mean(axis=1, keepdims=True)
    table = true_table(animals=2, seconds=2)
    state = np.where(merged[:, None], int(TrackState.MERGED), 0).repeat(2, axis=1).astype(np.int8)
    found = of_kind(replace(table, xy_px=xy, state=state), ProblemKind.SWAP)
    assert [p.ids for p in found] == [(1, 2)]
    assert 0 < found[0].severity_01 < 1


def test_problems_come_in_the_order_of_their_frames() -> None:
    table = true_table()
    bad = corrected(
        table,
        [Swap(animal=1, other=2, first_frame=400), Delete(animal=3, first_frame=30, last_frame=33),
         Delete(animal=4, first_frame=200, last_frame=220)],
    )  # fmt: skip
    frames = [problem.first_frame for problem in find_problems(bad)]
    assert frames == sorted(frames)
    assert {30, 200, 400} <= set(frames)


def test_an_animal_without_any_position_is_one_problem() -> None:
    table = corrected(true_table(animals=2), [Change(animal=2, to=3, first_frame=0)])
    assert [p.sentence for p in of_kind(table, ProblemKind.MISS)] == ["Animal 2 is never seen."]
