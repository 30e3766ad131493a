"""The figures at the bottom of the window; only true ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from tracker_gui.qt.source_words import doing
from tracker_gui.qt.theme.appearance import appearance, set_tone
from tracker_gui.qt.theme.icons import pixmap
from tracker_gui.qt.words import bytes_in_words, clock_in_words

if TYPE_CHECKING:
    from tracker_gui.engine.live_figures import LiveFigures
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session
    from tracker_gui.qt.source_words import Doing

SIGN_PX = 14
LOW_BYTES = 2_000_000_000
FILES_LOSE = "Damaged frames of the source that could not be read. Files are tracked frame by frame: none is skipped"


class StatusLine(QWidget):
    """Source rate, processed rate, frames lost by reason, latency, recording, free disk, and one word for it all."""

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
        self.latency, self.recording, self.free, self.word = QLabel(), QLabel(), QLabel(), QLabel()
        self._rec_sign, self._word_sign = QLabel(), QLabel()
        self.processed.setToolTip("Frames per second that were tracked lately")
        self.free.setToolTip("Free space where the results go")
        for label in (self.source, self.processed, self.lost, self.latency):
            row.addWidget(label)
        rec = QHBoxLayout()
        rec.setSpacing(6)
        rec.addWidget(self._rec_sign)
        rec.addWidget(self.recording)
        row.addLayout(rec)
        row.addWidget(self.free)
        row.addStretch(1)
        word = QHBoxLayout()
        word.setSpacing(6)
        word.addWidget(self._word_sign)
        word.addWidget(self.word)
        row.addLayout(word)
        session.shown.connect(self._take)
        session.state_changed.connect(self.show_state)
        session.run_changed.connect(self.show_state)
        appearance().changed.connect(self._recolour)
        self._signs: tuple[tuple[str, str], tuple[str, str]] = (("", ""), ("", ""))
        # Figures that change thirty times a second cannot be read.
        session.ticked.connect(self.show_state)
        self.show_state()

    def _take(self, shown: Shown) -> None:
        self._newest = shown
        frame = shown.snapshot.frame
        if frame.index < self._lost_at:
            self._lost = 0
        if frame.index != self._lost_at:
            self._lost += frame.lost_before
            self._lost_at = frame.index

    def show_state(self) -> None:
        """Show how things are now."""
        figures = self._session.figures()
        if figures is None:
            self._show_file()
        else:
            self._show_live(figures)
        self._show_recording(figures)
        free = self._session.free_bytes()
        self.free.setText("" if free is None else f"{bytes_in_words(free)} free")
        set_tone(self.free, "bad" if free is not None and free < LOW_BYTES else "")

    # ---- a file

    def _show_file(self) -> None:
        session = self._session
        info = session.info
        self.source.setText("no source" if info is None else f"source {info.rate_hz:.1f}/s")
        self.source.setToolTip("Frames per second of the source")
        if info is None:
            self._newest = None
        moving = session.is_playing or session.is_tracking
        shown = self._newest
        if shown is None or info is None:
            for label in (self.processed, self.lost, self.latency):
                label.setText("")
        else:
            rate = session.feed.processed_hz if moving else 0.0
            self.processed.setText(f"processed {rate:.1f}/s")
            self.lost.setText(f"lost {self._lost}")
            latency = shown.latency_ms
            self.latency.setText(f"latency {latency:.1f} ms" if latency > 0 else "latency \u2013")
        self.lost.setToolTip(FILES_LOSE)
        set_tone(self.lost, "")
        self.latency.setToolTip("Time to detect and track the newest frame")
        self._say(doing(session.view))

    # ---- a live source

    def _show_live(self, figures: LiveFigures) -> None:
        session, capture = self._session, figures.capture
        self.source.setText(f"source {capture.rate_hz:.1f}/s")
        info = session.info
        promised = f"; it promises {info.rate_hz:.4g}" if info is not None else ""
        self.source.setToolTip(f"Frames per second that arrived lately{promised}")
        self.processed.setText(f"processed {figures.tracked_hz:.1f}/s")
        dropped = {reason: count for reason, count in capture.dropped.items() if count}
        total = sum(dropped.values())
        self.lost.setText(f"dropped {total:,}".replace(",", "\u202f"))
        listed = "<br>".join(f"{reason}: {count}" for reason, count in dropped.items()) or "none"
        self.lost.setToolTip(
            "<p>Frames that were not tracked or not recorded, by reason. 'tracking busy' were skipped to stay with "
            f"the newest picture; 'disconnected' is estimated from the length of the gaps.</p><p>{listed}</p>"
        )
        set_tone(self.lost, "warn" if total else "")
        now, p99 = figures.latency_ms, figures.latency_p99_ms
        self.latency.setText(
            "latency \u2013" if now is None or p99 is None else f"latency {now:.1f} ms (p99 {p99:.1f})"
        )
        self.latency.setToolTip("From the arrival of a frame until it is tracked and written: now, and 99 of 100")
        self._say(doing(session.view))
        self.word.setToolTip(figures.status.sentence)

    def _show_recording(self, figures: LiveFigures | None) -> None:
        states = () if figures is None else figures.recording
        if not states:
            self.recording.setText("")
            self._sign(0, self._rec_sign, ("", ""))
            return
        state = states[0]
        tone = "warn" if any(each.sentence for each in states) else "bad"
        self.recording.setText(f"REC {clock_in_words(state.seconds)}")
        sentences = [f"{each.phase.value}, {each.frames} frames, {bytes_in_words(each.bytes)}" for each in states]
        sentences += [each.sentence for each in states if each.sentence]
        self.recording.setToolTip("<p>" + "</p><p>".join(sentences) + "</p>")
        self._sign(0, self._rec_sign, ("alert-circle" if tone == "warn" else "record-circle", tone))
        set_tone(self.recording, tone if tone == "warn" else "")

    def _say(self, now: Doing) -> None:
        self.word.setText(now.word)
        self.word.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.word.setToolTip("")
        set_tone(self.word, now.tone)
        self._sign(1, self._word_sign, (now.sign, now.tone))

    def _sign(self, place: int, label: QLabel, sign: tuple[str, str]) -> None:
        if self._signs[place] == sign:
            return
        signs = list(self._signs)
        signs[place] = sign
        self._signs = (signs[0], signs[1])
        self._paint(label, sign)

    def _paint(self, label: QLabel, sign: tuple[str, str]) -> None:
        name, tone = sign
        label.setVisible(bool(name))
        if name:
            label.setPixmap(pixmap(name, tone or "dim", SIGN_PX))

    def _recolour(self) -> None:
        for label, sign in zip((self._rec_sign, self._word_sign), self._signs, strict=True):
            self._paint(label, sign)
