"""The recordings of one live run: the pictures as they came, with the tracks drawn in, or both at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.annotation import Annotation
from tracker_gui.core.recording import RecorderSettings
from tracker_gui.engine.annotated import annotated
from tracker_gui.engine.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.types import Frame, Snapshot
    from tracker_gui.engine.recorder_state import RecorderState, RecordingResult


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What is recorded and how.

    Attributes
    ----------
    look : str
        ``"clean"`` is every frame that arrives, ``"annotated"`` every frame that is tracked.
    second_folder : Path or None
        Takes over when the folder of the run is full or fails.
    annotation : Annotation
        What is drawn where it is annotated.
    """

    look: Literal["clean", "annotated", "both"] = "clean"
    settings: RecorderSettings = field(default_factory=RecorderSettings)
    second_folder: Path | None = None
    annotation: Annotation = field(default_factory=Annotation)


class LiveRecording:
    """One recorder for each look.

    Parameters
    ----------
    stem : str
        What the names of the run's files begin with.
    """

    def __init__(self, plan: RecordingPlan, stem: str, folder: Path) -> None:
        self.clean: Recorder | None = None
        self._annotated: Recorder | None = None
        self._overlay = TrackOverlay(plan.annotation)
        if plan.look in ("clean", "both"):
            self.clean = Recorder(plan.settings, stem, folder, plan.second_folder)
        if plan.look in ("annotated", "both"):
            self._annotated = Recorder(plan.settings, f"{stem}_annotated", folder, plan.second_folder)

    @property
    def recorders(self) -> tuple[Recorder, ...]:
        return tuple(each for each in (self.clean, self._annotated) if each is not None)

    @property
    def states(self) -> tuple[RecorderState, ...]:
        return tuple(each.state for each in self.recorders)

    def start(self) -> None:
        """Begin.

        Raises
        ------
        OutputError
            No folder can be made.
        InputError, SettingsError
            What is to be drawn needs a table or font that cannot be used.
        """
        if self._annotated is not None:
            self._overlay.open()
        for each in self.recorders:
            each.start()

    def put(self, frame: Frame) -> bool:
        """Offer a frame that arrived; returns at once, False where it was dropped."""
        return self.clean is None or self.clean.put(frame)

    def draw(self, snapshot: Snapshot) -> None:
        """Offer a frame that was tracked; it is drawn on the recorder's own thread."""
        if self._annotated is not None:
            self._annotated.put(annotated(snapshot, self._overlay))

    def stop(self, timeout_s: float) -> tuple[RecordingResult, ...]:
        """Make all files final; what is not in time stays in a form that plays too."""
        until_s = time.monotonic() + timeout_s
        for each in self.recorders:
            each.begin_stop(timeout_s)
        return tuple(each.stop(max(0.1, until_s - time.monotonic())) for each in self.recorders)


def recording_document(plan: RecordingPlan, results: tuple[RecordingResult, ...]) -> dict[str, Any]:
    """Return what was recorded, for the manifest of the run."""
    return {
        "look": plan.look,
        "settings": plan.settings.model_dump(mode="json"),
        "recordings": [
            {
                "files": [path.name for path in result.files],
                "frames": result.frames,
                "dropped": result.dropped,
                "gaps": [
                    {"seconds": round(gap.to_s - gap.from_s, 3), "frames": gap.frames, "reason": gap.reason}
                    for gap in result.gaps
                ],
            }
            for result in results
        ],
    }
