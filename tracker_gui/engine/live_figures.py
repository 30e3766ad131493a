"""What a live source and all that is made of it say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.engine.capture import CaptureFigures, CaptureStatus
    from tracker_gui.engine.recorder_state import RecorderState


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """What a live source and all that is made of it say of themselves.

    Attributes
    ----------
    capture : CaptureFigures
        Of the present run, else since the source was opened.
    seconds : float
        Since tracking into files began; 0 while it is not.
    latency_ms, latency_p99_ms : float or None
        From the arrival of a frame until its tracks are written.
    found, wanted : int
        Animals measured on the newest frame, and how many there are.
    problems : tuple of str
        Outputs that failed, as sentences.
    troubles : tuple of str
        Outputs that cannot write now and will go on by themselves, as sentences.
    recording : tuple of RecorderState
        One for each recording that is made.
    waiting : str
        What a run that was started waits for; empty where none does.
    """

    status: CaptureStatus
    capture: CaptureFigures
    seconds: float
    tracked: int
    tracked_hz: float
    latency_ms: float | None
    latency_p99_ms: float | None
    found: int
    wanted: int
    free_bytes: int | None
    problems: tuple[str, ...]
    recording: tuple[RecorderState, ...] = ()
    troubles: tuple[str, ...] = ()
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The files of a recording, and what went wrong with it as sentences."""

    files: tuple[Path, ...]
    problems: tuple[str, ...]
