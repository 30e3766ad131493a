"""The user's own layouts: saved under a name, applied, renamed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from tracker_gui.qt.help_pages import PAGE_PROPERTY
from tracker_gui.qt.layouts import LONGEST_NAME
from tracker_gui.qt.theme.appearance import set_tone
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker_gui.qt.main_window import MainWindow

WIDTH_PX, LIST_PX = 420, 168
NAME = Qt.ItemDataRole.UserRole


class LayoutsDialog(QDialog):
    """A name with the button that saves, above the list of all names with what can be done with each."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._layouts = window.layouts
        self._deleted: tuple[str, str] | None = None
        self.setWindowTitle("My layouts")
        self.setProperty(PAGE_PROPERTY, "panels")
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText("Name, such as “Two screens”")
        self.name.setAccessibleName("Name of a new layout")
        self.name.setToolTip(f"What the layout is called in the menu, 1 to {LONGEST_NAME} letters")
        self.save = self._button("Save", "Keep how the panels stand now under this name", self._save)
        self.save.setProperty("primary", True)
        self.list = QListWidget()
        self.list.setAccessibleName("My layouts")
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.empty = QLabel("No layout of yours yet: arrange the panels, type a name and save.", self.list)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("dim", True)
        inside = QVBoxLayout(self.list)
        inside.addWidget(self.empty)
        self.apply = self._button("Apply", "Put the panels where this layout has them", self._apply)
        self.rename = self._button("Rename", "Type another name (F2)", self._edit)
        self.delete = self._button("Delete", "Forget this layout (Del)", self._delete)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.undo = self._button("Bring it back", "Keep the layout that was deleted last again", self._bring_back)
        self.close_button = self._button("Close", "Close (Esc)", self.close)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, self._delete).setContext(
            Qt.ShortcutContext.WidgetShortcut
        )
        self._lay_out()
        self.name.textChanged.connect(self._show_buttons)
        self.name.returnPressed.connect(self._save)
        self.list.currentItemChanged.connect(self._show_buttons)
        self.list.itemActivated.connect(self._apply)
        self.list.itemChanged.connect(self._renamed)
        self._fill("")
        grow_with_text(self.setMinimumWidth, WIDTH_PX)
        grow_with_text(self.list.setMinimumHeight, LIST_PX)

    def _button(self, text: str, tip: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(8)
        new, chosen, below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        new.addWidget(self.name, 1)
        new.addWidget(self.save)
        for button in (self.apply, self.rename, self.delete):
            chosen.addWidget(button)
        chosen.addStretch(1)
        below.addWidget(self.words, 1)
        below.addWidget(self.undo)
        below.addWidget(self.close_button)
        for row in (new, chosen, below):
            row.setSpacing(8)
        rows.addLayout(new)
        rows.addWidget(self.list, 1)
        rows.addLayout(chosen)
        rows.addLayout(below)

    # ---- what is shown

    @property
    def chosen(self) -> str | None:
        item = self.list.currentItem()
        return None if item is None else item.data(NAME)

    def choose(self, name: str) -> None:
        """Choose a layout by its name."""
        found = self.list.findItems(name, Qt.MatchFlag.MatchExactly)
        self.list.setCurrentItem(found[0] if found else self.list.item(0))

    def _fill(self, chosen: str) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for name in self._layouts.names:
                item = QListWidgetItem(name)
                item.setData(NAME, name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                self.list.addItem(item)
            self.choose(chosen)
        self.empty.setVisible(self.list.count() == 0)
        self._show_buttons()

    def _show_buttons(self) -> None:
        name = self.name.text().strip()
        self.save.setEnabled(bool(name))
        self.save.setText("Replace" if name in self._layouts.names else "Save")
        for button in (self.apply, self.rename, self.delete):
            button.setEnabled(self.chosen is not None)
        self.undo.setVisible(self._deleted is not None)

    def _say(self, words: str, tone: str = "ok") -> None:
        self.words.setText(words)
        set_tone(self.words, tone)

    # ---- what is done

    def _save(self) -> None:
        name = self.name.text().strip()
        if not name:
            return
        self._layouts.save(name)
        self.name.clear()
        self._say(f"“{name}” is saved: View > Layouts has it now.")
        self._fill(name)

    def _apply(self) -> None:
        if self.chosen is not None:
            self._layouts.use(self.chosen)

    def _edit(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.list.editItem(item)

    def _renamed(self, item: QListWidgetItem) -> None:
        old, new = item.data(NAME), item.text().strip()[:LONGEST_NAME]
        if new == old:
            return
        if not new or new in self._layouts.names:
            self._say(f"There is a layout “{new}” already." if new else "A layout needs a name.", "bad")
            self._fill(old)
            return
        self._layouts.rename(old, new)
        self._say(f"“{old}” is called “{new}” now.")
        self._fill(new)

    def _delete(self) -> None:
        name = self.chosen
        if name is not None:
            self._deleted = (name, self._layouts.delete(name))
            self._say(f"“{name}” is deleted.", "")
            self._fill("")

    def _bring_back(self) -> None:
        if self._deleted is not None:
            name, text = self._deleted
            self._deleted = None
            self._layouts.bring_back(name, text)
            self._say(f"“{name}” is there again.")
            self._fill(name)


def show_layouts(window: MainWindow) -> LayoutsDialog:
    """Show the layouts of a window; there is one such dialog for each window."""
    shown = window.findChildren(LayoutsDialog)
    dialog = shown[0] if shown else LayoutsDialog(window)
    dialog.show()
    dialog.raise_()
    dialog.name.setFocus()
    return dialog
