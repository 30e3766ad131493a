"""Try one output of a board: nothing moves before the user has confirmed it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget

from tracker_gui.core.byte_text import bytes_of
from tracker_gui.core.devices import DeviceCommand, DeviceState
from tracker_gui.qt.forms.controls import TEXT_MARGINS_PX
from tracker_gui.qt.forms.quiet_wheel import keep_wheel_for_scrolling
from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from tracker_gui.core.devices import DeviceResult, OutputInfo
    from tracker_gui.engine.devices.board import Board, BoardStatus

TEST_MS = 1000
IN_TIME_S = 2.0
KINDS = {"digital": "on or off", "pwm": "brightness", "servo": "angle", "feeder": "portions"}
UNITS = {"servo": "°"}
HEADS = ("Output", "", "Now", "Try", "")
SPIN_WIDTH_PX = 88


class Question(QFrame):
    """A sentence and two buttons in place of a dialog that would cover the picture."""

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("notice", True)
        self.setProperty("kind", "warn")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.yes = QPushButton("Do it")
        self.no = QPushButton("Cancel")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for button in (self.no, self.yes):
            button.setAutoDefault(False)
            button.clicked.connect(self._answer)
            row.addWidget(button)
        self.hide()

    def ask(self, words: str) -> None:
        self.words.setText(words)
        self.show()
        self.yes.setFocus()

    def _answer(self) -> None:
        self.hide()
        self.answered.emit(self.sender() is self.yes)


class OutputTests(QWidget):
    """A row for each output; for a plain sketch a line for bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._board: Board | None = None
        self._listed: tuple[OutputInfo, ...] | None = None
        self._wanted: tuple[str, bytes] | None = None
        self.spins: dict[str, QSpinBox] = {}
        self.tests: dict[str, QPushButton] = {}
        self._values: dict[str, QLabel] = {}
        self.line = QLineEdit()
        self.question = Question()
        self.question.answered.connect(self._answered)
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.result.setTextFormat(Qt.TextFormat.PlainText)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_board(self, board: Board | None, status: BoardStatus | None) -> None:
        """Show the outputs of another board, or how they are now."""
        if board is not self._board:
            self._board, self._listed = board, None
            self.question.hide()
            self._tell("", "")
        outputs = () if status is None or status.state is not DeviceState.READY else status.outputs
        if outputs != self._listed:
            self._listed = outputs
            self._build(outputs)
        if status is not None:
            for name, label in self._values.items():
                value = status.inputs.get(name)
                words = f"{status.values.get(name, 0)}" if value is None else "pressed" if value else "not pressed"
                label.setText(words)

    def _build(self, outputs: tuple[OutputInfo, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.spins, self.tests, self._values = {}, {}, {}
        board = self._board
        if board is not None and board.settings.params.is_plain and outputs:
            self._build_plain()
            return
        for column, title in enumerate(HEADS if outputs else ()):
            head = _dim(title)
            head.setAlignment(Qt.AlignmentFlag.AlignRight if title == "Now" else Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(head, 0, column)
        for row, info in enumerate(outputs, start=1):
            self._build_row(row, info)
        for row, name in enumerate(board.status.inputs if board is not None else (), start=1 + len(outputs)):
            self._grid.addWidget(_strong(name), row, 0)
            self._grid.addWidget(_dim("button"), row, 1)
            self._values[name] = _value()
            self._grid.addWidget(self._values[name], row, 2, 1, 2, Qt.AlignmentFlag.AlignLeft)
        if not outputs:
            words = _dim("The outputs of the board appear here once it is ready.")
            words.setWordWrap(True)
            self._grid.addWidget(words, 0, 0, 1, 2)

    def _build_row(self, row: int, info: OutputInfo) -> None:
        self._values[info.name] = _value()
        self._values[info.name].setToolTip("The value it was told last")
        spin = QSpinBox()
        spin.setRange(info.low, info.high)
        spin.setValue({"servo": min(90, info.high), "feeder": 1}.get(info.kind, info.high))
        spin.setSuffix(UNITS.get(info.kind, ""))
        grow_with_text(spin.setFixedWidth, SPIN_WIDTH_PX)
        spin.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
        spin.setAccessibleName(f"Value for the test of {info.name}")
        spin.setToolTip(f"What the test brings {info.name} to: {info.low} to {info.high}, safe at {info.safe}")
        keep_wheel_for_scrolling(spin)
        test = QPushButton("Test")
        test.setAutoDefault(False)
        test.setProperty("output", info.name)
        test.setAccessibleName(f"Test {info.name}")
        test.setToolTip(f"Bring {info.name} to this value for a moment, after a question")
        test.clicked.connect(self._ask)
        self.spins[info.name], self.tests[info.name] = spin, test
        widgets = (_strong(info.name), _dim(KINDS.get(info.kind, info.kind)), self._values[info.name], spin, test)
        for column, widget in enumerate(widgets):
            self._grid.addWidget(widget, row, column)

    def _build_plain(self) -> None:
        self.line = QLineEdit()
        self.line.setPlaceholderText(r"m, or k\n")
        self.line.setAccessibleName("Bytes to send")
        self.line.setToolTip(r"What the sketch is sent as it is; \n, \r and \x02 stand for bytes")
        send = QPushButton("Send")
        send.setAutoDefault(False)
        send.setToolTip("Send these bytes once, after a question")
        send.clicked.connect(self._ask_bytes)
        self.line.returnPressed.connect(self._ask_bytes)
        self.tests["send"] = send
        self._grid.addWidget(_strong("Bytes"), 0, 0)
        self._grid.addWidget(self.line, 0, 1)
        self._grid.addWidget(send, 0, 2)

    def _ask(self) -> None:
        button = self.sender()
        assert isinstance(button, QPushButton)
        name = str(button.property("output"))
        info = next(info for info in self._listed or () if info.name == name)
        value = self.spins[name].value()
        if info.kind == "feeder":
            self._wanted = f"{name}", f"SET {name} {value}".encode()
            self.question.ask(f"{name} will give {value} {'portion' if value == 1 else 'portions'} now.")
        else:
            unit = UNITS.get(info.kind, "")
            self._wanted = name, f"PULSE {name} {value} {TEST_MS}".encode()
            self.question.ask(
                f"{name} will go to {value}{unit} now, and back to {info.safe}{unit} after {TEST_MS / 1000:g} s."
            )

    def _ask_bytes(self) -> None:
        try:
            data = bytes_of(self.line.text())
        except ValueError as error:
            self._tell(f"These are no bytes: the text {error}.", "warn")
            return
        if data:
            self._wanted = self.line.text(), data
            self.question.ask(f"The sketch will be sent {self.line.text()} now. What it does then, only it knows.")

    def _answered(self, yes: bool) -> None:
        board, wanted = self._board, self._wanted
        self._wanted = None
        if not yes or board is None or wanted is None:
            return
        name, payload = wanted
        now_s = time.monotonic()
        command = DeviceCommand(payload, now_s, now_s + IN_TIME_S)
        self._tell(f"{name}: …", "")
        read_in_background(lambda: (name, board.test(command)), self._tested)

    def _tested(self, told: tuple[str, DeviceResult]) -> None:
        name, result = told
        times = ""
        if result.t_sent_s is not None and result.t_acknowledged_s is not None:
            times = f" after {1e3 * (result.t_acknowledged_s - result.t_decided_s):.1f} ms"
        self._tell(f"{name}: {result.result}{times}", "ok" if result.ok else "bad")

    def _tell(self, words: str, tone: str) -> None:
        self.result.setText(words)
        self.result.setProperty("tone", tone)
        self.result.style().unpolish(self.result)
        self.result.style().polish(self.result)
        self.result.setVisible(bool(words))


def _strong(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("strong", True)
    return label


def _dim(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("dim", True)
    return label


def _value() -> QLabel:
    label = QLabel()
    grow_with_text(label.setMinimumWidth, 32)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
