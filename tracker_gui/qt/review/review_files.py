"""Questions of a review: which result, which video, where to export, by how much to shift."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QDoubleSpinBox, QFileDialog, QFormLayout, QLabel, QVBoxLayout

from tracker_gui.analysis.corrections import Shift
from tracker_gui.qt.file_dialogs import VIDEOS

if TYPE_CHECKING:
    from tracker_gui.qt.review.review_window import ReviewWindow

RESULTS = "Results (*_run.json *.csv *.txt);;All files (*)"
FARTHEST_PX = 20_000.0


def ask_result(window: ReviewWindow) -> None:
    """Ask which tracks to look through."""
    path = window.document.path
    start = str(path.parent) if path is not None else window.results_folder
    name, _ = QFileDialog.getOpenFileName(window, "Open a result", start, RESULTS)
    if name:
        window.open(Path(name))


def ask_video(window: ReviewWindow) -> None:
    """Ask which video to show behind the tracks."""
    path = window.document.path
    start = str(path.parent) if path is not None else ""
    name, _ = QFileDialog.getOpenFileName(window, "Choose the video", start, f"Videos ({VIDEOS});;All files (*)")
    if name and path is not None:
        window.open(path, Path(name))


def ask_export(window: ReviewWindow) -> None:
    """Ask where to write the corrected tracks."""
    path = window.document.path
    if path is None:
        return
    proposed = path.with_name(f"{path.stem}_corrected.csv")
    name, _ = QFileDialog.getSaveFileName(window, "Export corrected tracks", str(proposed), "Tables (*.csv)")
    if name:
        chosen = Path(name)
        window.document.export(chosen if chosen.suffix else chosen.with_suffix(".csv"))


class ShiftDialog(QDialog):
    """By how many pixels all animals are moved."""

    def __init__(self, window: ReviewWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Shift all animals")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        about = QLabel("ToxTrac counts from the corner of its arena: give where that lies in the video.")
        about.setWordWrap(True)
        column.addWidget(about)
        form = QFormLayout()
        self.x_px, self.y_px = self._box("To the right"), self._box("Down")
        form.addRow("To the right", self.x_px)
        form.addRow("Down", self.y_px)
        column.addLayout(form)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.button(kinds.Ok).setText("Shift")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.accepted.connect(self._shift)
        self._window = window

    def _box(self, words: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(-FARTHEST_PX, FARTHEST_PX)
        box.setDecimals(1)
        box.setSuffix(" px")
        box.setToolTip(f"{words}, {-FARTHEST_PX:.0f} to {FARTHEST_PX:.0f} px")
        return box

    def _shift(self) -> None:
        self._window.document.correct(Shift(x_px=self.x_px.value(), y_px=self.y_px.value()))


def ask_shift(window: ReviewWindow) -> None:
    """Ask by how much to move all animals; does not block the window."""
    dialog = ShiftDialog(window)
    dialog.open()
