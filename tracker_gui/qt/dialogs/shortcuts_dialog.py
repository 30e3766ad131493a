"""Which key does what, and another one in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from tracker_gui.qt.actions import shortcuts
from tracker_gui.qt.theme.appearance import appearance, set_tone
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import grow_with_text, resize_within, usual

if TYPE_CHECKING:
    from tracker_gui.qt.actions.action_info import ActionInfo
    from tracker_gui.qt.main_window import MainWindow

SIZE_PX = (760, 620)
MENU_PX, KEYS_PX, FIRST_PX = 136, 136, 136
HEADS = ("Command", "Menu", "Key", "At first")
PORTABLE = QKeySequence.SequenceFormat.PortableText
NATIVE = QKeySequence.SequenceFormat.NativeText
WORDS = "Choose a command, click into the field and press the key. It counts at once."


class ShortcutsDialog(QDialog):
    """All commands with their keys; what is changed counts at once and is kept."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._infos: dict[str, ActionInfo] = {info.name: info for info, _ in window.all_actions()}
        self.setWindowTitle("Keyboard shortcuts")
        self.setObjectName("shortcuts")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter: words of a command, or a key")
        self.filter.setAccessibleName("Filter")
        self.filter.setToolTip("Show only commands with these words, or with this key")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.table = QTreeWidget()
        self.table.setAccessibleName("Commands and their keys")
        self.table.setColumnCount(len(HEADS))
        self.table.setHeaderLabels(HEADS)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setIconSize(ICON_SIZE)
        header = self.table.header()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, MENU_PX), (2, KEYS_PX), (3, FIRST_PX)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            grow_with_text(header.resizeSection, width, at=column)
        for info in self._infos.values():
            row = QTreeWidgetItem([info.text.removesuffix("…"), info.menu.replace("/", " > "), "", ""])
            row.setData(0, Qt.ItemDataRole.UserRole, info.name)
            row.setToolTip(0, info.tip)
            first = QKeySequence(info.shortcut).toString(NATIVE)
            row.setText(3, first or "none")
            self.table.addTopLevelItem(row)
        self.table.currentItemChanged.connect(self._show_chosen)
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("Key of the chosen command")
        self.edit.setToolTip("Press the key, with Ctrl, Shift or Alt if you like")
        self.edit.keySequenceChanged.connect(self._edited)
        self.none = self._button("No key", "Let the chosen command have no key", self._take_key)
        self.reset_one = self._button("Reset", "Give the chosen command its first key again", self._reset_one)
        self.reset_all = self._button("Reset all", "Give every command its first key again", self._reset_all)
        self.close_button = self._button("Close", "Close (Esc)", self.close)
        self.words = QLabel(WORDS)
        self.words.setWordWrap(True)
        grow_with_text(self.words.setMinimumHeight, usual(2 * self.fontMetrics().height() + 4))
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        appearance().changed.connect(self._show_keys)
        self._show_keys()
        self.choose(next(iter(self._infos)))

    def _button(self, text: str, tip: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        label = QLabel("Key")
        label.setBuddy(self.edit)
        keys = QHBoxLayout()
        keys.setSpacing(8)
        keys.addWidget(label)
        keys.addWidget(self.edit, 1)
        keys.addWidget(self.none)
        keys.addWidget(self.reset_one)
        below = QHBoxLayout()
        below.addWidget(self.reset_all)
        below.addStretch(1)
        below.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(self.filter)
        rows.addWidget(self.table, 1)
        rows.addLayout(keys)
        rows.addWidget(self.words)
        rows.addLayout(below)
        resize_within(self, SIZE_PX, self._window.size(), 40)

    # ---- what is shown

    @property
    def chosen(self) -> ActionInfo | None:
        """The command whose key is edited."""
        row = self.table.currentItem()
        return None if row is None else self._infos[row.data(0, Qt.ItemDataRole.UserRole)]

    def choose(self, name: str) -> None:
        """Choose a command by its name."""
        self.table.setCurrentItem(self._row(name))

    def shown(self) -> list[str]:
        """Return the names of the commands that the filter leaves."""
        return [name for name in self._infos if not self._row(name).isHidden()]

    def _row(self, name: str) -> QTreeWidgetItem:
        row = self.table.topLevelItem(list(self._infos).index(name))
        assert row is not None
        return row

    def _filter(self) -> None:
        words = self.filter.text().lower().split()
        for name, info in self._infos.items():
            row = self._row(name)
            text = f"{info.menu} {info.text} {info.tip} {row.text(2)}".lower()
            row.setHidden(not all(word in text for word in words))

    def _show_keys(self) -> None:
        changed = self._window.session.settings.shortcuts
        for name in self._infos:
            row, font = self._row(name), self.font()
            row.setText(2, self._window.action(name).shortcut().toString(NATIVE) or "none")
            font.setBold(name in changed)
            row.setFont(2, font)
            row.setIcon(2, icon("pencil-outline", "accent") if name in changed else icon("circle-small", "dim"))
        self.reset_all.setEnabled(bool(changed))
        self._filter()

    def _show_chosen(self) -> None:
        self._say(WORDS)
        self._show_edit()

    def _show_edit(self) -> None:
        info = self.chosen
        self.edit.blockSignals(True)
        if info is None:
            self.edit.clear()
        else:
            self.edit.setKeySequence(self._window.action(info.name).shortcut())
        self.edit.blockSignals(False)
        changed = self._window.session.settings.shortcuts
        self.reset_one.setEnabled(info is not None and info.name in changed)
        self.none.setEnabled(info is not None and not self.edit.keySequence().isEmpty())

    def _say(self, words: str, tone: str = "") -> None:
        self.words.setText(words)
        set_tone(self.words, tone)

    # ---- what is changed

    def _edited(self, sequence: QKeySequence) -> None:
        info = self.chosen
        if info is not None:
            self.give(info.name, sequence.toString(PORTABLE))

    def give(self, name: str, keys: str) -> bool:
        """Give a command another key, ``""`` for none; return whether it is free for it."""
        problem = self._conflict(name, keys)
        if problem:
            self._say(problem, "bad")
            self._show_edit()
            return False
        kept = self._window.session.settings.shortcuts
        if keys == (shortcuts.written(self._infos[name].shortcut) or ""):
            kept.pop(name, None)
        else:
            kept[name] = keys
        self._use()
        text = self._infos[name].text.removesuffix("…")
        self._say(
            f"{text} is now on {QKeySequence(keys).toString(NATIVE)}." if keys else f"{text} has no key now.", "ok"
        )
        return True

    def _conflict(self, name: str, keys: str) -> str:
        usable = shortcuts.written(keys)
        if usable is None:
            return f"{keys} is no key that can be used: press one key, with Ctrl, Shift or Alt."
        problem = shortcuts.why_not(usable)
        if problem and usable != shortcuts.written(self._infos[name].shortcut):
            return f"{problem}. Choose another key."
        for info, action in self._window.all_actions():
            if usable and info.name != name and action.shortcut().toString(PORTABLE) == usable:
                menu = info.menu.replace("/", " > ")
                return (
                    f"{usable} belongs to {menu} > {info.text.removesuffix('…')}. "
                    "Choose another key, or give that command another one first."
                )
        return ""

    def _take_key(self) -> None:
        if self.chosen is not None:
            self.give(self.chosen.name, "")

    def _reset_one(self) -> None:
        if self.chosen is not None:
            self.give(self.chosen.name, shortcuts.written(self.chosen.shortcut) or "")

    def _reset_all(self) -> None:
        self._window.session.settings.shortcuts.clear()
        self._use()
        self._say("Every command has its first key again.", "ok")

    def _use(self) -> None:
        self._window.use_shortcuts()
        self._show_keys()
        self._show_edit()


def show_shortcuts(window: MainWindow) -> ShortcutsDialog:
    """Show the keys of a window; there is one such dialog for each window."""
    shown = window.findChildren(ShortcutsDialog)
    dialog = shown[0] if shown else ShortcutsDialog(window)
    dialog.show()
    dialog.raise_()
    dialog.filter.setFocus()
    return dialog
