"""The tracks in shared memory, for other programs on this computer."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, ClassVar

from tracker_gui.core.atomic_file import write_atomically
from tracker_gui.core.params import Params, setting
from tracker_gui.core.stage import Sink, SinkContext
from tracker_gui.feed.tracks import TrackFeed

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.types import Snapshot


class LiveFeedParams(Params):
    """The settings of `LiveFeed`."""

    name: str = setting(
        "",
        title="Name",
        description="What other programs join it by; empty takes the name of the run's files. Where another feed has "
        "it, -2 is added: the file '.._feed.json' of the run says which name it got.",
    )
    most_animals: int = setting(
        64, title="Room for", ge=1, le=10_000, step=1, unit="animals", more=True,
        description="Animals of one frame beyond these are left out and counted; a fixed number always has room.",
    )  # fmt: skip
    kept_frames: int = setting(
        512, title="Keep", ge=1, le=100_000, step=64, unit="frames", more=True,
        description="How far another program may lag behind before it misses frames.",
    )  # fmt: skip


class LiveFeed(Sink[LiveFeedParams]):
    """States, places and zones of every frame as other programs can wait for them; measured at 0.1 ms per frame."""

    title: ClassVar[str] = "Live data feed"
    about: ClassVar[str] = "Every tracked frame at once for other programs on this computer, through shared memory."
    Params = LiveFeedParams

    def __init__(self, params: LiveFeedParams | None = None) -> None:
        super().__init__(params)
        self._feed: TrackFeed | None = None

    @property
    def ending(self) -> str:
        return "_feed.json"

    @property
    def trouble(self) -> str:
        feed = self._feed
        if feed is None or not feed.left_out:
            return ""
        return f"The feed {feed.name} has no room for {feed.left_out} animals. Make more in its settings."

    def open(self, context: SinkContext) -> Path:
        path = context.folder / (context.stem + self.ending)
        self._feed = feed = TrackFeed(
            self.params.name.strip() or context.stem,
            context.source,
            context.roster,
            context.zones,
            self.params.most_animals,
            self.params.kept_frames,
        )
        self._path = path
        self._said: dict[str, Any] = {
            "format": "tracker-gui feed",
            "feed_id": feed.name,
            "zones": [zone.name for zone in context.zones],
            "started_s": time.time(),
        }
        try:
            self._tell(frames=None)
        except BaseException:
            self.close()
            raise
        return path

    def _tell(self, frames: int | None) -> None:
        write_atomically(self._path, json.dumps({**self._said, "frames": frames}, indent=2) + "\n")

    def write(self, snapshot: Snapshot) -> None:
        if self._feed is not None:
            self._feed.write(snapshot)

    def close(self) -> None:
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
            self._tell(frames=feed.written)
