"""Draws over the picture what the preset says for the screen; tables and fonts are read beside the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tracker_gui.analysis.lettering import Lettering
from tracker_gui.analysis.overlay_texts import Columns, TextWriter, column_key, read_columns
from tracker_gui.core.annotation import standing_words
from tracker_gui.core.errors import TrackerError
from tracker_gui.qt.source_words import source_name
from tracker_gui.qt.workers.background_read import read_in_background

if TYPE_CHECKING:
    from pathlib import Path

    from tracker_gui.core.overlays import IdsLook, OverlaySet, TextLook, ZonesLook
    from tracker_gui.core.session_plan import SessionPlan
    from tracker_gui.core.types import Snapshot
    from tracker_gui.qt.panels.picture import FramePane
    from tracker_gui.qt.session import Session

    Fonts = tuple[Lettering, dict[Path | None, TrackerError]]


def written_looks(looks: OverlaySet) -> tuple[IdsLook | ZonesLook | TextLook, ...]:
    """Return the looks that have letters."""
    return (looks.zones, looks.ids, *looks.texts)


class ScreenLooks(QObject):
    """Hands the looks to the overlays of a pane, and knows what its texts say.

    Signals
    -------
    changed()
        Something is drawn differently now.
    """

    changed = Signal()

    def __init__(self, session: Session, pane: FramePane) -> None:
        super().__init__(session)
        self._session = session
        self._pane = pane
        self._looks: OverlaySet | None = None
        self._plan: SessionPlan | None = None
        self._fonts: set[Path | None] = set()
        self._font_problems: dict[Path | None, TrackerError] = {}
        self._asked: set[object] = set()
        self._writer = TextWriter((), {}, 0.0)
        self._of: object = None
        session.document.changed.connect(self._use)
        session.cameras_changed.connect(self._use_trails)
        session.state_changed.connect(self._name_source)
        self._use()

    @property
    def looks(self) -> OverlaySet:
        return self._session.document.whole.overlays.screen

    def texts(self, snapshot: Snapshot) -> list[tuple[TextLook, str]]:
        """Return what is written on this frame."""
        return self._writer.texts(snapshot)

    def problem(self, look: IdsLook | ZonesLook | TextLook) -> str:
        """Return what is wrong with the table or the font of a look, as a sentence; empty while nothing is known."""
        problem: object = None
        if look.font == "font file":
            problem = self._font_problems.get(look.font_file)
        if problem is None and getattr(look, "shows", "") == "CSV column":
            problem = self._writer.columns.get(column_key(look))  # type: ignore[arg-type]
        return str(problem) if isinstance(problem, TrackerError) else ""

    def _use(self) -> None:
        looks, plan = self.looks, self._session.document.whole.session
        if (looks, plan) == (self._looks, self._plan):
            return
        self._looks, self._plan = looks, plan
        pane = self._pane
        pane.shapes.look, pane.trails.look, pane.tracks.looks = looks.zones, looks.trails, looks
        pane.contours.look, pane.contours.mask_look = looks.outlines, looks.mask
        self._use_trails()
        self._make_writer()
        self._read()
        self.changed.emit()

    def _use_trails(self) -> None:
        trails = self.looks.trails
        for view in self._session.views:
            view.feed.trails.length_s = trails.length_s if trails.on else 0.0

    def _name_source(self) -> None:
        """Begin to count anew with another source."""
        if self._session.info is not self._of:
            self._of = self._session.info
            self._make_writer()

    def _make_writer(self) -> None:
        session, columns = self._session, self._writer.columns
        document = session.document
        source = document.preset.source
        words = standing_words(document.whole, "" if source is None else source_name(source))
        # The time of a file is that of the file; a live session begins with its first picture.
        since_s = None if session.is_live else 0.0
        if session.is_live and self._writer.since_s and self._of is session.info:
            since_s = self._writer.since_s
        self._writer = TextWriter(self.looks.texts, words, since_s)
        self._writer.columns = columns

    # ---- what is read

    def _read(self) -> None:
        looks = self.looks
        wanted = {column_key(text): text for text in looks.texts if text.on and text.shows == "CSV column"}
        new = [text for key, text in wanted.items() if key not in self._asked]
        # What is no longer wanted is read again when it is: the file may have changed.
        self._asked = set(wanted)
        if new:
            read_in_background(lambda: read_columns(new), self._take_columns)
        fonts = {look.font_file for look in written_looks(looks) if look.on and look.font == "font file"}
        missing, self._fonts = fonts - self._fonts, fonts
        if missing:
            read_in_background(lambda: _read_fonts(missing), self._take_fonts)

    def _take_columns(self, columns: Columns) -> None:
        self._writer.columns = {
            key: column for key, column in (self._writer.columns | columns).items() if key in self._asked
        }
        self.changed.emit()

    def _take_fonts(self, fonts: Fonts) -> None:
        lettering, problems = fonts
        self._font_problems |= problems
        for overlay in (self._pane.shapes, self._pane.tracks, self._pane.texts):
            overlay.lettering.take_faces(lettering)
        self._pane.shapes.redraw()
        self.changed.emit()


def screen_looks_of(session: Session) -> ScreenLooks | None:
    """Return what draws a session's picture; None where it has none."""
    there = session.findChild(ScreenLooks)
    return there if isinstance(there, ScreenLooks) else None


def _read_fonts(files: set[Path | None]) -> Fonts:
    lettering, problems = Lettering(), {}
    for file in files:
        try:
            lettering.check("font file", file)
        except TrackerError as error:
            problems[file] = error
    return lettering, problems
