"""The figures at the bottom of the window; only true ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from tracker_gui.engine.player import Phase
from tracker_gui.qt.words import bytes_in_words

if TYPE_CHECKING:
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session

FREE_EVERY_MS = 5000
FIGURES_EVERY_MS = 250


class StatusLine(QWidget):
    """Source rate, processed rate, lost frames, latency, free disk, and one word for it all."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._lost = 0
        self._lost_at = -1
        self._newest: Shown | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 4)
        row.setSpacing(20)
        self.source, self.processed, self.lost = QLabel(), QLabel(), QLabel()
        self.latency, self.free, self.word = QLabel(), QLabel(), QLabel()
        self.source.setToolTip("Frames per second of the source")
        self.processed.setToolTip("Frames per second that were tracked in the last second")
        self.lost.setToolTip(
            "Damaged frames of the source that could not be read. Files are tracked frame by frame: none is skipped"
        )
        self.latency.setToolTip("Time to detect and track the newest frame")
        self.free.setToolTip("Free space where the results go")
        for label in (self.source, self.processed, self.lost, self.latency, self.free):
            label.setProperty("dim", label in (self.lost, self.free))
            row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.word)
        session.shown.connect(self._take)
        session.state_changed.connect(self.show_state)
        session.run_changed.connect(self.show_state)
        self._free_timer = QTimer(self)
        self._free_timer.timeout.connect(self._look_at_disk)
        self._free_timer.start(FREE_EVERY_MS)
        # Figures that change thirty times a second cannot be read.
        self._figures_timer = QTimer(self)
        self._figures_timer.timeout.connect(self._show_figures)
        self._figures_timer.start(FIGURES_EVERY_MS)
        self._look_at_disk()
        self.show_state()

    def _take(self, shown: Shown) -> None:
        self._newest = shown
        frame = shown.snapshot.frame
        if frame.index < self._lost_at:
            self._lost = 0
        if frame.index != self._lost_at:
            self._lost += frame.lost_before
            self._lost_at = frame.index

    def _show_figures(self) -> None:
        moving = self._session.is_playing or self._session.is_tracking
        shown = self._newest
        if shown is None or self._session.info is None:
            for label in (self.processed, self.lost, self.latency):
                label.setText("")
            return
        rate = self._session.feed.processed_hz if moving else 0.0
        self.processed.setText(f"processed {rate:.1f}/s")
        self.lost.setText(f"lost {self._lost}")
        latency = shown.latency_ms
        self.latency.setText(f"latency {latency:.1f} ms" if latency > 0 else "latency \u2013")

    def _look_at_disk(self) -> None:
        free = self._session.free_bytes()
        self.free.setText("" if free is None else f"{bytes_in_words(free)} free")

    def show_state(self) -> None:
        info, phase = self._session.info, self._session.state.phase
        self.source.setText("no source" if info is None else f"source {info.rate_hz:.1f}/s")
        if info is None:
            self._newest = None
        if self._session.state.problem is not None:
            words, tone = "see the notice", "warn"
        elif self._session.is_tracking:
            words, tone = "tracking", "ok"
        elif phase in (Phase.EMPTY, Phase.OPENING):
            words, tone = phase.value, ""
        else:
            words, tone = phase.value, "ok" if phase is Phase.PLAYING else ""
        self.word.setText(words)
        if self.word.property("tone") != tone:
            self.word.setProperty("tone", tone)
            self.word.style().unpolish(self.word)
            self.word.style().polish(self.word)
        self.word.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._show_figures()
