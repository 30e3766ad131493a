"""How a recording is written: what a preset says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tracker_gui.core.params import Params, setting


class RecorderSettings(Params):
    """How a recording is written."""

    crf: int = setting(
        23, title="Compression", ge=0, le=51, step=1,
        description="Rate factor of x264: 18 is hard to tell from the source, 28 is small, 0 loses nothing.",
    )  # fmt: skip
    speed: Literal["ultrafast", "superfast", "veryfast"] = setting(
        "ultrafast",
        title="Effort",
        description="The encoder's work: ultrafast leaves the processor to the tracking, veryfast makes smaller files.",
    )
    sound: Literal["keep", "leave out"] = setting(
        "keep",
        title="Sound",
        description="Sound that a network camera or a replayed video brings along becomes a track of the recording.",
    )
    segment_minutes: float = setting(
        60.0, title="New file after", ge=0, le=1440, step=5, unit="min",
        description="Length at which a new file is begun; 0 never begins one for its length.",
    )  # fmt: skip
    segment_mb: int = setting(
        3900, title="New file at", ge=0, le=1_000_000, step=100, unit="MB", more=True,
        description="Size at which a new file is begun; some sticks take no file over 4,000 MB. 0 never does.",
    )  # fmt: skip
    reserve_mb: int = setting(
        1000, title="Leave free", ge=0, le=1_000_000, step=100, unit="MB",
        description="Recording pauses before the disk has less space than this, and goes on when there is more.",
    )  # fmt: skip
    queue_mb: int = setting(
        512, title="Memory", ge=16, le=16_384, step=16, unit="MB", more=True,
        description="Frames that may wait for a slow disk or a busy processor; when it is used up, frames are dropped.",
    )  # fmt: skip


class _WhatAndWhere(Params):
    look: Literal["clean", "annotated", "both", "none"] = setting(
        "clean",
        title="Record",
        description="clean is every picture that arrives, annotated every one that is tracked with the tracks drawn "
        "in, both makes two videos at once; none makes no recording unless it is asked for.",
    )
    second_folder: Path | None = setting(
        None,
        title="Second folder",
        description="Takes over when the folder of the results is full or fails, best on another disk.",
    )


# Fields of the last base come first in a form.
class RecordingSettings(RecorderSettings, _WhatAndWhere):
    """What is recorded and how, and where else when the folder of the results fails."""
