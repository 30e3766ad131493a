"""What the journeys share: a user who has a mouse and a keyboard, and whose acts are counted.

Each journey is a whole piece of work in the real window. What it took is printed (`pytest -s`); where the environment
variable TRACKER_JOURNEYS names a folder, it leaves its screenshots there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QFileDialog, QLineEdit, QMenu, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytestqt.qtbot import QtBot

    from tracker_gui.core.geometry import Point
    from tracker_gui.qt.main_window import MainWindow

PATIENCE_MS = 60_000
FOLDER_VARIABLE = "TRACKER_JOURNEYS"
LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


class Journey:
    """A user in front of the window; one act is one click, drag, key, or field that is filled in.

    An act on something that is hidden or grey fails, as it would for a user.
    """

    def __init__(self, name: str, window: MainWindow, qtbot: QtBot) -> None:
        self.name = name
        self.window = window
        self.acts: list[str] = []
        self.pictures: list[Path] = []
        self._qtbot = qtbot
        self._began_s = time.perf_counter()
        folder = os.environ.get(FOLDER_VARIABLE)
        self.folder = Path(folder) if folder else None

    # ---- acts

    def drop(self, *files: Path, on: QWidget | None = None) -> None:
        """Drag files from the desktop onto the window."""
        self._note(f"drop {', '.join(file.name for file in files)}")
        target = on or self.window
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        there = QPoint(60, 60)
        enter = QDragEnterEvent(there, Qt.DropAction.CopyAction, mime, LEFT, NO_KEYS)
        QApplication.sendEvent(target, enter)
        assert enter.isAccepted(), "these files may not be dropped here"
        QApplication.sendEvent(target, QDropEvent(QPointF(there), Qt.DropAction.CopyAction, mime, LEFT, NO_KEYS))

    def click(self, widget: QWidget, at: QPoint | None = None, button: Any = LEFT) -> None:
        """Click a widget, in its middle where nothing else is said."""
        self._note(f"click {words_of(widget)}")
        self._must_be_usable(widget)
        QTest.mouseClick(widget, button, NO_KEYS, at or widget.rect().center())

    def button(self, name: str) -> None:
        """Click the button of an action in the tool bar, or one of the tools at the picture."""
        tool = self.window.picture.draw_bar.buttons.get(name.removeprefix("tool_"))
        found = tool if tool is not None else self.window.tool_bar.widgetForAction(self.window.action(name))
        self.click(found)

    def menu(self, name: str) -> None:
        """Choose an entry of the menu bar: open the menu, click the entry."""
        action = self.window.action(name)
        self._note(f"open the menu of {action.text()}")
        self._note(f"choose {action.text()}")
        assert action.isEnabled(), f"{action.text()} is grey: {action.toolTip()}"
        assert action.isVisible()
        action.trigger()

    def panel(self, name: str) -> None:
        """Show a panel: View, Panels, its name."""
        action = self.window.docks.docks[name].toggleViewAction()
        for act in ("open the menu View", "open Panels", f"choose {action.text()}"):
            self._note(act)
        assert action in self.window.docks.actions()
        action.trigger()

    def key(self, key: Any, keys: Any = NO_KEYS, on: QWidget | None = None) -> None:
        """Press a key, wherever the focus is in a window."""
        self._note(f"press {Qt.Key(key).name if isinstance(key, Qt.Key) else key}")
        owner = on or self.window
        if not owner.isActiveWindow():
            owner.activateWindow()
            assert QTest.qWaitForWindowActive(owner, PATIENCE_MS)
        QTest.keyClick(owner.focusWidget() or owner, key, keys)

    def fill(self, field: QWidget, text: str) -> None:
        """Click into a field, type, and press Enter."""
        self._note(f"type {text!r}")
        self._must_be_usable(field)
        inner = field.findChild(QLineEdit) if isinstance(field, QAbstractSpinBox) else field
        QTest.mouseClick(inner or field, LEFT)
        if isinstance(inner, QLineEdit):
            inner.selectAll()
        QTest.keyClicks(inner or field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def type(self, field: QWidget, text: str) -> None:
        """Type into the field that has the focus by itself, and press Enter."""
        self._note(f"type {text!r}")
        focus = QApplication.focusWidget()
        assert focus is not None
        assert focus in (field, *field.findChildren(QLineEdit)), f"{words_of(focus)} has the focus"
        QTest.keyClicks(focus, text)
        QTest.keyClick(focus, Qt.Key.Key_Return)

    def choose_file(self, path: Path, act: Callable[[], None]) -> None:
        """Do what opens a question for a file, type its name there, press Enter."""
        answered = []

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog):
                QTimer.singleShot(20, answer)
                return
            name = dialog.findChild(QLineEdit, "fileNameEdit")
            assert isinstance(name, QLineEdit)
            name.setText(str(path))
            answered.append(path)
            QTest.keyClick(name, Qt.Key.Key_Return)

        QTimer.singleShot(20, answer)
        act()
        assert answered, "no question for a file came"
        self._note(f"type the file name {path.name!r}")

    def choose_from(self, menu: QMenu, text: str) -> None:
        """Click an entry of an open menu."""
        self._note(f"choose {text}")
        (action,) = [each for each in menu.actions() if each.text().replace("&", "") == text]
        assert action.isEnabled(), f"{text} is grey"
        QTest.mouseClick(menu, LEFT, NO_KEYS, menu.actionGeometry(action).center())

    # ---- on the picture, in pixels of the frame

    def click_picture(self, *places: Point, button: Any = LEFT) -> None:
        for place in places:
            self._note(f"click the picture at {place[0]:.0f}, {place[1]:.0f}")
            QTest.mouseMove(self._viewport, self._at(place))
            QTest.mouseClick(self._viewport, button, NO_KEYS, self._at(place))

    def drag_picture(self, start: Point, *way: Point) -> None:
        self._note(f"drag over the picture from {start[0]:.0f}, {start[1]:.0f}")
        QTest.mouseMove(self._viewport, self._at(start))
        QTest.mousePress(self._viewport, LEFT, NO_KEYS, self._at(start))
        for place in way:
            QTest.mouseMove(self._viewport, self._at(place))
        QTest.mouseRelease(self._viewport, LEFT, NO_KEYS, self._at(way[-1]))

    @property
    def _viewport(self) -> QWidget:
        return self.window.picture.frame_pane.viewport()

    def _at(self, place: Point) -> QPoint:
        pane = self.window.picture.frame_pane
        point = pane.mapFromScene(QPointF(*place))
        assert pane.viewport().rect().contains(point), f"{place} cannot be seen"
        return point

    # ---- between the acts

    def until(self, reached: Callable[[], bool], timeout_ms: int = PATIENCE_MS) -> None:
        """Wait, as a user would, until something is there."""
        self._qtbot.waitUntil(reached, timeout=timeout_ms)

    def shot(self, name: str, widget: QWidget | None = None) -> None:
        """Keep a picture of the window."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{self.name}-{len(self.pictures) + 1}-{name}.png"
            assert (widget or self.window).grab().save(str(path))
            self.pictures.append(path)

    def say(self) -> str:
        """Return what it took."""
        return f"{self.name}: {len(self.acts)} acts, {time.perf_counter() - self._began_s:.1f} s"

    def _note(self, act: str) -> None:
        self.acts.append(act)

    def _must_be_usable(self, widget: QWidget) -> None:
        assert widget.isVisible(), f"{words_of(widget)} cannot be seen"
        assert widget.isEnabled(), f"{words_of(widget)} is grey"
        shown = widget.visibleRegion().boundingRect()
        assert not shown.isEmpty(), f"{words_of(widget)} is scrolled out of sight or covered"


def words_of(widget: QWidget) -> str:
    """Return how a user would call it."""
    text = getattr(widget, "text", None)
    own = text() if callable(text) else ""
    return str(own or widget.accessibleName() or widget.toolTip().partition("\n")[0] or type(widget).__name__)


@pytest.fixture
def journey(open_window: Callable[..., MainWindow], qtbot: QtBot) -> Iterator[Callable[..., Journey]]:
    """Return a function that opens an empty window for a user; what the journey took is told at its end."""
    begun: list[Journey] = []

    def begin(name: str, size_px: tuple[int, int] = (1280, 800), **kwargs: Any) -> Journey:
        window = open_window(**kwargs)
        window.resize(*size_px)
        window.activateWindow()
        begun.append(Journey(name, window, qtbot))
        return begun[-1]

    yield begin
    for each in begun:
        print(f"\n{each.say()}\n  " + "\n  ".join(each.acts))


@pytest.fixture
def rows_of() -> Callable[[Path], Sequence[dict[str, str]]]:
    """Return a function that reads a table with a header, lines that begin with # left out."""
    import csv

    def read(path: Path) -> list[dict[str, str]]:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(line for line in file if not line.startswith("#")))

    return read
