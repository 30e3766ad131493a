"""What is drawn over the picture, set apart for the screen and for recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from tracker_gui.core.params import Params, setting
from tracker_gui.qt.looks.look_card import LookCard
from tracker_gui.qt.looks.recording_preview import RecordingPreview
from tracker_gui.qt.looks.set_page import SetPage
from tracker_gui.qt.panels.panel_info import PanelInfo
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon
from tracker_gui.qt.views.screen_looks import screen_looks_of

if TYPE_CHECKING:
    from tracker_gui.core.overlays import IdsLook, TextLook, ZonesLook
    from tracker_gui.qt.session import Session


LEAST_WIDTH_PX = 248


class HeatMapLook(Params):
    """How the heat map is drawn; kept with the window, not with the preset."""

    on: bool = setting(
        False, title="Heat map", description="Colour where the animals spent their time: violet a little, yellow most."
    )
    opacity_percent: int = setting(
        60, title="Covers", ge=5, le=100, step=5, unit="%", description="How much of the picture below it hides."
    )
    animal: int | None = setting(
        None, title="Of one animal", ge=1, le=1_000_000, step=1,
        description="Its number; not set, the time of all animals together is shown.",
    )  # fmt: skip


class OnThePicture(QFrame):
    """Two lists of looks, one for the screen and one for recordings, with a preview of the latter."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("surface", True)
        self.setMinimumWidth(LEAST_WIDTH_PX)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 0, 0)
        rows.setSpacing(8)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("What is set")
        for words, tip in (
            ("Screen", "What is drawn over the picture in this window"),
            ("Recording", "What is drawn into annotated recordings and videos"),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(words), tip)
        rows.addWidget(self.tabs)
        self.screen_page, self.recording_page = (SetPage(session.document, name) for name in ("screen", "recording"))
        self.preview = RecordingPreview(session)
        self.copy = QPushButton("Copy from the screen")
        self.copy.setToolTip("Draw recordings as the screen is drawn now; can be undone")
        self.copy.clicked.connect(self._copy)
        self.heat_map = LookCard(HeatMapLook(), HeatMapLook())
        self.heat_map.edited.connect(self._use_heat_map)
        self.screen_page.rows.insertWidget(len(self.screen_page.cards), self.heat_map)
        self.pages = QStackedWidget()
        self.pages.addWidget(_scrolled(self.screen_page))
        self.pages.addWidget(_scrolled(self.preview, self.copy, self.recording_page))
        rows.addWidget(self.pages, 1)
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        self.hint = QLabel("Drag a text on the picture to place it.")
        self.hint.setProperty("dim", True)
        self.hint.setWordWrap(True)
        self.screen_page.rows.addWidget(self.hint)
        self.over = QLabel()
        self.over.setProperty("dim", True)
        self.over.setWordWrap(True)
        self.screen_page.rows.insertWidget(self.screen_page.rows.indexOf(self.heat_map) + 1, self.over)
        session.view_changed.connect(self._show)
        session.ticked.connect(self._tell)
        session.document.changed.connect(self._tell)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(320, 420)

    def _recolour(self) -> None:
        self.copy.setIcon(icon("content-copy"))

    def _copy(self) -> None:
        self.recording_page.change(self.screen_page.looks, "copy the looks of the screen")

    def _use_heat_map(self, look: HeatMapLook, _what: str, _drag: int) -> None:
        settings = self._session.settings
        settings.heat_opacity_percent = look.opacity_percent
        self._session.heat_animal = look.animal
        self._session.show_heat_map(look.on)

    def _show(self) -> None:
        settings = self._session.settings
        opacity = min(100, max(5, settings.heat_opacity_percent))
        shown = HeatMapLook(on=settings.heat_map, opacity_percent=opacity, animal=self._session.heat_animal)
        if shown != self.heat_map.look:
            self.heat_map.show_look(shown)
        self._tell()

    def _tell(self) -> None:
        """Say why the heat map is empty, and what is wrong with tables and fonts."""
        span = self._session.view.measures.span()
        empty = "Nothing was played yet: the heat map fills while animals are tracked."
        text = empty if self._session.settings.heat_map and span is None else ""
        self.over.setText(text)
        self.over.setVisible(bool(text))
        self.hint.setVisible(bool(self.screen_page.texts))
        looks = screen_looks_of(self._session)
        written = [self.screen_page.cards["ids"], self.screen_page.cards["zones"], *self.screen_page.texts]
        for card in written:
            look: IdsLook | ZonesLook | TextLook = card.look  # type: ignore[assignment]
            card.show_problem("" if looks is None else looks.problem(look))


def _scrolled(*widgets: QWidget) -> QScrollArea:
    inner = QWidget()
    rows = QVBoxLayout(inner)
    rows.setContentsMargins(0, 0, 8, 8)
    rows.setSpacing(8)
    for widget in widgets:
        rows.addWidget(widget)
    rows.addStretch(1)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area


PANEL = PanelInfo(
    "on_the_picture", "On the picture", "right", 2, OnThePicture, "What is drawn over the picture and into recordings",
    help_page="overlays",
)  # fmt: skip
