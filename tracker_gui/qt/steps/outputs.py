"""Step 8: what is written, where, and the run itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core import registry
from tracker_gui.core.recording import RecordingSettings
from tracker_gui.qt.elided_label import ElidedLabel
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.live_remarks import show_folder
from tracker_gui.qt.steps.stage_switch import StageSwitch, with_choice
from tracker_gui.qt.steps.step import Step, StepState, dim_label
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.words import bytes_in_words, duration_in_words

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.session import Session

FREE_EVERY_MS = 2000
LOW_BYTES = 2_000_000_000


class OutputsStep(Step):
    """Folder, kinds of files, recording, start and stop."""

    number = 9
    title = "Outputs and run"
    about = "Which files are written and where, and the run itself."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.rows.addWidget(dim_label("Folder"))
        self.rows.addLayout(self._folder_row())
        self.outputs = [StageSwitch("sinks", name) for name in registry.names("sinks")]
        for row in self.outputs:
            row.edited.connect(self._edited)
            self.rows.addWidget(row)
        self.rows.addWidget(self._recording_card())
        self.start = QPushButton("Start tracking")
        self.start.setProperty("primary", True)
        self.start.clicked.connect(session.start_tracking)
        self.stop = QPushButton("Stop tracking")
        self.stop.setProperty("stop", True)
        self.stop.clicked.connect(session.stop_tracking)
        self.record = QPushButton("Record")
        self.record.setToolTip("Record the pictures of every camera; tracking is started and stopped apart")
        self.record.clicked.connect(session.start_recording)
        self.stop_record = QPushButton("Stop recording")
        self.stop_record.setProperty("stop", True)
        self.stop_record.setToolTip("Make the videos final; tracking goes on")
        self.stop_record.clicked.connect(session.stop_recording)
        buttons = QHBoxLayout()
        for button in (self.start, self.stop, self.record, self.stop_record):
            buttons.addWidget(button, 1)
        self.rows.addLayout(buttons)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.rows.addWidget(self.bar)
        self._progress = dim_label("")
        self.rows.addWidget(self._progress)
        self._summary = QWidget()
        self._summary_rows = QVBoxLayout(self._summary)
        self._summary_rows.setContentsMargins(0, 0, 0, 0)
        self._summary_rows.setSpacing(2)
        self._summary_of: object = None
        self.rows.addWidget(self._summary)
        appearance().changed.connect(self._recolour)
        session.document.changed.connect(self._show)
        session.run_changed.connect(self._show_run)
        session.state_changed.connect(self._show_run)
        session.folder_wanted.connect(self._choose_folder)
        self._timer = QTimer(self)
        self._timer.setInterval(FREE_EVERY_MS)
        self._timer.timeout.connect(self.state_changed)
        self._timer.start()
        self._recolour()
        self._show()
        self._show_run()

    def _recording_card(self) -> QFrame:
        self.recording_card = QFrame()
        self.recording_card.setProperty("card", True)
        rows = QVBoxLayout(self.recording_card)
        rows.setContentsMargins(8, 6, 8, 8)
        rows.setSpacing(8)
        head = QLabel("Recording")
        head.setProperty("strong", True)
        head.setToolTip("How the pictures of a camera are written as video while they arrive")
        rows.addWidget(head)
        self.recording = StageForm(RecordingSettings)
        self.recording.edited.connect(self._recording_edited)
        rows.addWidget(self.recording)
        return self.recording_card

    def _recording_edited(self, settings: RecordingSettings, title: str, drag: int) -> None:
        document = self.session.document
        document.change(replace(document.preset, recording=settings), f"change {title}", drag)

    def _folder_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Output folder")
        self.folder.setToolTip("Where the files go. Empty: a folder 'tracked' beside the video.")
        self.folder.editingFinished.connect(self._folder_typed)
        self.choose = QToolButton()
        self.choose.setIconSize(ICON_SIZE)
        self.choose.setToolTip("Choose a folder")
        self.choose.setAccessibleName("Choose a folder")
        self.choose.clicked.connect(self._choose_folder)
        row.addWidget(self.folder, 1)
        row.addWidget(self.choose)
        return row

    def _recolour(self) -> None:
        self.choose.setIcon(icon("folder-open-outline", "dim"))
        self.start.setIcon(icon("play", "on_accent"))
        self.stop.setIcon(icon("stop", "bad"))
        self.record.setIcon(icon("record-circle", "bad"))
        self.stop_record.setIcon(icon("stop-circle", "bad"))

    def _show(self) -> None:
        preset = self.session.document.preset
        outputs = preset.outputs
        if self.recording.params != preset.recording:
            self.recording.show_params(preset.recording)
        for row in self.outputs:
            row.show_choice(next((c for c in outputs if c.stage == row.name), None))
            row.setEnabled(not self.session.is_tracking)
        self.folder.setText(self.session.settings.output_folder)
        self.folder.setPlaceholderText(str(self.session.output_folder()))
        self.folder.setEnabled(not self.session.is_tracking)
        self.choose.setEnabled(not self.session.is_tracking)

    def _edited(self, chosen: StageChoice, words: str, drag: int) -> None:
        outputs = self.session.document.preset.outputs
        self.session.document.change_list("outputs", with_choice(outputs, chosen), words, drag)

    def _folder_typed(self) -> None:
        self.set_folder(self.folder.text().strip())

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Where the files go", str(self.session.output_folder()))
        if name:
            self.set_folder(name)

    def set_folder(self, name: str) -> None:
        """Write into this folder from now on; empty for the usual one."""
        self.session.settings.output_folder = name
        self._show()
        self.state_changed.emit()

    def _show_run(self) -> None:
        session = self.session
        tracking, live = session.is_tracking, session.is_live
        self.start.setVisible(not tracking)
        self.start.setEnabled(session.info is not None)
        self.start.setToolTip(
            "Track from now on, or as the step Session says, and write the files"
            if live
            else "Track every frame, or those that the step Session says, and write the files"
        )
        waiting = session.waiting
        self.stop.setText("Cancel the start" if waiting else "Stop tracking")
        self.stop.setVisible(tracking)
        self.recording_card.setVisible(live)
        self.recording_card.setEnabled(not session.is_recording and not tracking)
        self.record.setVisible(live and not session.is_recording)
        self.record.setEnabled(session.info is not None)
        self.stop_record.setVisible(session.is_recording)
        report = session.report() if session.view.is_tracking else None
        self.bar.setVisible(report is not None and report.total is not None and not waiting)
        self._progress.setVisible(report is not None or bool(waiting))
        if waiting:
            self._progress.setText(f"{waiting[0].upper()}{waiting[1:]}. Nothing is written until then.")
            self._clear_summary()
        elif report is not None:
            done = report.counts.frames
            self.bar.setRange(0, report.total or 0)
            self.bar.setValue(done)
            of = f" of {report.total}" if report.total else f", {duration_in_words(report.seconds)}"
            self._progress.setText(f"frame {done}{of}")
            self._clear_summary()
        elif session.view.last_run is not self._summary_of:
            self._clear_summary()
            self._summary_of = session.view.last_run
            self._fill_summary()
        self.state_changed.emit()

    def _clear_summary(self) -> None:
        self._summary_of = None
        while (item := self._summary_rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _fill_summary(self) -> None:
        report = self.session.report()
        if report is None:
            return
        counts = report.counts
        early = counts.cancelled and report.total is not None
        done = "stopped early" if early else "not finished" if report.error else "done"
        rate = f", {counts.frames / report.seconds:.0f} frames/s" if report.seconds > 0 else ""
        head = QLabel(f"Last run {done}: {counts.frames} frames in {duration_in_words(report.seconds)}{rate}")
        head.setWordWrap(True)
        self._summary_rows.addWidget(head)
        for track_id in sorted(counts.states):
            self._summary_rows.addWidget(
                dim_label(f"animal {track_id}: found in {100 * counts.found_share(track_id):.2f} % of the frames")
            )
        for path in report.files:
            size = bytes_in_words(path.stat().st_size) if path.is_file() else "missing"
            name = ElidedLabel(f"{path.name}, {size}")
            name.setProperty("dim", True)
            self._summary_rows.addWidget(name)
        self.open_folder = QPushButton("Open folder")
        self.open_folder.setIcon(icon("folder-outline"))
        self.open_folder.clicked.connect(self.show_folder)
        self._summary_rows.addSpacing(4)
        self._summary_rows.addWidget(self.open_folder)

    def show_folder(self) -> None:
        """Show the results in the system's file window."""
        report = self.session.report()
        show_folder(self.session.output_folder() if report is None else report.folder)

    def state(self) -> StepState:
        session = self.session
        words = []
        if session.is_tracking:
            report = session.report() if session.view.is_tracking else None
            share = "" if report is None or not report.total else f" {100 * report.counts.frames / report.total:.0f} %"
            words.append(session.waiting.partition(" for ")[0] or f"tracking{share}")
        if session.is_recording:
            words.append("REC")
        if words:
            return StepState("ok", ", ".join(words))
        if not any(chosen.enabled for chosen in session.document.preset.outputs):
            return StepState("problem", "no output", "Nothing will be written: switch an output on.")
        free = session.free_bytes()
        if free is None:
            return StepState("ok")
        if free < LOW_BYTES:
            return StepState("problem", f"{bytes_in_words(free)} free", "The disk is nearly full.")
        return StepState("ok", f"{bytes_in_words(free)} free")
