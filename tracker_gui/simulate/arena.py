"""A simulated arena: pictures of any frame, and the exact truth about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tracker_gui.core.geometry import Rect
from tracker_gui.simulate.body import BodyShape
from tracker_gui.simulate.ground import Ground
from tracker_gui.simulate.light import Light
from tracker_gui.simulate.motion import Walk

if TYPE_CHECKING:
    from tracker_gui.core.arrays import F64, I64, U8, Bool
    from tracker_gui.simulate.body import F32
    from tracker_gui.simulate.motion import Poses
    from tracker_gui.simulate.scene import ArenaScene


@dataclass(frozen=True, slots=True)
class Truth:
    """What really is in one frame.

    Attributes
    ----------
    index : int
    animal_id : (n,) int64
        From 1 on, always all animals of the scene.
    xy_px : (n, 2) float64
        Centroid of the whole body, hidden or not.
    heading_rad : (n,) float64
        Where the head points, 0 along +x, clockwise on screen, in (-pi, pi].
    visible_01 : (n,) float64
        Share of the body that neither a shelter nor another animal covers.
    overlaps : tuple of (int, int)
        Pairs of animals, smaller id first, whose bodies share at least one pixel, seen or not.
    """

    index: int
    animal_id: I64
    xy_px: F64
    heading_rad: F64
    visible_01: F64
    overlaps: tuple[tuple[int, int], ...]


class Arena:
    """Draws the frames of a scene.

    Parameters
    ----------
    scene : ArenaScene
    """

    def __init__(self, scene: ArenaScene) -> None:
        self.scene = scene
        self._walk = Walk(scene)
        self._shape = BodyShape(scene.body_length_px)
        self._ground = Ground(scene)
        self._light = Light(scene)
        self._everything = Rect(0, 0, *scene.size_px)

    def picture(self, index: int) -> U8:
        """Return frame `index` as (height, width) uint8.

        Raises
        ------
        IndexError
            The scene has no such frame.
        """
        self._check(index)
        poses = self._walk.poses(index)
        canvas = self._ground.empty_u8.copy()
        for row in range(self.scene.animals):
            self._draw(canvas, poses, row)
        return self._light.fall_on(canvas, index)

    def truth(self, index: int) -> Truth:
        """Return what really is in frame `index`.

        Raises
        ------
        IndexError
            The scene has no such frame.
        """
        self._check(index)
        poses = self._walk.poses(index)
        bodies = [self._silhouette(poses, row) for row in range(self.scene.animals)]
        overlaps = []
        visible = [self._ground.open_air(rect)[mask] for rect, mask in bodies]
        for one, (rect, mask) in enumerate(bodies):
            for other in range(one + 1, len(bodies)):
                other_rect, other_mask = bodies[other]
                if not rect.overlaps(other_rect):
                    continue
                common = rect.clip(other_rect)
                shared = mask[common.slices(rect)] & other_mask[common.slices(other_rect)]
                if shared.any():
                    overlaps.append((one + 1, other + 1))
                    covered = np.zeros_like(mask)
                    covered[common.slices(rect)] = shared
                    visible[one] = visible[one] & ~covered[mask]
        return Truth(
            index=index,
            animal_id=np.arange(1, self.scene.animals + 1, dtype=np.int64),
            xy_px=poses.xy_px,
            heading_rad=poses.heading_rad,
            visible_01=np.array([float(seen.mean()) if seen.size else 0.0 for seen in visible]),
            overlaps=tuple(overlaps),
        )

    def _check(self, index: int) -> None:
        if not 0 <= index < self.scene.frame_count:
            raise IndexError(f"frame {index} of a scene with {self.scene.frame_count} frames")

    def _body(self, poses: Poses, row: int) -> tuple[Rect, F32]:
        """Return where animal `row` may darken the picture, and its opacity and grey there."""
        x, y = poses.xy_px[row].tolist()
        length_px = float(self._walk.length_px[row])
        middle = Rect(round(x), round(y), round(x) + 1, round(y) + 1)
        rect = middle.grow(self._shape.half_side_px(length_px)).clip(self._everything)
        heading_rad, bend = float(poses.heading_rad[row]), float(poses.bend[row])
        return rect, self._shape.patch((x, y), heading_rad, bend, length_px, rect)

    def _draw(self, canvas: U8, poses: Poses, row: int) -> None:
        """Lay animal `row` over those drawn before it and under the shelters."""
        rect, body = self._body(poses, row)
        opacity, grey = body[..., 0], body[..., 1]
        open_air = self._ground.open_air(rect)
        if not open_air.all():
            opacity, grey = opacity * open_air, grey * open_air
        at = rect.slices(self._everything)
        canvas[at] = cv2.convertScaleAbs(canvas[at] * (1 - opacity) + grey)

    def _silhouette(self, poses: Poses, row: int) -> tuple[Rect, Bool]:
        rect, body = self._body(poses, row)
        return rect, np.asarray(body[..., 0] > 0.5)
