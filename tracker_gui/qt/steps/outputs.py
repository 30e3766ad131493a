"""Step 8: what is written, where, and the run itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
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
from tracker_gui.qt.steps.stage_switch import StageSwitch, with_choice
from tracker_gui.qt.steps.step import Step, StepState, dim_label
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.words import bytes_in_words, duration_in_words

if TYPE_CHECKING:
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.qt.session import Session

FREE_EVERY_MS = 5000
LOW_BYTES = 2_000_000_000


class OutputsStep(Step):
    """Folder, kinds of files, start and stop."""

    number = 8
    title = "Outputs and run"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._free: int | None = None
        self.rows.addWidget(dim_label("Folder"))
        self.rows.addLayout(self._folder_row())
        self.outputs = [StageSwitch("sinks", name) for name in registry.names("sinks")]
        for row in self.outputs:
            row.edited.connect(self._edited)
            self.rows.addWidget(row)
        self.start = QPushButton("Start tracking")
        self.start.setProperty("primary", True)
        self.start.setToolTip("Track every frame from the first, and write the files")
        self.start.clicked.connect(session.start_tracking)
        self.stop = QPushButton("Stop")
        self.stop.setProperty("stop", True)
        self.stop.clicked.connect(session.stop_tracking)
        buttons = QHBoxLayout()
        buttons.addWidget(self.start, 1)
        buttons.addWidget(self.stop, 1)
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
        self.rows.addWidget(self._summary)
        appearance().changed.connect(self._recolour)
        session.document.changed.connect(self._show)
        session.run_changed.connect(self._show_run)
        session.state_changed.connect(self._show_run)
        self._timer = QTimer(self)
        self._timer.setInterval(FREE_EVERY_MS)
        self._timer.timeout.connect(self._look_at_disk)
        self._timer.start()
        self._recolour()
        self._show()
        self._show_run()
        self._look_at_disk()

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
        self.choose.clicked.connect(self._choose_folder)
        row.addWidget(self.folder, 1)
        row.addWidget(self.choose)
        return row

    def _recolour(self) -> None:
        self.choose.setIcon(icon("folder-open-outline", "dim"))
        self.start.setIcon(icon("play", "on_accent"))
        self.stop.setIcon(icon("stop", "bad"))

    def _show(self) -> None:
        outputs = self.session.document.preset.outputs
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
        self._look_at_disk()

    def _show_run(self) -> None:
        run = self.session.run
        self.start.setVisible(run is None)
        self.start.setEnabled(self.session.info is not None)
        self.stop.setVisible(run is not None)
        self.bar.setVisible(run is not None)
        self._progress.setVisible(run is not None)
        if run is not None:
            total, done = run.job.info.frame_count if run.job.info else None, run.job.counts.frames
            self.bar.setRange(0, total or 0)
            self.bar.setValue(done)
            of = f" of {total}" if total else ""
            self._progress.setText(f"frame {done}{of}")
            self._clear_summary()
        elif self.session.last_run is not None and not self._summary_rows.count():
            self._fill_summary()
        self.state_changed.emit()

    def _clear_summary(self) -> None:
        while (item := self._summary_rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _fill_summary(self) -> None:
        run = self.session.last_run
        assert run is not None
        counts = run.job.counts
        done = "stopped early" if counts.cancelled else "not finished" if run.error else "done"
        rate = f", {counts.frames / counts.wall_s:.0f} frames/s" if counts.wall_s > 0 else ""
        head = QLabel(f"Last run {done}: {counts.frames} frames in {duration_in_words(counts.wall_s)}{rate}")
        head.setWordWrap(True)
        self._summary_rows.addWidget(head)
        for track_id in sorted(counts.states):
            self._summary_rows.addWidget(
                dim_label(f"animal {track_id}: found in {100 * counts.found_share(track_id):.2f} % of the frames")
            )
        for path in run.job.files:
            size = bytes_in_words(path.stat().st_size) if path.is_file() else "missing"
            self._summary_rows.addWidget(dim_label(f"{path.name}, {size}"))
        self.open_folder = QPushButton("Open folder")
        self.open_folder.setIcon(icon("folder-outline"))
        self.open_folder.clicked.connect(self.show_folder)
        self._summary_rows.addSpacing(4)
        self._summary_rows.addWidget(self.open_folder)

    def show_folder(self) -> None:
        """Show the results in the system's file window."""
        run = self.session.last_run
        folder = self.session.output_folder() if run is None else run.folder
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(folder).resolve())))

    def _look_at_disk(self) -> None:
        self._free = self.session.free_bytes()
        self.state_changed.emit()

    def state(self) -> StepState:
        run = self.session.run
        if run is not None:
            total = run.job.info.frame_count if run.job.info else None
            share = f"{100 * run.job.counts.frames / total:.0f} %" if total else f"{run.job.counts.frames} frames"
            return StepState("ok", f"tracking, {share}")
        if not any(chosen.enabled for chosen in self.session.document.preset.outputs):
            return StepState("problem", "no output", "Nothing will be written: switch an output on.")
        if self._free is None:
            return StepState("ok", "")
        if self._free < LOW_BYTES:
            return StepState("problem", f"{bytes_in_words(self._free)} free", "The disk is nearly full.")
        return StepState("ok", f"{bytes_in_words(self._free)} free")
