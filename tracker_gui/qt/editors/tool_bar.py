"""The tools at the picture's edge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QLayout, QToolButton

from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from tracker_gui.qt.editors.editor import Editor

WIDTH_PX, HEIGHT_PX = 32, 28
GROUP_GAP_PX = 8
GAP_PX, EDGE_PX = 2, 4


class DrawBar(QFrame):
    """One button for each tool of `tools/`; their keys are actions of the menu Draw."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self.setProperty("surface", True)
        self.setAccessibleName("Drawing tools")
        self._places = QGridLayout(self)
        self._places.setContentsMargins(EDGE_PX, EDGE_PX, EDGE_PX, EDGE_PX)
        self._places.setSpacing(GAP_PX)
        # Where the room is low the tools stand in two columns, so they do not ask for one column's height.
        self._places.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._columns = 0
        self._groups: list[int] = []
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        for info in editor.tools.values():
            self._groups.append(info.order // 10)
            button = QToolButton()
            button.setCheckable(True)
            button.setIconSize(ICON_SIZE)
            button.setFixedSize(WIDTH_PX, HEIGHT_PX)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(info.tip)
            button.setAccessibleName(info.title)
            button.setObjectName(f"tool_{info.name}")
            button.clicked.connect(self._clicked)
            self._group.addButton(button)
            self.buttons[info.name] = button
        self._arrange(1)
        editor.tool_changed.connect(self._show)
        editor.session.document.changed.connect(self._show)
        appearance().changed.connect(self._recolour)
        self._show()

    def _height_px(self, columns: int) -> int:
        """Return how high so many columns are."""
        rows = math.ceil(len(self.buttons) / columns)
        gaps = len(set(self._groups)) - 1 if columns == 1 else 0
        return rows * (HEIGHT_PX + GAP_PX) + gaps * GROUP_GAP_PX + 2 * EDGE_PX

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        buttons = list(self.buttons.values())
        rows = math.ceil(len(buttons) / columns)
        for number, button in enumerate(buttons):
            self._places.removeWidget(button)
            row, column = number % rows, number // rows
            new_group = columns == 1 and number and self._groups[number] != self._groups[number - 1]
            self._places.setRowMinimumHeight(row, HEIGHT_PX + (GROUP_GAP_PX if new_group else 0))
            self._places.addWidget(button, row, column, Qt.AlignmentFlag.AlignBottom)
        for row in range(self._places.rowCount() + 1):
            self._places.setRowStretch(row, 0)
            if row >= rows:
                self._places.setRowMinimumHeight(row, 0)
        self._places.setRowStretch(len(buttons), 1)
        self.setFixedWidth(columns * (WIDTH_PX + GAP_PX) - GAP_PX + 2 * EDGE_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(next(c for c in (1, 2, 3) if c == 3 or self._height_px(c) <= self.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width(), self._height_px(3))

    def _clicked(self) -> None:
        name = next(name for name, button in self.buttons.items() if button is self.sender())
        self._editor.use(name)

    def _show(self) -> None:
        in_hand = self.buttons.get(self._editor.tool_info.name)
        # One that is not in the bar leaves no button pressed.
        self._group.setExclusive(in_hand is not None)
        for button in self.buttons.values():
            button.setChecked(button is in_hand)
        for name, button in self.buttons.items():
            button.setEnabled(not (self._editor.locked and self._editor.tools[name].changes))
        self._recolour()

    def _recolour(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(icon(self._editor.tools[name].icon, "accent" if button.isChecked() else "text"))
