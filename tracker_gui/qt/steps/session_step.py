"""Step 8: who is tracked, what the files are called, and when a run begins and ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from tracker_gui.core.session_plan import (
    INFO_FIELDS,
    NAMING_FIELDS,
    TIMING_FIELDS,
    WHEN_SEEN,
    FrameRange,
    SessionPlan,
)
from tracker_gui.engine.run_files import run_stem
from tracker_gui.qt import frame_range
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.steps.step import Step, StepState, dim_label
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.session import Session

PARTS = (INFO_FIELDS, NAMING_FIELDS, TIMING_FIELDS)


class SessionStep(Step):
    """Three forms over one `SessionPlan`, and the marks of a video."""

    number = 8
    title = "Session"
    about = "Who is tracked and how, what the files are called, and when a run begins and ends."
    help_page = "sessions"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        every = tuple(SessionPlan.model_fields)
        self.forms = [
            StageForm(SessionPlan, leave_out=tuple(name for name in every if name not in part)) for part in PARTS
        ]
        for form in self.forms:
            form.edited.connect(self._edited)
        self.info, self.naming, self.timing = self.forms
        self.rows.addWidget(self.info)
        self.example = dim_label("")
        self.example.setTextFormat(Qt.TextFormat.PlainText)
        self.rows.addWidget(_card("Names of the files", self.naming, self.example))
        self.rows.addWidget(_card("Begin and end", self.timing))
        self.part = StageForm(FrameRange)
        self.part.edited.connect(self._part_edited)
        self._part_card = _card("Frames of this video", self.part)
        buttons = QHBoxLayout()
        self.begin_here = QPushButton("Begin here")
        self.begin_here.setToolTip("Begin at the frame that is shown (I)")
        self.end_here = QPushButton("End here")
        self.end_here.setToolTip("Let the frame that is shown be the last one (Shift+I)")
        self.begin_here.clicked.connect(self._begin_here)
        self.end_here.clicked.connect(self._end_here)
        for button in (self.begin_here, self.end_here):
            buttons.addWidget(button, 1)
        layout = self._part_card.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(buttons)
        self.rows.addWidget(self._part_card)
        session.document.changed.connect(self._show)
        session.state_changed.connect(self._show_what_can_be_done)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()
        self._show_what_can_be_done()

    def _recolour(self) -> None:
        self.begin_here.setIcon(icon("ray-start"))
        self.end_here.setIcon(icon("ray-end"))

    def _show(self) -> None:
        preset = self.session.document.preset
        for form in self.forms:
            if form.params != preset.session:
                form.show_params(preset.session)
        part = preset.range or FrameRange()
        if self.part.params != part:
            self.part.show_params(part)
        self.timing.set_names({"zone": [zone.name for zone in preset.zones]})
        self.show_example()

    def show_example(self) -> None:
        """Show how the files of a run that begins now would be called."""
        preset = self.session.document.preset
        if preset.source is None:
            self.example.setText("Open a source to see how its files will be called.")
            return
        text = f"Now: {run_stem(preset.source, preset, datetime.now())}_tracks.csv"
        if self.session.document.whole.camera_count > 1 and "{source}" not in preset.session.file_name:
            text += "\nSeveral cameras: add {source}, else a number tells their files apart."
        self.example.setText(text)

    def _show_what_can_be_done(self) -> None:
        self._part_card.setVisible(not self.session.is_live and self.session.info is not None)

    def _edited(self, plan: SessionPlan, title: str, drag: int) -> None:
        document = self.session.document
        document.change(replace(document.preset, session=plan), f"change {title}", drag)

    def _part_edited(self, part: FrameRange, title: str, drag: int) -> None:
        frame_range.use_range(self.session, part, f"change {title}", drag)

    def _begin_here(self) -> None:
        frame_range.begin_here(self.session)

    def _end_here(self) -> None:
        frame_range.end_here(self.session)

    def state(self) -> StepState:
        preset = self.session.document.preset
        plan = preset.session
        known = [zone.name for zone in preset.zones]
        if plan.start == WHEN_SEEN and plan.seen_zone and plan.seen_zone not in known:
            sentence = f"There is no zone called “{plan.seen_zone}” in which an animal could be seen."
            return StepState("problem", "no such zone", sentence)
        words = [plan.subject or plan.trial, plan.treatment]
        words.append("" if plan.start == SessionPlan().start else plan.start)
        told = ", ".join(word for word in words if word)
        return StepState("ok", told) if told else StepState("unused", "")


def _card(title: str, *widgets: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    rows = QVBoxLayout(card)
    rows.setContentsMargins(8, 6, 8, 8)
    rows.setSpacing(8)
    head = QLabel(title)
    head.setProperty("strong", True)
    rows.addWidget(head)
    for widget in widgets:
        rows.addWidget(widget)
    return card
