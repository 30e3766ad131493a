"""A recording in the place of a camera: the same pace, and no second chance for a frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tracker_gui.core.live import LiveSource
from tracker_gui.core.paced import Paced
from tracker_gui.core.params import Params, setting
from tracker_gui.core.preset import choice

if TYPE_CHECKING:
    from tracker_gui.core.types import Frame, SourceInfo


class ReplayParams(Params):
    """Which file, and what happens at its end."""

    path: Path = setting(Path(), title="File", description="The video that is shown in the place of a camera.")
    loop: bool = setting(False, title="Repeat", description="Begin again at the end, for ever.")


class Replay(LiveSource[ReplayParams]):
    """A video file at the pace at which it was recorded; frames that are not taken in time are dropped."""

    title: ClassVar[str] = "Video as a camera"
    about: ClassVar[str] = "A video file played like a camera, to try a live set-up without one."
    Params = ReplayParams

    def __init__(self, params: ReplayParams | None = None) -> None:
        super().__init__(params)
        make_file = choice("sources", "video_file", path=self.params.path).make
        self._paced = Paced(make_file(), self.name, make_file if self.params.loop else None)

    @property
    def name(self) -> str:
        return self.params.path.name or "video"

    @property
    def read_timeout_s(self) -> float:
        return self._paced.read_timeout_s

    def open(self) -> SourceInfo:
        return self._paced.open()

    def read(self) -> Frame | None:
        return self._paced.read()

    def interrupt(self) -> None:
        self._paced.interrupt()

    def close(self) -> None:
        self._paced.close()
