"""What is drawn over the picture of what the animals did: trails and heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from tracker_gui.core.params import Params, setting
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.panels.panel_info import PanelInfo

if TYPE_CHECKING:
    from tracker_gui.qt.session import Session


class DrawnSettings(Params):
    """What the user can set; kept with the window, not with the preset."""

    trails_s: float = setting(
        2.0, title="Length of trails", ge=0, le=60, step=0.5, unit="s",
        description="How far back the line behind each animal goes; 0 for none.",
    )  # fmt: skip
    heat_map: bool = setting(
        False, title="Heat map", description="Colour where the animals spent their time: violet a little, yellow most."
    )
    heat_opacity_percent: int = setting(
        60, title="Heat map covers", ge=5, le=100, step=5, unit="%",
        description="How much of the picture below the heat map hides.",
    )  # fmt: skip
    heat_animal: int | None = setting(
        None, title="Heat map of one animal", ge=1, le=1_000_000, step=1,
        description="Its number; not set, the time of all animals together is shown.",
    )  # fmt: skip


class OnThePicture(QFrame):
    """One form, and what the heat map shows now."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("surface", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 8)
        rows.setSpacing(8)
        self.form = StageForm(DrawnSettings)
        self.form.edited.connect(self._use)
        rows.addWidget(self.form)
        self.over = QLabel()
        self.over.setProperty("dim", True)
        self.over.setWordWrap(True)
        rows.addWidget(self.over)
        rows.addStretch(1)
        session.view_changed.connect(self._show)
        session.ticked.connect(self._tell_over)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(300, 260)

    def _use(self, params: DrawnSettings, title: str, drag: int) -> None:
        settings = self._session.settings
        settings.heat_opacity_percent = params.heat_opacity_percent
        self._session.heat_animal = params.heat_animal
        if params.heat_map != settings.heat_map:
            self._session.show_heat_map(params.heat_map)
        self._session.show_trails(params.trails_s)

    def _show(self) -> None:
        settings = self._session.settings
        trails_s = min(60.0, max(0.0, settings.trails_s))
        opacity = min(100, max(5, settings.heat_opacity_percent))
        shown = DrawnSettings(
            trails_s=trails_s, heat_map=settings.heat_map, heat_opacity_percent=opacity,
            heat_animal=self._session.heat_animal,
        )  # fmt: skip
        if shown != self.form.params:
            self.form.show_params(shown)
        self._tell_over()

    def _tell_over(self) -> None:
        span = self._session.view.measures.span()
        empty = "Nothing was played yet: the heat map fills while animals are tracked."
        text = "" if not self._session.settings.heat_map else empty if span is None else ""
        self.over.setText(text)
        self.over.setVisible(bool(text))


PANEL = PanelInfo(
    "on_the_picture", "On the picture", "right", 2, OnThePicture, "Trails and heat map", help_page="zones"
)
