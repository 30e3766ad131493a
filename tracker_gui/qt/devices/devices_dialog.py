"""The window of devices: which boards there are at the left, the chosen one at the right. Never modal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.devices import DeviceState
from tracker_gui.core.errors import TrackerError
from tracker_gui.engine.devices.port import list_ports
from tracker_gui.engine.devices.remembered import load_boards
from tracker_gui.qt.devices.board_page import BoardPage
from tracker_gui.qt.devices.entries import Entry, entries
from tracker_gui.qt.devices.state_words import SIGNS, state_word
from tracker_gui.qt.help_pages import PAGE_PROPERTY
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import grow_with_text, resize_within, scaled
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from tracker_gui.qt.main_window import MainWindow

SIZE_PX = (1040, 700)
MARGIN_PX = 40
LIST_PX = 208
ROW_PX = 44
LOOK_MS = 100
#: New boards are looked for so often.
SEEK_EVERY = 20


def read_entries() -> tuple[list[Entry], str]:
    """Return the rows of the list, and what is wrong with the file of names; on any thread."""
    try:
        return entries(load_boards(), list_ports()), ""
    except TrackerError as error:
        return entries([], list_ports()), str(error)


class DevicesDialog(QDialog):
    """Boards stay open when it is closed: rules go on driving them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._boards = window.devices.boards
        self._entries: list[Entry] = []
        self._seeking = False
        self._wanted = ""
        self._turn = 0
        self.setWindowTitle("Devices")
        self.setObjectName("devices")
        self.setProperty(PAGE_PROPERTY, "rules")
        self.list = QListWidget()
        self.list.setAccessibleName("Devices")
        self.list.setIconSize(ICON_SIZE)
        grow_with_text(self.list.setMinimumWidth, LIST_PX)
        self.list.currentRowChanged.connect(self._show_chosen)
        self.problem = QLabel()
        self.problem.setProperty("tone", "bad")
        self.problem.setWordWrap(True)
        self.stop_all = QPushButton("Disarm all")
        self.stop_all.setProperty("stop", True)
        self.stop_all.setAutoDefault(False)
        self.stop_all.setToolTip("Bring every board into its safe state at once, and let nothing through any more")
        self.stop_all.clicked.connect(self._disarm_all)
        words = QLabel("A board that is plugged in appears by itself.")
        words.setProperty("dim", True)
        words.setWordWrap(True)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.list, 1)
        column.addWidget(self.problem)
        column.addWidget(words)
        column.addWidget(self.stop_all)
        self.page = BoardPage(self._boards)
        self.page.changed.connect(self.seek)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        splitter.addWidget(left)
        splitter.addWidget(self.page)
        splitter.setSizes([LIST_PX, SIZE_PX[0] - LIST_PX])
        splitter.setStretchFactor(1, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.addWidget(splitter)
        resize_within(self, SIZE_PX, window.size(), MARGIN_PX)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._show_entries(([*entries([], [])], ""))

    @property
    def shown(self) -> list[Entry]:
        """The rows of the list."""
        return self._entries

    def choose(self, key: str) -> None:
        """Show one of the rows at the right."""
        self._wanted = key
        for row, entry in enumerate(self._entries):
            if entry.key == key:
                self.list.setCurrentRow(row)

    def seek(self) -> None:
        """Look for boards anew, off the window's thread: a driver may take its time."""
        if not self._seeking:
            self._seeking = True
            read_in_background(read_entries, self._found)

    def _found(self, found: tuple[list[Entry], str]) -> None:
        self._seeking = False
        self._show_entries(found)

    def _show_entries(self, found: tuple[list[Entry], str]) -> None:
        listed, problem = found
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if listed != self._entries:
            name = self.page.name.text().strip()
            chosen = self._wanted or self._chosen_key()
            self._entries = listed
            self.list.blockSignals(True)
            self.list.clear()
            for _ in listed:
                item = QListWidgetItem()
                item.setSizeHint(QSize(scaled(LIST_PX - 16), scaled(ROW_PX)))
                self.list.addItem(item)
            # A port that has been given a name is another row, and still the chosen one.
            keys = [entry.key for entry in listed]
            row = keys.index(chosen) if chosen in keys else keys.index(name) if name in keys else 0
            self.list.setCurrentRow(row)
            self.list.blockSignals(False)
            self._wanted = ""
            self._show_chosen(row)
        self._show_states()

    def _chosen_key(self) -> str:
        row = self.list.currentRow()
        return self._entries[row].key if 0 <= row < len(self._entries) else ""

    def _show_chosen(self, row: int) -> None:
        if 0 <= row < len(self._entries):
            self.page.show_entry(self._entries[row])

    def _show_states(self) -> None:
        for row, entry in enumerate(self._entries):
            board = self._boards.find(entry.settings.name)
            state = DeviceState.CLOSED if board is None else board.state
            away = state is DeviceState.CLOSED and entry.path is None
            item = self.list.item(row)
            item.setIcon(icon(*SIGNS[DeviceState.AWAY if away else state]))
            words = f"{entry.settings.name}\n{state_word(entry, state, board is not None and board.armed)}"
            if item.text() != words:
                item.setText(words)
        self.stop_all.setEnabled(any(board.armed for board in self._boards.boards))

    def _look(self) -> None:
        self._turn = (self._turn + 1) % SEEK_EVERY
        if self._turn == 0:
            self.seek()
        self._show_states()
        self.page.look()

    def _disarm_all(self) -> None:
        self._boards.disarm()
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()
        self.seek()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)


def show_devices(window: MainWindow) -> DevicesDialog:
    """Show the devices of a window; there is one such dialog for each window."""
    shown = window.findChildren(DevicesDialog)
    dialog = shown[0] if shown else DevicesDialog(window)
    dialog.show()
    dialog.raise_()
    dialog.list.setFocus()
    return dialog
