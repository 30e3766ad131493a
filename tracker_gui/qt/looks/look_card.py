"""One thing that is drawn over the picture: a switch, and its form where that is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from tracker_gui.core.params import describe
from tracker_gui.qt.forms.form import SMALL, StageForm
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from tracker_gui.core.params import Params

#: Margins of a card, and the box of its switch.
BESIDE_WORDS_PX = 44


class LookCard(QFrame):
    """Switch, words, what is wrong with it, and the form of a look with a field `on`.

    `edited(look, title, drag)` carries the changed look; `removed` wishes it gone.
    """

    edited = Signal(object, str, int)
    removed = Signal()

    def __init__(self, look: Params, defaults: Params, title: str = "", *, removable: bool = False) -> None:
        super().__init__()
        self._look = look
        self._defaults = defaults
        self._form: StageForm | None = None
        info = next(info for info in describe(type(look)) if info.name == "on")
        self.setProperty("card", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 4, 4)
        rows.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(0)
        self.title = title or info.title
        self._about = info.description
        self.switch = QCheckBox()
        # Its words are shortened to the room there is.
        self.switch.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.switch.toggled.connect(self._switched)
        head.addWidget(self.switch, 1)
        self.remove = QToolButton()
        self.remove.setVisible(removable)
        self.remove.clicked.connect(self.removed)
        self.opener = QToolButton()
        self.opener.setCheckable(True)
        self.opener.setProperty("quiet", True)
        self.opener.toggled.connect(self._opened)
        for button in (self.remove, self.opener):
            button.setIconSize(SMALL)
            head.addWidget(button)
        rows.addLayout(head)
        self.problem = QLabel()
        self.problem.setProperty("tone", "warn")
        self.problem.setWordWrap(True)
        self.problem.setMinimumWidth(1)
        self.problem.hide()
        rows.addWidget(self.problem)
        self._rows = rows
        appearance().changed.connect(self._recolour)
        self.name_it(self.title)
        self.show_look(look)

    @property
    def look(self) -> Params:
        return self._look

    @property
    def form(self) -> StageForm:
        """The form, made when it is first wanted."""
        if self._form is None:
            self._form = StageForm(type(self._look), ("on",), self._defaults)
            self._form.setContentsMargins(0, 2, 4, 4)
            self._form.show_params(self._look)
            self._form.edited.connect(self._changed)
            self._rows.addWidget(self._form)
            self._form.setVisible(self.opener.isChecked())
        return self._form

    def name_it(self, title: str) -> None:
        """Call it by another name."""
        self.title = title
        self.switch.setAccessibleName(title)
        self.switch.setToolTip(f"{title}: {self._about}" if title not in self._about else self._about)
        self._shorten()
        self.opener.setAccessibleName(f"Settings of {title}")
        self.remove.setToolTip(f"Remove '{title}'")
        self.remove.setAccessibleName(f"Remove {title}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        buttons = (self.remove, self.opener) if not self.remove.isHidden() else (self.opener,)
        room = self.width() - sum(button.sizeHint().width() for button in buttons) - BESIDE_WORDS_PX
        metrics = self.switch.fontMetrics()
        self.switch.setText(metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, max(40, room)))

    def show_look(self, look: Params) -> None:
        """Show how the preset has it now."""
        self._look = look
        with QSignalBlocker(self.switch):
            self.switch.setChecked(look.on)  # type: ignore[attr-defined]
        if self._form is not None and self._form.params != look:
            self._form.show_params(look)
        self._recolour()

    def show_problem(self, words: str) -> None:
        """Say why it cannot be drawn as wanted; empty where it can."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _switched(self, on: bool) -> None:
        words = f"switch {self.title} {'on' if on else 'off'}"
        self._look = self._look.model_copy(update={"on": on})
        self.edited.emit(self._look, words, 0)

    def _changed(self, look: Params, title: str, drag: int) -> None:
        self._look = look
        self.edited.emit(look, f"change {title} of {self.title}", drag)

    def _opened(self, opened: bool) -> None:
        self.form.setVisible(opened)
        self._recolour()

    def _recolour(self) -> None:
        opened = self.opener.isChecked()
        self.opener.setIcon(icon("chevron-up" if opened else "chevron-down", "dim"))
        self.opener.setToolTip("Hide its settings" if opened else "Show its settings: colour, size, font and more")
        self.remove.setIcon(icon("trash-can-outline", "dim"))
