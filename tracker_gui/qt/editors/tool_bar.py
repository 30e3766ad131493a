"""The tools at the picture's edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout

from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon

if TYPE_CHECKING:
    from tracker_gui.qt.editors.editor import Editor

WIDTH_PX, HEIGHT_PX = 32, 28
GROUP_GAP_PX = 8


class DrawBar(QFrame):
    """One button for each tool of `tools/`; their keys are actions of the menu Draw."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self.setProperty("surface", True)
        self.setAccessibleName("Drawing tools")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(2)
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        group = 0
        for info in editor.tools.values():
            if group and info.order // 10 != group:
                column.addSpacing(GROUP_GAP_PX)
            group = info.order // 10
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
            column.addWidget(button)
        column.addStretch(1)
        editor.tool_changed.connect(self._show)
        editor.session.document.changed.connect(self._show)
        appearance().changed.connect(self._recolour)
        self._show()

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
