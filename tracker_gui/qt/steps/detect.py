"""Step 3: what is an animal in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QCheckBox

from tracker_gui.analysis.area_tally import AreaTally
from tracker_gui.core.preset import StageChoice
from tracker_gui.qt.forms.area_range import AreaRange
from tracker_gui.qt.found_count import count_found
from tracker_gui.qt.steps.stage_picker import StagePicker
from tracker_gui.qt.steps.step import Step, StepState, dim_label, problem_place
from tracker_gui.qt.tuning.tuning import NOW, tuning_of

if TYPE_CHECKING:
    from typing import Any

    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session

LIMITS = {"min_area_px2", "max_area_px2"}
ALL_BLOBS = "Areas of the blobs, px²"
SPREAD_BLOBS = "Areas of the blobs, px²; wide bars: {} frames of the whole source"
TAKEN_BLOBS = "Areas of the blobs that were taken, px². Show the mask or rejected blobs to see all."


class DetectStep(Step):
    """The detector and its settings."""

    number = 3
    title = "Detect"
    about = (
        "What counts as an animal: click one on the picture (A), or move the sliders until the mask shows them alone."
    )
    help_page = "finding_animals"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.picker = StagePicker("detectors")
        self.picker.picked.connect(self._picked)
        self.rows.addWidget(self.picker)
        self._tally = AreaTally()
        self._areas_of: Any = None
        self.areas_word = dim_label(ALL_BLOBS)
        self.areas = AreaRange(self._tally)
        self.areas_word.setBuddy(self.areas)
        self.areas.dragged.connect(self._areas_dragged)
        self.rows.addWidget(self.areas_word)
        self.rows.addWidget(self.areas)
        self.rejected = QCheckBox("Show rejected blobs and why")
        self.rejected.setToolTip("A cross on each blob that was not taken, with the reason beside the largest ones.")
        self.rejected.setChecked(session.settings.rejected)
        self.rejected.toggled.connect(session.show_rejected)
        self.rows.addWidget(self.rejected)
        session.document.changed.connect(self._show)
        session.view_changed.connect(self._show_view)
        session.shown.connect(self._count)
        session.shown.connect(self._tally_areas)
        self._tuning = tuning_of(session)
        self._tuning.finds_changed.connect(self._tally_spread)
        self._words = ""
        self._show()

    def _show(self) -> None:
        preset = self.session.document.preset
        self.picker.show_choice(preset.detector)
        params = preset.detector.params
        has_limits = set(type(params).model_fields) >= LIMITS
        self.areas_word.setVisible(has_limits)
        self.areas.setVisible(has_limits)
        # Other limits leave the blobs as they are; anything else makes others.
        areas_of = (preset.source, preset.image, preset.detector.stage, params.model_dump(exclude=LIMITS))
        if areas_of != self._areas_of:
            self._areas_of = areas_of
            self._tally.clear()
        if has_limits:
            self.areas.show_range(params.min_area_px2, params.max_area_px2)  # type: ignore[attr-defined]
            self.areas.setEnabled(not self.session.document.locked)

    def _tally_areas(self, shown: Shown) -> None:
        if not self.areas.isVisible():
            return
        detections = shown.snapshot.detections
        rejected = detections.explanation
        areas = detections.area_px2
        if rejected is not None:
            areas = np.concatenate([areas, rejected.rejected_area_px2])
        self._name_areas(all_blobs=rejected is not None)
        self._tally.add(shown.snapshot.frame.index, areas)
        self.areas.show_tally()

    def _name_areas(self, *, all_blobs: bool) -> None:
        spread = SPREAD_BLOBS.format(self._tally.frames)
        self.areas_word.setText(spread if self._tally.is_spread else ALL_BLOBS if all_blobs else TAKEN_BLOBS)

    def _tally_spread(self) -> None:
        """Take the blobs of the sampled frames while these are looked at, for they stand for the whole source."""
        slot = self._tuning.finds.slots.get(NOW)
        finds = () if slot is None else tuple(slot.finds[index] for index in slot.fresh)
        if slot is not None and self._tuning.finds.busy:
            return  # half of them would make the bars jump
        self._tally.spread(each.areas_px2 for each in finds)
        self._name_areas(all_blobs=True)
        self.areas.show_tally()

    def _areas_dragged(self, low_px2: float, high_px2: float, drag: int) -> None:
        chosen = self.session.document.preset.detector
        params = chosen.params.model_copy(update={"min_area_px2": low_px2, "max_area_px2": high_px2})
        self._picked(StageChoice("detectors", chosen.stage, params, chosen.enabled), "change the range of areas", drag)

    def _show_view(self) -> None:
        self.rejected.setChecked(self.session.settings.rejected)

    def _picked(self, chosen: StageChoice, words: str, drag: int) -> None:
        self.session.document.change_stage("detector", chosen, words, drag)

    def _count(self) -> None:
        state = self.state()
        if state.short != self._words:
            self._words = state.short
            self.state_changed.emit()

    def state(self) -> StepState:
        if problem_place(self.session) == "detector":
            return StepState("problem", "cannot be used", str(self.session.state.problem))
        shown = self.session.newest
        if shown is None:
            return StepState("missing", "no picture yet", "Nothing can be looked for before there is a picture.")
        found = count_found(shown, self.session.document.preset)
        return StepState("ok" if found.complete else "problem", found.words)
