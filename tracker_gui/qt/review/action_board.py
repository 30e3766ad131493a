"""The menus and the tool bar of a review, made of the declarations in `review_actions.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolBar, QToolButton

from tracker_gui.qt.review.review_actions import ACTIONS, MENUS
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tracker_gui.qt.review.review_window import ReviewWindow

#: Groups of the tool bar whose buttons have words.
WORDY = (1, 3)


class ActionBoard(QObject):
    """Keeps the actions of a window in step with what can be done.

    Parameters
    ----------
    near : QWidget
        Within which the keys count that mean something else elsewhere.
    """

    def __init__(self, window: ReviewWindow, near: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}
        menus = {name: window.menuBar().addMenu(name) for name in MENUS}
        for info in ACTIONS:
            action = QAction(info.text, self)
            keys = f" ({QKeySequence(info.shortcut).toString()})" if info.shortcut else ""
            action.setToolTip(f"{info.tip}{keys}")
            action.setData(info.name)
            action.setCheckable(info.checked is not None)
            if info.shortcut:
                action.setShortcut(QKeySequence(info.shortcut))
            if info.near_picture:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                near.addAction(action)
            action.triggered.connect(self._act)
            if info.separated:
                menus[info.menu].addSeparator()
            menus[info.menu].addAction(action)
            menus[info.menu].setToolTipsVisible(True)
            self.actions[info.name] = action
        self._fill_tool_bar()
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _fill_tool_bar(self) -> None:
        bar = QToolBar("Review")
        bar.setMovable(False)
        bar.setIconSize(ICON_SIZE)
        bar.toggleViewAction().setEnabled(False)
        self._window.addToolBar(bar)
        group = 1
        for info in sorted(ACTIONS, key=lambda info: info.toolbar):
            if not info.toolbar:
                continue
            if info.toolbar // 10 != group:
                bar.addSeparator()
                group = info.toolbar // 10
            action = self.actions[info.name]
            bar.addAction(action)
            button = bar.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if group in WORDY:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                action.setIconText(info.text.removesuffix("…"))

    def action(self, name: str) -> QAction:
        return self.actions[name]

    def _act(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        next(info for info in ACTIONS if info.name == action.data()).act(self._window)
        self.refresh()

    def refresh(self) -> None:
        """Grey what cannot be done now, and say what each would do."""
        window = self._window
        for info in ACTIONS:
            action = self.actions[info.name]
            if info.enabled is not None:
                action.setEnabled(info.enabled(window))
            if info.checked is not None:
                action.setChecked(info.checked(window))
        stack = window.document.undo_stack
        self.actions["undo"].setText(f"Undo {stack.undoText()}".rstrip())
        self.actions["redo"].setText(f"Redo {stack.redoText()}".rstrip())
        where = "from here" if window.stretch is None else "in the stretch"
        self.actions["swap"].setText(f"Swap {where}")
        self.actions["change"].setText(f"Change {where}")
        self.actions["delete"].setText("Delete here" if window.stretch is None else f"Delete {where}")
        self.actions["play"].setIcon(icon("pause" if window.view.is_playing else "play"))

    def _recolour(self) -> None:
        for info in ACTIONS:
            if info.icon:
                self.actions[info.name].setIcon(icon(info.icon))
