"""The panels around the picture: moved, closed, stacked and brought back, each made when it is first seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QTabBar, QWidget

from tracker_gui.qt.panels.panel_info import PanelInfo, all_panels

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMainWindow

    from tracker_gui.qt.session import Session

AREAS = {"right": Qt.DockWidgetArea.RightDockWidgetArea, "bottom": Qt.DockWidgetArea.BottomDockWidgetArea}
FIRST_PX = {"right": 360, "bottom": 220}
#: Of Qt's own format; counted up when docks get other names.
STATE_VERSION = 1


class PanelDock(QDockWidget):
    """One panel with its title; what is in it is made when it is first shown."""

    def __init__(self, info: PanelInfo, session: Session) -> None:
        super().__init__(info.title)
        self.info = info
        self._session = session
        self._made: QWidget | None = None
        self.setObjectName(f"dock-{info.name}")
        self.toggleViewAction().setToolTip(info.tip)
        self.visibilityChanged.connect(self._seen)

    def _seen(self, visible: bool) -> None:
        if visible:
            self.panel()

    def panel(self) -> QWidget:
        """Return the panel, which is made now if it was not yet."""
        if self._made is None:
            self._made = self.info.made(self._session)
            self.setWidget(self._made)
        return self._made


class Docks(QObject):
    """All panels that are docks."""

    def __init__(self, window: QMainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self.docks: dict[str, PanelDock] = {}
        window.setDockNestingEnabled(True)
        for info in all_panels():
            if info.place not in AREAS:
                continue
            dock = PanelDock(info, session)
            self.docks[info.name] = dock
            window.addDockWidget(AREAS[info.place], dock)
        self._arrange()
        self._first = self.layout()

    def actions(self) -> list[QAction]:
        """Return what shows and hides each panel."""
        return [dock.toggleViewAction() for dock in self.docks.values()]

    def reset(self) -> None:
        """Put all panels where they were at first."""
        # To arrange them anew would leave Qt with the tabs of panels that are hidden.
        self.use_layout(self._first)

    def _arrange(self) -> None:
        before: dict[str, PanelDock] = {}
        for dock in self.docks.values():
            dock.setFloating(False)
            self._window.addDockWidget(AREAS[dock.info.place], dock)
            if dock.info.place in before:
                self._window.tabifyDockWidget(before[dock.info.place], dock)
            before[dock.info.place] = dock
            dock.hide()
        for place, sides in (("right", Qt.Orientation.Horizontal), ("bottom", Qt.Orientation.Vertical)):
            there = [dock for dock in self.docks.values() if dock.info.place == place]
            self._window.resizeDocks(there, [FIRST_PX[place]] * len(there), sides)

    def hide_floating(self) -> None:
        """Hide what floats: Qt leaves it on the screen when the window closes."""
        for dock in self.docks.values():
            if dock.isFloating():
                dock.hide()

    def layout(self) -> str:
        """Return where all panels are, as text."""
        return bytes(self._window.saveState(STATE_VERSION).toHex().data()).decode("ascii")

    def use_layout(self, layout: str) -> None:
        """Put the panels where they were; text of another version changes nothing."""
        if layout:
            # Else Qt forgets the tabs of now where they are, over what comes.
            shown = [dock for dock in self.docks.values() if not dock.isHidden()]
            for dock in shown:
                dock.hide()
            places = self._window.layout()
            assert places is not None
            places.activate()
            if not self._window.restoreState(QByteArray.fromHex(layout.encode()), STATE_VERSION):
                for dock in shown:
                    dock.show()
            # Qt makes tabs for panels that are hidden, too, and leaves them in the corner, over the menu.
            for tabs in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
                if tabs.pos().isNull():
                    tabs.move(-tabs.width(), -tabs.height())
