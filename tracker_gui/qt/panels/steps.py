"""The steps at the left: the order of the work and of the data, each with its state, its form opens in place."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from tracker_gui.qt.panels.panel_info import PanelInfo
from tracker_gui.qt.steps.step import WORDS, StateKind, Step, StepState, dim_label
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_PX, pixmap
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent

    from tracker_gui.qt.session import Session

SIGNS: dict[StateKind, tuple[str, str]] = {
    "ok": ("check-circle", "ok"), "problem": ("alert-circle", "warn"), "missing": ("progress-question", "accent"),
    "unused": ("circle-outline", "dim"),
}  # fmt: skip
FIRST_OPEN = "Detect"
LEAST_WIDTH_PX = 296


def step_kinds() -> list[type[Step]]:
    """Return the steps that exist, in their order; one file in `steps/` holds one."""
    package = importlib.import_module("tracker_gui.qt.steps")
    found = []
    for name in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{name.name}")
        found += [
            kind
            for kind in vars(module).values()
            if isinstance(kind, type)
            and issubclass(kind, Step)
            and kind is not Step
            and kind.__module__ == module.__name__
        ]
    return sorted(found, key=lambda kind: kind.number)


class StepHead(QWidget):
    """Sign, number, title and a few words; a click or Space opens the form."""

    clicked = Signal()

    def __init__(self, number: int, title: str, about: str) -> None:
        super().__init__()
        self._about = about
        self._state = StepState("unused")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Step {number}, {title}")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        self._sign = QLabel()
        self._sign.setFixedSize(ICON_PX, ICON_PX)
        self._title = QLabel(f"{number}  {title}")
        self._title.setProperty("strong", True)
        self._words = QLabel()
        self._words.setProperty("dim", True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._sign)
        row.addWidget(self._title)
        row.addWidget(self._words, 1)
        appearance().changed.connect(self._recolour)
        self._recolour()

    @property
    def state(self) -> StepState:
        return self._state

    def show_state(self, state: StepState) -> None:
        changed = state.kind != self._state.kind
        self._state = state
        now = state.sentence or state.words
        self.setToolTip(f"{self._about}\nNow: {now}")
        self.setAccessibleDescription(f"{WORDS[state.kind]}: {now} {self._about}")
        self._elide()
        if changed:
            self._recolour()

    def _elide(self) -> None:
        metrics = QFontMetrics(self._words.font())
        room = max(20, self._words.width())
        self._words.setText(metrics.elidedText(self._state.words, Qt.TextElideMode.ElideMiddle, room))

    def _recolour(self) -> None:
        name, tone = SIGNS[self._state.kind]
        self._sign.setPixmap(pixmap(name, tone))
        self._words.setProperty("tone", "warn" if self._state.kind == "problem" else "")
        self._title.setProperty("unused", self._state.kind == "unused")
        for label in (self._words, self._title):
            label.style().unpolish(label)
            label.style().polish(label)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


class StepSection(QFrame):
    """A step's head with its form below it."""

    opened = Signal()

    def __init__(self, place: int, step: Step) -> None:
        super().__init__()
        self.step = step
        self.setProperty("surface", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.head = StepHead(place, step.title, step.about)
        self.head.clicked.connect(self._clicked)
        self.sentence = QLabel()
        self.sentence.setProperty("tone", "warn")
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(38, 0, 12, 8)
        rows.addWidget(self.head)
        step.rows.insertWidget(0, dim_label(step.about))
        rows.addWidget(self.sentence)
        rows.addWidget(step)
        self.set_open(False)

    @property
    def is_open(self) -> bool:
        return not self.step.isHidden()

    def set_open(self, shown: bool) -> None:
        self.step.setVisible(shown)
        self.show_state()

    def show_state(self) -> None:
        state = self.step.state()
        self.head.show_state(state)
        self.sentence.setText(state.sentence)
        self.sentence.setVisible(bool(state.sentence) and state.kind == "problem" and self.is_open)

    def _clicked(self) -> None:
        self.opened.emit()


class StepsPanel(QScrollArea):
    """All steps; one is open at a time."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        grow_with_text(self.setMinimumWidth, LEAST_WIDTH_PX)
        body = QWidget()
        body.setObjectName("body")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(4, 8, 4, 8)
        rows.setSpacing(0)
        self.sections: list[StepSection] = []
        for place, kind in enumerate(step_kinds(), 1):
            section = StepSection(place, kind(session))
            section.opened.connect(self._open)
            section.step.state_changed.connect(self._show_states)
            rows.addWidget(section)
            self.sections.append(section)
        rows.addStretch(1)
        self.setWidget(body)
        # Nothing can be tuned before there is something to see.
        self._untouched = True
        session.document.changed.connect(self._show_states)
        session.state_changed.connect(self._show_states)
        self._show_states()

    def section(self, title: str) -> StepSection:
        """Return the section with this title."""
        return next(section for section in self.sections if section.step.title == title)

    def open_step(self, title: str) -> None:
        """Open one step's form and close the others."""
        self._untouched = False
        for section in self.sections:
            section.set_open(section.step.title == title)

    def _open(self) -> None:
        section = self.sender()
        assert isinstance(section, StepSection)
        if section.is_open:
            section.set_open(False)
        else:
            self.open_step(section.step.title)
            self.ensureWidgetVisible(section.head)

    def _show_states(self) -> None:
        locked = self._session.is_tracking
        if self._untouched and self._session.document.preset.source is not None:
            self.open_step(FIRST_OPEN)
        for section in self.sections:
            section.show_state()
            if section.step.title != "Outputs and run":
                section.step.setEnabled(not locked)
                section.step.setToolTip(
                    "Locked while tracking: results belong to one set of settings." if locked else ""
                )


PANEL = PanelInfo("steps", "Steps", "left", 0, StepsPanel)
