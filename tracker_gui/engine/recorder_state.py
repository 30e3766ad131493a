"""What a recorder says of itself while it records, and what it left behind."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Phase(enum.Enum):
    """What a recorder is doing."""

    RECORDING = "recording"
    WAITING = "waiting for space"
    FAILED = "failed"
    STOPPED = "stopped"


#: Why a frame is dropped on arrival.
REASONS = {Phase.WAITING: "space", Phase.FAILED: "disk"}


@dataclass(frozen=True, slots=True)
class RecorderState:
    """What a recorder says of itself.

    Attributes
    ----------
    sentence : str
        What is the matter; empty while all is well.
    file : Path or None
        The video that is being written.
    seconds : float
        Recorded so far, all files together, without the gaps between them.
    bytes : int
        On the disk so far, all files together.
    free_bytes : int or None
        On the disk that is written to; None before it was asked.
    """

    phase: Phase
    sentence: str
    file: Path | None
    seconds: float
    bytes: int
    frames: int
    dropped: int
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Frames that are not in the recording.

    Attributes
    ----------
    from_s, to_s : float
        Capture times of the first and the last of them, or of their neighbours where they never arrived.
    reason : str
        ``"source"``: never arrived. ``"writer"``: the queue was full. ``"space"``: the disk was full.
        ``"disk"``: the folder failed, or the end of a file was cut off.
    """

    from_s: float
    to_s: float
    frames: int
    reason: str


@dataclass(frozen=True, slots=True)
class RecordingResult:
    """What a recording left behind.

    Attributes
    ----------
    files : tuple of Path
        Videos and tables in the order of their beginning.
    frames : int
        Pictures in these videos.
    dropped : int
        Frames that were handed over and are in none of them.
    gaps : tuple of Gap
        The first thousand.
    problems : tuple of str
        Sentences for the user.
    """

    files: tuple[Path, ...]
    frames: int
    dropped: int
    gaps: tuple[Gap, ...]
    problems: tuple[str, ...]
