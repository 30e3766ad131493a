"""One board: its state, open and close, arm and disarm, its settings, a test of its outputs, and its traffic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.devices.board_set import serial_link
from tracker_gui.engine.devices.board_settings import BoardParams, BoardSettings
from tracker_gui.engine.devices.remembered import LONGEST_NAME, forget, load_boards, remember
from tracker_gui.qt.devices.output_tests import OutputTests
from tracker_gui.qt.devices.state_words import ARMED, NOT_ARMED, SIGNS
from tracker_gui.qt.devices.traffic_view import TrafficView
from tracker_gui.qt.devices.virtual_view import VirtualView
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.views.thumbnail import Sign
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from tracker_gui.engine.devices.board import Board, BoardStatus
    from tracker_gui.engine.devices.board_set import BoardSet
    from tracker_gui.qt.devices.entries import Entry

SIDE_PX = 292
TRAFFIC_PX = 112
VIRTUAL_WORDS = "A board that is part of the program, to learn and rehearse with. Rules name it like any other."


class BoardPage(QWidget):
    """Everything about the board that is chosen in the list.

    `changed` tells that a board was named, forgotten, opened or closed.
    """

    changed = Signal()

    def __init__(self, boards: BoardSet) -> None:
        super().__init__()
        self._boards = boards
        self._entry: Entry | None = None
        self._params = BoardParams()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(self._build_head())
        self.outputs = OutputTests()
        rows.addWidget(self.outputs.question)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self._build_outputs(), 1)
        middle.addWidget(self._build_settings())
        self.virtual = VirtualView()
        grow_with_text(self.virtual.setFixedWidth, SIDE_PX)
        middle.addWidget(self.virtual)
        rows.addLayout(middle, 3)
        rows.addWidget(_heading("Traffic"))
        self.traffic = TrafficView()
        grow_with_text(self.traffic.setMinimumHeight, TRAFFIC_PX)
        rows.addWidget(self.traffic, 2)

    # ---- building

    def _build_head(self) -> QVBoxLayout:
        self.sign, self.armed_sign = Sign("circle-outline", "dim"), Sign(*NOT_ARMED)
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText("Name")
        self.name.setAccessibleName("Name of the board")
        self.name.setToolTip("By this name rules find the board, whatever port it is on")
        self.name.textChanged.connect(self._show_buttons)
        self.name.returnPressed.connect(self._keep)
        self.keep = QPushButton("Remember")
        self.keep.clicked.connect(self._keep)
        self.forget = QPushButton("Forget")
        self.forget.setToolTip("Forget the name and the settings; rules that name it find it no more")
        self.forget.clicked.connect(self._forget)
        self.identity = QLabel()
        self.identity.setWordWrap(True)
        self.identity.setProperty("dim", True)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.armed = QLabel()
        self.open = QPushButton("Open")
        self.open.setProperty("primary", True)
        self.open.setToolTip("Open the port and wait for the board; most boards start anew by that")
        self.open.clicked.connect(self._open)
        self.close_board = QPushButton("Close")
        self.close_board.setToolTip("Bring it into its safe state and let go of the port")
        self.close_board.clicked.connect(self._close)
        self.arm = QPushButton("Arm")
        self.arm.setToolTip("Let rules drive this board, until it is disarmed")
        self.arm.clicked.connect(self._arm)
        self.disarm = QPushButton("Disarm")
        self.disarm.setProperty("stop", True)
        self.disarm.setToolTip("Bring it into its safe state at once, and let nothing through any more")
        self.disarm.clicked.connect(self._disarm)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        for widget in (self.name, self.keep, self.forget):
            first.addWidget(widget, 1 if widget is self.name else 0)
        second.addWidget(self.sign)
        second.addWidget(self.state, 1)
        second.addWidget(self.armed_sign)
        second.addWidget(self.armed)
        second.addSpacing(8)
        for button in (self.arm, self.disarm, self.open, self.close_board):
            second.addWidget(button)
        for button in (self.keep, self.forget, self.arm, self.disarm, self.open, self.close_board):
            button.setAutoDefault(False)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("tone", "bad")
        self.problem.hide()
        rows = QVBoxLayout()
        rows.setSpacing(8)
        rows.addLayout(first)
        rows.addWidget(self.identity)
        rows.addLayout(second)
        rows.addWidget(self.problem)
        return rows

    def _build_outputs(self) -> QWidget:
        card = QFrame()
        card.setProperty("card", True)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(12, 8, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(_heading("Try an output"))
        rows.addWidget(self.outputs)
        rows.addWidget(self.outputs.result)
        rows.addStretch(1)
        return card

    def _build_settings(self) -> QWidget:
        self.form = StageForm(BoardParams)
        self.form.edited.connect(self._edited)
        self.locked = QLabel("Close the board to change how it is spoken to.")
        self.locked.setProperty("dim", True)
        self.locked.setWordWrap(True)
        body = QWidget()
        body.setObjectName("body")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(8)
        rows.addWidget(_heading("How it is spoken to"))
        rows.addWidget(self.locked)
        rows.addWidget(self.form)
        rows.addStretch(1)
        self.side = QScrollArea()
        self.side.setWidgetResizable(True)
        self.side.setFrameShape(QFrame.Shape.NoFrame)
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        grow_with_text(self.side.setFixedWidth, SIDE_PX)
        self.side.setWidget(body)
        return self.side

    # ---- showing

    @property
    def board(self) -> Board | None:
        """The board that is shown, while it is open."""
        return None if self._entry is None else self._boards.find(self._entry.settings.name)

    def show_entry(self, entry: Entry) -> None:
        """Show another row of the list."""
        if self._entry is None or entry.key != self._entry.key:
            self.name.setText(entry.settings.name)
            self._say("")
        if self._entry is None or entry.settings != self._entry.settings:
            self._params = entry.settings.params
            self.form.show_params(self._params)
        self._entry = entry
        self.identity.setText(VIRTUAL_WORDS if entry.is_virtual else _where(entry))
        self.name.setVisible(not entry.is_virtual)
        self.side.setVisible(not entry.is_virtual)
        self.virtual.setVisible(entry.is_virtual)
        self.look()

    def look(self) -> None:
        """Show how the board is now."""
        board = self.board
        status = None if board is None else board.status
        self._show_state(status)
        self.outputs.show_board(board, status)
        self.traffic.follow(None if board is None else board.traffic)
        if self._entry is not None and self._entry.is_virtual:
            self.virtual.show_link(self._boards.virtual)
        self._show_buttons()

    def _show_state(self, status: BoardStatus | None) -> None:
        state = DeviceState.CLOSED if status is None else status.state
        self.sign.set_sign(*SIGNS[state])
        words = state.value[0].upper() + state.value[1:]
        if status is not None and status.words:
            words = f"{words}: {status.words}"
        if status is not None and state is DeviceState.READY:
            words += f". {status.sent} sent, {status.acknowledged} acknowledged, {status.failed} failed"
        self.state.setText(words)
        armed = status is not None and status.armed
        self.armed_sign.set_sign(*(ARMED if armed else NOT_ARMED))
        self.armed.setText("Armed" if armed else "Not armed")

    def _show_buttons(self) -> None:
        entry, board = self._entry, self.board
        if entry is None:
            return
        closed = board is None
        armed = board is not None and board.armed
        name = self.name.text().strip()
        self.name.setEnabled(closed)
        self.keep.setVisible(not entry.is_virtual)
        self.keep.setText("Rename" if entry.remembered else "Remember")
        self.keep.setEnabled(closed and bool(name) and (not entry.remembered or name != entry.settings.name))
        self.keep.setToolTip("Keep the board under this name" if closed else "Close the board first")
        self.forget.setVisible(entry.remembered)
        self.forget.setEnabled(closed)
        self.open.setVisible(closed)
        self.close_board.setVisible(not closed)
        self.arm.setVisible(not armed)
        self.arm.setEnabled(board is not None and board.state is DeviceState.READY)
        self.disarm.setVisible(armed)
        self.form.setEnabled(closed)
        self.locked.setVisible(not closed)

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    # ---- acting

    def _open(self) -> None:
        entry = self._entry
        assert entry is not None
        self._say("")
        try:
            if entry.is_virtual:
                self._boards.open(entry.settings.name)
            else:
                settings = replace(entry.settings, params=self._params)
                self._boards.add(settings, serial_link(settings))
        except TrackerError as error:
            self._say(str(error))
        self.look()
        self.changed.emit()

    def _close(self) -> None:
        assert self._entry is not None
        name = self._entry.settings.name
        self.close_board.setEnabled(False)
        # It waits for the board to be safe.
        read_in_background(lambda: self._boards.close_board(name), self._closed)

    def _closed(self, _: object) -> None:
        self.close_board.setEnabled(True)
        self.look()
        self.changed.emit()

    def _arm(self) -> None:
        board = self.board
        try:
            if board is not None:
                board.arm()
            self._say("")
        except TrackerError as error:
            self._say(str(error))
        self.look()

    def _disarm(self) -> None:
        if self.board is not None:
            self.board.disarm()
        self.look()

    def _edited(self, params: BoardParams, title: str, drag: int) -> None:
        self._params = params
        if self._entry is not None and self._entry.remembered:
            self._try_to_keep(replace(self._entry.settings, params=params))

    def _keep(self) -> None:
        entry, name = self._entry, self.name.text().strip()
        if entry is None or not self.keep.isEnabled() or not name:
            return
        self._try_to_keep(BoardSettings(name, entry.settings.identity, self._params))

    def _try_to_keep(self, settings: BoardSettings) -> None:
        assert self._entry is not None
        old = self._entry.settings.name if self._entry.remembered else None
        try:
            if settings.name != old and settings.name in [board.name for board in load_boards()]:
                self._say(f"There is another board called “{settings.name}”. Choose another name.")
                return
            remember(settings)
            if old is not None and old != settings.name:
                forget(old)
        except TrackerError as error:
            self._say(str(error))
            return
        self._say("")
        self.changed.emit()

    def _forget(self) -> None:
        assert self._entry is not None
        try:
            forget(self._entry.settings.name)
        except TrackerError as error:
            self._say(str(error))
        self.changed.emit()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("strong", True)
    return label


def _where(entry: Entry) -> str:
    identity = str(entry.settings.identity)
    if entry.path is None:
        return f"{identity}, not connected"
    return identity if entry.path == identity else f"{identity}, at {entry.path}"
