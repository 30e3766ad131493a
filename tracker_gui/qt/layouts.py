"""Arrangements of the panels, kept under a name and put back, also in a window of another size."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction

from tracker_gui.qt.remark import Remark

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from tracker_gui.qt.docks import PanelDock
    from tracker_gui.qt.main_window import MainWindow

STEPS_PX = 320
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything was in a window of one size.

    Attributes
    ----------
    window_px : tuple of int
    steps_px : int
        Width of the steps at the left, 0 where they are hidden.
    docked_px : dict
        Width and height of each panel that is open in the window.
    panels : str
        Qt's own bytes as hex.
    """

    window_px: tuple[int, int]
    steps_px: int
    docked_px: dict[str, tuple[int, int]]
    panels: str

    def to_text(self) -> str:
        """Return it as text of one line, with a sum that tells whether it was damaged."""
        docked = ",".join(f"{name}:{width}x{height}" for name, (width, height) in self.docked_px.items())
        words = f"{self.window_px[0]}x{self.window_px[1]} {self.steps_px} {docked} {self.panels}"
        return f"{words} {zlib.crc32(words.encode()):08x}"


def read_layout(text: str) -> Layout | None:
    """Return the layout of a text, None where that is damaged."""
    words, _, total = text.rpartition(" ")
    if f"{zlib.crc32(words.encode()):08x}" != total:
        return None
    try:
        window, steps_px, docked, panels = words.split(" ")
        bytes.fromhex(panels)
        pairs = [each.split(":") for each in docked.split(",") if each]
        made = Layout(_size(window), int(steps_px), {name: _size(size) for name, size in pairs}, panels)
    except ValueError:
        return None
    return made if min(made.window_px) > 0 else None


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A layout that every window has.

    Attributes
    ----------
    right, bottom : tuple of str
        Panels that are open there; the first of them is in front.
    right_share, bottom_share : float
        How much of the window they take.
    """

    name: str
    title: str
    tip: str
    steps: bool
    right: tuple[str, ...] = ()
    bottom: tuple[str, ...] = ()
    right_share: float = 0.3
    bottom_share: float = 0.25


BUILT_IN = (
    BuiltIn("set_up", "Set-up", "The steps and the picture: room for finding the settings", steps=True),
    BuiltIn(
        "watch", "Watch", "The picture with the zones and the event log, without the steps", steps=False,
        right=("zones",), bottom=("event_log",),
    ),
    BuiltIn(
        "plots", "Plots", "Large plots beside the picture, without the steps", steps=False,
        right=("plots", "zones"), right_share=0.5,
    ),
)  # fmt: skip


class Layouts(QObject):
    """The layouts of one window: those of the program and those of the user."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        steps = window.splitter.widget(0)
        assert steps is not None
        self._steps = steps
        self._steps.setVisible(window.session.settings.steps_width_px > 0)
        self._in_menu: list[QAction] = []

    # ---- the user's own

    @property
    def names(self) -> list[str]:
        return sorted(self._kept, key=str.casefold)

    @property
    def _kept(self) -> dict[str, str]:
        return self._window.session.settings.layouts

    def drop_damaged(self) -> None:
        """Forget those that cannot be used, and say which."""
        damaged = [name for name in self.names if read_layout(self._kept[name]) is None]
        for name in damaged:
            del self._kept[name]
        if damaged:
            listed = ", ".join(f"“{name}”" for name in damaged)
            text = f"The layout {listed} is damaged and was dropped. Arrange the panels and save it again."
            if len(damaged) > 1:
                text = f"The layouts {listed} are damaged and were dropped. Arrange the panels and save them again."
            self._window.notices.say(Remark("layouts", "warn", text))

    def save(self, name: str) -> None:
        """Keep how the panels are now under a name; one of this name is replaced."""
        self._kept[name] = self.now().to_text()

    def use(self, name: str) -> None:
        """Put everything where it was."""
        layout = read_layout(self._kept[name])
        if layout is not None:
            self.apply(layout)

    def rename(self, name: str, other: str) -> None:
        """Give it another name, which must be free."""
        self._kept[other] = self._kept.pop(name)

    def delete(self, name: str) -> str:
        """Forget it; return its text, with which `bring_back` brings it back."""
        return self._kept.pop(name)

    def bring_back(self, name: str, text: str) -> None:
        self._kept.setdefault(name, text)

    def fill_menu(self, menu: QMenu) -> None:
        """Show the user's own at the end of a menu."""
        for action in self._in_menu:
            menu.removeAction(action)
            action.deleteLater()
        self._in_menu = [menu.addSeparator()] if self.names else []
        for name in self.names:
            action = menu.addAction(name.replace("&", "&&"))
            action.setData(name)
            action.setToolTip("A layout of yours")
            action.triggered.connect(self._use_chosen)
            self._in_menu.append(action)

    def _use_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.use(action.data())

    # ---- now, and back

    def now(self) -> Layout:
        """Return how everything is."""
        window = self._window
        steps_px = window.splitter.sizes()[0] if self.steps_shown else 0
        docked = {name: (dock.width(), dock.height()) for name, dock in self._docked().items()}
        return Layout((window.width(), window.height()), steps_px, docked, window.docks.layout())

    def _docked(self) -> dict[str, PanelDock]:
        docks = self._window.docks.docks
        return {name: dock for name, dock in docks.items() if dock.isVisible() and not dock.isFloating()}

    def apply(self, layout: Layout) -> None:
        """Put everything where it was, in the same proportions where the window is of another size."""
        window = self._window
        self.show_steps(layout.steps_px)
        window.docks.use_layout(layout.panels)
        if (window.width(), window.height()) == layout.window_px:
            return
        _lay_out(window)
        beside = Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        across, down = window.width() / layout.window_px[0], window.height() / layout.window_px[1]
        there = {name: dock for name, dock in self._docked().items() if name in layout.docked_px}
        for name, dock in there.items():
            width, height = layout.docked_px[name]
            if window.dockWidgetArea(dock) & beside:
                window.resizeDocks([dock], [round(width * across)], Qt.Orientation.Horizontal)
            else:
                window.resizeDocks([dock], [round(height * down)], Qt.Orientation.Vertical)

    def use_built_in(self, wanted: BuiltIn) -> None:
        """Put everything where the program suggests."""
        window = self._window
        window.docks.reset()
        self.show_steps(STEPS_PX if wanted.steps else 0)
        for names, share, whole, sides in (
            (wanted.right, wanted.right_share, window.width(), Qt.Orientation.Horizontal),
            (wanted.bottom, wanted.bottom_share, window.height(), Qt.Orientation.Vertical),
        ):
            docks: list[PanelDock] = [window.docks.docks[name] for name in names]
            for dock in docks:
                dock.show()
            if docks:
                _lay_out(window)
                window.resizeDocks(docks[:1], [round(share * whole)], sides)
                docks[0].raise_()

    @property
    def steps_shown(self) -> bool:
        return not self._steps.isHidden()

    def show_steps(self, width_px: int) -> None:
        """Give the steps at the left this width; 0 hides them."""
        self._steps.setVisible(width_px > 0)
        if width_px:
            self._window.splitter.setSizes([width_px, max(1, self._window.width() - width_px)])

    def toggle_steps(self) -> None:
        """Hide the steps, or show them again."""
        self.show_steps(0 if self.steps_shown else STEPS_PX)


def _lay_out(window: MainWindow) -> None:
    places = window.layout()
    assert places is not None
    places.activate()
