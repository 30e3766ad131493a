"""Identity scores: small cases by hand, and agreement with a published evaluator."""

from __future__ import annotations

import numpy as np
import pytest

from tracker_gui.analysis.identity_scores import IdentityScores, PointTracks, score


def walk(frames, *identities, rows=None):
    """Return tracks of identities that stand 100 px apart, in the order of `identities`."""
    return PointTracks.of(
        (frame, np.array(identities), np.array([[100.0 * row, 0.0] for row in (rows or range(len(identities)))]))
        for frame in frames
    )


def joined(*parts):
    return PointTracks(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("frame", "identity", "xy_px")))


TRUTH = walk(range(10), 0, 1)


def test_other_names_for_the_same_animals_are_a_full_score():
    scores = score(TRUTH, walk(range(10), 7, 3), gate_px=10)
    assert (scores.id_f1, scores.swaps, scores.mota, scores.recall) == (1.0, 0, 1.0, 1.0)


def test_two_animals_that_swap_once_count_two_swaps_and_lose_the_shorter_part():
    found = joined(walk(range(6), 0, 1), walk(range(6, 10), 1, 0))
    scores = score(TRUTH, found, gate_px=10)
    assert scores.swaps == 2
    assert scores.matches == 20
    assert scores.id_hits == 12
    assert scores.id_f1 == pytest.approx(0.6)


def test_a_swap_back_and_forth_counts_every_time():
    found = joined(walk(range(4), 0, 1), walk(range(4, 6), 1, 0), walk(range(6, 10), 0, 1))
    scores = score(TRUTH, found, gate_px=10)
    assert scores.swaps == 4
    assert scores.id_hits == 16


def test_a_missing_animal_costs_recall_not_precision():
    found = joined(walk(range(10), 0), walk(range(5), 1, rows=[1]))
    scores = score(TRUTH, found, gate_px=10)
    assert (scores.recall, scores.precision, scores.id_misses, scores.id_false) == (0.75, 1.0, 5, 0)


def test_a_gap_under_the_same_name_is_no_swap():
    found = joined(walk(range(10), 0), walk((0, 1, 2, 8, 9), 1, rows=[1]))
    assert score(TRUTH, found, gate_px=10).swaps == 0


def test_a_point_beyond_the_gate_is_a_miss_and_a_false_positive():
    found = walk(range(10), 0, 1)
    far = PointTracks(found.frame, found.identity, found.xy_px + np.array([0.0, 11.0]))
    scores = score(TRUTH, far, gate_px=10)
    assert (scores.matches, scores.id_hits, scores.mota) == (0, 0, -1.0)
    assert score(TRUTH, PointTracks(found.frame, found.identity, found.xy_px + np.array([0.0, 10.0])), 10).recall == 1


def test_the_mean_error_is_that_of_the_matched_points():
    found = walk(range(10), 0, 1)
    moved = PointTracks(found.frame, found.identity, found.xy_px + np.array([3.0, 4.0]))
    assert score(TRUTH, moved, gate_px=10).mean_error_px == pytest.approx(5.0)


def test_no_tracks_at_all_is_a_score_of_zero():
    assert score(TRUTH, PointTracks.of([]), gate_px=10) == IdentityScores(true_count=20)


def test_scores_of_sequences_add_up():
    one = score(TRUTH, walk(range(10), 7, 3), gate_px=10)
    total = one + score(TRUTH, walk(range(10), 7), gate_px=10)
    assert (total.true_count, total.found_count, total.id_hits) == (40, 30, 30)
    assert total.id_f1 == pytest.approx(60 / 70)


def test_one_name_twice_in_a_frame_is_refused():
    with pytest.raises(ValueError, match="tracks: an identity occurs twice"):
        score(TRUTH, joined(TRUTH, TRUTH), gate_px=10)


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_the_trackers_library(seed):
    evaluation = pytest.importorskip("trackers.eval", reason="the trackers library is not installed")
    rng = np.random.default_rng(seed)
    gate_px = 12.0
    true_frames, found_frames, similarity = [], [], []
    names = np.arange(10, 16)
    xy_px = rng.uniform(0, 60, (6, 2))
    for frame in range(120):
        xy_px = xy_px + rng.normal(0, 3, xy_px.shape)
        if rng.random() < 0.1:
            names = rng.permutation(names)
        true = np.flatnonzero(rng.random(6) < 0.9)
        found = np.flatnonzero(rng.random(6) < 0.8)
        found_xy = xy_px[found] + rng.normal(0, 4, (len(found), 2))
        true_frames.append((frame, true, xy_px[true]))
        found_frames.append((frame, names[found], found_xy))
        gap_px = np.hypot(*(xy_px[true][:, None] - found_xy[None]).transpose(2, 0, 1))
        similarity.append(np.clip(1 - 0.5 * gap_px / gate_px, 0, 1))
    ours = score(PointTracks.of(true_frames), PointTracks.of(found_frames), gate_px)
    lists = [ids for _, ids, _ in true_frames], [ids for _, ids, _ in found_frames], similarity
    clear = evaluation.compute_clear_metrics(*lists, threshold=0.5)
    identity = evaluation.compute_identity_metrics(*lists, threshold=0.5)
    assert ours.swaps > 10
    assert (ours.matches, ours.swaps) == (clear["CLR_TP"], clear["IDSW"])
    assert (ours.id_hits, ours.id_misses, ours.id_false) == (identity["IDTP"], identity["IDFN"], identity["IDFP"])
    assert ours.id_f1 == pytest.approx(identity["IDF1"])
    assert ours.mota == pytest.approx(clear["MOTA"])
