"""What the rules put into the window: "armed" and the emergency stop in the tool bar, marks on the seek bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from tracker_gui.engine.devices.remembered import VIRTUAL_BOARD
from tracker_gui.engine.rules.seat import RuleMode
from tracker_gui.qt.rules.firing_marks import FiringMarks
from tracker_gui.qt.rules.rule_desk import MODE_WORDS
from tracker_gui.qt.rules.stop_button import StopButton
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon

if TYPE_CHECKING:
    from PySide6.QtGui import QKeySequence, QWindow

    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.rules.rules_panel import RulesPanel

SIGNS = {
    RuleMode.OFF: ("lock-outline", "dim"), RuleMode.SHADOW: ("eye-outline", "accent"),
    RuleMode.ARMED: ("shield-alert", "warn"),
}  # fmt: skip
CHOICES = ("disarm_rules", "shadow_rules", "arm_rules", None, "simulate_rules", "show_rules")


class ArmedButton(QToolButton):
    """Says whether the rules are armed, by a sign, a colour and a word, and offers what else there is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._desk = window.session.rules
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(ICON_SIZE)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name in CHOICES:
            if name is None:
                menu.addSeparator()
            else:
                menu.addAction(window.action(name))
        self.setMenu(menu)
        self._desk.changed.connect(self.show_mode)
        appearance().changed.connect(self.show_mode)
        self.show_mode()

    def show_mode(self) -> None:
        mode = self._desk.mode
        self.setText(f"armed: {MODE_WORDS[mode]}")
        self.setIcon(icon(*SIGNS[mode]))
        self.setProperty("tone", "warn" if mode is RuleMode.ARMED else "")
        self.style().unpolish(self)
        self.style().polish(self)
        tips = {
            RuleMode.OFF: "Rules are evaluated, and nothing is done",
            RuleMode.SHADOW: "Rules write down what they would do; nothing is done",
            RuleMode.ARMED: "Rules act",
        }
        self.setToolTip(f"{tips[mode]}. Click to change that.")


class RuleTools(QObject):
    """Ties the desk of the rules to the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk = window.session.rules
        self.marks = FiringMarks(window.transport.bar)
        desk.marks_changed.connect(self.marks.show_marks)
        desk.rule_wanted.connect(self.open_rule)
        desk.boards_wanted.connect(self.show_boards)
        # A bar of its own, so that a narrow window never hides it behind the arrow of the tools.
        self.bar = QToolBar("Emergency stop")
        self.bar.setObjectName("safety")
        self.bar.setMovable(False)
        self.bar.toggleViewAction().setEnabled(False)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.armed = ArmedButton(window)
        self.stop = StopButton(desk)
        self.stop.setIconSize(QSize(16, 16))
        row.addStretch(1)
        row.addWidget(self.armed)
        row.addWidget(self.stop)
        page.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar.addWidget(page)
        window.addToolBar(self.bar)
        desk.changed.connect(self._keep_room)
        # Its key counts in both faces, and while the menus are hidden.
        window.addAction(window.action("emergency_stop"))
        desk.stimuli.pressed.connect(self._stop_from_stimulus)
        app = QApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._watch_modal)
        appearance().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.stop.setIcon(icon("alert-octagon", "on_stop"))
        # The icon takes room, too.
        self._keep_room()

    def _keep_room(self) -> None:
        """Take as much room as the longest of its words needs, and no less in a narrow window."""
        words = max(MODE_WORDS.values(), key=len)
        more = self.armed.fontMetrics().horizontalAdvance(words)
        less = self.armed.fontMetrics().horizontalAdvance(MODE_WORDS[self._desk.mode])
        self.armed.setMinimumWidth(self.armed.sizeHint().width() + more - less)
        self.bar.setMinimumWidth(self.bar.sizeHint().width())

    def panel(self) -> RulesPanel:
        """Return the panel of the rules, which is shown for it."""
        from tracker_gui.qt.rules.rules_panel import RulesPanel

        dock = self._window.docks.docks["rules"]
        dock.show()
        dock.raise_()
        panel = dock.panel()
        assert isinstance(panel, RulesPanel)
        return panel

    def show_boards(self) -> None:
        """Show the first board that the rules drive."""
        from tracker_gui.qt.devices.devices_dialog import show_devices

        dialog = show_devices(self._window)
        dialog.choose(next(iter(self._desk.driven()), VIRTUAL_BOARD))

    def open_rule(self, number: int, place: str) -> None:
        """Show the panel, and one rule with the editor of one of its parts."""
        self.panel().open_rule(number, place)

    def _stop_from_stimulus(self, key: QKeySequence) -> None:
        """Hear the key of the emergency stop in the window of a stimulus, which has the keyboard while it is shown."""
        if key == self._window.action("emergency_stop").shortcut():
            self._desk.emergency_stop()

    def _watch_modal(self, _: QWindow | None) -> None:
        """Give a modal dialog the key of the emergency stop: it keeps keys from the window beneath."""
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog.findChild(QShortcut, "emergency_stop") is not None:
            return
        key = self._window.action("emergency_stop").shortcut()
        shortcut = QShortcut(key, dialog)
        shortcut.setObjectName("emergency_stop")
        shortcut.activated.connect(self._desk.emergency_stop)
