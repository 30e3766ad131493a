"""The window's other face: the picture, the figures that matter, and nothing that can be bumped by accident."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.editors.looks import drawn_shapes
from tracker_gui.qt.help_pages import PAGE_PROPERTY
from tracker_gui.qt.monitor_figures import monitor_figures
from tracker_gui.qt.notifications import KINDS
from tracker_gui.qt.rules.stop_button import StopButton
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon, pixmap
from tracker_gui.qt.theme.sizes import grow_with_text
from tracker_gui.qt.views.camera_tiles import GRID_HZ, HEAD_PX, CameraTile
from tracker_gui.qt.views.clipped_label import ClippedLabel
from tracker_gui.qt.views.overlays.shapes import ShapesOverlay
from tracker_gui.qt.views.overlays.trails import TrailsOverlay
from tracker_gui.qt.views.read_out import ReadOut
from tracker_gui.qt.views.sure_button import SureButton

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QResizeEvent

    from tracker_gui.core.overlays import OverlaySet
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.camera_view import CameraView
    from tracker_gui.qt.main_window import MainWindow
    from tracker_gui.qt.remark import Remark
    from tracker_gui.qt.session import Session

GAP_PX = 8
FIGURES_SHARE, PICTURE_SHARE = 30, 70
FOOT_PX = 64
BUTTON_PX = 190
STOP_PX = 132
EVENT_LINES = 2
BUTTON_ICON = QSize(20, 20)
#: What a tile needs around its picture, and beside the next tile.
TILE_EDGES_PX = 30
#: The shape of a picture before the first one came.
USUAL_PX = (4, 3)
#: Row, column and how many columns each figure takes.
PLACES = {
    "state": (0, 0, 2), "found": (1, 0, 2), "rate": (2, 0, 2), "latency": (3, 0, 2), "dropped": (4, 0, 1),
    "free": (4, 1, 1), "run": (5, 0, 2), "recording": (6, 0, 2),
}  # fmt: skip


class MonitorTile(CameraTile):
    """One camera with its zones and trails."""

    def __init__(self) -> None:
        super().__init__()
        self._shapes, self._trails = ShapesOverlay(), TrailsOverlay()
        self.canvas.add_overlay(self._shapes)
        self.canvas.add_overlay(self._trails)

    def show_picture(self, shown: Shown) -> None:
        super().show_picture(shown)
        self._shapes.set_frame_size(shown.snapshot.frame.size_px)
        self._trails.show_trails(shown.trails)

    def show_state(self) -> None:
        super().show_state()
        self._trails.setVisible(self.canvas.tracks.isVisible())

    def use_looks(self, looks: OverlaySet) -> None:
        """Draw animals and zones as the preset says for the screen."""
        self._shapes.look, self._trails.look, self.canvas.tracks.looks = looks.zones, looks.trails, looks

    def show_shapes(self) -> None:
        """Show the zones, arenas and regions of its camera."""
        if self.view is not None:
            self._shapes.show_shapes(drawn_shapes(self.view.preset))


class MonitorPictures(QWidget):
    """All cameras equally large; a click on one enlarges it, another shows all again."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._enlarged: CameraView | None = None
        self.tiles: list[MonitorTile] = []
        self._columns = 0
        self._places = QGridLayout(self)
        self._places.setContentsMargins(0, 0, 0, 0)
        self._places.setSpacing(GAP_PX)
        session.cameras_changed.connect(self.show_cameras)
        session.shown_anywhere.connect(self._show_picture)
        session.ticked.connect(self._show_states)

    def show_cameras(self) -> None:
        """Show the cameras that there are now."""
        if not self.isVisible():
            return
        views = self._session.views
        if len(self.tiles) != len(views):
            self._make_tiles(len(views))
        if self._enlarged not in views:
            self._enlarged = None
        for number, (tile, view) in enumerate(zip(self.tiles, views, strict=True)):
            alone = view is self._enlarged or len(views) == 1
            view.feed.screen_hz = None if alone else GRID_HZ
            tile.setVisible(alone or self._enlarged is None)
            tile.show_view(number, view, False)
            tile.use_looks(self._session.document.whole.overlays.screen)
            tile.show_shapes()
            if len(views) == 1:
                tile.setCursor(Qt.CursorShape.ArrowCursor)
                tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _make_tiles(self, count: int) -> None:
        for tile in self.tiles:
            self._places.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self.tiles = [MonitorTile() for _ in range(count)]
        for tile in self.tiles:
            tile.clicked.connect(self._enlarge)
        self._columns = 0
        self._arrange()

    def _arrange(self) -> None:
        """Put the tiles so that the pictures are as large as the room allows."""
        sizes = [view.info.size_px for view in self._session.views if view.info is not None]
        columns = best_columns(len(self.tiles), self.width(), self.height(), sizes[0] if sizes else USUAL_PX)
        if columns == self._columns:
            return
        self._columns = columns
        for number, tile in enumerate(self.tiles):
            self._places.addWidget(tile, number // columns, number % columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _enlarge(self, number: int) -> None:
        view = self._session.views[number]
        self._enlarged = None if self._enlarged is view else view
        self.show_cameras()

    def _show_picture(self, view: CameraView, shown: Shown) -> None:
        for tile in self.tiles:
            if tile.view is view and tile.isVisible():
                tile.show_picture(shown)

    def _show_states(self) -> None:
        for tile in self.tiles:
            if tile.isVisible():
                tile.show_state()


def best_columns(count: int, width_px: int, height_px: int, picture_px: tuple[int, int]) -> int:
    """Return in how many columns so many pictures of one shape are largest."""

    def scale(columns: int) -> float:
        rows = math.ceil(count / columns)
        wide, high = width_px / columns - TILE_EDGES_PX, height_px / rows - TILE_EDGES_PX - HEAD_PX
        return min(wide / picture_px[0], high / picture_px[1])

    return max(range(1, count + 1), key=scale, default=1)


class MonitorFace(QWidget):
    """Pictures at the left, figures at the right, below them the newest event and three buttons.

    Signals
    -------
    left()
        Back to set-up.
    """

    left = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        # Otherwise a right click would offer the window's panels.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setProperty(PAGE_PROPERTY, "monitor")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.pictures = MonitorPictures(session)
        self.read_outs = {name: ReadOut() for name in PLACES}
        columns = QHBoxLayout()
        columns.setSpacing(GAP_PX)
        columns.addWidget(self.pictures, PICTURE_SHARE)
        columns.addLayout(self._lay_out_figures(), FIGURES_SHARE)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, GAP_PX)
        rows.setSpacing(GAP_PX)
        rows.addLayout(columns, 1)
        rows.addLayout(self._lay_out_foot())
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.left.emit)
        session.ticked.connect(self._show)
        session.run_changed.connect(self._show)
        session.state_changed.connect(self._show)
        session.logged.connect(self._show_event)
        appearance().changed.connect(self._recolour)
        self._kind = ""
        self._show_newest_event()
        self._recolour()

    def _lay_out_figures(self) -> QGridLayout:
        figures = QGridLayout()
        figures.setSpacing(GAP_PX)
        for name, (row, column, wide) in PLACES.items():
            figures.addWidget(self.read_outs[name], row, column, 1, wide)
        return figures

    def _lay_out_foot(self) -> QHBoxLayout:
        self._event_sign, self.newest = QLabel(), ClippedLabel("", EVENT_LINES)
        self.newest.setProperty("large", True)
        self.newest.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.newest.setAccessibleName("Newest event")
        self.track = SureButton(
            "Start tracking", "Stop tracking",
            "Track into files: a video every frame from its first, a camera from now on",
            "End the tracking run; what was written is complete", "play", "ok",
        )  # fmt: skip
        self.record = SureButton(
            "Record", "Stop recording", "Record the pictures of every camera; tracking is a thing apart",
            "Make the recordings final; tracking goes on", "record-circle", "bad",
        )  # fmt: skip
        self.stop_all = StopButton(self._session.rules)
        self.back = QPushButton("Back to set-up")
        self.back.setToolTip("Show all panels and tools again (F11 or Esc)")
        session = self._session
        for wish, act in (
            (self.track.begun, session.start_tracking), (self.track.ended, session.stop_tracking),
            (self.record.begun, session.start_recording), (self.record.ended, session.stop_recording),
            (self.back.clicked, self.left),
        ):  # fmt: skip
            wish.connect(act)
        foot = QHBoxLayout()
        foot.setSpacing(GAP_PX)
        foot.addSpacing(GAP_PX)
        foot.addWidget(self._event_sign)
        foot.addWidget(self.newest, 1)
        for button in (self.track, self.record, self.back):
            button.setProperty("large", True)
            button.setIconSize(BUTTON_ICON)
            # Of one size whatever it says: no button may move under a finger that is about to press it.
            grow_with_text(button.setFixedSize, BUTTON_PX, FOOT_PX)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            foot.addWidget(button)
        self.stop_all.setProperty("large", True)
        self.stop_all.setIconSize(BUTTON_ICON)
        grow_with_text(self.stop_all.setFixedSize, STOP_PX, FOOT_PX)
        foot.addWidget(self.stop_all)
        return foot

    # ---- what is shown

    def show_all(self) -> None:
        """Show how things are now."""
        self.pictures.show_cameras()
        self._show()
        self.setFocus()

    def _show(self) -> None:
        if not self.isVisible():
            return
        session = self._session
        figures = monitor_figures(session)
        for name, read_out in self.read_outs.items():
            read_out.setVisible(name in figures)
            if name in figures:
                read_out.show_figure(figures[name])
        self.track.show_running(session.is_tracking)
        self.track.setEnabled(session.is_tracking or session.info is not None)
        self.record.show_running(session.is_recording)
        self.record.setVisible(any(view.live is not None for view in session.views))
        self.record.setEnabled(session.is_recording or (session.is_live and session.info is not None))

    def _show_event(self, t_wall_s: float, remark: Remark) -> None:
        self._kind = remark.kind
        at = time.strftime("%H:%M:%S", time.localtime(t_wall_s))
        self.newest.set_whole_text(f"{at}  {' '.join(remark.text.split())}")
        self.newest.setToolTip(remark.text)
        self._recolour()

    def _show_newest_event(self) -> None:
        if self._session.history:
            self._show_event(*self._session.history[-1])
        else:
            words = "Nothing happened yet: the newest event will stand here"
            self.newest.set_whole_text(words)
            self.newest.setToolTip(words)

    def _recolour(self) -> None:
        name, tone = KINDS.get(self._kind, ("information", "dim"))
        self._event_sign.setPixmap(pixmap(name, tone, 36))
        self.back.setIcon(icon("arrow-left"))
        self.stop_all.setIcon(icon("alert-octagon", "on_stop"))
        self.track.recolour()
        self.record.recolour()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.track.withdraw()
        self.record.withdraw()


class Monitor(QObject):
    """Changes the window's face and back, so that everything is again where it was."""

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._face: MonitorFace | None = None
        self._panels = ""
        self._beside = Beside.NOTHING
        self._focus: QWidget | None = None
        #: Whether the face is Monitor; the window always begins in Set-up.
        self.is_on = False

    @property
    def face(self) -> MonitorFace:
        """The widget, which is made when it is first wanted."""
        if self._face is None:
            self._face = MonitorFace(self._window.session)
            self._face.left.connect(self.leave)
            self._face.hide()
            page = self._window.centralWidget()
            places = page.layout() if page is not None else None
            assert places is not None
            places.addWidget(self._face)
        return self._face

    def toggle(self) -> None:
        """Change to the other face."""
        if self.is_on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Watch."""
        window = self._window
        if self.is_on:
            return
        self.is_on = True
        self._panels = window.docks.layout()
        self._focus = window.focusWidget()
        # What nobody sees need not be computed.
        self._beside = window.session.feed.beside
        window.session.show_beside(Beside.NOTHING)
        for widget in self._covered():
            widget.hide()
        for dock in window.docks.docks.values():
            dock.hide()
        window.setAcceptDrops(False)
        self.face.show()
        self.face.show_all()
        self.changed.emit()

    def leave(self) -> None:
        """Set up again."""
        window = self._window
        if not self.is_on:
            return
        self.is_on = False
        self.face.hide()
        for widget in self._covered():
            widget.show()
        window.docks.use_layout(self._panels)
        window.setAcceptDrops(True)
        window.session.show_beside(self._beside)
        window.picture.tiles.show_cameras()
        if self._focus is not None:
            self._focus.setFocus()
        self.changed.emit()

    def _covered(self) -> tuple[QWidget, ...]:
        window = self._window
        return (window.menuBar(), window.tool_bar, window.rule_tools.bar, window.statusBar(), window.splitter)
