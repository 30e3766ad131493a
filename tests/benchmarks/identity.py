"""Who keeps identities through crossings: our tracker beside the usual ways, on the same detections.

    python tests/benchmarks/identity.py [--quick]

Simulated dishes with 5, 10 and 20 animals (the presets of the gallery, other seeds), 1200 frames of
640x480 at 30/s each. A crossing is counted from the ground truth: two animals whose bodies share a
pixel, and share none for 5 frames afterwards. Our blob detector runs once on every frame; all four
trackers get the same detections, the same gate, the same growth of the gate after misses, and the
same leave to take up a lost animal anywhere once it was missed for half a second. The animals differ
in length by 8 % (standard deviation); a last set has ten that do not differ at all.

IDF1: identity F1 over all animals and frames. Swaps: an animal found under another identity than the
last time (IDSW; two animals that swap count two). Only measured positions count, and only within half
a body length of the true centroid.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from tracker_gui.analysis.identity_scores import IdentityScores, PointTracks, score
from tracker_gui.core.data_files import presets_folder
from tracker_gui.core.prepared import Prepared
from tracker_gui.core.preset import Preset, parse, read_json
from tracker_gui.core.stage import DetectorContext, ImageContext, TrackerContext
from tracker_gui.simulate.contacts import crossings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker_gui.core.arrays import F64, I64
    from tracker_gui.core.types import Detections, Frame
    from tracker_gui.stages.trackers.fixed_count import FixedCountParams

PRESETS = {5: "dish_5_animals.json", 10: "dish_10_animals.json", 20: "dish_20_animals.json"}
SEEDS = 20
DURATION_S = 40.0
SAME_ANIMAL_PX = 15.0
"""Half a body length: farther from the true centroid than this, a point is not that animal."""
TARGET_IDF1_AT_10 = 0.95
LEAST_CROSSINGS = 100


@dataclass
class Baseline:
    """What the three usual ways share: last positions, a gate, lost animals taken up again.

    `points` turns detections into candidate positions, `pair` assigns them to the animals.
    """

    animals: int
    rate_hz: float
    settings: FixedCountParams
    points: Callable[[Detections, int], F64]
    pair: Callable[[F64, F64], list[tuple[int, int]]]
    last_px: F64 = field(default_factory=lambda: np.empty((0, 2)))
    missed: I64 = field(default_factory=lambda: np.empty(0, np.int64))

    def step(self, detections: Detections) -> tuple[I64, F64]:
        """Return (ids (k,), xy_px (k, 2)) of the animals measured in this frame."""
        xy_px = self.points(detections, self.animals)
        if len(self.last_px) < self.animals:
            if len(xy_px) < self.animals:
                return np.empty(0, np.int64), np.empty((0, 2))
            largest = np.argsort(-detections.area_px2)[: self.animals] if len(xy_px) == len(detections) else slice(None)
            self.last_px, self.missed = xy_px[largest][: self.animals].copy(), np.zeros(self.animals, np.int64)
            return np.arange(self.animals), self.last_px.copy()
        pairs = self._within_reach(xy_px)
        pairs += self._taken_up(xy_px, pairs)
        self.missed += 1
        for animal, point in pairs:
            self.last_px[animal], self.missed[animal] = xy_px[point], 0
        found = np.array(sorted(animal for animal, _ in pairs), np.int64)
        return found, self.last_px[found]

    def _within_reach(self, xy_px: F64) -> list[tuple[int, int]]:
        if not len(xy_px):
            return []
        step = self.settings.max_step_px
        reach = np.minimum(step * np.sqrt(1.0 + self.missed), max(step, self.settings.reach_limit_px))
        gap_px = np.hypot(*(self.last_px[:, None] - xy_px[None]).transpose(2, 0, 1))
        return self.pair(gap_px, np.broadcast_to(reach[:, None], gap_px.shape))

    def _taken_up(self, xy_px: F64, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        lost = [row for row in np.flatnonzero(self.missed >= self.settings.memory_s * self.rate_hz)
                if row not in {animal for animal, _ in pairs}]  # fmt: skip
        free = [point for point in range(len(xy_px)) if point not in {point for _, point in pairs}]
        if not lost or not free:
            return []
        gap_px = np.hypot(*(self.last_px[lost][:, None] - xy_px[free][None]).transpose(2, 0, 1))
        rows, columns = linear_sum_assignment(gap_px)
        return [(int(lost[r]), free[c]) for r, c in zip(rows, columns, strict=True)]


def blobs(detections: Detections, animals: int) -> F64:
    return detections.xy_px


def blobs_or_clusters(detections: Detections, animals: int) -> F64:
    """Cluster all contour points where there are not as many blobs as animals, as TracktorLive does."""
    if len(detections) == animals or not len(detections):
        return detections.xy_px
    points = np.vstack([contour.reshape(-1, 2) for contour in detections.contour_px]).astype(np.float32)
    if len(points) < animals:
        return detections.xy_px
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 100, 0.1)
    _, _, centres = cv2.kmeans(points, animals, None, until, 10, cv2.KMEANS_PP_CENTERS)
    return np.asarray(centres, np.float64)


def nearest_first(gap_px: F64, reach_px: F64) -> list[tuple[int, int]]:
    pairs, used_rows, used_columns = [], set(), set()
    for flat in np.argsort(gap_px, axis=None):
        row, column = divmod(int(flat), gap_px.shape[1])
        if gap_px[row, column] <= reach_px[row, column] and row not in used_rows and column not in used_columns:
            pairs.append((row, column))
            used_rows.add(row)
            used_columns.add(column)
    return pairs


def least_in_all(gap_px: F64, reach_px: F64) -> list[tuple[int, int]]:
    cost = np.where(gap_px <= reach_px, gap_px, 1e6)
    rows, columns = linear_sum_assignment(cost)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if cost[r, c] < 1e6]


BASELINES = {
    "greedy nearest neighbour": (blobs, nearest_first),
    "plain Hungarian": (blobs, least_in_all),
    "k-means + Hungarian": (blobs_or_clusters, least_in_all),
}
OURS = "fixed_count (ours)"


def preset_of(animals: int, seed: int, alike: bool = False) -> Preset:
    path = presets_folder() / PRESETS[animals]
    preset, problems = parse(read_json(path), path.name, path.parent)
    assert not problems, problems
    assert preset.source is not None
    changes = {"seed": seed, "duration_s": DURATION_S} | ({"size_variation_percent": 0.0} if alike else {})
    scene = preset.source.params.model_copy(update=changes)
    return replace(preset, source=replace(preset.source, params=scene))


def detected(preset: Preset) -> Iterator[tuple[Frame, Detections, object]]:
    """Yield (frame, detections, truth) of a whole scene."""
    assert preset.source is not None
    source = preset.source.make()
    info = source.open()
    steps = [chosen.make() for chosen in preset.image]
    for step in steps:
        step.open(ImageContext(info.size_px, lambda n: []))
    detector = preset.detector.make()
    detector.open(DetectorContext(info.size_px, merge_up_to=preset.tracker.make().merge_up_to))
    for frame in iter(source.read, None):
        yield frame, detector.step(Prepared(frame, steps)), source.truth(frame.index)


def one_scene(animals: int, seed: int, alike: bool) -> tuple[dict[str, IdentityScores], int, int]:
    """Return (scores by tracker, frames, crossings) of one scene."""
    cv2.setRNGSeed(seed)
    preset = preset_of(animals, seed, alike)
    scene = preset.source.params
    ours = preset.tracker.make()
    ours.open(TrackerContext(scene.size_px, scene.rate_hz))
    others = {
        name: Baseline(animals, scene.rate_hz, preset.tracker.params, points, pair)
        for name, (points, pair) in BASELINES.items()
    }
    said = {name: [] for name in (OURS, *BASELINES)}
    truths = []
    for frame, detections, truth in detected(preset):
        truths.append(truth)
        tracks = ours.step(frame, detections)
        said[OURS].append((frame.index, tracks.track_id[tracks.measured], tracks.xy_px[tracks.measured]))
        for name, other in others.items():
            said[name].append((frame.index, *other.step(detections)))
    true = PointTracks.of((t.index, t.animal_id, t.xy_px) for t in truths)
    scores = {name: score(true, PointTracks.of(listed), SAME_ANIMAL_PX) for name, listed in said.items()}
    return scores, len(truths), len(crossings(truths))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="3 seeds for each number of animals")
    parser.add_argument("--animals", type=int, choices=PRESETS, action="append", help="only this number of animals")
    chosen = parser.parse_args(arguments)
    seeds = range(100, 100 + (3 if chosen.quick else SEEDS))
    scenes = [(n, False) for n in chosen.animals or PRESETS] + [(n, True) for n in chosen.animals or (10,)]
    print(f"{'animals':12} {'tracker':25} {'IDF1':>7} {'swaps':>6} {'per crossing':>12} {'recall':>7} {'precision':>9}"
          f" {'MOTA':>7} {'error px':>8}")  # fmt: skip
    passed = True
    for animals, alike in scenes:
        start = time.perf_counter()
        totals = {name: IdentityScores() for name in (OURS, *BASELINES)}
        frames, met = 0, 0
        for seed in seeds:
            scores, scene_frames, scene_met = one_scene(animals, seed, alike)
            frames, met = frames + scene_frames, met + scene_met
            totals = {name: totals[name] + scores[name] for name in totals}
        label = f"{animals} of a size" if alike else f"{animals}"
        for name, s in totals.items():
            print(f"{label:12} {name:25} {s.id_f1:7.4f} {s.swaps:6d} {s.swaps / max(1, met):12.3f} {s.recall:7.4f}"
                  f" {s.precision:9.4f} {s.mota:7.4f} {s.mean_error_px:8.2f}")  # fmt: skip
        print(f"{'':12} {len(seeds)} seeds, {frames} frames, {met} crossings, {time.perf_counter() - start:.0f} s\n",
              flush=True)  # fmt: skip
        passed &= totals[OURS].id_f1 > max(totals[name].id_f1 for name in BASELINES)
        passed &= totals[OURS].swaps < min(totals[name].swaps for name in BASELINES)
        passed &= met >= LEAST_CROSSINGS or chosen.quick
        if animals == 10 and not alike:
            passed &= totals[OURS].id_f1 >= TARGET_IDF1_AT_10
    print("gate (ours best in every scene, IDF1 >= 0.95 at 10 animals):", "met" if passed else "NOT MET")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
