"""Estimate the lens from a checkerboard that is held into the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.analysis.lens_calibration import Checkerboard, LensFit
from tracker_gui.qt.forms.controls import TEXT_MARGINS_PX
from tracker_gui.qt.steps.step import dim_label
from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.workers.lens_run import LensRun

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from tracker_gui.core.preset import StageChoice
    from tracker_gui.engine.lens_estimate import LensProgress

WAIT_MS = 10_000
GOOD_PX, GOOD_COVERED = 1.0, 0.5


class LensDialog(QDialog):
    """Numbers of the board, the search with its progress, and what came of it; sends `taken(LensFit)`."""

    taken = Signal(object)

    def __init__(self, source: StageChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.run: LensRun | None = None
        self.fit: LensFit | None = None
        self.setWindowTitle("Lens from a checkerboard")
        grow_with_text(self.setMinimumWidth, 420)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addWidget(
            dim_label(
                "The open video must show a flat checkerboard, tilted and in every part of the picture. "
                "Count where four squares meet: a board of 10 x 7 squares has 9 x 6 inner corners."
            )
        )
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        self.columns = self._number(3, 50, 9, "Inner corners along the longer side, 3 to 50")
        self.rows_box = self._number(3, 50, 6, "Inner corners along the shorter side, 3 to 50")
        self.frames = self._number(5, 1000, 80, "So many frames, spread over the video, are looked at; 5 to 1000")
        for words, box in (
            ("Corners across", self.columns), ("Corners down", self.rows_box), ("Frames to look at", self.frames),
        ):  # fmt: skip
            label = QLabel(words)
            label.setProperty("dim", True)
            box.setAccessibleName(words)
            form.addRow(label, box)
        rows.addLayout(form)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        rows.addWidget(self.bar)
        self.words = QLabel()
        self.words.setWordWrap(True)
        rows.addWidget(self.words)
        buttons = QDialogButtonBox()
        self.search = QPushButton("Search")
        self.search.setToolTip("Look for the board in the video; this takes some seconds")
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("Give the search up")
        self.use = QPushButton("Use")
        self.use.setToolTip("Put these figures into the image step 'Lens correction'")
        self.use.setProperty("primary", True)
        for button in (self.search, self.stop):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.use, QDialogButtonBox.ButtonRole.AcceptRole)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setIcon(QIcon())
        rows.addWidget(buttons)
        self.search.clicked.connect(self.start)
        self.stop.clicked.connect(self.cancel)
        self.use.clicked.connect(self._use)
        close.clicked.connect(self.close)
        self._show()

    def _number(self, least: int, most: int, value: int, tip: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(value)
        box.setToolTip(tip)
        box.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
        return box

    def start(self) -> None:
        """Begin to look."""
        if self.run is not None:
            return
        board = Checkerboard(self.columns.value(), self.rows_box.value())
        self.fit = None
        self.run = LensRun(self._source, board, self.frames.value(), self)
        self.run.progressed.connect(self._progressed)
        self.run.finished.connect(self._finished)
        self._say("Looking...", "")
        self.bar.setRange(0, 0)
        self.run.start()
        self._show()

    def cancel(self) -> None:
        """Give the search up."""
        if self.run is not None:
            self.run.cancel()

    def _progressed(self, progress: LensProgress) -> None:
        self.bar.setRange(0, progress.frames)
        self.bar.setValue(progress.looked)
        self._say(f"Frame {progress.looked} of {progress.frames}: {progress.views} different views of the board.", "")

    def _finished(self) -> None:
        run, self.run = self.run, None
        if run is None:
            return
        self.fit = run.fit
        if run.error is not None:
            self._say(str(run.error), "warn")
        elif run.fit is None:
            self._say("Stopped. Nothing was changed.", "")
        else:
            self._say(*_told(run.fit))
        run.deleteLater()
        self._show()

    def _say(self, words: str, tone: str) -> None:
        self.words.setText(words)
        self.words.setProperty("tone", tone)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _show(self) -> None:
        running = self.run is not None
        self.bar.setVisible(running)
        self.search.setVisible(not running)
        self.stop.setVisible(running)
        self.use.setVisible(self.fit is not None)
        for box in (self.columns, self.rows_box, self.frames):
            box.setEnabled(not running)

    def _use(self) -> None:
        if self.fit is not None:
            self.taken.emit(self.fit)
            self.close()

    def done(self, result: int) -> None:
        self._end()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._end()
        super().closeEvent(event)

    def _end(self) -> None:
        if self.run is not None:
            self.run.cancel()
            self.run.wait(WAIT_MS)


def _told(fit: LensFit) -> tuple[str, str]:
    """Return the result in words, with its tone."""
    words = f"{fit.views} views, error {fit.error_px:.2f} px, {fit.covered_01:.0%} of the picture covered."
    if fit.error_px > GOOD_PX:
        return f"{words} That is much: is the board flat, and are the pictures sharp?", "warn"
    if fit.covered_01 < GOOD_COVERED:
        return f"{words} Show the board nearer to the edges: what lies outside is guessed.", "warn"
    return words, "ok"
