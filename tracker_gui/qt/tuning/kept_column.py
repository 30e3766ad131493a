"""The present frame as the kept settings, A, see it: beside what the present ones, B, find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter

from tracker_gui.engine.screen_feed import Beside
from tracker_gui.qt.editors.looks import drawn_shapes
from tracker_gui.qt.found_count import count_found
from tracker_gui.qt.tuning.tuning import tuning_of
from tracker_gui.qt.views.canvas import Canvas
from tracker_gui.qt.views.found_badge import FoundBadge
from tracker_gui.qt.views.overlays.contours import ContoursOverlay
from tracker_gui.qt.views.overlays.rejected import RejectedOverlay
from tracker_gui.qt.views.overlays.shapes import ShapesOverlay

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session

EDGE_PX = 12


class KeptPane(Canvas):
    """A picture with the found-count of the kept settings."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes, self.contours, self.rejected = ShapesOverlay(), ContoursOverlay(), RejectedOverlay()
        for overlay in (self.shapes, self.contours, self.rejected):
            self.add_overlay(overlay)
        self.badge = FoundBadge(self)
        self.badge.before = "A:  "
        self.badge.move(EDGE_PX, EDGE_PX)
        self.why_empty = QLabel(self)
        self.why_empty.setWordWrap(True)
        self.why_empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.why_empty.setProperty("dim", True)

    def say(self, why: str) -> None:
        """Say why there is no picture; nothing where there is one."""
        self.why_empty.setText(why)
        self.why_empty.setVisible(bool(why))
        if why:
            self.frame.show_picture(None)
            self.badge.show_count(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.why_empty.setGeometry(self.rect().adjusted(24, 48, -24, -24))


class KeptColumn(QSplitter):
    """Frame above mask, or one of them alone; hidden while nothing is compared."""

    def __init__(self, session: Session) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._session = session
        self._tuning = tuning_of(session)
        self.frame_pane, self.beside_pane = KeptPane(), KeptPane()
        self.setHandleWidth(4)
        self.setChildrenCollapsible(False)
        self.addWidget(self.frame_pane)
        self.addWidget(self.beside_pane)
        self.setSizes([1000, 1000])
        for overlay in (self.beside_pane.shapes, self.beside_pane.contours, self.beside_pane.rejected):
            overlay.hide()
        self._tuning.kept_shown.connect(self._show)
        self._tuning.compared.connect(self._show_compared)
        self._show_compared()

    def show_pictures(self, pictures: str) -> None:
        """Show ``"frame"``, ``"mask"`` or ``"both"``, as of the present settings."""
        self.frame_pane.setVisible(pictures != "mask")
        self.beside_pane.setVisible(pictures != "frame")

    def _show_compared(self) -> None:
        tuning = self._tuning
        self.setVisible(tuning.kept is not None)
        if tuning.kept is None:
            return
        self.frame_pane.shapes.show_shapes(drawn_shapes(tuning.kept))
        if tuning.problem is not None:
            for pane in (self.frame_pane, self.beside_pane):
                pane.say(str(tuning.problem))
        elif not self.frame_pane.frame.is_shown:
            for pane in (self.frame_pane, self.beside_pane):
                pane.say("A looks at the frame…")

    def _show(self, shown: Shown) -> None:
        kept = self._tuning.kept
        if kept is None:
            return
        size = shown.snapshot.frame.size_px
        count = count_found(shown, kept)
        self.frame_pane.say("")
        self.frame_pane.show_picture(shown.bgra_u8, size)
        self.frame_pane.shapes.set_frame_size(size)
        for overlay in (self.frame_pane.shapes, self.frame_pane.contours):
            overlay.frame_px = size
        self.frame_pane.contours.show_detections(shown.snapshot.detections)
        wanted = self._session.settings.rejected
        self.frame_pane.rejected.show_explanation(shown.snapshot.detections.explanation if wanted else None)
        self.frame_pane.badge.show_count(count)
        if shown.beside is not Beside.NOTHING:
            self.beside_pane.say("" if shown.beside_u8 is not None else "A has no such picture.")
            self.beside_pane.show_picture(shown.beside_u8, size, shown.beside_origin_px)
            self.beside_pane.badge.show_count(count if self.frame_pane.isHidden() else None)
