"""The window: menus, tool bar, the panels in their places, and the state that ties them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.qt import file_dialogs, session_restore, settings
from tracker_gui.qt.actions import shortcuts
from tracker_gui.qt.actions.all_actions import MENUS, all_actions
from tracker_gui.qt.dialogs.camera_dialog import end_cameras
from tracker_gui.qt.docks import Docks
from tracker_gui.qt.drop_target import DropTarget
from tracker_gui.qt.found_count import count_found
from tracker_gui.qt.layouts import Layouts
from tracker_gui.qt.monitor_face import Monitor
from tracker_gui.qt.notifications import NoticeBar
from tracker_gui.qt.panels.panel_info import all_panels
from tracker_gui.qt.panels.picture import PicturePanel
from tracker_gui.qt.panels.steps import StepsPanel
from tracker_gui.qt.panels.transport import TransportPanel
from tracker_gui.qt.recent_menu import RecentMenu
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.rules.window_rules import RuleTools
from tracker_gui.qt.session import CLOSE_WITHIN_MS, Session
from tracker_gui.qt.status_line import StatusLine
from tracker_gui.qt.theme.appearance import Face, appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent

    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.actions.action_info import ActionInfo
    from tracker_gui.qt.document import PresetDocument
    from tracker_gui.qt.panels.trials import TrialsPanel

FIRST_SIZE = (1280, 800)
LEAST_SIZE = (960, 600)
GAP_PX = 8
#: So many pictures in a row must show it before the user is told that the number of animals cannot be right.
SURE_AFTER_PICTURES = 12


class MainWindow(QMainWindow):
    """Everything visible.

    Parameters
    ----------
    kept : WindowSettings
    repeat : bool
        Begin a source again at its end (the demo).
    asks : bool
        Ask about unsaved settings when the window is closed; scripts do not.
    """

    #: It closes for sure: what runs in windows beside it must end.
    closing = Signal()

    def __init__(self, kept: settings.WindowSettings, *, repeat: bool = False, asks: bool = True) -> None:
        super().__init__()
        self._asks = asks
        self._interrupted = False
        self.session: Session = Session(kept, repeat=repeat, parent=self)
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(*FIRST_SIZE)
        self.devices = self.session.rules.boards
        self.notices = NoticeBar()
        self.panels: dict[str, QWidget] = {}
        self._build_panels()
        self.status: StatusLine = StatusLine(self.session)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)
        self._actions: dict[str, tuple[ActionInfo, QAction]] = {}
        self._build_actions()
        self.recent = RecentMenu(self)
        self._menus["File"].insertMenu(self._actions["save"][1], self.recent)
        self.docks: Docks = Docks(self, self.session)
        self._menus["View/Panels"].addActions(self.docks.actions())
        self.docks.use_layout(kept.panels)
        self.layouts: Layouts = Layouts(self)
        self.layouts.drop_damaged()
        self._menus["View/Layouts"].aboutToShow.connect(self._show_layouts)
        self.rule_tools: RuleTools = RuleTools(self)
        self.autosave = session_restore.Autosave(self.session)
        self.drops = DropTarget(self)
        self.monitor: Monitor = Monitor(self)
        self.monitor.changed.connect(self._refresh_actions)
        # Its key counts in both faces: those of a menu that is hidden do not.
        self.addAction(self.action("monitor"))
        self._too_many = 0
        self._connect()
        self._show_title()
        self._show_emptiness()
        self.use_shortcuts()
        self._refresh_actions()
        self.picture.frame_pane.setFocus()
        # Qt leads a window of a screen that is gone back to one that is there.
        if not self.restoreGeometry(QByteArray.fromHex(kept.window.encode())):
            self.resize(self.size().boundedTo(self.screen().availableGeometry().size()))

    @property
    def document(self) -> PresetDocument:
        return self.session.document

    @property
    def picture(self) -> PicturePanel:
        panel = self.panels["picture"]
        assert isinstance(panel, PicturePanel)
        return panel

    @property
    def transport(self) -> TransportPanel:
        panel = self.panels["transport"]
        assert isinstance(panel, TransportPanel)
        return panel

    @property
    def steps(self) -> StepsPanel:
        panel = self.panels["steps"]
        assert isinstance(panel, StepsPanel)
        return panel

    # ---- building

    def _build_panels(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        whole = QHBoxLayout(page)
        whole.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, 0)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(GAP_PX)
        self.splitter.setChildrenCollapsible(False)
        left, right = QWidget(), QWidget()
        self._right = right
        columns = {"left": QVBoxLayout(left), "centre": QVBoxLayout(right)}
        for column in columns.values():
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GAP_PX)
        #: Above the picture stands what speaks of all of it.
        self.centre = columns["centre"]
        self.centre.addWidget(self.notices)
        places = ("left", "centre", "below")
        fixed = [panel for panel in all_panels() if panel.place in places]
        for info in sorted(fixed, key=lambda panel: places.index(panel.place)):
            panel = info.made(self.session)
            self.panels[info.name] = panel
            column = columns["left" if info.place == "left" else "centre"]
            column.addWidget(panel, 0 if info.place == "below" else 1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([self.session.settings.steps_width_px, 10_000])
        whole.addWidget(self.splitter)
        self.setCentralWidget(page)

    def _build_actions(self) -> None:
        menus: dict[str, QMenu] = {name: self.menuBar().addMenu(name) for name in MENUS}
        for menu in menus.values():
            menu.setToolTipsVisible(True)
        bar = QToolBar("Tools")
        self.tool_bar: QToolBar = bar
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(ICON_SIZE)
        bar.toggleViewAction().setEnabled(False)
        self.addToolBar(bar)
        in_bar = []
        for info in all_actions():
            action = QAction(info.text, self)
            action.setStatusTip("")
            action.setData(info.name)
            if info.near_picture:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                self._right.addAction(action)
            if info.everywhere:
                action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
            action.setCheckable(info.checked is not None)
            action.triggered.connect(self._act)
            self._actions[info.name] = (info, action)
            if info.menu not in menus:
                parent, _, name = info.menu.partition("/")
                menus[info.menu] = menus[parent].addMenu(name)
                menus[info.menu].setToolTipsVisible(True)
            if info.separated:
                menus[info.menu].addSeparator()
            menus[info.menu].addAction(action)
            if info.toolbar:
                in_bar.append((info, action))
        self._menus = menus
        self._fill_tool_bar(bar, sorted(in_bar, key=lambda pair: pair[0].toolbar))

    def _fill_tool_bar(self, bar: QToolBar, in_bar: list[tuple[ActionInfo, QAction]]) -> None:
        group = in_bar[0][0].toolbar // 10
        for info, action in in_bar:
            if info.toolbar // 10 != group:
                bar.addSeparator()
                group = info.toolbar // 10
            bar.addAction(action)
            button = bar.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("segment", info.segment)
            if info.wordy:
                action.setIconText(info.text.split(" ")[0])
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        left, right = QWidget(), QWidget()
        for space in (left, right):
            space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._name = QLabel()
        self._name.setProperty("dim", True)
        bar.addWidget(left)
        bar.addWidget(self._name)
        bar.addWidget(right)

    def _show_layouts(self) -> None:
        self.layouts.fill_menu(self._menus["View/Layouts"])

    def _connect(self) -> None:
        session = self.session
        session.state_changed.connect(self._refresh_actions)
        session.state_changed.connect(self._show_emptiness)
        session.run_changed.connect(self._refresh_actions)
        session.view_changed.connect(self._refresh_actions)
        session.rules.changed.connect(self._refresh_actions)
        session.remarked.connect(self._say)
        session.cameras_changed.connect(self._refresh_actions)
        session.source_wanted.connect(self.action("open").trigger)
        session.withdrawn.connect(self.notices.withdraw)
        session.shown.connect(self._watch_number)
        self.document.changed.connect(self._refresh_actions)
        self.document.changed.connect(self._show_title)
        self.document.path_changed.connect(self._show_title)
        self.document.undo_stack.cleanChanged.connect(self._show_title)
        self.document.undo_stack.indexChanged.connect(self._refresh_actions)
        appearance().changed.connect(self._refresh_icons)
        self.picture.welcome.begin_with(self)
        cameras = self.steps.section("Source").step.cameras  # type: ignore[attr-defined]
        cameras.clicked.connect(self.action("open_camera").trigger)
        self.picture.input.space_tapped.connect(self.action("play").trigger)
        self.picture.editor.selection_changed.connect(self._refresh_actions)
        self.picture.editor.tool_changed.connect(self._refresh_actions)
        self._refresh_icons()

    # ---- actions

    def action(self, name: str) -> QAction:
        """Return one of the actions of `actions/`."""
        return self._actions[name][1]

    def all_actions(self) -> list[tuple[ActionInfo, QAction]]:
        """Return what can be done, each with its action, in the order of the menus."""
        return list(self._actions.values())

    def use_shortcuts(self) -> None:
        """Give every action the key that the settings say."""
        keys = shortcuts.keys_in_use(all_actions(), self.session.settings.shortcuts)
        for info, action in self._actions.values():
            action.setShortcut(QKeySequence(keys[info.name]))
        native = QKeySequence.SequenceFormat.NativeText
        self.transport.show_keys({name: QKeySequence(key).toString(native) for name, key in keys.items()})
        self._tell_tips()

    def _tell_tips(self) -> None:
        for info, action in self._actions.values():
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            why_not = self.why_not(info)
            action.setToolTip(info.tip + (f" ({keys})" if keys else "") + (f"\n{why_not}" if why_not else ""))
        for name, button in self.picture.draw_bar.buttons.items():
            button.setToolTip(self.action(f"tool_{name}").toolTip())

    def why_not(self, info: ActionInfo) -> str:
        """Return why an action cannot be done now, in one sentence, or nothing."""
        # In Monitor only the way back and the emergency stop are possible, whatever key is bumped.
        if self.monitor.is_on and info.name not in ("monitor", "emergency_stop"):
            return "The face Monitor lets nothing be changed: leave it first, with F11 or Esc."
        return info.why_not(self)

    def find_action(self, name: str) -> QAction | None:
        """Return an action that not every window has, None where it is missing."""
        return self._actions[name][1] if name in self._actions else None

    def _act(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._actions[action.data()][0].act(self)
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        for info, action in self._actions.values():
            action.setEnabled(not self.why_not(info))
            if info.checked is not None:
                action.setChecked(info.checked(self))
        self._tell_tips()
        stack = self.document.undo_stack
        self.action("undo").setText(f"Undo {stack.undoText()}".rstrip())
        self.action("redo").setText(f"Redo {stack.redoText()}".rstrip())

    def _refresh_icons(self) -> None:
        for info, action in self._actions.values():
            if info.icon:
                action.setIcon(icon(info.icon, info.tone))

    def set_face(self, face: Face) -> None:
        """Dark, light, or as the system."""
        self.session.settings.face = face.name
        appearance().set_face(face)
        self._refresh_actions()

    def _show_emptiness(self) -> None:
        """Show the controls of a source only where there is one."""
        self.transport.setVisible(self.document.preset.source is not None)

    def _show_title(self) -> None:
        path = self.document.path
        name = path.name if path is not None else self.document.preset.name
        star = "" if self.document.is_saved else " •"
        self._name.setText(f"{name}{star}")
        self._name.setToolTip(str(path) if path is not None else "Not saved yet")
        self.setWindowTitle(f"{name}{star} — tracker-gui")

    # ---- sentences

    def _say(self, remark: Remark) -> None:
        self.notices.say(remark)
        if remark.topic == "run":
            self.steps.open_step("Outputs and run")

    def _watch_number(self, shown: Shown) -> None:
        """Say so when far fewer blobs are there than animals are wanted."""
        count = count_found(shown, self.document.preset)
        wanted = count.wanted or 0
        if not 0 < count.blobs * 2 < wanted:
            self._too_many = 0
            self.notices.withdraw("number")
            return
        self._too_many += 1
        if self._too_many < SURE_AFTER_PICTURES and self.session.is_playing:
            return
        blobs = "one blob is" if count.blobs == 1 else f"{count.blobs} blobs are"
        self._fewer = count.blobs
        button = f"Use {count.blobs}" if not self.session.is_tracking else ""
        text = f"{wanted} animals are expected, but only {blobs} found."
        self.notices.say(Remark("number", "warn", text, button, self._use_fewer))

    def _use_fewer(self) -> None:
        self.session.use_animals(self._fewer)

    # ---- opening and closing

    def trials(self) -> TrialsPanel:
        """Show the list of trials and return it."""
        dock = self.docks.docks["trials"]
        dock.show()
        dock.raise_()
        panel: TrialsPanel = dock.panel()  # type: ignore[assignment]
        return panel

    def open_path(self, path: Path) -> None:
        """Open a video, a folder of images or a preset."""
        if path.suffix.lower() == ".json" and not self.may_replace():
            return
        self.session.open_path(path)

    def may_replace(self) -> bool:
        """Ask about unsaved settings where there are any; False where the user keeps them."""
        return self.document.is_saved or not self._asks or file_dialogs.wants_to_leave(self)

    def offer_restore(self) -> None:
        """Offer what a session that was cut off had open."""
        self.restore_offer = session_restore.RestoreOffer(self)

    def show_above_picture(self, bar: QWidget) -> None:
        """Put a bar above the picture and its notices."""
        column = self._right.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, bar)

    def interrupt(self) -> None:
        """Close because the terminal or the system says so: ask nothing, and keep what is unsaved for the next time."""
        self._asks, self._interrupted = False, True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._asks and not self.document.is_saved and not file_dialogs.wants_to_leave(self):
            event.ignore()
            return
        if self._asks and self.session.is_recording and not file_dialogs.wants_to_stop(self):
            event.ignore()
            return
        self.monitor.leave()
        self.closing.emit()
        for dialog in self.findChildren(QDialog):
            dialog.close()
        # A picture that arrives while the window goes would be painted on nothing.
        self.setUpdatesEnabled(False)
        self.autosave.stop(forget=not self._interrupted)
        kept = self.session.settings
        kept.window = bytes(self.saveGeometry().toHex().data()).decode("ascii")
        kept.steps_width_px = self.layouts.now().steps_px
        kept.panels = self.docks.layout()
        self.docks.hide_floating()
        settings.store(kept)
        end_cameras(self, CLOSE_WITHIN_MS)
        self.session.close()
        event.accept()
