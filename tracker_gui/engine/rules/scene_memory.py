"""From snapshots to scenes: who is there, who is missing and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.scene import Animal, Scene
from tracker_gui.core.types import LAST_MEASURED

if TYPE_CHECKING:
    from tracker_gui.core.types import Detections, Motion, Snapshot, Tracks

#: A subject whose id no tracker lists any more is forgotten after this.
FORGET_S = 120.0
#: A source that was silent for so long has a gap: nobody knows what was in it.
GAP_S = 2.0
#: Between the wall clock and the frames' own, from frame to frame.
JUMP_S = 2.0


class SceneMemory:
    """Makes one scene of each frame, in order.

    Attributes
    ----------
    clock_jump_s : float
        By how much the wall clock was set before the newest frame; 0 where it was not.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin a new session."""
        self._start_s: float | None = None
        self._start_wall_s: float | None = None
        self._last_s = 0.0
        self._last_index = 0
        self._source_id = ""
        self._wall_offset_s: float | None = None
        self._seen_s: dict[int, float] = {}
        self.clock_jump_s = 0.0

    @property
    def start_s(self) -> float:
        """The first frame's own time."""
        return self._start_s or 0.0

    def see(self, snapshot: Snapshot) -> Scene:
        """Return the scene of a frame that was tracked."""
        frame = snapshot.frame
        scene = self.see_tracks(
            frame.index, frame.t_capture_s, frame.t_wall_s, frame.source_id,
            snapshot.tracks, snapshot.motion, snapshot.detections,
        )  # fmt: skip
        scene.snapshot = snapshot
        return scene

    def see_tracks(
        self,
        index: int,
        t_capture_s: float,
        t_wall_s: float | None,
        source_id: str,
        tracks: Tracks,
        motion: Motion | None = None,
        detections: Detections | None = None,
    ) -> Scene:
        """Return the scene of tracks, wherever they come from."""
        if self._start_s is None:
            self._start_s = self._last_s = t_capture_s
            self._start_wall_s = t_wall_s
        t_s = t_capture_s - self._start_s
        after_gap = t_capture_s - self._last_s > GAP_S
        self._last_s, self._last_index, self._source_id = t_capture_s, index, source_id
        self._note_jump(t_capture_s, t_wall_s)
        animals = self._listed(tracks, motion, detections, t_s)
        listed = {animal.id for animal in animals}
        animals += self._missing([i for i in tracks.roster if i not in listed], t_s)
        listed.update(tracks.roster)
        gone = self._forget(listed, t_s)
        animals += self._missing([i for i in self._seen_s if i not in listed], t_s)
        wall_s = None if self._start_wall_s is None else self._start_wall_s + t_s
        return Scene(index, t_s, t_capture_s, wall_s, source_id, animals, after_gap, gone=gone)

    def without_picture(self, t_capture_s: float) -> Scene | None:
        """Return the scene of a time at which the source gives no picture; None before the first frame."""
        if self._start_s is None or t_capture_s < self._last_s:
            return None
        t_s = t_capture_s - self._start_s
        wall_s = None if self._start_wall_s is None else self._start_wall_s + t_s
        return Scene(self._last_index, t_s, t_capture_s, wall_s, self._source_id, [], has_picture=False)

    def _note_jump(self, t_capture_s: float, t_wall_s: float | None) -> None:
        self.clock_jump_s = 0.0
        if t_wall_s is None:
            return
        offset_s = t_wall_s - t_capture_s
        if self._wall_offset_s is not None and abs(offset_s - self._wall_offset_s) > JUMP_S:
            self.clock_jump_s = offset_s - self._wall_offset_s
        self._wall_offset_s = offset_s

    def _listed(self, tracks: Tracks, motion: Motion | None, found: Detections | None, t_s: float) -> list[Animal]:
        ids = tracks.track_id.tolist()
        states = tracks.state.tolist()
        places = tracks.xy_px.tolist()
        boxes = tracks.box_xyxy_px.tolist()
        rows = tracks.detection_index.tolist()
        if motion is not None:
            speeds, speed_known = motion.speed_px_s.tolist(), motion.speed_known.tolist()
            headings, heading_sure = motion.heading_rad.tolist(), motion.heading_sure.tolist()
        animals = []
        for n, animal_id in enumerate(ids):
            if states[n] > LAST_MEASURED:
                animals += self._missing([animal_id], t_s)
                continue
            self._seen_s[animal_id] = t_s
            speed = heading = class_id = score = None
            if motion is not None:
                speed = speeds[n] if speed_known[n] else None
                heading = headings[n] if heading_sure[n] else None
            row = rows[n]
            if found is not None and 0 <= row < len(found):
                class_id, score = int(found.class_id[row]), float(found.score_01[row])
            x, y = places[n]
            x0, y0, x1, y1 = boxes[n]
            animals.append(
                Animal(animal_id, (x, y), (x0, y0, x1, y1), speed, heading, class_id, score, "", 0.0, True)
            )  # fmt: skip
        return animals

    def _missing(self, ids: list[int], t_s: float) -> list[Animal]:
        animals = []
        for animal_id in ids:
            last_s = self._seen_s.get(animal_id)
            missing_s = t_s if last_s is None else t_s - last_s
            animals.append(
                Animal(animal_id, None, None, None, None, None, None, "", missing_s, last_s is not None)
            )  # fmt: skip
        return animals

    def _forget(self, listed: set[int], t_s: float) -> tuple[int, ...]:
        gone = tuple(i for i, last_s in self._seen_s.items() if t_s - last_s > FORGET_S and i not in listed)
        for animal_id in gone:
            del self._seen_s[animal_id]
        return gone
