"""The picture: frame, mask beside it with linked zoom, and all that is drawn over them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from tracker_gui.core.types import no_detections, no_tracks
from tracker_gui.engine.screen_feed import Beside, Shown
from tracker_gui.qt.editors.context_menu import ShapeMenu
from tracker_gui.qt.editors.editor import Editor, editor_of
from tracker_gui.qt.editors.looks import drawn_shapes
from tracker_gui.qt.editors.options_bar import OptionsBar
from tracker_gui.qt.editors.picture_input import PictureInput
from tracker_gui.qt.editors.proposal_bar import ProposalBar
from tracker_gui.qt.editors.rename_box import RenameBox
from tracker_gui.qt.editors.tool_bar import DrawBar
from tracker_gui.qt.found_count import count_found
from tracker_gui.qt.panels.panel_info import PanelInfo
from tracker_gui.qt.panels.welcome import Welcome
from tracker_gui.qt.tuning.compare_bar import CompareBar
from tracker_gui.qt.tuning.kept_column import KeptColumn
from tracker_gui.qt.tuning.tuning import Tuning, tuning_of
from tracker_gui.qt.views.camera_tiles import CameraTiles
from tracker_gui.qt.views.canvas import Canvas, link
from tracker_gui.qt.views.found_badge import FoundBadge
from tracker_gui.qt.views.heat_map_layer import HeatMapLayer
from tracker_gui.qt.views.lost_badge import VEILED_OPACITY, LostBadge
from tracker_gui.qt.views.overlays.contours import ContoursOverlay
from tracker_gui.qt.views.overlays.editing import EditingOverlay
from tracker_gui.qt.views.overlays.rejected import RejectedOverlay
from tracker_gui.qt.views.overlays.shapes import ShapesOverlay
from tracker_gui.qt.views.overlays.texts import TextsOverlay
from tracker_gui.qt.views.overlays.tracks import TracksOverlay
from tracker_gui.qt.views.overlays.trails import TrailsOverlay
from tracker_gui.qt.views.screen_looks import ScreenLooks
from tracker_gui.qt.views.text_drag import TextDrag

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from tracker_gui.core.arrays import U8
    from tracker_gui.core.types import SourceInfo
    from tracker_gui.engine.live_figures import LiveFigures
    from tracker_gui.qt.session import Session

EDGE_PX = 12
TILES_GAP_PX = 8
BESIDE_TITLES = {
    Beside.MASK: "Mask",
    Beside.PREPARED: "After the image steps",
    Beside.FOREGROUND: "Difference from background",
    Beside.BACKGROUND: "Background",
}
WHY_EMPTY = {
    Beside.MASK: "No mask: the settings cannot be used, or this detector makes none.",
    Beside.FOREGROUND: "No difference: add the image step 'Background'.",
    Beside.BACKGROUND: "No background: add the image step 'Background' and let it learn.",
    Beside.PREPARED: "No picture yet.",
}


class FramePane(Canvas):
    """The frame with everything that was found on it."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes, self.contours, self.trails = ShapesOverlay(), ContoursOverlay(), TrailsOverlay()
        self.rejected, self.tracks = RejectedOverlay(), TracksOverlay()
        self.texts, self.editing = TextsOverlay(), EditingOverlay()
        self._looked = (self.shapes, self.contours, self.trails, self.tracks, self.texts)
        for overlay in (*self._looked[:3], self.rejected, self.tracks, self.texts, self.editing):
            self.add_overlay(overlay)
        self.badge = FoundBadge(self)
        self.badge.move(EDGE_PX, EDGE_PX)
        self.lost = LostBadge(self)

    def show_picture(self, pixels: U8 | None, size_px: tuple[int, int], origin_px: tuple[int, int] = (0, 0)) -> None:
        super().show_picture(pixels, size_px, origin_px)
        for overlay in self._looked:
            overlay.frame_px = size_px

    def show_figures(self, figures: LiveFigures | None) -> None:
        """Veil a picture that is not the one of now, and say so."""
        lost = self.lost.show_figures(figures)
        self.lost.centre()
        self.frame.setOpacity(VEILED_OPACITY if lost else 1.0)
        for overlay in (self.contours, self.trails, self.rejected, self.tracks, self.texts):
            overlay.setVisible(not lost)
        if lost:
            self.badge.show_count(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lost.centre()
        self.badge.fit()


class BesidePane(Canvas):
    """The mask, or another picture on the frame's way, under a choice of which."""

    def __init__(self) -> None:
        super().__init__()
        self.choice = QComboBox(self)
        for beside, title in BESIDE_TITLES.items():
            self.choice.addItem(title, beside)
        self.choice.setToolTip("Which picture is shown beside the frame")
        self.badge = FoundBadge(self)
        self.why_empty = QLabel(self)
        self.why_empty.setWordWrap(True)
        self.why_empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.why_empty.setProperty("dim", True)
        self.why_empty.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place()

    def _place(self) -> None:
        """Put what lies on the picture where there is room for it."""
        size = self.choice.sizeHint()
        self.choice.setGeometry(EDGE_PX, EDGE_PX, min(size.width(), self.width() - 2 * EDGE_PX), size.height())
        right = self.choice.geometry().right() + EDGE_PX
        fits = right + self.badge.sizeHint().width() <= self.width() - EDGE_PX
        self.badge.move(*((right, EDGE_PX) if fits else (EDGE_PX, 2 * EDGE_PX + size.height())))
        self.badge.fit()
        self.why_empty.setGeometry(self.rect().adjusted(40, 40, -40, -40))


class PicturePanel(QWidget):
    """Frame, mask, or both."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.frame_pane: FramePane = FramePane()
        self.heat_map = HeatMapLayer(session, self.frame_pane, self.frame_pane.shapes)
        self.beside_pane = BesidePane()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(4)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.frame_pane)
        self.splitter.addWidget(self.beside_pane)
        self.splitter.setSizes([1000, 1000])
        self.editor: Editor = editor_of(session)
        self.looks = ScreenLooks(session, self.frame_pane)
        self.looks.changed.connect(self._show_again)
        self.input = PictureInput(self.frame_pane, self.editor)
        self.text_drag = TextDrag(self.frame_pane, self.editor)
        self.draw_bar: DrawBar = DrawBar(self.editor)
        self.options_bar = OptionsBar(self.editor)
        self._menu = ShapeMenu(self.editor, self)
        self._rename = RenameBox(self.frame_pane, self.editor)
        self.proposal = ProposalBar(self.frame_pane, self.editor)
        self.input.menu_wanted.connect(self._menu.show_at)
        self.kept_column = KeptColumn(session)
        self.sides = QSplitter(Qt.Orientation.Horizontal)
        self.sides.setHandleWidth(4)
        self.sides.setChildrenCollapsible(False)
        self.sides.addWidget(self.kept_column)
        self.sides.addWidget(self.splitter)
        self.sides.setSizes([1000, 1000])
        self.compare_bar = CompareBar(session)
        self.desk = QWidget()
        grid = QGridLayout(self.desk)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.options_bar, 0, 0, 1, 2)
        grid.addWidget(self.compare_bar, 1, 0, 1, 2)
        grid.addWidget(self.draw_bar, 2, 0)
        grid.addWidget(self.sides, 2, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(TILES_GAP_PX)
        self.tiles: CameraTiles = CameraTiles(session)
        self.tiles.chosen.connect(self._enlarge)
        rows.addWidget(self.tiles)
        rows.addWidget(self.desk, 1)
        self.welcome = Welcome(self)
        self.welcome.left.connect(self._leave_welcome)
        self._welcome_wanted = False
        self._info: SourceInfo | None = None
        link(self.frame_pane, self.beside_pane, self.kept_column.frame_pane, self.kept_column.beside_pane)
        self.beside_pane.choice.activated.connect(self._choose_beside)
        self._beside = Beside.MASK
        session.shown.connect(self._show)
        session.state_changed.connect(self._show_state)
        session.ticked.connect(self._show_figures)
        session.beside_wanted.connect(self._show_wanted)
        session.cameras_changed.connect(self._show_state)
        self.tuning: Tuning = tuning_of(session)
        self.tuning.compared.connect(self._show_compared)
        session.document.changed.connect(self._show_shapes)
        # Whatever was chosen, there or elsewhere, is to be seen.
        session.document.changed.connect(self._leave_welcome)
        self._show_shapes()
        self.set_pictures(session.settings.pictures)
        session.show_rejected(session.settings.rejected)

    # ---- what is shown

    @property
    def pictures(self) -> str:
        """``"frame"``, ``"mask"`` or ``"both"``."""
        return self._session.settings.pictures

    def set_pictures(self, pictures: str) -> None:
        if pictures not in ("frame", "mask", "both"):
            pictures = "both"
        self._session.settings.pictures = pictures
        self.frame_pane.setVisible(pictures != "mask")
        for bar in (self.draw_bar, self.options_bar):
            bar.setVisible(pictures != "mask")
        self.beside_pane.setVisible(pictures != "frame")
        self.kept_column.show_pictures(pictures)
        self._session.show_beside(Beside.NOTHING if pictures == "frame" else self._beside)

    @property
    def beside(self) -> Beside:
        """Which picture is beside the frame, where both are shown."""
        return self._beside

    def set_beside(self, beside: Beside) -> None:
        """Choose which picture is beside the frame."""
        self._beside = beside
        with QSignalBlocker(self.beside_pane.choice):
            self.beside_pane.choice.setCurrentIndex(self.beside_pane.choice.findData(beside))
        self.set_pictures(self.pictures)

    def _show_wanted(self, beside: Beside) -> None:
        self.set_beside(beside)
        if self.pictures == "frame":
            self.set_pictures("both")

    def _choose_beside(self, _: int) -> None:
        self.set_beside(self.beside_pane.choice.currentData())

    @property
    def welcome_shown(self) -> bool:
        return not self.welcome.isHidden()

    def show_welcome(self, on: bool) -> None:
        """Show the ways to begin in place of the picture, or the picture again."""
        self._welcome_wanted = on
        self._show_which()
        self._session.view_changed.emit()

    def _leave_welcome(self) -> None:
        if self._welcome_wanted:
            self.show_welcome(False)

    def _show_which(self) -> None:
        nothing = self._session.info is None and self._session.document.preset.source is None
        self.welcome.set_can_leave(not nothing)
        covered = nothing or self._welcome_wanted
        self.welcome.setVisible(covered)
        self.desk.setVisible(not covered and not self.tiles.as_grid)
        self.tiles.setEnabled(not covered)

    def fit(self) -> None:
        for pane in (self.frame_pane, self.beside_pane, self.kept_column.frame_pane, self.kept_column.beside_pane):
            pane.fit()

    def zoom(self, factor: float) -> None:
        pane = self.beside_pane if self.pictures == "mask" else self.frame_pane
        pane.zoom(factor)

    # ---- data

    def _show(self, shown: Shown) -> None:
        snapshot, size = shown.snapshot, shown.snapshot.frame.size_px
        self.frame_pane.show_picture(shown.bgra_u8, size)
        self.frame_pane.shapes.set_frame_size(size)
        self.frame_pane.contours.show_detections(snapshot.detections, snapshot.tracks)
        self.frame_pane.trails.show_trails(shown.trails)
        self.frame_pane.tracks.show_tracks(snapshot.tracks, snapshot.motion)
        self.frame_pane.texts.show_texts(self.looks.texts(snapshot))
        rejected = snapshot.detections.explanation if self._session.settings.rejected else None
        self.frame_pane.rejected.show_explanation(rejected)
        if self.tuning.kept is not None:
            shown = replace(shown, tracked=False)  # the other settings have no tracks: blobs are compared with blobs
        count = count_found(shown, self._session.document.preset)
        self.frame_pane.badge.show_count(count)
        self.beside_pane.badge.show_count(count if self.pictures == "mask" else None)
        wanted = self.pictures != "frame" and shown.beside is not Beside.NOTHING
        # While a run is on, not every frame comes with a picture beside it: the last one stays until the next.
        if wanted and (shown.beside_u8 is not None or not self._session.is_tracking):
            self.beside_pane.show_picture(shown.beside_u8, size, shown.beside_origin_px)
            self.beside_pane.why_empty.setText("" if shown.beside_u8 is not None else WHY_EMPTY[shown.beside])
            self.beside_pane.why_empty.setVisible(shown.beside_u8 is None)

    def _show_again(self) -> None:
        newest = self._session.newest
        if newest is not None:
            self._show(newest)

    def _show_state(self) -> None:
        has_source = self._session.info is not None
        if self._session.info is not self._info:
            self._info = self._session.info
            # A file was opened, perhaps the same again; a camera may just have come back by itself.
            opened = has_source and not self._session.is_live
            self._welcome_wanted = self._welcome_wanted and not opened
        self._show_which()
        self.beside_pane.choice.setVisible(has_source)
        if not has_source:
            for pane in (self.frame_pane, self.beside_pane):
                pane.frame.show_picture(None)
            for badge in (self.frame_pane.badge, self.beside_pane.badge):
                badge.show_count(None)
            self._clear_overlays()

    def _show_figures(self) -> None:
        self.frame_pane.show_figures(self._session.figures())

    def _show_compared(self) -> None:
        comparing = self.tuning.kept is not None
        self.splitter.setOrientation(Qt.Orientation.Vertical if comparing else Qt.Orientation.Horizontal)
        for badge in (self.frame_pane.badge, self.beside_pane.badge):
            badge.before = "B:  " if comparing else ""
        newest = self._session.newest
        if newest is not None:
            self._show(newest)

    def set_grid(self, on: bool) -> None:
        """Show all cameras equally large, or one of them enlarged."""
        self.tiles.set_grid(on)
        self._show_state()

    def _enlarge(self, number: int) -> None:
        self._session.show_camera(number)
        self.set_grid(False)

    def _clear_overlays(self) -> None:
        self.frame_pane.contours.show_detections(no_detections())
        self.frame_pane.tracks.show_tracks(no_tracks())
        self.frame_pane.trails.show_trails(())
        self.frame_pane.texts.show_texts(())
        self.frame_pane.rejected.show_explanation(None)

    def _show_shapes(self) -> None:
        self.frame_pane.shapes.show_shapes(drawn_shapes(self._session.document.preset))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.welcome.setGeometry(self.rect())


PANEL = PanelInfo("picture", "Picture", "centre", 0, PicturePanel, help_page="zones")
