"""Every place of the program, found by its declarations: panels, steps, tools, and what the menus open.

Used by `look_at_everything.py` and by the test of the same name. What is new is looked at without a change here.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from unittest import mock

from look_faults import settle
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QInputDialog,
    QMessageBox,
    QTabWidget,
    QWidget,
)

from tracker_gui.qt.editors.tool import all_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker_gui.qt.actions.action_info import ActionInfo
    from tracker_gui.qt.main_window import MainWindow

    #: Called with the name of a place and the widget that is shown there.
    See = Callable[[str, QWidget], None]

MOST_PAGES = 14
NEXT = ("Next", "Next >", "&Next >", "&Next")
FILES = ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory")
ANSWERS = ("getText", "getItem", "getInt", "getDouble", "getMultiLineText")


@contextlib.contextmanager
def nothing_modal(see: See) -> Iterator[None]:
    """Let no dialog wait for somebody: it is looked at, and goes."""

    def looked_at(dialog: QDialog, *_: Any) -> int:
        dialog.show()
        settle()
        see(f"question {dialog.windowTitle() or type(dialog).__name__}", dialog)
        dialog.hide()
        return 0

    with contextlib.ExitStack() as stack:
        for kind in (QDialog, QMessageBox):
            stack.enter_context(mock.patch.object(kind, "exec", looked_at))
        stack.enter_context(mock.patch.object(QFileDialog, "exec", return_value=0))
        for name in FILES:
            answer: Any = "" if name == "getExistingDirectory" else ([] if name.endswith("s") else "", "")
            stack.enter_context(mock.patch.object(QFileDialog, name, return_value=answer))
        for name in ANSWERS:
            stack.enter_context(mock.patch.object(QInputDialog, name, return_value=("", False)))
        for name in ("about", "information", "warning", "critical", "question"):
            stack.enter_context(mock.patch.object(QMessageBox, name, return_value=QMessageBox.StandardButton.No))
        yield


def look_at_panels(window: MainWindow, state: str, see: See) -> None:
    """Look at the window, and at every panel around the picture."""
    see(f"window, {state}", window)
    for name, dock in window.docks.docks.items():
        dock.show()
        dock.raise_()
        settle()
        see(f"panel {name}, {state}", dock)
    window.action("reset_panels").trigger()
    settle()


def look_at_steps(window: MainWindow, state: str, see: See) -> None:
    """Look at every step with its form open."""
    for section in window.steps.sections:
        window.steps.open_step(section.step.title)
        settle()
        see(f"step {section.step.title}, {state}", window.steps)


def look_at_tools(window: MainWindow, see: See) -> None:
    """Look at the picture with every drawing tool in hand, and with a shape selected."""
    editor = window.picture.editor
    for info in all_tools():
        editor.use(info.name)
        settle()
        see(f"tool {info.name}", window.picture)
    editor.use("select")
    window.picture.frame_pane.setFocus()
    window.action("select_all_shapes").trigger()
    settle()
    see("shapes selected", window.picture)
    editor.select(())


def opens_something(info: ActionInfo) -> bool:
    """Return whether an action opens a window; by custom such a one ends with dots."""
    return info.text.endswith("…") or info.menu == "Help"


def look_at_dialogs(window: MainWindow, state: str, see: See) -> None:
    """Look at all that the menus open."""
    for info, action in window.all_actions():
        if not opens_something(info) or not action.isEnabled():
            continue
        before = set(_windows())
        action.trigger()
        settle()
        for shown in [each for each in _windows() if each not in before]:
            _look_through(f"{info.name}, {state}", shown, see)
        for shown in [each for each in _windows() if each not in before]:
            shown.close()
        focus = QApplication.focusWidget()
        if focus is not None and focus.window() is window:
            QApplication.sendEvent(
                focus, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
            )
        settle()


def look_at_monitor(window: MainWindow, state: str, see: See) -> None:
    """Look at the window's other face."""
    window.monitor.enter()
    settle()
    see(f"Monitor, {state}", window)
    window.monitor.leave()
    settle()


def _windows() -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


def _look_through(place: str, shown: QWidget, see: See) -> None:
    """Look at a dialog, at its tabs, and at its pages one after the other."""
    see(place, shown)
    for tabs in shown.findChildren(QTabWidget):
        for number in range(1, tabs.count()):
            tabs.setCurrentIndex(number)
            settle()
            see(f"{place}, {tabs.tabText(number)}", shown)
    for page in range(2, MOST_PAGES):
        buttons = [b for b in shown.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
        forward = next((button for button in buttons if button.text() in NEXT), None)
        if forward is None:
            return
        forward.click()
        settle()
        see(f"{place}, page {page}", shown)
