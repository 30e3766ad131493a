"""A simulated arena as a source: no camera and no file needed, and the truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.errors import InputError
from tracker_gui.core.picture import ArrayPicture
from tracker_gui.core.stage import Source
from tracker_gui.core.types import Frame, SourceInfo
from tracker_gui.simulate.arena import Arena
from tracker_gui.simulate.scene import ArenaScene

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.simulate.arena import Truth


class Simulated(Source[ArenaScene]):
    """Frames of a simulated arena, as fast as they are asked for; the same seed gives the same pixels."""

    title = "Simulated arena"
    about = "Animals in a dish, a box or a plate of wells, drawn by the program; their true paths are known."
    Params = ArenaScene

    def __init__(self, params: ArenaScene | None = None) -> None:
        super().__init__(params)
        self._arena: Arena | None = None
        self._next = 0

    def open(self) -> SourceInfo:
        scene = self.params
        self._arena = Arena(scene)
        self._next = 0
        return SourceInfo(
            name=f"{scene.animals} simulated in a {scene.arena}, seed {scene.seed}",
            size_px=scene.size_px,
            rate_hz=scene.rate_hz,
            frame_count=scene.frame_count,
            details=(("animals", str(scene.animals)), ("seed", str(scene.seed))),
        )

    def read(self) -> Frame | None:
        if self._next >= self.params.frame_count:
            return None
        index = self._next
        picture = ArrayPicture(self._opened().picture(index))
        self._next = index + 1
        return Frame(
            index=index,
            t_capture_s=index / self.params.rate_hz,
            t_wall_s=None,
            source_id="simulated",
            lost_before=0,
            picture=picture,
        )

    def seek(self, index: int) -> None:
        if not 0 <= index <= self.params.frame_count:
            raise IndexError(f"{self.title} has {self.params.frame_count} frames, there is no frame {index}")
        self._next = index

    def count(self, cancelled: Callable[[], bool] = lambda: False) -> int | None:
        return self.params.frame_count

    def truth(self, index: int) -> Truth:
        """Return what really is in frame `index`: where each animal is, which way it faces, who touches whom."""
        return self._opened().truth(index)

    def close(self) -> None:
        self._arena = None

    def _opened(self) -> Arena:
        if self._arena is None:
            raise InputError(self.title, "it is not open")
        return self._arena
