"""How the present picture looks in a recording: drawn by what draws recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from tracker_gui.analysis.overlay import TrackOverlay
from tracker_gui.core.annotation import Annotation, annotation_of
from tracker_gui.core.errors import TrackerError
from tracker_gui.qt.source_words import source_name
from tracker_gui.qt.views.thumbnail import Thumbnail
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from tracker_gui.core.arrays import U8
    from tracker_gui.engine.screen_feed import Shown
    from tracker_gui.qt.session import Session

#: Of the session, five a second.
TICKS = 3
HEIGHT_PX = 180
LONGEST_PX = 960


@dataclass(frozen=True, slots=True)
class _Drawn:
    picture: U8 | None
    problem: str
    overlay: TrackOverlay


class RecordingPreview(QWidget):
    """A small picture that follows the present one, twice a second at most, while it is to be seen."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._ticks = 0
        self._busy = False
        self._of: tuple[object, Annotation] | None = None
        self._overlay: TrackOverlay | None = None
        self._problem = ""
        #: What was drawn last, (h, w, 3) BGR.
        self.picture: U8 | None = None
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        self.view = Thumbnail(QImage(), "video-outline")
        self.view.setFixedHeight(HEIGHT_PX)
        self.view.setAccessibleName("The present picture as it is recorded")
        rows.addWidget(self.view)
        self.words = QLabel()
        self.words.setProperty("dim", True)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self.words)
        session.ticked.connect(self._tick)
        session.document.changed.connect(self.refresh)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks % TICKS == 0:
            self.refresh()

    def refresh(self) -> None:
        """Draw the present picture as it would be recorded now, beside the window's thread."""
        newest = self._session.newest
        if self._busy or not self.isVisible():
            return
        if newest is None:
            self._of, self.picture = None, None
            self.view.show_image(QImage())
            self._say()
            return
        preset = self._session.document.preset
        name = "" if preset.source is None else source_name(preset.source)
        annotation = annotation_of(preset, name)
        if self._of is not None and self._of[0] is newest and self._of[1] == annotation:
            return
        self._of = (newest, annotation)
        self._busy = True
        overlay = self._overlay if self._overlay is not None and self._overlay.annotation == annotation else None
        since_s = None if self._session.is_live else 0.0
        read_in_background(lambda: _draw(newest, annotation, overlay, since_s), self._take)

    def _take(self, drawn: _Drawn) -> None:
        self._busy = False
        self._overlay, self._problem, self.picture = drawn.overlay, drawn.problem, drawn.picture
        if drawn.picture is not None:
            height, width = drawn.picture.shape[:2]
            image = QImage(drawn.picture.data, width, height, 3 * width, QImage.Format.Format_BGR888)
            self.view.show_image(image.copy())
        self._say()

    def _say(self) -> None:
        empty = "No picture yet: open a source to see how it is recorded."
        present = "The present picture as it is recorded. A recording that runs keeps the looks it began with."
        self.words.setText(self._problem or (empty if self.picture is None else present))
        self.words.setProperty("tone", "warn" if self._problem else "")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)


def _draw(shown: Shown, annotation: Annotation, overlay: TrackOverlay | None, since_s: float | None) -> _Drawn:
    problem = ""
    if overlay is None:
        overlay = TrackOverlay(annotation)
        overlay.writer.since_s = since_s
        try:
            overlay.open()
        except TrackerError as error:
            problem = str(error)
    picture = shown.snapshot.frame.bgr_u8.copy()
    trails = [(trail.track_id, trail.parts) for trail in shown.trails]
    try:
        overlay.draw(picture, shown.snapshot, trails if annotation.looks.trails.length_s > 0 else ())
    except TrackerError as error:
        return _Drawn(None, str(error), overlay)
    shrink = LONGEST_PX / max(picture.shape[:2])
    if shrink < 1:
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return _Drawn(np.ascontiguousarray(picture), problem, overlay)
