"""Below the picture: step, play, where in the source, and how long it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from tracker_gui.engine.player import Phase
from tracker_gui.exchange.preset_difference import range_in_words
from tracker_gui.qt.frame_range import use_range
from tracker_gui.qt.panels.panel_info import PanelInfo
from tracker_gui.qt.source_words import doing
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.theme.sizes import grow_with_text, usual
from tracker_gui.qt.views.seek_bar import SeekBar
from tracker_gui.qt.words import time_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QResizeEvent

    from tracker_gui.core.session_plan import FrameRange
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session

BUTTON = QSize(20, 20)
GO_TIP = "The frame that is shown; click or drag to go to another"


class TransportPanel(QFrame):
    """The controls of the player."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._index = 0
        self._keys: dict[str, str] = {}
        self.setProperty("surface", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 16, 8)
        row.setSpacing(4)
        self.first = self._button("To the first frame", self.to_first)
        self.back = self._button("One frame back", self.step_back)
        self.play = self._button("Play", self.play_or_pause)
        self.forward = self._button("One frame on", self.step_on)
        for button in (self.first, self.back, self.play, self.forward):
            row.addWidget(button)
        self.now = QLabel("0:00.000")
        grow_with_text(self.now.setMinimumWidth, usual(self.fontMetrics().horizontalAdvance("0:00:00.000") + 4))
        self.now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.now)
        row.addSpacing(8)
        self.bar = SeekBar()
        self.bar.valueChanged.connect(self._sought)
        self.bar.range_dragged.connect(self._range_dragged)
        row.addWidget(self.bar, 1)
        self.pace = QLabel()
        self.pace.setProperty("dim", True)
        row.addWidget(self.pace, 1)
        self.whole = QLabel("0:00.000")
        self.whole.setProperty("dim", True)
        row.addWidget(self.whole)
        self.frame_number = QLabel("frame 0")
        self.frame_number.setProperty("dim", True)
        row.addWidget(self.frame_number)
        self._spared = (self.whole, self.frame_number)
        self._gap_px = row.spacing()
        for label in self._spared:
            label.setContentsMargins(8, 0, 0, 0)
        appearance().changed.connect(self._recolour)
        session.shown.connect(self._show)
        session.state_changed.connect(self._show_state)
        session.document.changed.connect(self._show_part)
        session.run_changed.connect(self._show_state)
        session.ticked.connect(self._show_pace)
        self._recolour()
        self._show_state()

    def show_keys(self, keys: Mapping[str, str]) -> None:
        """Tell the keys of the actions `first`, `back`, `play` and `forward` beside what the buttons do."""
        self._keys = dict(keys)
        for name, button in (("first", self.first), ("back", self.back), ("forward", self.forward)):
            button.setToolTip(self._with_key(button.accessibleName(), name))
        self._show_state()

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        spared = sum(label.sizeHint().width() + self._gap_px for label in self._spared if not label.isHidden())
        return QSize(hint.width() - spared, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_what_fits()

    def _show_what_fits(self) -> None:
        """Leave out in a narrow window what the bar and its tip say too."""
        room_px = self.width() - self.minimumSizeHint().width()
        for label in self._spared:
            room_px -= label.sizeHint().width() + self._gap_px
            label.setVisible(room_px >= 0 and not (label is self.whole and self._session.is_live))

    def _with_key(self, words: str, name: str) -> str:
        return f"{words} ({self._keys[name]})" if self._keys.get(name) else words

    def _button(self, words: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIconSize(BUTTON)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(act)
        return button

    def _recolour(self) -> None:
        self.first.setIcon(icon("skip-previous"))
        self.back.setIcon(icon("step-backward"))
        self.forward.setIcon(icon("step-forward"))
        self.play.setIcon(icon("pause" if self._session.is_playing else "play"))
        self._show_what_fits()

    # ---- acts

    def play_or_pause(self) -> None:
        if self._session.is_playing:
            self._session.view.pause()
        else:
            self._session.view.play()

    def to_first(self) -> None:
        self._session.view.player.seek(0)

    def step_back(self) -> None:
        self._session.view.player.pause()
        self._session.view.player.seek(self._index - 1)

    def step_on(self) -> None:
        self._session.view.player.step()

    def _range_dragged(self, part: FrameRange, drag: int) -> None:
        use_range(self._session, part, "mark what is tracked", drag)

    def _sought(self, index: int) -> None:
        self._session.view.player.seek(index)

    # ---- what is shown

    def _show_part(self) -> None:
        part = self._session.document.preset.range
        self.bar.show_part(part)
        words = (
            GO_TIP
            if part is None
            else f"Runs track frame {range_in_words(part)}. Drag the marks, or press I and Shift+I"
        )
        self.bar.setToolTip(words)

    def _show(self, shown: Shown) -> None:
        frame = shown.snapshot.frame
        self._index = frame.index
        info = self._session.info
        if info is not None and info.is_live and frame.t_wall_s is not None:
            self.now.setText(time.strftime("%H:%M:%S", time.localtime(frame.t_wall_s)))
        else:
            self.now.setText(time_in_words(frame.t_capture_s))
        self.frame_number.setText(f"frame {frame.index}")
        if not self.bar.isSliderDown():
            with QSignalBlocker(self.bar):
                self.bar.setValue(frame.index)

    def _show_pace(self) -> None:
        if self._session.is_live:
            word = doing(self._session.view).word
            self.pace.setText(word if self._session.is_playing else f"{word}; the camera goes on")

    def _show_state(self) -> None:
        info, state = self._session.info, self._session.state
        live = self._session.is_live
        free = info is not None and not self._session.is_tracking
        count = info.frame_count if info is not None else None
        for widget in (self.first, self.back, self.forward, self.bar, self.whole):
            widget.setVisible(not live)
        self.pace.setVisible(live)
        for widget in (self.first, self.back, self.play):
            widget.setEnabled(free)
        self.play.setEnabled(free or (live and info is not None))
        self.forward.setEnabled(free and state.phase is not Phase.ENDED)
        self.bar.setEnabled(free and info is not None and info.can_seek and bool(count))
        with QSignalBlocker(self.bar):
            self.bar.setRange(0, max(0, (count or 1) - 1))
        whole_s = (count or 0) / info.rate_hz if info is not None and info.rate_hz else 0.0
        self.whole.setText(time_in_words(whole_s))
        playing = self._session.is_playing
        if live:
            words = (
                "Let the picture stand still; the camera, tracking and recording go on"
                if playing
                else "Back to the live picture"
            )
            self._show_pace()
        else:
            words = "Pause" if playing else "Play"
        self.play.setToolTip(self._with_key(words, "play"))
        self._recolour()
        if info is None:
            self.now.setText("0:00.000")
            self.frame_number.setText("frame 0")


PANEL = PanelInfo("transport", "Transport", "below", 0, TransportPanel)
