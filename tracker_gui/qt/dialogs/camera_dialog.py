"""Choose a camera by what it shows: those of this computer, of the network, and what can stand in for one."""

from __future__ import annotations

import enum
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QDeadlineTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from superqt import QFlowLayout

from tracker_gui.core import logins
from tracker_gui.core.cameras import INDEX
from tracker_gui.core.errors import TrackerError
from tracker_gui.core.live import CaptureState
from tracker_gui.core.preset import choice
from tracker_gui.qt.dialogs.address_row import AddressRow
from tracker_gui.qt.dialogs.camera_card import IN_USE, PICTURE_PX, CameraCard, facts_of
from tracker_gui.qt.dialogs.camera_settings import CameraSettings
from tracker_gui.qt.dialogs.source_names import path_of, same_camera, shown_address
from tracker_gui.qt.help_pages import PAGE_PROPERTY
from tracker_gui.qt.steps.step import dim_label
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.workers.camera_threads import CameraListThread, LoginThread, ThumbnailThread
from tracker_gui.qt.workers.engine_thread import EngineThread

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.cameras import CameraDevice
    from tracker_gui.core.logins import Login
    from tracker_gui.core.params import Params
    from tracker_gui.core.preset import StageChoice
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.session import Session

FIRST_SIZE = (1120, 720)
SETTINGS_WIDTH_PX = 320
CARDS_APART_PX = 12
#: A slider that is dragged must not open the camera at each step of it.
SETTLED_MS = 300
SHOWN_EVERY_MS = 200
NO_CAMERA = (
    "No camera of this computer was found. Plug one in: it appears here within two seconds. If it does not, another "
    "cable or socket often helps; a network camera is added below by its address."
)
NOT_LISTED = "This system does not say which cameras there are; the first one is tried."
NO_ADDRESS = "None was used yet. Type the address of one and press Test."


class Wish(enum.Enum):
    """What the user wants the chosen camera for."""

    REPLACE = "replace the source"
    ADD = "add a further source"


class CameraDialog(QDialog):
    """Opened with `open`; it never waits for a camera, neither while it is shown nor when it closes.

    Signals
    -------
    chosen(StageChoice, str), added(StageChoice, str)
        A source to take in the place of the present one, or beside it, and what that is called in the
        menu. Sent once the thumbnail has given the camera back: a device cannot be opened twice.
    """

    chosen = Signal(object, str)
    added = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Add a camera")
        self.setProperty(PAGE_PROPERTY, "cameras")
        self.resize(*FIRST_SIZE)
        self.cards: dict[str, CameraCard] = {}
        self._set: dict[str, StageChoice] = {}
        self._watch: CameraListThread | None = None
        self._ending: set[EngineThread] = set()
        self._wish: tuple[Wish, StageChoice, str, ThumbnailThread | None] | None = None
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._select)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._reopen)
        self._shown_timer = QTimer(self)
        self._shown_timer.setInterval(SHOWN_EVERY_MS)
        self._shown_timer.timeout.connect(self._show_window_picture)
        self._changed: tuple[CameraCard, StageChoice] | None = None
        self._build()
        session.document.changed.connect(self._look_what_is_in_use)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._enable()

    # ---- building

    def _build(self) -> None:
        body = QWidget()
        body.setObjectName("body")
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(16, 12, 16, 12)
        self._rows.setSpacing(8)
        self._devices = self._section("Cameras of this computer")
        self._device_words = dim_label("Looking for cameras …")
        self._rows.addWidget(self._device_words)
        self._rows.addLayout(self._devices)
        self._rows.addSpacing(12)
        self._network = self._section("Network cameras")
        self.address = AddressRow()
        self.address.tested.connect(self._test)
        self._rows.addWidget(self.address)
        self._network_words = dim_label(NO_ADDRESS)
        self._rows.addWidget(self._network_words)
        self._rows.addLayout(self._network)
        self._rows.addSpacing(12)
        self._others = self._section("Without a camera")
        self._rows.addLayout(self._others)
        self._rows.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(body)
        self.settings = CameraSettings()
        self.settings.edited.connect(self._edited)
        self.settings.removed.connect(self._remove)
        self.settings.forgotten.connect(self._forget_login)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setHandleWidth(8)
        both.setChildrenCollapsible(False)
        both.addWidget(self._area)
        both.addWidget(self.settings)
        both.setStretchFactor(0, 1)
        both.setSizes([FIRST_SIZE[0] - SETTINGS_WIDTH_PX, SETTINGS_WIDTH_PX])
        self.problem = QLabel()
        self.problem.setProperty("tone", "bad")
        self.problem.setWordWrap(True)
        self.problem.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(both, 1)
        whole.addLayout(self._buttons())

    def _section(self, title: str) -> QFlowLayout:
        head = QLabel(title)
        head.setProperty("strong", True)
        self._rows.addWidget(head)
        flow = QFlowLayout()
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setHorizontalSpacing(CARDS_APART_PX)
        flow.setVerticalSpacing(CARDS_APART_PX)
        return flow

    def _buttons(self) -> QHBoxLayout:
        self.close_button = QPushButton("Close")
        self.close_button.setToolTip("Leave the source as it is (Esc)")
        self.close_button.clicked.connect(self.reject)
        self.add_button = QPushButton("Add beside")
        self.add_button.clicked.connect(self._add)
        self.use_button = QPushButton("Use this camera")
        self.use_button.setProperty("primary", True)
        self.use_button.clicked.connect(self._use)
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addWidget(self.problem, 1)
        row.addStretch(1)
        for button in (self.close_button, self.add_button, self.use_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.use_button.setDefault(True)
        return row

    def _recolour(self) -> None:
        self.use_button.setIcon(icon("check", "on_accent"))
        self.add_button.setIcon(icon("plus"))

    # ---- opening and closing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watch is not None or event.spontaneous():
            return
        self.problem.hide()
        self.add_button.setVisible(self._session.document.preset.source is not None)
        self._watch = CameraListThread()
        self._watch.listed.connect(self._take_devices)
        self._watch.start()
        for address in self._session.settings.cameras:
            self._add_network(address)
        self._add_others()
        self._show_words()
        self._shown_timer.start()
        self._enable()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self._end_all()

    def _end_all(self) -> None:
        """Let every thread end, and drop the cards; nothing is waited for."""
        self._shown_timer.stop()
        self._settled.stop()
        self._changed = None
        if self._watch is not None:
            self._watch.listed.disconnect(self._take_devices)
            self._watch.close()
            self._leave_to_end(self._watch)
            self._watch = None
        self.settings.show_card(None)
        for card in list(self.cards.values()):
            self._drop(card)
        self.address.show_camera("", None)

    def _leave_to_end(self, thread: EngineThread) -> None:
        self._ending.add(thread)
        thread.finished.connect(self._thread_ended)
        # It may have ended before it was asked to tell.
        if thread.isFinished():
            self._forget_thread(thread)

    def _thread_ended(self) -> None:
        thread = self.sender()
        assert isinstance(thread, EngineThread)
        self._forget_thread(thread)

    def _forget_thread(self, thread: EngineThread) -> None:
        if thread in self._ending:
            self._ending.discard(thread)
            thread.deleteLater()
        if self._wish is not None and self._wish[3] is thread:
            self._fulfil()

    def end(self, timeout_ms: int) -> bool:
        """Close and wait until all cameras are given back, for when the window goes; return whether they were."""
        self._wish = None
        self.hide()
        until = QDeadlineTimer(timeout_ms)
        ended = True
        for thread in list(self._ending):
            ended = thread.wait(until) and ended
        return ended

    # ---- cards

    def _add_card(self, card: CameraCard, flow: QFlowLayout, ready: bool = True) -> None:
        self.cards[card.key] = card
        self._group.addButton(card)
        flow.addWidget(card)
        card.state_changed.connect(self._state_changed)
        card.went_live.connect(self._remember)
        used = self._in_use(card)
        if used is None:
            card.begin(card.source, ready)
        else:
            opened = self._sources()[used]
            if card.key not in self._set and opened is not None:
                card.source = opened
            self._show_in_use(card)

    def _drop(self, card: CameraCard) -> None:
        del self.cards[card.key]
        self._group.removeButton(card)
        card.state_changed.disconnect(self._state_changed)
        card.went_live.disconnect(self._remember)
        thread = card.end()
        if thread is not None:
            self._leave_to_end(thread)
        card.hide()
        card.setParent(None)
        card.deleteLater()

    def _take_devices(self, devices: list[CameraDevice]) -> None:
        for device in devices:
            if device.id not in self.cards:
                source = self._set.get(device.id) or choice("sources", "camera", device=device.id)
                self._add_card(CameraCard(device.id, device.name, device.id, source), self._devices)
        self._device_words.setText(NOT_LISTED if any(d.id.startswith(INDEX) for d in devices) else NO_CAMERA)
        self._device_words.setVisible(not devices or self._device_words.text() == NOT_LISTED)

    def _add_network(self, address: str) -> CameraCard:
        source = self._set.get(address) or choice("sources", "network_stream", url=address)
        card = CameraCard(address, source.make().name, shown_address(address), source)
        self._add_card(card, self._network)
        return card

    def _add_others(self) -> None:
        arena = self._set.get("simulated") or choice("sources", "simulated")
        card = CameraCard("simulated", "Simulated arena", "Animals drawn by the program", arena)
        self._add_card(card, self._others)
        video = self._set.get("replay")
        if video is None:
            opened = self._session.document.preset.source
            path = path_of(opened) if opened is not None and opened.stage == "video_file" else ""
            video = choice("sources", "replay", path=Path(path), loop=True)
        card = CameraCard(
            "replay", "A video as if it were a camera", path_of(video), video,
            "Choose its file in the settings on the right.",
        )  # fmt: skip
        self._add_card(card, self._others, path_of(video) != "")

    def _show_words(self) -> None:
        self._network_words.setVisible(not any(card.source.stage == "network_stream" for card in self.cards.values()))

    def _remember(self) -> None:
        card = self.sender()
        if isinstance(card, CameraCard) and card.source.stage == "network_stream":
            self._session.settings.remember_camera(card.key)

    # ---- what the window has open

    def _sources(self) -> list[StageChoice | None]:
        whole = self._session.document.whole
        return [setup.source for setup in (whole, *whole.more_cameras)]

    def _in_use(self, card: CameraCard) -> int | None:
        """Return which of the preset's cameras it is, None for none."""
        for number, source in enumerate(self._sources()):
            if source is not None and same_camera(source, card.source):
                return number
        return None

    def _look_what_is_in_use(self) -> None:
        for card in self.cards.values():
            used = self._in_use(card) is not None
            if used and card.doing is not IN_USE:
                thread = card.end()
                if thread is not None:
                    self._leave_to_end(thread)
                self._show_in_use(card)
            elif not used and card.doing is IN_USE:
                card.begin(card.source)

    def _show_in_use(self, card: CameraCard) -> None:
        number = self._in_use(card)
        if number is None or number >= len(self._session.views):
            card.show_in_use(None, "", "")
            return
        view = self._session.views[number]
        newest, figures = view.newest, view.figures()
        rate_hz = 0.0 if figures is None else figures.capture.rate_hz
        quiet = figures is None or figures.status.state in (CaptureState.LIVE, CaptureState.CONNECTING)
        card.show_in_use(
            None if newest is None else _thinned(newest),
            "" if newest is None else facts_of(newest.snapshot.frame.size_px, rate_hz),
            "" if quiet or figures is None else figures.status.sentence,
        )

    def _show_window_picture(self) -> None:
        for card in self.cards.values():
            if card.doing is IN_USE:
                self._show_in_use(card)

    # ---- a network camera by its address

    def _test(self, address: str, login: Login | None) -> None:
        """Show what comes from an address: in its card, or in a new one."""
        self.problem.hide()
        thread = LoginThread(address, login)
        thread.put_away.connect(self._open_address)
        self._leave_to_end(thread)
        thread.start()

    def _open_address(self, address: str, error: TrackerError | None) -> None:
        if self._watch is None:
            return
        if error is not None:
            self.problem.setText(str(error))
            self.problem.show()
            return
        card = self.cards.get(address)
        if card is None:
            card = self._add_network(address)
        elif card.doing is not IN_USE:
            card.show_id(shown_address(address))
            card.begin(card.source)
        self._show_words()
        self._choose(card)
        QTimer.singleShot(0, self._show_chosen)

    def _show_chosen(self) -> None:
        card = self.chosen_card
        if card is not None:
            self._area.ensureWidgetVisible(card)

    def _remove(self) -> None:
        card = self.chosen_card
        if card is None:
            return
        self.settings.show_card(None)
        self._drop(card)
        self._set.pop(card.key, None)
        self._session.settings.forget_camera(card.key)
        self.address.show_camera("", None)
        self._show_words()
        self._enable()

    def _forget_login(self) -> None:
        card = self.chosen_card
        if card is None:
            return
        try:
            logins.forget(card.key)
        except TrackerError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        card.show_id(shown_address(card.key))
        card.begin(card.source)
        self._select(card)

    # ---- the chosen one

    @property
    def chosen_card(self) -> CameraCard | None:
        card = self._group.checkedButton()
        return card if isinstance(card, CameraCard) else None

    def _choose(self, card: CameraCard) -> None:
        card.setChecked(True)
        self._select(card)

    def _select(self, card: CameraCard) -> None:
        if self._changed is not None and self._changed[0] is not card:
            self._settled.stop()
            self._reopen()
        is_network = card.source.stage == "network_stream"
        login = logins.find(card.key) if is_network else None
        self.settings.show_card(card, is_network, login is not None)
        if is_network:
            self.address.show_camera(card.key, login)
        self._enable()

    def _edited(self, params: Params) -> None:
        card = self.chosen_card
        if card is not None:
            self._changed = (card, replace(card.source, params=params))
            self._settled.start()

    def _reopen(self) -> None:
        """Open the thumbnail anew with the settings that were changed."""
        changed, self._changed = self._changed, None
        if changed is None:
            return
        card, source = changed
        self._set[card.key] = source
        if source.stage == "replay":
            card.show_id(path_of(source))
        if self._in_use(card) is None:
            card.begin(source, source.stage != "replay" or path_of(source) != "")
        else:
            card.source = source
        self._enable()

    def _state_changed(self) -> None:
        if self.sender() is self.chosen_card:
            self._enable()
            self.settings.show_state()

    def _enable(self) -> None:
        card = self.chosen_card
        there_already = card is not None and card.source in self._sources()
        usable = card is not None and card.can_be_used and not there_already
        self.use_button.setEnabled(usable)
        self.add_button.setEnabled(usable and card is not None and self._in_use(card) is None)
        why = (
            "Choose a camera first" if card is None
            else "The window has it open already" if there_already
            else card.sentence if not card.can_be_used
            else ""
        )  # fmt: skip
        self.use_button.setToolTip(why or "Take it in the place of the present source (Return)")
        self.add_button.setToolTip(why or "Take it as a further source, beside those that are there")

    # ---- the answer

    def _use(self) -> None:
        self._answer(Wish.REPLACE)

    def _add(self) -> None:
        self._answer(Wish.ADD)

    def _answer(self, wish: Wish) -> None:
        self._settled.stop()
        self._reopen()
        card = self.chosen_card
        if card is None:
            return
        if card.source.stage == "network_stream":
            self._session.settings.remember_camera(card.key)
        thread = card.thread_now
        self._wish = (wish, card.source, card.title, thread)
        self.accept()
        if thread is None:
            self._fulfil()

    def _fulfil(self) -> None:
        assert self._wish is not None
        (wish, source, title, _), self._wish = self._wish, None
        if wish is Wish.REPLACE:
            self.chosen.emit(source, f"use {title}")
        else:
            self.added.emit(source, f"add {title}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Where something is typed, Return ends the typing, not the choosing.
        typed = isinstance(self.focusWidget(), QLineEdit | QAbstractSpinBox)
        if typed and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)


def _thinned(shown: Shown) -> U8:
    """Return every n-th pixel of the window's picture, which takes no time that a thumbnail is worth."""
    height, width = shown.bgra_u8.shape[:2]
    step = max(1, -(-width // PICTURE_PX[0]), -(-height // PICTURE_PX[1]))
    return np.ascontiguousarray(shown.bgra_u8[::step, ::step])


def open_camera(window: MainWindow) -> CameraDialog:
    """Show the dialog of a window, and take what is chosen there as its source."""
    dialog = _dialog_of(window)
    if dialog is None:
        dialog = CameraDialog(window.session, window)
        dialog.chosen.connect(window.session.open_source)
        dialog.added.connect(window.session.add_source)
    dialog.open()
    return dialog


def end_cameras(window: MainWindow, timeout_ms: int) -> bool:
    """Give all cameras of the dialog back before the window goes; return whether they all were in time."""
    dialog = _dialog_of(window)
    return dialog is None or dialog.end(timeout_ms)


def _dialog_of(window: MainWindow) -> CameraDialog | None:
    found = window.findChild(CameraDialog)
    return found if isinstance(found, CameraDialog) else None
