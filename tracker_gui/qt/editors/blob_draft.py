"""Settings of the detector that were proposed from a click on an animal, until they are accepted or given up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from tracker_gui.analysis.propose_blobs import propose_blobs
from tracker_gui.core.choices import StageChoice, choice
from tracker_gui.core.params import describe
from tracker_gui.core.stage import DetectorContext
from tracker_gui.qt.found_count import wanted_animals
from tracker_gui.qt.remark import Remark

if TYPE_CHECKING:
    from tracker_gui.core.geometry import Point
    from tracker_gui.core.prepared import Prepared
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.editors.editor import Editor

TOPIC = "animal"
UNBROKEN = "\N{NO-BREAK SPACE}"
NOTHING_THERE = "Nothing stands out from its ground here. Click the middle of an animal; zoom in on a small one."


@dataclass(frozen=True, slots=True)
class BlobDraft:
    """What would be put in force.

    Attributes
    ----------
    outline_px, others_px : tuple of Point
        The clicked animal, and the centres of what else would be found, on the clicked frame.
    figures, why : str
        The settings in words, and a sentence or two on them.
    """

    chosen: StageChoice
    outline_px: tuple[Point, ...]
    others_px: tuple[Point, ...]
    figures: str
    why: str


class BlobProposing(QObject):
    """Holds the one proposal there may be; it falls when the settings become others.

    Attributes
    ----------
    draft : BlobDraft or None
    still_shown : bool
        The clicked frame is the one on the screen.
    """

    changed = Signal()

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._prepared: Prepared | None = None
        self.draft: BlobDraft | None = None
        self.still_shown = False
        editor.session.document.changed.connect(self.clear)
        editor.session.shown.connect(self._follow)

    def click(self, at: Point) -> None:
        """Propose settings that find the animal at a place of the shown frame."""
        session = self._editor.session
        shown = session.newest
        if shown is None:
            return
        prepared = shown.snapshot.prepared
        self.draft = self._made(prepared, at)
        self._prepared, self.still_shown = prepared if self.draft is not None else None, True
        if self.draft is None:
            session.remarked.emit(Remark(TOPIC, "info", NOTHING_THERE))
        else:
            session.withdrawn.emit(TOPIC)
        self.changed.emit()

    def accept(self) -> bool:
        """Put the proposal in force as one undo step; return whether there was one."""
        draft = self.draft
        if draft is None:
            return False
        preset = self._editor.preset
        self.clear()
        self._editor.change(replace(preset, detector=draft.chosen), "set the detector by a click on an animal")
        return True

    def clear(self) -> bool:
        """Give the proposal up; return whether there was one."""
        if self.draft is None:
            return False
        self.draft = self._prepared = None
        self.changed.emit()
        return True

    def _follow(self, shown: Shown) -> None:
        if self._prepared is None:
            return
        still = shown.snapshot.prepared.frame is self._prepared.frame
        if still != self.still_shown:
            self.still_shown = still
            self.changed.emit()

    def _made(self, prepared: Prepared, at: Point) -> BlobDraft | None:
        present = self._editor.preset.detector
        base = present if present.stage == "blobs" else choice("detectors", "blobs")
        method: Any = getattr(base.params, "method", "adaptive")
        state, (x0, y0) = prepared.state(), prepared.origin_px
        proposal = propose_blobs(state, (at[0] - x0, at[1] - y0), method)
        if proposal is None:
            return None
        params = type(base.params).model_validate(base.params.model_dump() | proposal.settings)
        chosen = StageChoice("detectors", "blobs", params)
        detector = chosen.make()
        detector.open(DetectorContext(prepared.frame.size_px, has_foreground=state.foreground_u8 is not None))
        try:
            found = detector.step(prepared)
        finally:
            detector.close()
        blobs = "1 blob is" if len(found) == 1 else f"{len(found)} blobs are"
        wanted = wanted_animals(self._editor.preset)
        count = f"With these settings {blobs} found on the clicked frame"
        count += "." if wanted is None else f", for {wanted} {'animal' if wanted == 1 else 'animals'}."
        if wanted is not None and len(found) > wanted:
            count += " A region to keep or to ignore leaves out what is no animal."
        instead = "" if present.stage == "blobs" else "The detector becomes Blobs. "
        outline = proposal.outline_px + np.array([x0, y0], np.int32)
        centres = [(float(x), float(y)) for x, y in found.xy_px.tolist()]
        return BlobDraft(
            chosen,
            tuple((float(x), float(y)) for x, y in outline.tolist()),
            tuple(centre for centre in centres if cv2.pointPolygonTest(outline, centre, False) < 0),
            _figures(chosen, proposal.settings),
            f"{instead}{proposal.words} {count}",
        )


def _figures(chosen: StageChoice, proposed: dict[str, Any]) -> str:
    """Return the proposed settings by the titles they have in the form."""
    words = []
    for info in describe(type(chosen.params)):
        if info.name in proposed and info.name != "method":
            value = getattr(chosen.params, info.name)
            shown = f"{value:g}" if isinstance(value, (int, float)) else str(value)
            words.append(f"{info.title} {shown}{' ' + info.unit if info.unit else ''}".replace(" ", UNBROKEN))
    return " · ".join(words)


def blob_proposing_of(editor: Editor) -> BlobProposing:
    """Return the editor's one, made on first use."""
    there = editor.findChild(BlobProposing)
    return there if isinstance(there, BlobProposing) else BlobProposing(editor)
