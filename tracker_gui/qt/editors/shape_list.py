"""All that is drawn, in a list: select, show or hide, put in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.geometry import ZONE_SHAPE_KINDS
from tracker_gui.qt.editors.looks import colour_of
from tracker_gui.qt.forms.colour_control import swatch
from tracker_gui.qt.forms.shapes_control import new_shape
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from tracker_gui.core.drawing import Drawn
    from tracker_gui.qt.editors.editor import Editor

MOST_ROWS = 8
SMALL = QSize(16, 16)
PLACE = Qt.ItemDataRole.UserRole


class ShapeList(QWidget):
    """What lies on top is at the top."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self._shown: list[tuple[object, ...]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.list = QListWidget()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setAccessibleName("What is drawn")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setToolTip("Select with a click, several with Shift or Ctrl; the box shows or hides a zone")
        self.list.itemSelectionChanged.connect(self._chosen)
        self.list.itemChanged.connect(self._ticked)
        column.addWidget(self.list)
        row = QHBoxLayout()
        row.setSpacing(2)
        self.up = self._button("arrow-up", "Forward: draw it over the next one of its kind")
        self.down = self._button("arrow-down", "Backward: draw it under the next one of its kind")
        self.duplicate = self._button("content-duplicate", "Duplicate what is selected")
        self.delete = self._button("trash-can-outline", "Delete what is selected")
        for button, act in (
            (self.up, self._forward), (self.down, self._backward), (self.duplicate, editor.duplicate),
            (self.delete, self._delete),
        ):  # fmt: skip
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        self.add = QToolButton()
        self.add.setText("Add a shape")
        self.add.setProperty("link", True)
        self.add.setToolTip("Put a zone into the middle of the picture, to be moved there or by its figures")
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.add)
        for kind in ZONE_SHAPE_KINDS:
            menu.addAction(kind.label).setData(kind)
        menu.triggered.connect(self._add)
        self.add.setMenu(menu)
        row.addWidget(self.add)
        column.addLayout(row)
        editor.session.document.changed.connect(self.refresh)
        editor.selection_changed.connect(self.refresh)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self.refresh()

    def _button(self, name: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIconSize(SMALL)
        button.setToolTip(words)
        button.setAccessibleName(words.partition(":")[0])
        return button

    def _recolour(self) -> None:
        for button in (self.up, self.down, self.duplicate, self.delete):
            button.setIcon(icon(button.objectName(), "dim"))

    def refresh(self) -> None:
        """Show what is drawn and selected now."""
        drawn = list(reversed(self._editor.drawn()))
        shown = [_row(each) for each in drawn]
        with QSignalBlocker(self.list):
            if shown != self._shown:
                self._fill(drawn)
                self._shown = shown
            chosen = set(self._editor.selection)
            for number in range(self.list.count()):
                item = self.list.item(number)
                item.setSelected(item.data(PLACE) in chosen)
        free = not self._editor.locked and bool(self._editor.selection)
        for button in (self.up, self.down, self.duplicate, self.delete):
            button.setEnabled(free)
        for widget in (self.list, self.up, self.down, self.duplicate, self.delete):
            widget.setVisible(bool(drawn))

    def _fill(self, drawn: list[Drawn]) -> None:
        self.list.clear()
        for each in drawn:
            kind = f"{each.entry.role}, {each.shape.label.lower()}"
            item = QListWidgetItem(swatch(colour_of(each)), f"{each.label}    {kind}")
            item.setData(PLACE, each.place)
            item.setToolTip(f"{each.label}: {kind}")
            if each.entry.role == "zone":
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if each.entry.visible else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        rows = min(max(1, len(drawn)), MOST_ROWS)
        height = self.list.sizeHintForRow(0) if drawn else 24
        self.list.setFixedHeight(rows * height + 8)

    def _chosen(self) -> None:
        self._editor.select(item.data(PLACE) for item in self.list.selectedItems())

    def _ticked(self, item: QListWidgetItem) -> None:
        place = item.data(PLACE)
        each = next((each for each in self._editor.drawn() if each.place == place), None)
        if each is not None:
            visible = item.checkState() == Qt.CheckState.Checked
            words = f"{'show' if visible else 'hide'} {each.label}"
            self._editor.set_entries({place: each.entry.model_copy(update={"visible": visible})}, words)

    def _add(self, action: QAction) -> None:
        info = self._editor.session.info
        self._editor.add(new_shape(action.data(), (640, 480) if info is None else info.size_px), "zone")

    def _forward(self) -> None:
        self._editor.order("up")

    def _backward(self) -> None:
        self._editor.order("down")

    def _delete(self) -> None:
        self._editor.vertex = None
        self._editor.delete()


def _row(each: Drawn) -> tuple[object, ...]:
    return each.place, each.label, each.shape.label, colour_of(each), each.entry.visible
