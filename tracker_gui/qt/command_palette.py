"""Everything the window can do, found by a few words and done with Return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHeaderView, QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from tracker_gui.qt.theme.appearance import set_tone
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import grow_with_text, resize_within, usual

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QAction

    from tracker_gui.qt.main_window import MainWindow

SIZE_PX = (640, 440)
TOP_PX = 72
KEYS_PX = 128
MENU_PX = 168
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Command:
    """One row: what is done, where in the menus, and why it cannot be done now (nothing where it can)."""

    action: QAction
    text: str
    menu: str
    tip: str
    why_not: str

    def rank(self, words: Iterable[str]) -> int | None:
        """Return how well it fits, 0 best, None where a word is missing; the words stand in any order."""
        title, all_of_it = self.text.lower(), f"{self.menu} {self.text} {self.tip}".lower()
        listed = list(words)
        if not all(word in all_of_it for word in listed):
            return None
        if listed and title.startswith(listed[0]) and all(word in title for word in listed):
            return 0
        return 1 if all(word in title for word in listed) else 2


def commands(window: MainWindow) -> list[Command]:
    """Return all that the window can do now and could do at other times, in the order of the menus."""
    found = [
        Command(action, _plain(action.text()), info.menu.replace("/", " > "), info.tip, window.why_not(info))
        for info, action in window.all_actions()
        if info.name != "palette"
    ]
    panels = [
        Command(action, f"Panel: {action.text()}", "View > Panels", action.toolTip(), "")
        for action in window.docks.actions()
    ]
    return found + panels


def _plain(text: str) -> str:
    return text.removesuffix("…")


class CommandPalette(QFrame):
    """A list that gets shorter with each word; Esc or a click beside it closes it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._window = window
        self._found: list[Command] = []
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        self.setProperty("popup", True)
        self.words = QLineEdit()
        self.words.setPlaceholderText("What do you want to do? A few words, in any order")
        self.words.setAccessibleName("Words of a command")
        self.words.setToolTip("Up and Down choose, Return does it, Esc closes")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self._filter)
        self.words.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setAccessibleName("Commands")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(ICON_SIZE)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFocusProxy(self.words)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, MENU_PX), (2, KEYS_PX)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            grow_with_text(header.resizeSection, width, at=column)
        self.list.currentItemChanged.connect(self._tell)
        self.list.itemClicked.connect(self.run)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        grow_with_text(self.sentence.setMinimumHeight, usual(2 * self.fontMetrics().height() + 4))
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 8)
        rows.setSpacing(8)
        for part, stretch in ((self.words, 0), (self.list, 1), (self.sentence, 0)):
            rows.addWidget(part, stretch)
        window.closing.connect(self.close)

    @property
    def shown(self) -> list[Command]:
        """The rows, best first."""
        return self._found

    @property
    def current(self) -> Command | None:
        """The row that Return does."""
        row = self.list.currentIndex().row()
        return self._found[row] if 0 <= row < len(self._found) else None

    def open(self) -> None:
        """Show all commands, as they stand now, over the window."""
        resize_within(self, SIZE_PX, self._window.size(), 32, TOP_PX + 16)
        left = (self._window.width() - self.width()) // 2
        self.move(self._window.mapToGlobal(QPoint(left, TOP_PX)))
        self.words.clear()
        self._filter()
        self.show()
        self.words.setFocus()

    def _filter(self) -> None:
        words = self.words.text().lower().split()
        ranked = [(rank, command) for command in commands(self._window) if (rank := command.rank(words)) is not None]
        self._found = [command for _, command in sorted(ranked, key=lambda pair: pair[0])]
        self.list.clear()
        dim = self.palette().placeholderText()
        for command in self._found:
            keys = command.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            row = QTreeWidgetItem([command.text, command.menu, keys])
            row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.setForeground(1, dim)
            if command.why_not:
                row.setIcon(0, icon("cancel", "dim"))
                row.setForeground(0, dim)
                row.setForeground(2, dim)
            elif command.action.isChecked():
                row.setIcon(0, icon("check", "accent"))
            else:
                row.setIcon(0, command.action.icon() if not command.action.icon().isNull() else icon("circle-small"))
            row.setToolTip(0, command.why_not or command.tip)
            self.list.addTopLevelItem(row)
        if self._found:
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        else:
            self._tell()

    def _tell(self) -> None:
        current = self.current
        if current is None:
            self.sentence.setText("No command has all these words. Try fewer, or other ones.")
        else:
            self.sentence.setText(f"Not now: {current.why_not}" if current.why_not else current.tip)
        set_tone(self.sentence, "warn" if current is None or current.why_not else "")

    def run(self) -> None:
        """Close and do what is chosen; what cannot be done now says why, and the list stays."""
        current = self.current
        if current is None or current.why_not:
            return
        self.close()
        current.action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.words and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
            if event.key() in MOVES:
                self.list.keyPressEvent(event)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def show_palette(window: MainWindow) -> CommandPalette:
    """Show the palette of a window; there is one of them."""
    shown = window.findChildren(CommandPalette)
    palette = shown[0] if shown else CommandPalette(window)
    palette.open()
    return palette
