"""The strip of sampled frames, with the sentence that sums them up, and what can be done about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QSpinBox,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.engine.sampled_finds import MOST_FRAMES
from tracker_gui.qt.elided_label import ElidedLabel
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.tuning.kept_menu import KeptMenu
from tracker_gui.qt.tuning.strip import SampleStrip
from tracker_gui.qt.tuning.tuning import NOW, tuning_of
from tracker_gui.qt.words import bytes_in_words

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from tracker_gui.engine.finds_loop import FindsState, SlotFinds
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session

#: What takes longer shows how far it is.
PATIENCE_MS = 600
LIVE_HINT = "A frame is kept every 2 s. Keep the camera running until there are some."


class TuningPanel(QFrame):
    """Settings are judged on frames of the whole source."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.tuning = tuning_of(session)
        self.setProperty("surface", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 8)
        rows.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.sentence = ElidedLabel()
        self.sentence.setProperty("strong", True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(120)
        self.cancel = self._button("Cancel", "Leave it at the frames that were looked at")
        self.cancel.clicked.connect(self._cancel_or_go_on)
        self.count = QSpinBox()
        self.count.setRange(1, MOST_FRAMES)
        self.count.setValue(self.tuning.count)
        self.count.setSuffix(" frames")
        self.count.setKeyboardTracking(False)
        self.count.setAccessibleName("How many frames are looked at")
        self.count.setToolTip(f"How many frames, spread over the whole source, are looked at: 1 to {MOST_FRAMES}")
        self.count.valueChanged.connect(self._choose)
        self.other = self._button("Other frames", "Draw other frames at random, one from each part of the source")
        self.other.clicked.connect(self._draw)
        self.even = self._button("Even", "Spread the frames evenly again")
        self.even.clicked.connect(self._spread)
        self.compare = self._button("Compare", "Keep settings as A and compare the present ones, B, with them")
        self.compare.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.compare.setMenu(KeptMenu(session, self))
        for widget in (self.progress, self.cancel, self.count, self.other, self.even, self.compare):
            head.addWidget(widget)
        head.insertWidget(0, self.sentence, 1)
        rows.addLayout(head)
        self.strip = SampleStrip()
        self.strip.chosen.connect(self._show_frame)
        self.why_empty = QLabel()
        self.why_empty.setProperty("dim", True)
        self.why_empty.setWordWrap(True)
        self.why_empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place = QWidget()
        self._stack = QStackedLayout(self._place)
        self._stack.addWidget(self.strip)
        self._stack.addWidget(self.why_empty)
        rows.addWidget(self._place, 1)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(PATIENCE_MS)
        self._late.timeout.connect(self._show_progress)
        self.tuning.finds_changed.connect(self._show)
        self.tuning.compared.connect(self._show)
        session.shown.connect(self._mark)
        session.state_changed.connect(self._show)
        session.run_changed.connect(self._show)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(600, 230)

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _recolour(self) -> None:
        self.other.setIcon(icon("dice-multiple-outline"))
        self.even.setIcon(icon("distribute-horizontal-center"))
        self.compare.setIcon(icon("compare"))
        self._name_cancel()

    # ---- only while it is seen

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.tuning.watch(True)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.tuning.watch(False)

    # ---- acts

    def _choose(self, count: int) -> None:
        self.tuning.sample(count, self.tuning.draw)

    def _draw(self) -> None:
        self.tuning.sample(self.tuning.count, self.tuning.draw + 1)
        self._show()

    def _spread(self) -> None:
        self.tuning.sample(self.tuning.count, 0)
        self._show()

    def _cancel_or_go_on(self) -> None:
        if self.tuning.finds.cancelled:
            self.tuning.loop.go_on()
        else:
            self.tuning.loop.cancel()

    def _show_frame(self, index: int) -> None:
        if not self._session.is_live and not self._session.is_tracking:
            self._session.view.pause()
            self._session.view.player.seek(index)

    # ---- what is shown

    def _mark(self, shown: Shown) -> None:
        self.strip.mark(shown.snapshot.frame.index)

    def _show(self) -> None:
        state, live = self.tuning.finds, self._session.is_live
        newest = self._session.newest
        self.strip.show_state(state, None if newest is None else newest.snapshot.frame.index)
        why = self._why_empty(state)
        self.why_empty.setText(why)
        self._stack.setCurrentWidget(self.why_empty if why else self.strip)
        self.sentence.show_text("" if why else _summary(state), _tip(state))
        with QSignalBlocker(self.count):
            self.count.setValue(self.tuning.count)
        self.other.setVisible(not live)
        self.even.setVisible(not live and self.tuning.draw != 0)
        has_source = self._session.info is not None
        for widget in (self.count, self.other, self.compare):
            widget.setEnabled(has_source)
        if not state.busy:
            self._late.stop()
            self.progress.hide()
        elif self.progress.isHidden() and not self._late.isActive():
            self._late.start()
        self.progress.setRange(0, max(1, state.total))
        self.progress.setValue(state.done)
        self._name_cancel()

    def _show_progress(self) -> None:
        self.progress.show()
        self._name_cancel()

    def _name_cancel(self) -> None:
        state = self.tuning.finds
        self.cancel.setVisible(state.cancelled or not self.progress.isHidden())
        self.cancel.setText("Go on" if state.cancelled else "Cancel")
        tip = "Look at the frames that are missing" if state.cancelled else "Leave it at the frames that were looked at"
        self.cancel.setToolTip(tip)
        self.cancel.setIcon(icon("play" if state.cancelled else "close"))

    def _why_empty(self, state: FindsState) -> str:
        if self._session.info is None:
            return "Nothing is open. Open a video or a camera: frames of it will show here what the settings find."
        if state.problem is not None:
            return str(state.problem)
        slot = state.slots.get(NOW)
        if slot is not None and slot.problem is not None and not slot.finds:
            return str(slot.problem)
        if state.frames:
            return ""
        return LIVE_HINT if self._session.is_live else "Looking at frames of the whole source…"


def _summary(state: FindsState) -> str:
    """Return the sentence for one set of settings, or for two the figures that are compared."""
    if len(state.slots) == 1:
        return _in_full(state, state.slots[NOW])
    told = []
    for name, slot in sorted(state.slots.items()):
        counted = slot.tally
        words = f"right on {counted.right} of {counted.frames} frames" if slot.problem is None else str(slot.problem)
        told.append(f"{name}: {words}")
    return ";  ".join(told)


def _in_full(state: FindsState, slot: SlotFinds) -> str:
    if slot.problem is not None:
        return str(slot.problem)
    missing = state.total - len(slot.fresh)
    if not slot.fresh:
        return f"Looking at {missing} frames"
    return slot.tally.words + (f"; {missing} more to look at" if missing > 0 else "")


def _tip(state: FindsState) -> str:
    """Return all there is to say about the counts and the memory."""
    several = len(state.slots) > 1
    told = [(f"{name}: " if several else "") + _in_full(state, slot) for name, slot in sorted(state.slots.items())]
    kept = [f"The frames take {bytes_in_words(state.kept_bytes)} of memory."] if state.frames else []
    return "\n".join([*told, *kept])
